"""How many rows to ask for at a time: few at first, and never more than a page of bounded size holds."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from itertools import chain

from chatly_console.core.row_source import StoredRows
from chatly_console.core.values import Row
from chatly_console.server.lease import in_any_case
from chatly_console.server.result import Result

FIRST_ROWS = 100
"""Rows fetched before their size is known: a screenful, and little even where each has a megabyte."""
FIRST_PAGE = 500
NEAR_PAGE = 1_000
"""The largest page from a server nearby: what is taken in at once fits the processor's cache."""
LARGEST_PAGE = 5_000
"""The largest page from a server far away, where each page costs a way there and back."""
_FAR_ROW = 15e-6
"""Seconds a row beyond which it is the way that takes the time."""
_FAR_PAGES = 3
PAGE_CHARACTERS = 4_000_000
_SAMPLED = 50
VALUES_AT_ONCE = 20_000
"""Values stored before the screen has its turn."""


class PageSize:
    """The size of the next page, by what the rows so far were like and how long they took."""

    def __init__(self) -> None:
        self._row_size = 1.0
        self._slow_pages = 0
        self._page = FIRST_PAGE
        self.largest = NEAR_PAGE

    def took(self, rows: int, seconds: float) -> None:
        """Learn how long a page was waited for; several slow ones on end say that the server is far away."""
        self._slow_pages = self._slow_pages + 1 if seconds > rows * _FAR_ROW else 0
        if self._slow_pages >= _FAR_PAGES:
            self.largest = LARGEST_PAGE

    def saw(self, rows: Sequence[Row]) -> None:
        """Learn from rows that have come; the largest counts, and is forgotten slowly."""
        sample = rows[:: max(1, len(rows) // _SAMPLED)]
        if sample:
            size = sum(map(len, filter(None, chain.from_iterable(sample)))) / len(sample)
            self._row_size = max(size, self._row_size / 2, len(rows[0]), 1.0)

    def grown(self) -> int:
        """The next page of somebody who scrolls on: twice the last one."""
        self._page = min(self._page * 2, self.largest)
        return self._page

    def limit(self, rows: int) -> int:
        """`rows`, or as many as make a page of bounded size."""
        return max(1, min(rows, int(PAGE_CHARACTERS / self._row_size)))


async def fetch_page(result: Result, size: PageSize, rows: int | None = None) -> list[Row]:
    """The next page of a result: `rows`, or as many as make a page of bounded size."""
    began = time.monotonic()
    page = await result.fetch(size.limit(size.largest if rows is None else rows))
    size.took(len(page), time.monotonic() - began)
    size.saw(page)
    return page


async def pages_of(result: Result, size: PageSize | None = None) -> AsyncGenerator[list[Row], None]:
    """All rows that are left of a result, page by page, in memory that does not grow.

    The server makes the next page while one is looked at. So it is to be left by `aclosing`, which stops that.
    """
    size = PageSize() if size is None else size
    coming = asyncio.create_task(_fetched(result, size))
    try:
        while True:
            began = time.monotonic()
            page = await coming
            size.took(len(page), time.monotonic() - began)
            if not page:
                return
            size.saw(page)
            coming = asyncio.create_task(_fetched(result, size))
            await asyncio.sleep(0)  # the server is asked before anybody begins with this page
            yield page
    finally:
        stopping = coming.cancel()
        await asyncio.wait([coming])
        trouble = None if coming.cancelled() else coming.exception()
        if stopping and trouble is not None:
            raise trouble  # such as that the server never said that it has stopped


async def _fetched(result: Result, size: PageSize) -> list[Row]:
    return await result.fetch(size.limit(size.largest))


async def keep_page(rows: Sequence[Row], stored: StoredRows, size: PageSize) -> None:
    """Store the rows of a page, and give the screen its turn in between; long ones in a thread, to its end."""
    usual = max(1, VALUES_AT_ONCE // max(len(stored.columns), 1))
    step = size.limit(usual)
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        if step < usual:
            await in_any_case(asyncio.to_thread(stored.append, part))
        else:
            stored.append(part)
        await asyncio.sleep(0)
