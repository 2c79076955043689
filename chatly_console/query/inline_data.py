"""The lines of data that stand below a COPY in a script: sent piece by piece, never held as a whole."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.file_copy import size_words
from chatly_console.server.copying import CopyIn, Copying

_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Source:
    """What a script is read from: a file, or the bytes of a text. `stamp` tells whether the file was changed since."""

    path: Path | None = None
    data: bytes = b""
    stamp: tuple[int, int] = (0, 0)

    @classmethod
    def of_file(cls, path: Path) -> "Source":
        """That file as it is now; raises OSError."""
        return cls(path, stamp=_stamp(path))

    def open(self) -> BinaryIO:
        """Its bytes; raises OSError, and Failure where the file is not the one that was read before."""
        if self.path is None:
            return io.BytesIO(self.data)
        if _stamp(self.path) != self.stamp:
            raise Failure(f"{self.path.name} was changed since it was read; run it again.", FailureKind.USAGE)
        return self.path.open("rb")


@dataclass(frozen=True, slots=True)
class InlineData:
    """Bytes `start` to `end` of the source; its first row stands on `line`."""

    source: Source
    start: int = 0
    end: int = 0
    line: int = 1

    @property
    def size(self) -> int:
        """In bytes."""
        return self.end - self.start


class SentData:
    """Inline data on its way to the server."""

    def __init__(self, data: InlineData) -> None:
        self._data = data
        self._done = 0

    @property
    def words(self) -> str:
        """How far it has come."""
        return f"{size_words(self._done)} of {size_words(self._data.size)} sent"

    @property
    def copying(self) -> Copying:
        """The way the server takes it."""
        return CopyIn(self._pieces)

    async def _pieces(self) -> AsyncIterator[bytes]:
        self._done = 0
        try:
            with self._data.source.open() as file:
                file.seek(self._data.start)
                while (left := self._data.size - self._done) > 0:
                    piece = await asyncio.to_thread(file.read, min(left, _PIECE))
                    if not piece:
                        break
                    yield piece
                    self._done += len(piece)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise Failure(f"The rows of the script cannot be read: {why}.", FailureKind.USAGE) from error


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
