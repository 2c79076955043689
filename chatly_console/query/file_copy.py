"""The file of this machine at the other end of a COPY: read or written piece by piece, with words for how far it is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.export import NewFile
from chatly_console.server.copying import CopyIn, Copying, CopyOut

_PIECE = 1 << 18


class Progress(Protocol):
    """What knows how far a run has come."""

    @property
    def words(self) -> str:
        """How far it has come."""


class Copied(Progress, Protocol):
    """What a run that is a COPY knows of its file."""

    @property
    def copying(self) -> Copying:
        """The way the server takes it."""


class SentBytes:
    """Bytes on their way to the server: `size` of them, as far as is known, of what `open` gives.

    With `is_cut`, what stands behind these is not read. `unread` makes of an OSError what is said of it.
    """

    def __init__(
        self, open: Callable[[], BinaryIO], size: int, unread: Callable[[OSError], Failure], *, is_cut: bool = False
    ) -> None:
        self._open, self._size, self._unread, self._is_cut = open, size, unread, is_cut
        self._done = 0

    @property
    def words(self) -> str:
        """How far it has come."""
        return f"{size_words(self._done)} of {size_words(self._size)} sent"

    @property
    def copying(self) -> Copying:
        """The way the server takes it."""
        return CopyIn(self._pieces)

    async def _pieces(self) -> AsyncIterator[bytes]:
        self._done = 0
        try:
            with self._open() as file:
                while piece := await asyncio.to_thread(file.read, self._next_size()):
                    yield piece
                    self._done += len(piece)
        except OSError as error:
            raise self._unread(error) from error

    def _next_size(self) -> int:
        return min(self._size - self._done, _PIECE) if self._is_cut else _PIECE


def loaded_file(path: Path) -> SentBytes:
    """A file whose lines go to the server; raises Failure at once where there is none to be read."""
    unread = partial(_unread, path)
    try:
        if not path.is_file():
            why = "it is a folder" if path.is_dir() else "there is no such file"
            raise Failure(f"{path.name} cannot be loaded: {why}.", FailureKind.USAGE, detail=str(path))
        with path.open("rb"):
            return SentBytes(lambda: path.open("rb"), path.stat().st_size, unread)
    except OSError as error:
        raise unread(error) from error


class WrittenFile:
    """A new file that takes what the server sends."""

    def __init__(self, file: NewFile, options: str) -> None:
        self._file = file
        self._options = options
        self._done = 0

    @property
    def words(self) -> str:
        """How far it has come."""
        return f"{size_words(self._done)} written"

    @property
    def copying(self) -> Copying:
        """The way the server gives it."""
        return CopyOut(self._write, self._options)

    async def _write(self, data: bytes) -> None:
        await asyncio.to_thread(self._file.write_bytes, data)
        self._done += len(data)


def size_words(count: int) -> str:
    """A number of bytes as a person reads it."""
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count:,} bytes"


def _unread(path: Path, error: OSError) -> Failure:
    why = (error.strerror or str(error)).lower()
    return Failure(f"{path.name} cannot be read: {why}.", FailureKind.USAGE, detail=str(path))
