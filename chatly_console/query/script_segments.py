"""Reads a script in one pass and constant memory: its text in segments, of the data only where it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import data_below
from chatly_console.query.inline_data import InlineData, Source

MOST_TEXT = 32 << 20
"""Bytes of a script's statements, which are held; rows below a COPY do not count."""
_PIECE = 1 << 18
_STANDARD = re.compile(rb"std(?:in|out)", re.IGNORECASE)
_ENDS = frozenset({b"\\.\n", b"\\.\r\n", b"\\.", b"\\.\r"})


@dataclass(frozen=True, slots=True)
class Segment:
    """Text of the script from `line` (and character `offset`) on, and the blocks of data that follow it."""

    text: str
    line: int
    offset: int
    blocks: tuple[InlineData, ...] = ()


def segments(source: Source, name: str) -> Iterator[Segment]:
    """The segments of a script; raises OSError, and Failure where the text is no UTF-8, has a NUL or is too long."""
    with source.open() as file:
        yield from _Reading(file, source, name).segments()


class _Reading:
    def __init__(self, file: BinaryIO, source: Source, name: str) -> None:
        self._file, self._source, self._name = file, source, name
        self._line, self._at, self._offset, self._held = 1, 0, 0, 0
        if file.read(3) == b"\xef\xbb\xbf":
            self._at = 3
        file.seek(self._at)

    def segments(self) -> Iterator[Segment]:
        done: list[bytes] = []
        open_part: list[bytes] = []
        begin, may_copy = self._line, False
        while line := self._next_line():
            open_part.append(line)
            may_copy = may_copy or _STANDARD.search(line) is not None
            if not may_copy or not (b";" in line or b"\\" in line):
                continue
            text = self._text(open_part, begin + sum(piece.count(b"\n") for piece in done))
            blocks, resume = data_below(text)
            if blocks:
                whole = self._text([*done, *open_part], begin)
                yield self._segment(whole, begin, blocks)
                done, open_part, begin, may_copy = [], [], self._line, False
                continue
            rest = text[resume:].encode("utf-8", "surrogatepass")
            joined = b"".join(open_part)
            done.append(joined[: len(joined) - len(rest)])
            open_part, may_copy = [rest] if rest else [], _STANDARD.search(rest) is not None
        yield self._segment(self._text([*done, *open_part], begin), begin, 0)

    def _segment(self, text: str, begin: int, blocks: int) -> Segment:
        offset = self._offset
        data = tuple(self._block() for _ in range(blocks))
        self._offset += len(text)
        if self._source.path is None:
            self._offset = len(self._source.data[: self._at].decode("utf-8", "surrogatepass"))
        return Segment(text, begin, offset, data)

    def _next_line(self) -> bytes:
        line = self._file.readline(MOST_TEXT + 1)
        self._at += len(line)
        self._held += len(line)
        self._line += line.endswith(b"\n")
        if self._held > MOST_TEXT:
            raise self._failure(
                f"has more than {MOST_TEXT >> 20} MB of statements, which is too much to look at before they run",
                hint="pg_dump without --inserts writes rows as COPY, which may be of any size here.",
            )
        return line

    def _block(self) -> InlineData:
        start, line, fresh = self._at, self._line, True
        while piece := self._file.readline(_PIECE):
            before, self._at = self._at, self._at + len(piece)
            self._line += piece.endswith(b"\n")
            if fresh and piece in _ENDS:
                return InlineData(self._source, start, before, line)
            fresh = piece.endswith(b"\n")
        return InlineData(self._source, start, self._at, line)

    def _text(self, pieces: list[bytes], begin: int) -> str:
        data = b"".join(pieces)
        try:
            text = data.decode("utf-8", "strict" if self._source.path else "surrogatepass")
        except UnicodeDecodeError as error:
            line = begin + data[: error.start].count(b"\n")
            raise self._failure(
                f"could not be read: line {line:,} holds a byte (0x{data[error.start]:02x}) that is no UTF-8",
                hint="pg_dump --encoding=UTF8 writes a dump in it; iconv converts any other text.",
            ) from error
        nul = text.find("\0")
        if nul >= 0:
            line = begin + text.count("\n", 0, nul)
            raise self._failure(f"holds a NUL character in line {line:,}, which PostgreSQL cannot take")
        return text

    def _failure(self, what: str, hint: str = "") -> Failure:
        path = str(self._source.path or "")
        return Failure(f"{self._name} {what}.", FailureKind.USAGE, detail=path, hint=hint)
