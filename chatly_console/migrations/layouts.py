"""Reads a folder of migrations in its layout: ours, the Supabase CLI's, dbmate's, goose's or golang-migrate's.

Ours is the Supabase CLI's with a folder `down` beside, which that tool does not look into.
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import split
from chatly_console.migrations.files import Layout, MigrationFile, Script

_NAME = re.compile(r"([0-9]+)_(.*)\.sql\Z")
_PAIR = re.compile(r"([0-9]+)_(.*)\.(up|down)\.sql\Z")
_MARKER: dict[Layout, re.Pattern[str]] = {
    "dbmate": re.compile(r"^[ \t]*--[ \t]*migrate:(up|down)\b", re.IGNORECASE),
    "goose": re.compile(r"^[ \t]*--[ \t]*\+goose[ \t]+(up|down)\b", re.IGNORECASE),
}


@dataclass(frozen=True)
class Folder:
    """A folder of migrations: its files in the order of their versions, and how they are laid out."""

    path: Path
    layout: Layout
    files: tuple[MigrationFile, ...]

    def find(self, version: str) -> MigrationFile | None:
        """The migration of this version."""
        return next((file for file in self.files if file.version == version), None)


def read_folder(path: Path) -> Folder:
    """The migrations of a folder; raises `Failure` for two of one version, and for what cannot be read."""
    if not path.is_dir():
        raise Failure(f"{path} is not a folder of migrations.", FailureKind.USAGE)
    names = sorted(entry.name for entry in path.iterdir() if entry.name.endswith(".sql") and entry.is_file())
    if any(_PAIR.match(name) for name in names):
        return _folder(path, "golang-migrate", _pairs(path, names))
    files: list[MigrationFile] = []
    layout: Layout = "chatly"
    for name in names:
        named = _NAME.match(name)
        if named is None:
            continue
        text = read_text(path / name)
        kind: Layout = next((kind for kind, marker in _MARKER.items() if _marks(text, marker)), "chatly")
        layout = kind if kind != "chatly" else layout
        files.append(_one(path, name, named[1], named[2], text, kind))
    return _folder(path, layout, files)


def _folder(path: Path, layout: Layout, files: list[MigrationFile]) -> Folder:
    return Folder(path, layout, tuple(replace(file, layout=layout) for file in _ordered(files)))


def _one(path: Path, name: str, version: str, words: str, text: str, kind: Layout) -> MigrationFile:
    if kind == "chatly":
        back = path / "down" / name
        return MigrationFile(version, words, Script(path / name, text), _way_back(back))
    up, down = _sections(text, _MARKER[kind])
    return MigrationFile(
        version, words, Script(path / name, up), Script(path / name, down) if _has_code(down) else None
    )


def _pairs(path: Path, names: list[str]) -> list[MigrationFile]:
    found = []
    for name in names:
        named = _PAIR.match(name)
        if named is None or named[3] != "up":
            continue
        back = path / f"{named[1]}_{named[2]}.down.sql"
        found.append(MigrationFile(named[1], named[2], Script(path / name, read_text(path / name)), _way_back(back)))
    return found


def _way_back(path: Path) -> Script | None:
    """The down file, where it is there and says more than comments."""
    if not path.is_file():
        return None
    text = read_text(path)
    return Script(path, text) if _has_code(text) else None


def _ordered(files: list[MigrationFile]) -> tuple[MigrationFile, ...]:
    """By version as numbers where they are shorter than a timestamp (`1`, `2`, `10`), as the tools themselves do."""
    ordered = sorted(files, key=lambda file: (int(file.version), file.version))
    for before, file in pairwise(ordered):
        if int(before.version) == int(file.version):
            raise Failure(f"{before.path.name} and {file.path.name} have the same version.", FailureKind.USAGE)
    return tuple(ordered)


def _marks(text: str, marker: re.Pattern[str]) -> bool:
    return any(marker.match(line) for line in text.splitlines())


def _sections(text: str, marker: re.Pattern[str]) -> tuple[str, str]:
    """The lines of the way there and of the way back; each keeps its line numbers, the other's lines are empty."""
    up: list[str] = []
    down: list[str] = []
    section = ""
    for line in text.split("\n"):
        match = marker.match(line)
        section = match[1].lower() if match is not None else section
        up.append(line if section == "up" else "")
        down.append(line if section == "down" else "")
    return "\n".join(up), "\n".join(down)


def _has_code(text: str) -> bool:
    return bool(split(text))


def read_text(path: Path) -> str:
    """The text of a file; raises `Failure` where it is not there or no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Failure(f"{path.name} cannot be read: {error.strerror or error}.", FailureKind.USAGE) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        sentence = f"{path.name} is no UTF-8 text: line {line} has a byte that means nothing there."
        raise Failure(sentence, FailureKind.USAGE) from error
