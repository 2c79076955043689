"""Files that are being written, noted down so that the next console can remove what a killed one left half-written."""

import fcntl
import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from chatly_console.query.state_folder import private_folder, state_folder

_FOLDER = "unfinished"


class Unfinished:
    """The note about one file. The lock on the file says that its writer lives; it ends with the process."""

    def __init__(self, temporary: Path, file: BinaryIO) -> None:
        self._note: Path | None = None
        with suppress(OSError):  # a state folder that takes nothing is no reason not to export
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            note = private_folder(state_folder() / _FOLDER) / uuid.uuid4().hex
            note.write_bytes(os.fsencode(temporary.absolute()))
            self._note = note

    def forget(self) -> None:
        """The file is finished, or gone."""
        if self._note is not None:
            with suppress(OSError):
                self._note.unlink(missing_ok=True)


def remove_leftovers() -> list[Path]:
    """Remove what dead processes left half-written; returns the paths of what was there."""
    removed = []
    with suppress(OSError):
        for note in sorted((state_folder() / _FOLDER).glob("*")):
            path = Path(os.fsdecode(note.read_bytes()))
            if _is_written(path):
                continue
            if path.exists():
                path.unlink()
                removed.append(path)
            note.unlink(missing_ok=True)
    return removed


def _is_written(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
