"""A transaction that a person holds open: statements join it one at a time, until it is committed or rolled back.

Each statement runs under a savepoint, so that one that fails or is cancelled undoes itself and nothing before it.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import replace

from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Strength
from chatly_console.core.quote import quote_identifier
from chatly_console.core.request import PAGE_ROWS, Mode, Request
from chatly_console.core.sql import split
from chatly_console.server import committing, frame
from chatly_console.server.copying import Copying
from chatly_console.server.errors import failure_of, is_lost
from chatly_console.server.guard import check_advisory
from chatly_console.server.joined import JoinedResult, PlainResult
from chatly_console.server.lease import CLEAN_LIMIT, Lender, in_any_case, return_connection, terminate
from chatly_console.server.opened import check_text
from chatly_console.server.result import NoticeListener
from chatly_console.server.text_connection import TextConnection
from chatly_console.server.way import Way

LEVELS = ("read committed", "repeatable read", "serializable")
_MOVES = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "SET TRANSACTION", "SET LOCAL TRANSACTION", "SET SESSION TRANSACTION")
_OPENING_LIMIT = 10.0


class Transaction:
    """What `Database.transaction` gives. All methods raise `Failure`; a lost connection ends it, rolled back."""

    def __init__(self, database: Way, request: Request, *, of_script: bool = False) -> None:
        self.of_script = of_script
        """Whether it is the session of a script, which may commit as it goes."""
        self.identity = request.identity
        self.mode = request.mode
        self.strength = ""
        """How firmly the identity holds; empty for the login itself."""
        self.was_kept = False
        """Whether it was committed although that was cancelled."""
        self.began = time.monotonic()
        self._request = request
        self.database = database
        self._held = AsyncExitStack()
        self.opening = ""
        """What has begun it."""
        self._connection: TextConnection | None = None
        self._joined: JoinedResult | None = None

    @property
    def seconds(self) -> float:
        """How long it has been open."""
        return time.monotonic() - self.began

    @property
    def is_open(self) -> bool:
        """Whether it has begun, not ended, and its connection lives."""
        return self._connection is not None and not self._connection.is_closed()

    @property
    def may_pause(self) -> bool:
        """Whether a statement may run between what was committed and what begins anew."""
        is_ours = self.of_script and self.mode is Mode.COMMITTED and not self.strength
        return is_ours and not self.database.facts.transaction_pooler

    async def begin(self, isolation: str = "") -> None:
        """Take a connection and begin, at the server's usual isolation level or another (`serializable`)."""
        database, request = self.database, self._request
        if not database.link.is_up:
            raise Failure(database.link.sentence, FailureKind.LINK, hint="It works again once the server answers.")
        lender, self.strength, settings = await database.prepare(request)
        self.opening = frame.opening(request, settings=settings.settings, pre_request=settings.pre_request)
        async with AsyncExitStack() as held:
            await held.enter_async_context(database.slots.one())
            try:
                connection = await lender.acquire()
            except Exception as error:
                raise database.noted(failure_of(error, doing="Waiting for a connection")) from error
            held.push_async_callback(self._give_back, lender, connection)
            try:
                await connection.execute(_at_level(self.opening, isolation), timeout=_OPENING_LIMIT)
            except Exception as error:
                raise self._failed(error, connection) from error
            self._connection, self.began = connection, time.monotonic()
            self._held = held.pop_all()

    def open(
        self, request: Request, *,
        first_page: int = PAGE_ROWS, on_notice: NoticeListener | None = None, copying: Copying | None = None,
    ) -> "JoinedResult":  # fmt: skip
        """Run one statement in it: `async with transaction.open(request) as result`; `finish` keeps what it did.

        Its settings are undone with it; where it is kept, they hold until the transaction ends. What its mode
        READ_ONLY says is the server's guard here too. A result that is still open must be left first.
        """
        check_text(request.sql, copying)
        if self.strength == Strength.ADVISORY:
            check_advisory(request)
        if request.mode is Mode.OUTSIDE and not self.may_pause:
            raise Failure("This cannot run inside a transaction.", FailureKind.REFUSED)
        return JoinedResult(self, replace(request, identity=self.identity), first_page, on_notice, copying)

    @property
    def takes_plainly(self) -> bool:
        """Whether `run` is for it: the session of a script that ends with its first error, as the login itself."""
        return self.of_script and self.identity.is_login

    async def run(self, sql: str, on_notice: NoticeListener) -> str:
        """Run one statement whose rows nobody wants, in one round trip; returns the tag. A failure undoes all."""
        check_text(sql)
        if not self.takes_plainly:
            raise Failure("This statement needs a savepoint.", FailureKind.REFUSED)
        async with PlainResult(self, Request(sql, identity=self.identity, mode=self.mode), 0, on_notice) as result:
            await result.finish()
            return result.tag

    async def prepare(self, name: str, sql: str, *, limit: float | None = None) -> None:
        """Let the server remember `sql` under a name of ours, for EXECUTE, until the transaction has ended.

        What is prepared is held to what the identity may run, as if it were run at once; `limit` is in seconds.
        """
        check_text(sql)
        request = Request(sql, (), self.identity, Mode.READ_ONLY, limit)
        if self.strength == Strength.ADVISORY:
            check_advisory(request)
        request = replace(request, sql=f"prepare {quote_identifier(name)} as {sql}")
        async with JoinedResult(self, request, PAGE_ROWS, None):
            pass

    async def go_on(self, *, keep: bool, isolation: str = "") -> None:
        """Commit or roll back, and begin anew in the same session, with its settings and temporary tables.

        Both go in one round trip, so that a pooler cannot lend the session to somebody else in between.
        """
        connection = self._take()
        if not self.of_script or (keep and self.mode is Mode.ROLLED_BACK):
            raise Failure("This transaction cannot be committed on the way.", FailureKind.REFUSED)
        script = f"{'commit' if keep else 'rollback'}; {_at_level(self.opening, isolation)}"
        await self._send_end(connection, script, keeps=keep)

    async def control(self, sql: str) -> None:
        """Send SAVEPOINT, ROLLBACK TO, SET TRANSACTION or their like, which a savepoint around them would undo."""
        found = classify(sql)
        lifts_guard = self.mode is Mode.READ_ONLY and found.verb.startswith("SET")
        guarded = lifts_guard or self.strength == Strength.ADVISORY
        if guarded or not found.verb.startswith(_MOVES) or len(split(sql)) != 1:
            raise Failure(f"{found.verb} is not for here.", FailureKind.REFUSED)
        connection = self._take()
        try:
            await connection.execute(sql, timeout=self._limit)
        except Exception as error:
            raise self._failed(error, connection) from error

    async def commit(self) -> None:
        """Keep everything that was done in it; cancelled, it keeps nothing, unless that came too late (`was_kept`)."""
        connection = self._take()
        if self.mode is not Mode.COMMITTED:
            await self.roll_back()
            raise Failure("This transaction could only be rolled back, and that is what was done.")
        script = frame.committing(transaction_pooler=self.database.facts.transaction_pooler)
        try:
            await self._send_end(connection, script, keeps=True)
        finally:
            await self._end()

    async def roll_back(self) -> None:
        """Undo everything that was done in it; where the connection is gone, the server does that by itself."""
        await self._end()

    async def _send_end(self, connection: TextConnection, script: str, *, keeps: bool) -> None:
        try:
            if await committing.commit(connection, script, timeout=self._limit):
                self.was_kept = keeps
                raise asyncio.CancelledError
        except Exception as error:
            failure = self._failed(error, connection)
            raise (committing.failure_at_commit(failure) if keeps else failure) from error

    async def _end(self) -> None:
        joined, self._joined = self._joined, None
        if joined is not None:
            joined.abandon(Failure("Its transaction has ended.", FailureKind.REFUSED))
        self._connection = None
        held, self._held = self._held, AsyncExitStack()
        await held.aclose()

    @property
    def _limit(self) -> float | None:
        limit = self._request.statement_timeout
        return None if limit is None else limit + CLEAN_LIMIT

    def _take(self) -> TextConnection:
        connection = self._connection
        if connection is None or connection.is_closed():
            raise Failure("The transaction was lost with its connection; nothing of it was kept.", FailureKind.LINK)
        return connection

    def _failed(self, error: Exception, connection: TextConnection) -> Failure:
        failure = failure_of(error)
        if is_lost(failure):
            terminate(connection)
        return self.database.noted(failure)

    async def _give_back(self, lender: Lender, connection: TextConnection) -> None:
        pooled = self.database.facts.transaction_pooler
        await in_any_case(return_connection(lender, connection, transaction_pooler=pooled))

    def join(self, result: "JoinedResult") -> TextConnection:
        """The connection, for one statement at a time."""
        connection = self._take()
        if self._joined is not None:
            raise Failure("Another statement of this transaction is still open.", FailureKind.REFUSED)
        self._joined = result
        self.database.open_results.add(result)
        return connection

    def leave(self, result: "JoinedResult") -> None:
        """The statement has ended."""
        self.database.open_results.discard(result)
        if self._joined is result:
            self._joined = None


def _at_level(opening: str, isolation: str) -> str:
    return opening.replace("begin ", f"begin isolation level {isolation}, ", 1) if isolation in LEVELS else opening
