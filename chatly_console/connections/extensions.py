"""The extensions that Chatly is built for, as `database/extensions.toml` lists them, beside what a server has."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from chatly_console.connections.checks import Check, Level
from chatly_console.core.values import Record
from chatly_console.resources import data_folder


@dataclass(frozen=True, slots=True)
class RequiredExtension:
    """One of the list: the version that is required, the schema it belongs in, and whether Chatly cannot do without it.

    `faults` are pairs of the version that mended a fault and the fault in words.
    """

    name: str
    version: str
    schema: str
    purpose: str
    needed: bool
    faults: tuple[tuple[str, str], ...] = ()


@cache
def required_extensions() -> dict[str, RequiredExtension]:
    """The list, by name."""
    written: dict[str, Any] = tomllib.loads((data_folder("database") / "extensions.toml").read_text("utf-8"))
    return {
        name: RequiredExtension(
            name, said["version"], said["schema"], said["purpose"], bool(said.get("needed")),
            tuple((fault["fixed"], fault["words"]) for fault in said.get("faults", ())),
        )
        for name, said in written.items()
    }  # fmt: skip


def extension_checks(rows: Sequence[Record]) -> list[Check]:
    """Required, offered and installed version of each extension, side by side, with that version's known faults."""
    return [_checked(required_extensions()[str(row["name"])], row["offered"], row["installed"]) for row in rows]


def _checked(wanted: RequiredExtension, offered: object, installed: object) -> Check:
    words = f"required {wanted.version}, offered {offered or 'none'}, installed {installed or 'none'}"
    name = f"extension {wanted.name}"
    if installed is not None:
        here = _numbers(str(installed))
        faults = [f"{fault} (mended in {mended})" for mended, fault in wanted.faults if here < _numbers(mended)]
        if here >= _numbers(wanted.version) and not faults:
            return Check(name, "ok", words)
        return Check(name, "warn", "; ".join([words, *faults]), f'alter extension "{wanted.name}" update')
    level: Level = "fail" if wanted.needed else "warn"
    if offered is not None:
        return Check(name, level, words, f'create extension "{wanted.name}" with schema {wanted.schema}')
    missing = "Chatly cannot do without it" if wanted.needed else "Chatly runs without it"
    return Check(name, level, words, f"this server does not offer it ({wanted.purpose}); {missing}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
