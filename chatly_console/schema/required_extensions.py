"""The extensions that Chatly is built for, and the known faults of their versions: `database/extensions.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from chatly_console.core.catalogue import Extension
from chatly_console.resources import data_folder


@dataclass(frozen=True, slots=True)
class Required:
    """What is required of one extension; `faults` are the version that mended each, and what it was."""

    version: str
    schema: str = ""
    purpose: str = ""
    faults: tuple[tuple[str, str], ...] = ()

    def faults_of(self, version: str) -> list[str]:
        """The known faults that a version has, in words."""
        return [f"{words} (mended in {fixed})" for fixed, words in self.faults if _parts(version) < _parts(fixed)]


@cache
def required_extensions() -> dict[str, Required]:
    """By name what is required; nothing where the list is not there."""
    path = data_folder("database") / "extensions.toml"
    try:
        listed: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        return {}
    return {name: _required(values) for name, values in listed.items() if isinstance(values, dict)}


def version_words(extension: Extension) -> str:
    """The version on an object's row: what is installed or offered, and what is wrong with it."""
    version = extension.installed or extension.offered
    required = required_extensions().get(extension.name)
    if required is None:
        return version
    if not extension.installed:
        return f"{version}, required"
    if _parts(version) < _parts(required.version):
        return f"{version}, needs {required.version}"
    return f"{version} ▲" if required.faults_of(version) else version


def _required(values: dict[str, Any]) -> Required:
    faults = tuple((str(fault["fixed"]), str(fault["words"])) for fault in values.get("faults", ()))
    return Required(str(values["version"]), str(values.get("schema", "")), str(values.get("purpose", "")), faults)


def _parts(version: str) -> tuple[int, ...]:
    """A version for comparing: `1.11` is above `1.9`."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())
