"""Rows on their way into a table: PostgreSQL's COPY formats, written by hand because speed matters here."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

_BINARY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
_BINARY_END = struct.pack("!h", -1)
_LENGTH = struct.Struct("!i")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

NULL = "\\N"
"""A null in the text format."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of one table, ready for COPY."""

    phase: str
    table: str
    columns: tuple[str, ...]
    data: bytes
    rows: int
    schema: str = "public"
    binary: bool = False


def escape(text: str) -> str:
    """`text` as a value of the text format."""
    return text.translate(_ESCAPES)


def text_batch(
    phase: str, table: str, columns: Sequence[str], lines: Sequence[str], schema: str = "public"
) -> Batch:
    """A batch of lines, each the values of a row between tabs, already escaped."""
    data = "\n".join(lines).encode() + (b"\n" if lines else b"")
    return Batch(phase, table, tuple(columns), data, len(lines), schema)


def binary_batch(
    phase: str, table: str, columns: Sequence[str], rows: Iterable[Sequence[bytes]]
) -> Batch:
    """A batch of rows whose values are in the binary form of their types."""
    head = struct.pack("!h", len(columns))
    parts, count = [_BINARY_HEADER], 0
    for row in rows:
        parts.append(head)
        for value in row:
            parts.append(_LENGTH.pack(len(value)))
            parts.append(value)
        count += 1
    parts.append(_BINARY_END)
    return Batch(phase, table, tuple(columns), b"".join(parts), count, binary=True)


def binary_uuid(text: str) -> bytes:
    """A uuid in binary form."""
    return UUID(text).bytes


def binary_time(moment: datetime) -> bytes:
    """A timestamptz in binary form: microseconds since 2000."""
    return struct.pack("!q", (moment - _EPOCH) // timedelta(microseconds=1))


class Clock:
    """Writes moments as text quickly: seconds before the present are looked up in tables of days and minutes."""

    def __init__(self, now: datetime, days: int) -> None:
        self.now = now.replace(microsecond=0)
        self._start = (self.now - timedelta(days=days)).replace(hour=0, minute=0, second=0)
        self.length = int((self.now - self._start).total_seconds())
        """Seconds from the beginning of the history to the present."""
        span = range(-1, days + 60)
        self._days = {day: (self._start + timedelta(days=day)).strftime("%Y-%m-%d ") for day in span}
        self._minutes = [f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440)]

    def text(self, second: int) -> str:
        """The moment so many seconds after the beginning of the history, as timestamptz text."""
        day, rest = divmod(second, 86_400)
        minute, left = divmod(rest, 60)
        return f"{self._days[day]}{self._minutes[minute]}{left:02d}+00"

    def moment(self, second: int) -> datetime:
        """The same as a datetime."""
        return self._start + timedelta(seconds=second)
