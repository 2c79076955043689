"""Where a grid's rows come from: a protocol, rows in a bounded store, and rows in a list."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from chatly_console.core.page_store import PageStore, characters
from chatly_console.core.values import Column, Row


class RowSource(Protocol):
    """What a grid reads. `row` must be quick; it may be called from a thread while rows are added."""

    @property
    def columns(self) -> Sequence[Column]:
        """The columns of the result; there may be none."""

    @property
    def count(self) -> int:
        """How many rows are loaded."""

    @property
    def exhausted(self) -> bool:
        """Whether these are all the rows there are."""

    def row(self, index: int) -> Row | None:
        """The loaded row at `index`, counted from 0; None where none is loaded."""

    def glimpse(self, index: int) -> Row | None:
        """As `row`, but with no more of long values than is drawn of them."""

    def rows(self, start: int = 0) -> Iterable[Row]:
        """All loaded rows in order, or those from `start` on."""

    @property
    def is_large(self) -> bool:
        """Whether to look at all rows takes so long that it is for a thread."""


def glimpses(source: RowSource) -> Iterator[Row]:
    """A glimpse of each loaded row, in order."""
    return (row for index in range(source.count) if (row := source.glimpse(index)) is not None)


DRAWN = 2_000
"""Characters of a value that a grid may need: more than its widest column has cells."""
_LONG_ROW = 100_000
"""Characters of a row that is too much to be unpacked for each line that is drawn."""
_LARGE = 50_000
"""Values that are looked at in less time than it takes to start a thread, with some to spare."""


class StoredRows:
    """The rows of one result as they arrive, in a `PageStore`."""

    def __init__(self, columns: Sequence[Column], store: PageStore | None = None) -> None:
        self.columns: Sequence[Column] = tuple(columns)
        self.exhausted = False
        self._store = PageStore() if store is None else store
        self._replaced: dict[int, Row] = {}
        self._glimpses: dict[int, Row] = {}

    @property
    def count(self) -> int:
        """How many rows have arrived."""
        return len(self._store)

    def append(self, rows: Sequence[Row], *, exhausted: bool = False) -> None:
        """Add a page; `exhausted` says that it was the last. Raises Failure when the disk is full."""
        start = self.count
        self._store.append(rows)
        self._glimpses.update((start + at, _cut(rows[at])) for at in _long_ones(rows))
        self.exhausted = exhausted

    def row(self, index: int) -> Row | None:
        """The row at `index`, or None."""
        if index in self._replaced:
            return self._replaced[index]
        return self._store.row(index) if 0 <= index < len(self._store) else None

    def glimpse(self, index: int) -> Row | None:
        """The row as far as it is drawn."""
        found = None if index in self._replaced else self._glimpses.get(index)
        return self.row(index) if found is None else found

    @property
    def is_large(self) -> bool:
        """Whether there are many values, or long ones."""
        return bool(self._glimpses) or self.count * len(self.columns) > _LARGE

    def rows(self, start: int = 0) -> Iterable[Row]:
        """All rows that have arrived, in order, or those from `start` on."""
        if not self._replaced:
            return self._store.rows(start)
        return (self._replaced.get(index, row) for index, row in enumerate(self._store.rows(start), start))

    def replace(self, index: int, row: Row) -> None:
        """Let the row at `index` be another from now on: it was changed, and this is what the server has now."""
        self._replaced[index] = row

    def between(self, start: int, end: int) -> list[Row]:
        """The rows from `start` up to `end`, as far as they have arrived: page by page, for many at once."""
        found: list[Row] = []
        while start + len(found) < end and (part := self._store.part(start + len(found))):
            found += part
        found = found[: end - start]
        for index, row in self._replaced.items():
            if start <= index < start + len(found):
                found[index - start] = row
        return found

    def close(self) -> None:
        """Give memory and file back."""
        self._store.close()


def _long_ones(rows: Sequence[Row]) -> list[int]:
    """Which of these rows are long; a look at some says whether to look at each."""
    some = rows[:: max(1, len(rows) // 8)]
    if characters(some) * 10 < _LONG_ROW * len(some):
        return []
    return [at for at, row in enumerate(rows) if characters([row]) > _LONG_ROW]


def _cut(row: Row) -> Row:
    return tuple([value if value is None else value[:DRAWN] for value in row])


class ListedRows:
    """A few rows that are all there: a catalogue list, the findings of a check."""

    exhausted = True

    def __init__(self, columns: Sequence[Column | str], rows: Sequence[Row]) -> None:
        self.columns: Sequence[Column] = tuple(Column(c) if isinstance(c, str) else c for c in columns)
        self._rows = rows

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def row(self, index: int) -> Row | None:
        """The row at `index`, or None."""
        return self._rows[index] if 0 <= index < len(self._rows) else None

    glimpse = row

    @property
    def is_large(self) -> bool:
        """Whether there are many values."""
        return len(self._rows) * len(self.columns) > _LARGE

    def rows(self, start: int = 0) -> Iterable[Row]:
        """All rows, in order, or those from `start` on."""
        return self._rows[start:] if start else self._rows
