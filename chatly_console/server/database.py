"""The one way to a database: its pool, its executor, and the state of the way there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import asyncpg

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.link import Link, LinkState
from chatly_console.core.request import PAGE_ROWS, Mode, Request
from chatly_console.core.sql import can_be_enclosed
from chatly_console.core.values import Record
from chatly_console.server import frame
from chatly_console.server.copying import Copying, CopyOut
from chatly_console.server.dedicated import Dedicated
from chatly_console.server.errors import failure_of
from chatly_console.server.facts import ServerFacts
from chatly_console.server.impersonation import Impersonation, RequestSettings
from chatly_console.server.lease import CLEAN_LIMIT, Lender, PoolLender, in_any_case, return_connection, terminate
from chatly_console.server.opened import Opened
from chatly_console.server.pool import (
    CONNECT_LIMIT,
    Alarm,
    Opening,
    look_around,
    make_pool,
    prepare_connection,
)
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.result import NoticeListener, Result
from chatly_console.server.series import Series
from chatly_console.server.text_connection import CsvSink, TextConnection
from chatly_console.server.transaction import Transaction
from chatly_console.server.watch import GIVE_UP_AFTER, Mender, Watch
from chatly_console.server.way import Slots

_OWN_STATEMENTS = (("jit", "off"),)
"""Our statements read the catalogue: many expressions over few rows, which take longer to compile than to evaluate."""


class Database:
    """A connected database. `connect` makes one; everything else of the console goes through its methods."""

    def __init__(self, opening: Opening, pool: "asyncpg.Pool[asyncpg.Record]", facts: ServerFacts) -> None:
        self.opening = opening
        self.facts = facts
        self.pool_size = opening.pool_size
        self._pool = pool
        self._lender = PoolLender(pool, acquire_limit=opening.acquire_limit)
        self.slots = Slots(opening.pool_size, opening.acquire_limit)
        self._impersonation = Impersonation(
            self._lender, self._connect_boundary if opening.boundary else None, opening.settings
        )
        self._listeners: list[Callable[[Link], None]] = []
        self.open_results: set[Result] = set()
        self.type_names: dict[int, str] = {}
        self._closers: list[Callable[[], Awaitable[None]]] = []
        self._asking = 0
        self._watch = Watch(self._ask, self._link_changed)
        self._give_up: asyncio.TimerHandle | None = None

    @classmethod
    async def connect(cls, opening: Opening) -> "Database":
        """Connect, find out what the server is, and begin to watch it; raises `Failure`."""
        alarm = Alarm()
        try:
            pool = await make_pool(opening, alarm)
        except Exception as error:
            raise failure_of(error, doing="Connecting") from error
        try:
            async with asyncio.timeout(CONNECT_LIMIT):
                facts = await look_around(pool, opening)
        except Exception as error:
            pool.terminate()
            raise failure_of(error, doing="Connecting") from error
        database = cls(opening, pool, facts)
        alarm.listener = database._watch.suspect
        database._watch.start()
        return database

    @property
    def link(self) -> Link:
        """Whether the server answers."""
        return self._watch.link

    @property
    def pool_in_use(self) -> int:
        """How many of the pool's connections are lent; the spare one, by which the watch asks, does not count."""
        return self._lender.in_use - self._asking

    @property
    def no_boundary_because(self) -> str:
        """Why impersonation is only advisory here; empty where it is a boundary or has not been tried."""
        return self._impersonation.no_boundary_because

    def subscribe(self, listener: Callable[[Link], None]) -> Callable[[], None]:
        """Call `listener` at each change of the link; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def open(
        self, request: Request, *,
        first_page: int = PAGE_ROWS, on_notice: NoticeListener | None = None, copying: Copying | None = None,
    ) -> Opened:  # fmt: skip
        """Run one statement in its own transaction: `async with database.open(request) as result`.

        With `copying` it is a COPY between the server and this machine; what was written may be kept only once
        `finish` has returned, since the check of the identity comes last.
        """
        return Opened(self, request, first_page, on_notice, copying)

    def rehearse(self, identity: Identity = LOGIN, *, timeout: float = 30.0, lock_timeout: float = 2.0) -> Rehearsal:
        """Run several statements of our own in one transaction that is never kept: `async with ...`."""
        return Rehearsal(self, identity, timeout, lock_timeout)

    async def copy_csv(self, request: Request, write: CsvSink, *, on_notice: NoticeListener | None = None) -> Result:
        """Run one query and hand all its rows to `write` as CSV, which the server makes three times as fast.

        Identity, mode and limits hold as for `open`; but what was written may be kept only once this has returned,
        since the check of the identity comes last. The returned result is closed; its tag says how many rows.
        """
        if request.mode is not Mode.READ_ONLY or request.arguments or not can_be_enclosed(request.sql):
            raise Failure("This cannot be copied as one query.", FailureKind.USAGE)
        async with Opened(self, request, 0, on_notice, CopyOut(write)) as result:
            await result.finish()
            return result

    async def records(
        self,
        sql: str,
        *arguments: object,
        identity: Identity = LOGIN,
        mode: Mode = Mode.READ_ONLY,
        timeout: float = 30.0,
        lock_timeout: float = 2.0,
    ) -> list[Record]:
        """Run a statement of our own and return its rows with Python values (json decoded; no arrays)."""
        request = Request(sql, (), identity, mode, timeout, lock_timeout, _OWN_STATEMENTS)
        lender, _, settings = await self.prepare(request)
        async with self.slots.one():
            try:
                connection = await lender.acquire()
            except Exception as error:
                raise self.noted(failure_of(error, doing="Waiting for a connection")) from error
            try:
                opening = frame.opening(request, settings=settings.settings, pre_request=settings.pre_request)
                await connection.execute(opening, timeout=timeout)
                rows = await connection.typed(sql, arguments, timeout + CLEAN_LIMIT)
                if mode is Mode.COMMITTED:
                    await connection.execute(frame.committing(transaction_pooler=self.facts.transaction_pooler))
                return rows
            except Exception as error:
                raise self.noted(failure_of(error)) from error
            finally:
                pooled = self.facts.transaction_pooler
                kept = mode is Mode.COMMITTED  # only a commit leaves more behind than a rollback undoes
                await in_any_case(return_connection(lender, connection, transaction_pooler=pooled, thorough=kept))

    def series(self, request: Request) -> Series:
        """Several statements of our own in one transaction, each timed: `async with database.series(...) as series`.

        `request` says as whom, in which mode, with which limits and settings; its own text is not run.
        """
        return Series(self, request)

    def dedicated(self, name: str, *, on_notice: NoticeListener | None = None) -> Dedicated:
        """A connection of its own, outside the pool, as the login; `name` is what others see as its application."""
        return Dedicated(self, name, on_notice)

    def beside(self, database: str) -> Opening:
        """How to open another database of this server with the same login."""
        arguments = {**self.opening.arguments, "database": database}
        return replace(self.opening, arguments=arguments, boundary=None)

    def transaction(self, request: Request, *, of_script: bool = False) -> Transaction:
        """A transaction that stays open for any number of statements: `begin`, `open` each, `commit` or `roll_back`.

        `request` says as whom, in which mode and with which settings; its own text is not run. That `of_script` may
        also `go_on` behind a commit, and run what no transaction takes in between.
        """
        return Transaction(self, request, of_script=of_script)

    async def end_impersonation(self, identity: Identity) -> None:
        """Nobody uses `identity` any more: its connections are ended."""
        await self._impersonation.end(identity)

    async def strength(self, identity: Identity) -> str:
        """How firmly `identity` can be taken on here (see `core.identity.Strength`); empty for the login itself."""
        return (await self._impersonation.lender(identity))[1]

    async def close(self, limit: float = 1.0) -> None:
        """End all connections: politely within `limit` seconds, then at once."""
        await self._watch.stop()
        if self._give_up is not None:
            self._give_up.cancel()
        for result in list(self.open_results):
            result.abandon(Failure("The connection was closed from here.", FailureKind.CANCELLED))
        try:
            async with asyncio.timeout(limit):
                await self._impersonation.close()
                await self._pool.close()
        except Exception:
            self._pool.terminate()
        for closer in self._closers:
            await closer()

    def mend_with(self, mender: Mender) -> None:
        """Let `mender` mend its part of the way to the server whenever that is lost."""
        self._watch.mender = mender

    def close_with(self, closer: Callable[[], Awaitable[None]]) -> None:
        """Call `closer` when the database is closed: a tunnel, say, that leads to it."""
        self._closers.append(closer)

    async def prepare(self, request: Request) -> tuple[Lender, str, RequestSettings]:
        """Where a connection for this request comes from, how firmly, and with which settings of the role."""
        try:
            lender, strength = await self._impersonation.lender(request.identity)
            settings = await self._impersonation.request_settings(request.identity.role)
        except Exception as error:
            raise self.noted(failure_of(error, doing="Taking on the identity")) from error
        return lender, strength, settings

    def noted(self, failure: Failure) -> Failure:
        """Look at the link at once where `failure` may mean that it is gone; returns the failure."""
        if failure.kind in (FailureKind.LINK, FailureKind.TIMEOUT):
            self._watch.suspect()
        return failure

    async def _ask(self) -> None:
        connection = await self._lender.acquire()
        self._asking += 1
        try:
            await connection.execute("select 1")
        except BaseException:
            terminate(connection)
            raise
        finally:
            await asyncio.shield(self._asked(connection))

    async def _asked(self, connection: TextConnection) -> None:
        self._asking -= 1
        await self._lender.give_back(connection)

    def _link_changed(self, link: Link) -> None:
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None
        if not link.is_up:
            asyncio.get_running_loop().create_task(self._pool.expire_connections())
            if link.state is LinkState.STALLED:
                self._give_up = asyncio.get_running_loop().call_later(GIVE_UP_AFTER, self._abandon_all)
        for listener in list(self._listeners):
            listener(link)

    def _abandon_all(self) -> None:
        sentence = f"The server has not answered for {GIVE_UP_AFTER:.0f} s; the connection was dropped."
        for result in list(self.open_results):
            result.abandon(Failure(sentence, FailureKind.LINK))

    async def _connect_boundary(self, overrides: Mapping[str, object]) -> TextConnection:
        arguments: dict[str, Any] = {**self.opening.arguments, **(self.opening.boundary or {}), **overrides}
        arguments["timeout"] = self.opening.acquire_limit
        connection = await asyncpg.connect(**arguments, connection_class=TextConnection, statement_cache_size=0)
        prepare_connection(connection)
        return connection
