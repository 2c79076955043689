"""Runs one statement against the database and keeps its rows as they come, page by page."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.core.row_source import StoredRows
from chatly_console.core.values import Notice, Row
from chatly_console.query.file_copy import Copied
from chatly_console.query.paging import FIRST_PAGE, FIRST_ROWS, NEAR_PAGE, PageSize, fetch_page
from chatly_console.query.run import Phase, RunState, as_whom
from chatly_console.server.database import Database
from chatly_console.server.result import MOST_NOTICES, Result
from chatly_console.server.transaction import Transaction

VALUES_AT_ONCE = 20_000
"""Values stored before the screen has its turn."""
_NOTICES_TOGETHER = 0.05
"""Seconds for which notices are gathered before they are shown: a server may send thousands in that time."""
IDLE_LIMIT = 300.0
"""Seconds that a cursor may wait for somebody to scroll; it holds a connection and a snapshot."""


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
        """How firmly the identity held, as the server said; empty for the login itself."""
        self.state = RunState(
            request.mode, as_whom(request.identity, database.facts.user), joined=transaction is not None
        )
        self.transaction = transaction
        self.copied = copied
        """The file that this COPY reads or writes; None for any other statement."""
        self.is_exported = False
        """Whether its rows are being written to a file, so that its cursor must stay."""
        self._on_change = on_change
        self._idle_limit = idle_limit
        self._result: Result | None = None
        self._held = AsyncExitStack()
        self._task: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._telling: asyncio.TimerHandle | None = None
        self._page = FIRST_PAGE
        self._size = PageSize()

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
            self._begin(self._load(self._grown()))

    def rest(self) -> None:
        """Fetch all that is left, until the end or until cancelled."""
        if self.state.phase is Phase.OPEN:
            self._change(self.state.fetching())
            self._begin(self._load(None))

    def cancel(self) -> bool:
        """Stop what is under way; the state says `cancelled` once the server has stopped."""
        if self._task is None or self._task.done() or not self.state.is_working:
            return False
        if self.state.phase is not Phase.CANCELLING:
            self._change(self.state.cancelling())
            self._task.cancel()
        return True

    async def all_rows(self) -> AsyncIterator[list[Row]]:
        """The rows from the first, loading from the open cursor what is not there yet; for an export."""
        assert self.rows is not None
        done = 0
        while True:
            while done < self.rows.count:
                part = self.rows.between(done, done + NEAR_PAGE)
                done += len(part)
                yield part
            await self.settled()
            if done < self.rows.count:
                continue
            if self.state.phase is not Phase.OPEN:
                break
            self._page = self._size.largest
            self.more()
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
        self._stop_idling()
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
            self._change(self._timed().failed(failure))
        else:
            self._idle_from_now()

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

    async def _load(self, limit: int | None) -> None:
        """Fetch one page, or (None) all."""
        assert self._result is not None
        if limit is None:
            await self._to_the_end()
            return
        await self._store(await fetch_page(self._result, self._size, limit))
        if self._result.exhausted:
            await self._to_the_end()
        else:
            self._change(self.state.loaded(self._count, exhausted=False))

    async def _to_the_end(self) -> None:
        """Fetch what is left, then end the transaction as the mode says."""
        result = self._result
        assert result is not None and self.rows is not None
        while not result.exhausted:
            await self._store(await fetch_page(result, self._size))
            self._change(replace(self.state, rows=self._count))
        self.rows.exhausted = True
        await result.finish()
        await self._leave()
        self._change(replace(self.state, rows=self._count).ended(result.tag))

    async def _store(self, rows: Sequence[Row]) -> None:
        assert self.rows is not None
        step = max(1, VALUES_AT_ONCE // max(len(self.rows.columns), 1))
        for start in range(0, len(rows), step):
            self.rows.append(rows[start : start + step])
            await asyncio.sleep(0)

    async def _leave(self) -> None:
        """Give the connection back; what happened is known by now, so a failure to do so changes nothing."""
        self._stop_idling()
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

    def _grown(self) -> int:
        self._page = min(self._page * 2, self._size.largest)
        return self._page

    def _idle_from_now(self) -> None:
        if self.state.phase is Phase.OPEN:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(self._idle_limit, self._idle_too_long)

    def _stop_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

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
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(_NOTICES_TOGETHER, self._tell_notices)

    def _tell_notices(self) -> None:
        self._telling = None
        self._change(self.state)
