"""What was built here for good, noted on this machine: a file for each profile, so that a later look can tell what came
of it.

A note is made before the build begins, so that what a killed console leaves behind is known as well.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from chatly_console.advisor.indexes.tried import Figures
from chatly_console.core.private_file import file_of_profile, write_json

_MOST = 200
"""Notes that are kept of one profile, the latest."""
FOLDER = "indexes"


@dataclass(frozen=True, slots=True)
class Note:
    """An index that somebody had built; times in seconds since 1970."""

    index: str
    """Its full name, quoted where needed."""
    on: str
    """What it is on: `public.orders (customer)`."""
    script: str
    undo: str
    statement: str
    """What it was built for."""
    at: float
    remains: tuple[str, ...] = ()
    """What may be left of it where its build was cut off."""
    is_done: bool = False
    before: Figures | None = None
    after: Figures | None = None
    """What the statement cost without it, and with it."""
    own_scans: float = 0.0
    """How often it was read to measure it: that is no use of it."""


def notes_file(state: Path, profile: str, server: str) -> Path:
    """The file of a profile and the server (host and database) that it leads to, in the user's folder of such files."""
    return file_of_profile(state / FOLDER, profile, server)


def read_notes(path: Path) -> tuple[Note, ...]:
    """What is noted, the latest last; nothing where the file is not there or is not one of ours."""
    try:
        return tuple(_note(one) for one in json.loads(path.read_text(encoding="utf-8"))["indexes"])
    except (OSError, ValueError, TypeError, KeyError):
        return ()


def _note(document: dict[str, Any]) -> Note:
    before, after = (Figures(**document[name]) if document[name] else None for name in ("before", "after"))
    made = Note(**document)
    return replace(made, remains=tuple(made.remains), before=before, after=after)


def write_note(path: Path, note: Note) -> None:
    """Keep this note in the place of an older one of the same index. Raises OSError."""
    others = [one for one in read_notes(path) if one.index != note.index]
    _write(path, [*others, note])


def strike(path: Path, index: str) -> None:
    """Take the note of an index away. Raises OSError."""
    notes = read_notes(path)
    if any(note.index == index for note in notes):
        _write(path, [note for note in notes if note.index != index])


def _write(path: Path, notes: Sequence[Note]) -> None:
    write_json(path, {"indexes": [asdict(note) for note in notes[-_MOST:]]})
