"""Reads and edits the profiles in the user's `config.toml`, and leaves the rest of the file as it is.

A bad entry costs that entry, with a sentence and its line; it never keeps the console from starting.
"""

import contextlib
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chatly_console.core.dsn import Surroundings
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.profile_entry import EntryError, profile_of_entry
from chatly_console.server.profiles import Profile

_HEADER = re.compile(r"^[ \t]*\[[^\n]*$", re.MULTILINE)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the file, at `line` (0 where no line can be named)."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}" if self.line else self.sentence


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """What the file holds: the usable profiles in its order, and what is wrong with the others."""

    path: Path
    profiles: Mapping[str, Profile]
    problems: tuple[Problem, ...] = ()


def read_profiles(path: Path, around: Surroundings) -> ProfileFile:
    """Read the profiles of `path`; a file that is not there has none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ProfileFile(path, {})
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        return ProfileFile(path, {}, (Problem(0, f"{path} cannot be read: {reason}."),))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return ProfileFile(path, {}, (_syntax_problem(error),))
    entries = document.get("profiles", {})
    if not isinstance(entries, dict):
        return ProfileFile(path, {}, (Problem(0, "[profiles] must be a table of profiles."),))
    profiles: dict[str, Profile] = {}
    problems: list[Problem] = []
    for name, entry in entries.items():
        try:
            if not isinstance(entry, dict):
                raise EntryError(f"Profile “{name}” must be a table: [profiles.{name}].")
            profiles[name] = profile_of_entry(name, entry, around)
        except EntryError as error:
            problems.append(Problem(_line_of(text, name, error.key), str(error)))
    return ProfileFile(path, profiles, tuple(problems))


def read_entry(path: Path, name: str) -> dict[str, Value]:
    """The table of profile `name` as the file has it; empty where there is none."""
    try:
        entry = tomllib.loads(path.read_text(encoding="utf-8")).get("profiles", {}).get(name, {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError):
        return {}
    return dict(entry) if isinstance(entry, dict) else {}


def write_profile(path: Path, name: str, entry: Mapping[str, Value]) -> None:
    """Put the table of profile `name` into the file, in the place of its old one if it has one."""
    lines = [f"[profiles.{_key(name)}]", *(f"{_key(k)} = {_value(v)}" for k, v in entry.items())]
    _edit(path, name, "\n".join(lines) + "\n", dict(entry))


def remove_profile(path: Path, name: str) -> None:
    """Take profile `name` out of the file."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    start, end = _table_span(text, name)
    if start == end and not _has_profile(text, name):
        raise Failure(f"There is no profile “{name}”.", FailureKind.USAGE)
    _edit(path, name, "", None)


def _edit(path: Path, name: str, table: str, entry: dict[str, Value] | None) -> None:
    """Replace one table's lines, and write only if the file then says what was meant and nothing else."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = _syntax_problem(error)
        raise Failure(f"{path} is not changed: {problem}", FailureKind.USAGE) from None
    profiles = expected.setdefault("profiles", {})
    start, end = _table_span(text, name)
    if entry is None:
        profiles.pop(name, None)
    else:
        profiles[name] = entry
    kept = text[:start].rstrip("\n")
    rest = text[end:].lstrip("\n")
    new = "\n\n".join(filter(None, (kept, table.rstrip("\n"), rest)))
    new = f"{new.rstrip()}\n" if new.strip() else ""
    if not _says(new, expected):
        raise Failure(
            f"Profile “{name}” is written in {path} in a form that only you can edit.",
            FailureKind.USAGE,
            hint=f"Write it as a table of its own: [profiles.{_key(name)}]",
        )
    try:
        replace_file(path, new)
    except OSError as error:
        raise Failure(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}.", FailureKind.REFUSED
        ) from error


def _has_profile(text: str, name: str) -> bool:
    try:
        return name in tomllib.loads(text).get("profiles", {})
    except tomllib.TOMLDecodeError:
        return True


def _says(text: str, expected: dict[str, object]) -> bool:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    found.setdefault("profiles", {})
    return found == expected


def replace_file(path: Path, text: str) -> None:
    """Write the file in one step, readable for its owner alone; a symbolic link stays one."""
    path = path.resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _table_span(text: str, name: str) -> tuple[int, int]:
    """Where the table's lines are, without the comments before the next; the file's end where it has none."""
    headers = [*_HEADER.finditer(text)]
    for index, header in enumerate(headers):
        if _is_header_of(header[0], name):
            end = headers[index + 1].start() if index + 1 < len(headers) else len(text)
            lines = re.split(r"(?<=\n)", text[header.start() : end])  # TOML knows no other line ends
            while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
                lines.pop()
            return header.start(), header.start() + sum(map(len, lines))
    return len(text), len(text)


def _is_header_of(line: str, name: str) -> bool:
    try:
        document = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return False
    return document == {"profiles": {name: {}}}


def _line_of(text: str, name: str, key: str) -> int:
    """The line of a key in a profile's table, else of the table, else 0."""
    start, end = _table_span(text, name)
    if start == end:
        return 0
    pattern = rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*="
    found = re.search(pattern, text[start:end], re.MULTILINE) if key else None
    return text.count("\n", 0, start + (found.start() if found else 0)) + 1


def _syntax_problem(error: tomllib.TOMLDecodeError) -> Problem:
    line = re.search(r"line (\d+)", str(error))
    return Problem(int(line[1]) if line else 0, "the configuration file is not valid TOML here.")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _value(name)


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'
