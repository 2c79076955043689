"""How many rows to ask for at a time: few at first, and never more than a page of bounded size holds."""

from collections.abc import AsyncIterator, Sequence

from chatly_console.core.values import Row
from chatly_console.server.result import Result

FIRST_ROWS = 100
"""Rows fetched before their size is known: a screenful, and little even where each has a megabyte."""
FIRST_PAGE = 500
LARGEST_PAGE = 5_000
PAGE_CHARACTERS = 4_000_000
_SAMPLED = 50


class PageSize:
    """The size of the next page, by what the rows so far were like."""

    def __init__(self) -> None:
        self._row_size = 1.0

    def saw(self, rows: Sequence[Row]) -> None:
        """Learn from rows that have come; the largest counts, and is forgotten slowly."""
        sample = rows[:: max(1, len(rows) // _SAMPLED)]
        if sample:
            size = sum(len(value) for row in sample for value in row if value is not None) / len(sample)
            self._row_size = max(size, self._row_size / 2, len(rows[0]), 1.0)

    def limit(self, rows: int) -> int:
        """`rows`, or as many as make a page of bounded size."""
        return max(1, min(rows, int(PAGE_CHARACTERS / self._row_size)))


async def pages_of(result: Result) -> AsyncIterator[list[Row]]:
    """All rows of a result, page by page, in memory that does not grow."""
    size = PageSize()
    while rows := await result.fetch(size.limit(LARGEST_PAGE)):
        size.saw(rows)
        yield rows
