"""The lines of data that stand below a COPY in a script: sent piece by piece, never held as a whole."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.file_copy import SentBytes


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

    def open(self) -> BinaryIO:
        """The source, where these begin; raises what that does."""
        file = self.source.open()
        file.seek(self.start)
        return file


def sent_data(data: InlineData) -> SentBytes:
    """Inline data on its way to the server."""
    return SentBytes(data.open, data.size, _unread, is_cut=True)


def _unread(error: OSError) -> Failure:
    why = (error.strerror or str(error)).lower()
    return Failure(f"The rows of the script cannot be read: {why}.", FailureKind.USAGE)


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
