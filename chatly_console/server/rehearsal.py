"""One transaction of several statements of our own, run as several identities on one snapshot, and never kept.

What explains row level security needs this: the login prepares something that every identity may read, and each
identity's own rights decide what it sees of it. Only text that the console made from the catalogue runs here as
another identity on the login's connection; what a person typed goes through `Database.open`.
"""

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, Self

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.request import Mode, Request
from chatly_console.core.values import Record
from chatly_console.server import frame
from chatly_console.server.errors import failure_of, is_lost
from chatly_console.server.impersonation import refuse_difference
from chatly_console.server.lease import CLEAN_LIMIT, Lender, in_any_case, return_connection, terminate
from chatly_console.server.text_connection import TextConnection
from chatly_console.server.way import Way

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager


_SAVEPOINT = "chatly_rehearsal"


class Rehearsal:
    """What `Database.rehearse` gives: an asynchronous context manager around one transaction that is rolled back.

    It begins as the login. `prepare` runs what the login has to make ready; after `become` everything runs as that
    identity, and what was prepared is still there. A failed statement undoes nothing but itself.
    """

    def __init__(self, database: Way, identity: Identity, timeout: float, lock_timeout: float) -> None:
        self.identity = identity
        self._database = database
        self._first = identity
        self._timeout = timeout
        self._lock_timeout = lock_timeout
        self._lender: Lender | None = None
        self._slot: AbstractAsyncContextManager[None] | None = None
        self._connection: TextConnection | None = None

    async def __aenter__(self) -> Self:
        database = self._database
        mode = Mode.READ_ONLY if database.facts.standby else Mode.ROLLED_BACK
        request = Request("", (), self._first, mode, self._timeout, self._lock_timeout)
        self._lender, _, settings = await database.prepare(request)
        self._slot = database.slots.one()
        await self._slot.__aenter__()
        try:
            self._connection = await self._lender.acquire()
            opening = frame.opening(request, settings=settings.settings, pre_request=settings.pre_request)
            # the level must be set before the pre-request hook takes a snapshot
            opening = opening.replace("begin ", "begin isolation level repeatable read, ", 1)
            await self._connection.execute(f"{opening}; savepoint {_SAVEPOINT}", timeout=self._timeout)
        except BaseException as error:
            await self._end()
            if isinstance(error, Exception):
                raise database.noted(failure_of(error, doing="Opening a transaction")) from error
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def prepare(self, script: str) -> None:
        """Run a script of our own as whoever is on, and let what it makes outlive each `become`."""
        await self._guarded(f"{script}; release savepoint {_SAVEPOINT}; savepoint {_SAVEPOINT}")

    async def become(self, identity: Identity, *, keeping: bool = False) -> None:
        """Run as this identity from now on, with its settings and claims; the login's own ends that.

        What was done since `prepare` is undone, unless the login did it and it is kept until the next `become`.
        """
        if not self._first.is_login:
            raise Failure("This transaction belongs to one identity.", FailureKind.REFUSED)
        if keeping and not self.identity.is_login:
            raise Failure("Only what the login did can be kept for another identity.", FailureKind.REFUSED)
        script = "select" if keeping else f"rollback to savepoint {_SAVEPOINT}"
        if not identity.is_login:
            request = Request("", (), identity, Mode.ROLLED_BACK, self._timeout, self._lock_timeout)
            _, _, settings = await self._database.prepare(request)
            script += "; " + "; ".join(frame.becoming(request, settings.settings, settings.pre_request))
        self.identity = LOGIN
        await self._guarded(script)
        self.identity = identity

    async def records(self, sql: str, *arguments: object) -> list[Record]:
        """Run one statement and return its rows with Python values; raises `Failure`, after which one may go on.

        Where the identity is not what it was, nothing is returned.
        """
        connection = self._open()
        try:
            await connection.execute("savepoint chatly_statement")
            rows = await connection.typed(sql, arguments, self._timeout + CLEAN_LIMIT)
            done = "release savepoint chatly_statement"
            if self.identity.is_login:
                await connection.execute(done)
            else:
                await refuse_difference(self.identity, connection, then=done)
            return rows
        except Exception as error:
            await self._undo_statement()
            raise self._failure(error) from error

    async def last_records(self, sql: str, *arguments: object) -> list[Record]:
        """The same in fewer round trips, where a failure ends the transaction's use anyway."""
        connection = self._open()
        try:
            rows = await connection.typed(sql, arguments, self._timeout + CLEAN_LIMIT)
            if not self.identity.is_login:
                await refuse_difference(self.identity, connection)
            return rows
        except Exception as error:
            raise self._failure(error) from error

    async def _undo_statement(self) -> None:
        connection = self._open()
        try:
            async with asyncio.timeout(CLEAN_LIMIT):
                await connection.execute("rollback to savepoint chatly_statement; release savepoint chatly_statement")
        except Exception:
            terminate(connection)

    async def _guarded(self, script: str) -> None:
        try:
            await self._open().execute(script, timeout=self._timeout + CLEAN_LIMIT)
        except Exception as error:
            raise self._failure(error) from error

    def _open(self) -> TextConnection:
        if self._connection is None:
            raise Failure("This transaction has ended.", FailureKind.REFUSED)
        return self._connection

    def _failure(self, error: Exception) -> Failure:
        failure = failure_of(error)
        if is_lost(failure) and self._connection is not None:
            terminate(self._connection)
        return self._database.noted(failure)

    async def _end(self) -> None:
        connection, self._connection = self._connection, None
        try:
            if connection is not None and self._lender is not None:
                pooled = self._database.facts.transaction_pooler
                # nothing was committed, so the rollback undoes all but what it never does
                returned = return_connection(self._lender, connection, transaction_pooler=pooled, thorough=False)
                await in_any_case(returned)
        finally:
            slot, self._slot = self._slot, None
            if slot is not None:
                await slot.__aexit__(None, None, None)
