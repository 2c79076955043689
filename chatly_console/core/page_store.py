"""Rows of a result of any size in little memory: packed pages, the older ones in a temporary file.

The file has no name (it is gone with the process, however that ends) and only this user could have
opened it. The store may be appended to in one thread while another reads.
"""

import marshal
import os
import tempfile
import time
from array import array
from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from itertools import chain
from threading import Lock
from typing import BinaryIO

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.values import Row

PAGE_ROWS = 500
PAGE_BYTES = 1 << 20
"""A page is closed at either: what is packed or unpacked at once stays small, whatever the rows are."""
PACKED_BYTES = 16 << 20
"""Packed pages kept in memory before the oldest go to the file."""
UNPACKED_BYTES = 8 << 20
"""Pages kept ready for reading, by their packed size."""
FRESH_BYTES = 1 << 20
"""The newest pages stay ready too: whoever follows the rows as they come does not unpack what was just packed."""
_SAMPLED = 8
"""Rows of a page that are measured to guess its size."""
_MARSHAL_VERSION = 4
"""Short ASCII is copied as it lies: half the time of version 2, which encodes every value."""
_TURN, _PAUSE = 0.005, 0.0001
"""Seconds of reading behind which it pauses, and for how long."""


class PageStore:
    """An append-only list of rows whose memory is bounded."""

    def __init__(self, *, packed_bytes: int = PACKED_BYTES, directory: str | None = None) -> None:
        self._packed_limit = packed_bytes
        self._directory = directory
        self._lock = Lock()
        self._tail: list[Row] = []
        self._tail_bytes = 0
        self._first_rows = array("Q")
        self._sizes = array("Q")
        self._offsets = array("Q")
        """Where each spilled page begins in the file; pages beyond its length are still in `_packed`."""
        self._packed: deque[bytes] = deque()
        self._packed_bytes = 0
        self._ready: OrderedDict[int, list[Row]] = OrderedDict()
        self._ready_bytes = 0
        self._file: BinaryIO | None = None
        self._file_end = 0
        self._sealed_rows = 0

    def __len__(self) -> int:
        with self._lock:
            return self._length()

    def _length(self) -> int:
        return self._sealed_rows + len(self._tail)

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows at the end. Raises Failure when the temporary file is full; the rows so far stay."""
        done = 0
        while done < len(rows):
            part = rows[done : done + PAGE_ROWS - len(self._tail)]
            part = part[: _fitting(part)]
            done += len(part)
            self._tail.extend(part)
            if len(self._tail) < PAGE_ROWS:
                self._tail_bytes += characters(part)
            if len(self._tail) >= PAGE_ROWS or self._tail_bytes >= PAGE_BYTES:
                with self._lock:
                    self._seal()
                    self._spill()

    def row(self, index: int) -> Row:
        """The row at `index`, counted from 0; IndexError outside what has been appended."""
        with self._lock:
            if index >= self._sealed_rows:
                return self._tail[index - self._sealed_rows]
            if index < 0:
                raise IndexError(index)
            number = bisect_right(self._first_rows, index) - 1
            return self._page(number)[index - self._first_rows[number]]

    def rows(self, start: int = 0) -> Iterator[Row]:
        """All rows in order from `start` on, page by page: the quick way to look at each of them once.

        Now and then it pauses. Each page that is read from the file wakes a thread that waits for its turn, and takes
        the turn from it before it runs; so it never waits for as long as Python lets one wait before it steps in.
        """
        total, since = len(self), time.monotonic()
        while start < total:
            if time.monotonic() - since > _TURN:
                time.sleep(_PAUSE)
                since = time.monotonic()
            page = self.part(start)[: total - start]
            if not page:
                return
            yield from page
            start += len(page)

    def part(self, start: int) -> Sequence[Row]:
        """Some rows from `start` on, as many as lie together; none where there are no more."""
        with self._lock:
            if start >= self._sealed_rows:
                return self._tail[start - self._sealed_rows :]
            number = bisect_right(self._first_rows, start) - 1
            page = self._page(number)
            return page[start - self._first_rows[number] :]

    def close(self) -> None:
        """Give memory and file back; the store is empty afterwards."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file, self._file_end, self._sealed_rows = None, 0, 0
            self._tail, self._tail_bytes = [], 0
            self._first_rows, self._sizes, self._offsets = array("Q"), array("Q"), array("Q")
            self._packed, self._packed_bytes = deque(), 0
            self._ready, self._ready_bytes = OrderedDict(), 0

    def _seal(self) -> None:
        """Pack the tail: into one page, or into smaller ones where its rows are large."""
        tail, self._tail, self._tail_bytes = self._tail, [], 0
        waiting = [tail]
        while waiting:
            rows = waiting.pop()
            packed = marshal.dumps(rows, _MARSHAL_VERSION)
            if len(packed) > 2 * PAGE_BYTES and len(rows) > 1:
                half = len(rows) // 2
                waiting += (rows[half:], rows[:half])
                continue
            self._first_rows.append(self._sealed_rows)
            self._sizes.append(len(packed))
            self._packed.append(packed)
            self._packed_bytes += len(packed)
            self._sealed_rows += len(rows)
            self._keep_ready(len(self._sizes) - 1, rows, FRESH_BYTES)

    def _spill(self) -> None:
        """Move the oldest packed pages to the file until the rest is small enough."""
        try:
            while self._packed_bytes > self._packed_limit and len(self._packed) > 1:
                if self._file is None:
                    self._file = tempfile.TemporaryFile(dir=self._directory, buffering=0)  # noqa: SIM115
                page = self._packed[0]
                written = 0
                while written < len(page):
                    written += os.pwrite(self._file.fileno(), page[written:], self._file_end + written)
                self._packed.popleft()
                self._packed_bytes -= len(page)
                self._offsets.append(self._file_end)
                self._file_end += len(page)
        except OSError as error:
            raise Failure(
                f"No more rows can be kept: the temporary file cannot be written ({error.strerror}).",
                FailureKind.REFUSED,
                hint=f"Free some room in {self._directory or tempfile.gettempdir()}, or load fewer rows. "
                f"The first {self._length():,} rows stay.",
            ) from error

    def _page(self, number: int) -> list[Row]:
        ready = self._ready.get(number)
        if ready is not None:
            self._ready.move_to_end(number)
            return ready
        size = self._sizes[number]
        if number < len(self._offsets):
            packed = self._read(self._offsets[number], size)
        else:
            packed = self._packed[number - len(self._offsets)]
        rows: list[Row] = marshal.loads(packed)  # noqa: S302  (our own bytes, from memory or the nameless file)
        self._keep_ready(number, rows, UNPACKED_BYTES)
        return rows

    def _keep_ready(self, number: int, rows: list[Row], limit: int) -> None:
        self._ready[number] = rows
        self._ready_bytes += self._sizes[number]
        while self._ready_bytes > limit and len(self._ready) > 1:
            oldest, _ = self._ready.popitem(last=False)
            self._ready_bytes -= self._sizes[oldest]

    def _read(self, offset: int, size: int) -> bytes:
        assert self._file is not None
        parts = []
        while size:
            part = os.pread(self._file.fileno(), size, offset)
            if not part:
                raise Failure("The temporary file that holds the rows was cut short.", FailureKind.REFUSED)
            parts.append(part)
            offset, size = offset + len(part), size - len(part)
        return b"".join(parts)


def characters(rows: Sequence[Row]) -> int:
    """How long the values of these rows are together."""
    return sum(map(len, filter(None, chain.from_iterable(rows))))


def _fitting(rows: Sequence[Row]) -> int:
    """How many of these rows to pack at once, by some of them: packing what is too much for a page is done again."""
    sample = rows[:: max(1, len(rows) // _SAMPLED)]
    return max(1, min(len(rows), PAGE_BYTES * len(sample) // max(1, characters(sample))))
