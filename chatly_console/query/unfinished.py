"""Files that are being written, noted down so that the next console can remove what a killed one left half-written."""

import fcntl
import os
import uuid
from contextlib import suppress
from pathlib import Path

from chatly_console.query.state_folder import private_folder, state_folder

_FOLDER = "unfinished"


class Unfinished:
    """The note about one file, made before the file is. A lock on the note ends with the process that writes."""

    def __init__(self, temporary: Path) -> None:
        self._note: Path | None = None
        self._lock: int | None = None
        with suppress(OSError):  # a state folder that takes nothing is no reason not to export
            note = private_folder(state_folder() / _FOLDER) / uuid.uuid4().hex
            self._lock = os.open(note, os.O_WRONLY | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            os.write(self._lock, os.fsencode(temporary.absolute()))
            self._note = note

    def forget(self) -> None:
        """The file is finished, or gone."""
        with suppress(OSError):
            if self._note is not None:
                self._note.unlink(missing_ok=True)
            if self._lock is not None:
                os.close(self._lock)
        self._note = self._lock = None


def remove_leftovers() -> list[Path]:
    """Remove what dead processes left half-written; returns the paths of what was there."""
    removed = []
    with suppress(OSError):
        for note in sorted((state_folder() / _FOLDER).glob("*")):
            path = _left_by_the_dead(note)
            if path is None:
                continue
            if path.exists():
                path.unlink()
                removed.append(path)
            note.unlink(missing_ok=True)
    return removed


def _left_by_the_dead(note: Path) -> Path | None:
    """The file that a note is about; None while its writer lives, or has not written it yet."""
    try:
        with note.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            data = file.read()
    except OSError:
        return None
    return Path(os.fsdecode(data)) if data else None
