"""Somebody who reads all rows of a run while they are still being loaded, such as an export."""

import asyncio

READ_AHEAD = 2_000
"""Rows that are loaded before the reader comes to them: they lie ready, and need not be unpacked for it."""


class Reader:
    """Where the reader is, and the two waits: of the reader for rows, and of those who load them for the reader."""

    def __init__(self) -> None:
        self.at = 0
        """Rows that it has read."""
        self.has_left = False
        self._more = asyncio.Event()
        self._moved = asyncio.Event()

    def took(self, rows: int) -> None:
        """It has read so many more."""
        self.at += rows
        self._moved.set()

    def leave(self) -> None:
        """It will read no more."""
        self.has_left = True
        self._moved.set()

    async def comes_to(self, row: int) -> None:
        """Wait until it has come so far, or has left."""
        while self.at < row and not self.has_left:
            self._moved.clear()
            await self._moved.wait()

    def tell(self) -> None:
        """There are more rows, or there will be none."""
        self._more.set()

    async def wait(self) -> None:
        """Wait until it is told so."""
        await self._more.wait()
        self._more.clear()
