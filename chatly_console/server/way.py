"""What a statement needs of the database that it runs on; so that those who run one need not know who offers it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.link import Link
from chatly_console.core.request import Request
from chatly_console.server.facts import ServerFacts
from chatly_console.server.impersonation import RequestSettings
from chatly_console.server.lease import Lender
from chatly_console.server.pool import Opening
from chatly_console.server.result import Result


class Slots:
    """The places in the pool that panes may take; the failure says so where all are taken."""

    def __init__(self, size: int, limit: float) -> None:
        self._size = size
        self._limit = limit
        self._free = asyncio.Semaphore(size)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold one place."""
        await self.take()
        try:
            yield
        finally:
            self.give()

    async def take(self) -> None:
        """Take a place, within the limit."""
        if not self._free.locked():
            await self._free.acquire()  # at once
            return
        try:
            async with asyncio.timeout(self._limit):
                await self._free.acquire()
        except TimeoutError:
            raise Failure(
                f"All {self._size} connections of the console are in use.",
                FailureKind.FULL,
                hint="Close a result that is still open, cancel what runs, or raise pool_size in the profile.",
            ) from None

    def give(self) -> None:
        """Give a place back."""
        self._free.release()


class Way(Protocol):
    """The way to a server: whether it is open, who lends connections, and who hears of a failure."""

    opening: Opening
    facts: ServerFacts
    slots: Slots
    open_results: set[Result]
    type_names: dict[int, str]

    @property
    def link(self) -> Link:
        """Whether the server answers."""

    async def prepare(self, request: Request) -> tuple[Lender, str, RequestSettings]:
        """Where a connection for this request comes from, how firmly, and with which settings of the role."""

    def noted(self, failure: Failure) -> Failure:
        """Look at the link at once where `failure` may mean that it is gone; returns the failure."""
