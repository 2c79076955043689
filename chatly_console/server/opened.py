"""Opens a statement: a place in the pool, a connection as the right identity, and the list of what is open."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from chatly_console.core.classify.words import Words
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Strength
from chatly_console.core.request import Mode, Request
from chatly_console.server.copying import Copying
from chatly_console.server.guard import check_advisory
from chatly_console.server.result import NoticeListener, Result

if TYPE_CHECKING:
    from chatly_console.server.database import Database


_BEGIN = 4_000
"""Characters of a statement in which it says what kind it is."""


_STANDARD = re.compile("std(in|out)", re.IGNORECASE)


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


class Opened:
    """The context manager that `Database.open` returns; entering it gives the `Result`."""

    def __init__(
        self,
        database: "Database",
        request: Request,
        first_page: int,
        on_notice: NoticeListener | None,
        copying: Copying | None = None,
    ) -> None:
        self._database = database
        self._request = request
        self._first_page = first_page
        self._on_notice = on_notice
        self._copying = copying
        self._result: Result | None = None

    async def __aenter__(self) -> Result:
        database, request = self._database, self._request
        check_text(request.sql, self._copying)
        if not database.link.is_up:
            raise Failure(database.link.sentence, FailureKind.LINK, hint="It works again once the server answers.")
        lender, strength, settings = await database.prepare(request)
        if strength == Strength.ADVISORY:
            check_advisory(request)
        elif strength and request.mode is Mode.OUTSIDE:
            raise Failure("What no transaction takes cannot run as another user.", FailureKind.REFUSED)
        await database.slots.take()
        result = self._result = Result(
            request,
            lender,
            strength=strength,
            settings=settings,
            transaction_pooler=database.facts.transaction_pooler,
            type_names=database.type_names,
            first_page=self._first_page,
            on_notice=self._on_notice,
            on_failure=database.noted,
            copying=self._copying,
        )
        database.open_results.add(result)
        try:
            return await result.__aenter__()
        except BaseException:
            self._let_go(result)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        result, self._result = self._result, None
        if result is None:
            return
        try:
            await result.__aexit__(kind, error, trace)
        finally:
            self._let_go(result)

    def _let_go(self, result: Result) -> None:
        self._database.open_results.discard(result)
        self._database.slots.give()


def check_text(sql: str, copying: Copying | None = None) -> None:
    """Refuse what no server can take, a NUL character, and what it would wait for: a COPY that nobody feeds or reads.

    `copying` is who does that, where somebody does.
    """
    if copying is None and _STANDARD.search(sql, 0, _BEGIN) and _is_copy(sql[:_BEGIN]):
        raise Failure(
            "COPY with STDIN or STDOUT has nobody at its other end here.",
            FailureKind.REFUSED,
            hint=r"\copy TABLE from 'FILE' loads a file, and \copy TABLE to 'FILE' writes one.",
        )
    at = sql.find("\0")
    if at >= 0:
        raise Failure(
            "The statement holds a NUL character, which PostgreSQL cannot take.",
            FailureKind.USAGE,
            position=at + 1,
        )


def _is_copy(begin: str) -> bool:
    words = Words(begin)
    return words.text(0) == "copy" and bool({"stdin", "stdout"} & set(words.top))
