"""Runs one statement against the database and keeps its rows as they come, page by page."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.core.row_source import StoredRows
from chatly_console.core.values import Notice, Row
from chatly_console.query.file_copy import Copied, Progress
from chatly_console.query.idle_clock import IdleClock
from chatly_console.query.pace import Gathering, Pace
from chatly_console.query.paging import FIRST_PAGE, FIRST_ROWS, NEAR_PAGE, PageSize, fetch_page, keep_page, pages_of
from chatly_console.query.reader import READ_AHEAD, Reader
from chatly_console.query.run import Phase, RunState, as_whom
from chatly_console.server.database import Database
from chatly_console.server.result import MOST_NOTICES, Result
from chatly_console.server.transaction import Transaction

IDLE_LIMIT = 300.0
"""Seconds that a cursor may wait for somebody to scroll, unless the profile says so: it holds a connection."""


class StatementRun:
    """One statement, from the moment that it is sent until its transaction has ended.

    It belongs to no widget, so it goes on (and its rows are kept) while another pane is looked at. `on_change` is
    called at each change of `state`, on the event loop; what is asked for runs in tasks of its own.
    """

    def __init__(
        self,
        database: Database,
        request: Request,
        *,
        on_change: Callable[["StatementRun"], None] = lambda run: None,
        idle_limit: float = IDLE_LIMIT,
        transaction: Transaction | None = None,
        copied: Copied | None = None,
    ) -> None:
        self.request = request
        self.database = database
        self.rows: StoredRows | None = None
        self.notices: deque[Notice] = deque(maxlen=MOST_NOTICES)
        """The newest of them; `state.notices` says how many there were."""
        self.started = time.monotonic()
        self.opened: float | None = None
        """When its cursor was opened, by the monotonic clock; None without one."""
        self.state = RunState(
            request.mode, as_whom(request.identity, database.facts.user), joined=transaction is not None
        )
        self.transaction = transaction
        self.progress: Progress | None = copied
        self.copied = copied
        """The file that this COPY reads or writes; None for any other statement."""
        self.is_exported = False
        """Whether its rows are being written to a file, so that its cursor must stay."""
        self._on_change = on_change
        self._result: Result | None = None
        self._held = AsyncExitStack()
        self._task: asyncio.Task[None] | None = None
        self._idle = IdleClock(idle_limit, self._idle_too_long)
        self._telling = Gathering(lambda: self._change(self.state))
        self._size = PageSize()
        self._pace = Pace()
        self._reader = Reader()

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        return time.monotonic() - self.started if self.state.phase is Phase.RUNNING else self.state.seconds

    @property
    def cursor_age(self) -> float | None:
        """Seconds that the cursor has been open; None without one."""
        return None if self.opened is None or not self.state.holds_connection else time.monotonic() - self.opened

    def start(self) -> "asyncio.Task[None]":
        """Send the statement and fetch its first page."""
        self.started = time.monotonic()
        return self._begin(self._run())

    def more(self) -> None:
        """Fetch the next page, larger each time; nothing where one is under way or there are no more."""
        if self.state.phase is Phase.OPEN:
            self._change(self.state.fetching())
            self._begin(self._load(self._size.grown()))

    def rest(self) -> None:
        """Fetch all that is left, until the end or until cancelled."""
        if self.state.phase is Phase.OPEN:
            self._change(self.state.fetching())
            self._begin(self._to_the_end())

    def cancel(self) -> bool:
        """Stop what is under way; the state says `cancelled` once the server has stopped."""
        if self._task is None or self._task.done() or not self.state.is_working:
            return False
        if self.state.phase is not Phase.CANCELLING:
            self._change(self.state.cancelling())
            self._task.cancel()
        return True

    async def all_rows(self) -> AsyncGenerator[list[Row], None]:
        """The rows from the first, loading from the open cursor what is not there yet; for an export.

        Whoever leaves it early ends the loading with it, and the cursor stays open.
        """
        assert self.rows is not None
        reader = self._reader = Reader()
        try:
            while True:
                if self.state.phase is Phase.OPEN:
                    self._change(self.state.fetching())
                    self._begin(self._keep_ahead_of(reader))
                while reader.at < self.rows.count:
                    part = self.rows.between(reader.at, reader.at + NEAR_PAGE)
                    reader.took(len(part))
                    yield part
                if self.state.is_working:
                    await reader.wait()
                elif self.state.phase is not Phase.OPEN:
                    break
        finally:
            reader.leave()
        if self.state.failure is not None:
            raise self.state.failure

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """End the transaction and keep the rows that are loaded."""
        self.cancel()
        await self.settled()
        if self.state.phase is Phase.OPEN:
            await self._give_up_cursor()

    async def forget(self) -> None:
        """End the transaction and give the rows back too."""
        await self.close()
        if self.rows is not None:
            self.rows.close()

    def tell_fate(self, words: str) -> None:
        """The transaction that it joined has ended: `committed` or `rolled back`."""
        self._change(replace(self.state, fate=words))

    # What runs in tasks

    def _begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        self._idle.stop()
        self._task = asyncio.create_task(self._guarded(work))
        return self._task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            await self._leave()
            self._change(self._cancelled())
        except Failure as failure:
            await self._leave()
            undone = self.request.mode is Mode.COMMITTED and (self._result is None or not self._result.commit_began)
            self._change(self._timed().failed(failure, undone=undone))
        else:
            if self.state.phase is Phase.OPEN:
                self._idle.start()
        finally:
            self._reader.tell()

    def _cancelled(self) -> RunState:
        """What a cancellation came to: where the server had committed already, it came too late."""
        result = self._result
        if result is None or not result.was_kept:
            return self._timed().cancelled()
        return replace(self.state, rows=self._count, too_late=True).ended(result.tag)

    def _timed(self) -> RunState:
        return self.state if self.rows is not None else replace(self.state, seconds=time.monotonic() - self.started)

    async def _run(self) -> None:
        place = self.transaction or self.database
        copying = self.copied.copying if self.copied is not None else None
        opening = place.open(self.request, first_page=FIRST_ROWS, on_notice=self._hear, copying=copying)
        result = self._result = await self._held.enter_async_context(opening)
        rows = await result.fetch(FIRST_ROWS)
        self._size.saw(rows)
        seconds = result.seconds
        self.rows = StoredRows(result.columns)
        await self._store(rows)
        if not result.exhausted:
            self.opened = time.monotonic()
            await self._store(await fetch_page(result, self._size, FIRST_PAGE - len(rows)))
        state = replace(self.state, strength=result.strength, seconds=seconds, has_columns=bool(result.columns))
        if result.exhausted or self.request.mode is Mode.COMMITTED:
            self.state = replace(state, rows=self.rows.count)
            await self._to_the_end()
        else:
            self._change(state.answered(self.rows.count, has_columns=True, exhausted=False, seconds=seconds))

    async def _load(self, limit: int) -> None:
        """Fetch one page."""
        assert self._result is not None
        await self._store(await fetch_page(self._result, self._size, limit))
        if self._result.exhausted:
            await self._to_the_end()
        else:
            self._change(self.state.loaded(self._count, exhausted=False))

    async def _to_the_end(self) -> None:
        """Fetch what is left, then end the transaction as the mode says."""
        assert self._result is not None
        async with aclosing(pages_of(self._result, self._size)) as pages:
            async for page in pages:
                await self._store(page)
                self._tell_progress()
        await self._end()

    async def _keep_ahead_of(self, reader: Reader) -> None:
        """Fetch what is left for a reader, no further ahead than what lies ready in the store."""
        result = self._result
        assert result is not None
        while not (result.exhausted or reader.has_left):
            await self._store(await fetch_page(result, self._size))
            self._tell_progress()
            await reader.comes_to(self._count - READ_AHEAD)
        if result.exhausted:
            await self._end()
        else:
            self._change(self.state.loaded(self._count, exhausted=False))

    async def _end(self) -> None:
        """All rows are here: end the transaction as the mode says."""
        assert self._result is not None and self.rows is not None
        self.rows.exhausted = True
        await self._result.finish()
        await self._leave()
        self._change(replace(self.state, rows=self._count).ended(self._result.tag))

    def _tell_progress(self) -> None:
        self.state = replace(self.state, rows=self._count)
        if self._pace.lets_through():
            self._on_change(self)

    async def _store(self, rows: Sequence[Row]) -> None:
        assert self.rows is not None
        await keep_page(rows, self.rows, self._size)
        self._reader.tell()

    async def _leave(self) -> None:
        """Give the connection back; what happened is known by now, so a failure to do so changes nothing."""
        self._idle.stop()
        held, self._held = self._held, AsyncExitStack()
        try:
            await held.aclose()
        except Failure as failure:
            if failure.kind is not FailureKind.LINK:
                raise

    # Pages and idling

    @property
    def _count(self) -> int:
        return self.rows.count if self.rows is not None else 0

    def _idle_too_long(self) -> None:
        self._task = asyncio.create_task(self._give_up_cursor())

    async def _give_up_cursor(self) -> None:
        await self._leave()
        self._change(self.state.cursor_closed())

    def _change(self, state: RunState) -> None:
        self.state = state
        self._on_change(self)

    def _hear(self, notice: Notice) -> None:
        self.notices.append(notice)
        self.state = replace(self.state, notices=self.state.notices + 1)
        self._telling.note()
