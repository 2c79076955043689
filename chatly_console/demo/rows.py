"""Rows on their way into a table: PostgreSQL's COPY formats, written by hand because speed matters here."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_BINARY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
_BINARY_END = struct.pack("!h", -1)
_LENGTH = struct.Struct("!i")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

NULL = "\\N"
"""A null in the text format."""
NO_VALUE = b"\xff\xff\xff\xff"
"""A null in the binary format: the length -1."""


@dataclass(frozen=True, slots=True)
class Target:
    """The table and columns that rows are for, and what the user is told meanwhile."""

    phase: str
    table: str
    columns: tuple[str, ...]
    schema: str = "public"
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows, ready for COPY."""

    target: Target
    data: bytes
    rows: int


def escape(text: str) -> str:
    """`text` as a value of the text format."""
    return text.translate(_ESCAPES)


class Gatherer:
    """Collects rows of several tables until they are worth a COPY; each start and end of one costs milliseconds."""

    def __init__(self, limit: int = 4_000_000) -> None:
        self._limit = limit
        self._size = 0
        self._rows: dict[Target, list[bytes | str]] = {}
        self._binary_rows: dict[Target, int] = {}

    def add(self, target: "Target", row: str) -> None:
        """Keep a row in the text format: the values between tabs, already escaped."""
        self._rows.setdefault(target, []).append(row)
        self._size += len(row)

    def add_binary(self, target: "Target", values: Sequence[bytes]) -> None:
        """Keep a row whose values are in the binary form of their types."""
        row = struct.pack("!h", len(values)) + b"".join(_LENGTH.pack(len(value)) + value for value in values)
        self.add_rows(target, row, 1)

    def add_rows(self, target: "Target", rows: bytes, count: int) -> None:
        """Keep rows that are in the binary format already."""
        self._rows.setdefault(target, []).append(rows)
        self._binary_rows[target] = self._binary_rows.get(target, 0) + count
        self._size += len(rows)

    @property
    def is_full(self) -> bool:
        """Whether it is time to hand the rows out."""
        return self._size >= self._limit

    def batches(self) -> Iterator[Batch]:
        """Hand out what was kept, in the order in which the tables came up: parents before children."""
        gathered, self._rows, self._size = self._rows, {}, 0
        counted, self._binary_rows = self._binary_rows, {}
        for target, rows in gathered.items():
            if target.binary:
                data = _BINARY_HEADER + b"".join(row for row in rows if isinstance(row, bytes)) + _BINARY_END
            else:
                data = "".join(f"{row}\n" for row in rows if isinstance(row, str)).encode()
            yield Batch(target, data, counted.get(target, len(rows)))


def binary_text(text: str) -> bytes:
    """A text in binary form, after its length."""
    data = text.encode()
    return _LENGTH.pack(len(data)) + data


def binary_uuid(text: str) -> bytes:
    """A uuid in binary form."""
    return bytes.fromhex(text.replace("-", ""))


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
