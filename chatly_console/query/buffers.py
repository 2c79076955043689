"""The named texts of the editor, saved as they are typed, so that a crash loses a second of typing at most.

Each buffer is a file of its profile's folder. A console holds a lock on every buffer that it has open; the lock
ends with the process, however it ends. A second console gets the buffers that nobody holds, and never writes to
the others.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Self
from urllib.parse import unquote

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.state_folder import file_name, folder_of, private_folder, write_private

FIRST_NAME = "scratch"
LONGEST_NAME = 60
_LONGEST_FILE = 200
"""Bytes of a buffer's name as a file's, where a letter may take nine; what is put around it has room beside that."""
LARGEST_TEXT = 8 * 1024 * 1024
"""Characters that an editor takes; a larger file is to be run with `chatly-console query -f`."""

_SUFFIX = ".sql"
_ORDER = "order.json"


@dataclass(slots=True)
class Buffer:
    """One text of the editor; `cursor` is a character offset. `saved` is the text on disk.

    `path` is the file that it was opened from or saved to by the user, or empty.
    """

    name: str
    text: str = ""
    cursor: int = 0
    saved: str = field(default="", repr=False)
    path: str = ""
    old: str = field(default="", repr=False)
    """The text of the last session with which it was opened."""

    @property
    def is_saved(self) -> bool:
        """Whether the disk has this text."""
        return self.text == self.saved


class Buffers:
    """The buffers of one profile that this console holds; at least one, of which one is active."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[str, int] = {}
        self._opened: list[Buffer] = []
        self._active = 0
        self._saving = Lock()
        self.held_elsewhere: list[str] = []

    @classmethod
    def of_profile(cls, profile: str, *, root: Path | None = None) -> Self:
        """Open the buffers of a profile; a new `scratch` where there is none to be had."""
        buffers = cls(folder_of(profile, root=root))
        with suppress(OSError):  # what is written there says why it cannot be
            private_folder(buffers._folder)
        buffers.open()
        return buffers

    def open(self) -> None:
        """Take every buffer on disk that no other console holds."""
        order, active = self._read_order()
        for name in sorted(self._on_disk(), key=lambda n: (order.get(n, (len(order), 0, ""))[0], n)):
            if not self._lock(name):
                self.held_elsewhere.append(name)
                continue
            text = self._read(name)
            _, cursor, path = order.get(name, (0, 0, ""))
            self._opened.append(Buffer(name, text, min(cursor, len(text)), text, path, text))
        if not self._opened:
            self.add(self.free_name(FIRST_NAME))
        self._active = next((i for i, buffer in enumerate(self._opened) if buffer.name == active), 0)

    @property
    def active(self) -> Buffer:
        """The buffer in the editor."""
        return self._opened[self._active]

    @property
    def names(self) -> list[str]:
        """The names, in the order of the strip."""
        return [buffer.name for buffer in self._opened]

    def __iter__(self) -> Iterator[Buffer]:
        return iter(self._opened)

    def __len__(self) -> int:
        return len(self._opened)

    def add(self, name: str, text: str = "") -> Buffer:
        """Make a new buffer of this name (or one like it, where it is taken) behind the active one, and go there."""
        if len(text) > LARGEST_TEXT:
            raise Failure(
                f"{len(text) / 1e6:,.1f} million characters are too many for the editor.",
                FailureKind.REFUSED,
                hint="Run the file with: chatly-console query -f FILE",
            )
        buffer = Buffer(self.free_name(name), text)
        self._lock(buffer.name)
        self._active = min(self._active + 1, len(self._opened))
        self._opened.insert(self._active, buffer)
        return buffer

    def go_to(self, name: str) -> Buffer:
        """Make the buffer of this name the active one."""
        self._active = self.names.index(name)
        return self.active

    def step(self, by: int) -> Buffer:
        """The next (or previous) buffer of the strip, in a circle."""
        self._active = (self._active + by) % len(self._opened)
        return self.active

    def rename(self, name: str) -> Buffer:
        """Give the active buffer another name, or one like it where that is taken."""
        buffer, old = self.active, self.active.name
        if name == old:
            return buffer
        buffer.name = self.free_name(name)
        self._lock(buffer.name)
        buffer.saved = ""
        self.save()
        self._forget(old)
        return buffer

    def remove(self) -> Buffer:
        """Throw the active buffer away, with its file; the last one is replaced by an empty one."""
        gone = self._opened.pop(self._active)
        self._forget(gone.name)
        if not self._opened:
            return self.add(FIRST_NAME)
        self._active = min(self._active, len(self._opened) - 1)
        return self.active

    def free_name(self, name: str) -> str:
        """`name`, or `name-2` and so on where that is taken here, on disk or by another console."""
        plain = _fit(name)
        taken = {*self.names, *self._on_disk()}
        number = 1
        while (free := plain if number == 1 else f"{plain}-{number}") in taken or not self._can_lock(free):
            number += 1
        return free

    def set_aside(self, path: Path) -> Path:
        """Copy a file that the editor cannot take to the buffers; returns where the copy is. Raises OSError."""
        kept = self._folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-not-taken.txt"
        write_private(kept, path.read_bytes())
        return kept

    def save(self) -> None:
        """Write what has changed; raises OSError where the disk refuses, and nothing on disk is lost then.

        It may be called in a thread: the screen need not wait for a slow disk.
        """
        with self._saving:
            opened, active = list(self._opened), self.active.name
            self._stand()
            for buffer in opened:
                if not buffer.is_saved or (buffer.text and not self._path(buffer.name).exists()):
                    text = buffer.text
                    write_private(self._path(buffer.name), text.encode("utf-8", "surrogatepass"))
                    buffer.saved = text
            order = {"active": active, "order": [[buffer.name, buffer.cursor, buffer.path] for buffer in opened]}
            write_private(self._folder / _ORDER, json.dumps(order).encode())

    def _stand(self) -> None:
        """Make the folder again where somebody has removed it, with the locks that were in it."""
        if self._folder.is_dir():
            return
        private_folder(self._folder)
        self.close()
        for buffer in self._opened:
            self._lock(buffer.name)

    def close(self) -> None:
        """Let the buffers go, for other consoles to take."""
        for name in list(self._locks):
            os.close(self._locks.pop(name))

    def _on_disk(self) -> list[str]:
        return [unquote(path.name[: -len(_SUFFIX)]) for path in self._folder.glob("[!.]*" + _SUFFIX)]

    def _path(self, name: str) -> Path:
        return self._folder / (file_name(name) + _SUFFIX)

    def _read(self, name: str) -> str:
        try:
            return self._path(name).read_bytes().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return self._path(name).read_bytes().decode("utf-8", "replace")

    def _read_order(self) -> tuple[dict[str, tuple[int, int, str]], str]:
        """Place, cursor and file of each buffer by its name, and the name of the active one."""
        try:
            read = json.loads((self._folder / _ORDER).read_bytes())
            order = {
                str(name): (place, max(int(cursor), 0), str(path[0]) if path else "")
                for place, (name, cursor, *path) in enumerate(read["order"])
            }
            return order, str(read["active"])
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return {}, ""

    def _lock_path(self, name: str) -> Path:
        return self._folder / f".{file_name(name)}.lock"

    def _lock(self, name: str) -> bool:
        if name in self._locks:
            return True
        try:
            descriptor = os.open(self._lock_path(name), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:  # no room, or no folder: then nobody has it, and what is written says why it cannot be
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._locks[name] = descriptor
        return True

    def _can_lock(self, name: str) -> bool:
        """Whether nobody else holds this name; a name that was only asked about is let go again."""
        if name in self._locks:
            return True
        if not self._lock(name):
            return False
        if name in self._locks:
            os.close(self._locks.pop(name))
        return True

    def _forget(self, name: str) -> None:
        """Delete the buffer's file, then its lock; what a disk refuses to delete is there again next time."""
        with suppress(OSError):
            self._path(name).unlink(missing_ok=True)
            self._lock_path(name).unlink(missing_ok=True)
        if name in self._locks:
            os.close(self._locks.pop(name))


def _fit(name: str) -> str:
    """`name` on one line, in characters that a file's name can be made of, and no longer than that may be."""
    plain = " ".join(name.encode("utf-8", "replace").decode().split())[:LONGEST_NAME]
    while len(file_name(plain)) > _LONGEST_FILE:
        plain = plain[:-1]
    return plain or FIRST_NAME
