"""A statement in a transaction that goes on: under a savepoint, so that it undoes itself alone."""

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING

from chatly_console.core.request import Mode, Request
from chatly_console.server import frame
from chatly_console.server.copying import Copying
from chatly_console.server.impersonation import RequestSettings
from chatly_console.server.lease import CLEAN_LIMIT, terminate
from chatly_console.server.result import NoticeListener, Result
from chatly_console.server.text_connection import PORTAL, TextConnection

if TYPE_CHECKING:
    from chatly_console.server.transaction import Transaction

_SAVEPOINT = "chatly_statement"
_UNDO = f"rollback to savepoint {_SAVEPOINT}; release savepoint {_SAVEPOINT}"


class JoinedResult(Result):
    """A `Result` in a transaction that goes on: leaving without `finish` undoes this statement alone."""

    def __init__(
        self, transaction: "Transaction", request: Request, first_page: int, on_notice: NoticeListener | None,
        copying: Copying | None = None,
    ) -> None:  # fmt: skip
        database = transaction.database
        super().__init__(
            request, _HeldLender(transaction, self), strength=transaction.strength, settings=RequestSettings(),
            transaction_pooler=database.facts.transaction_pooler, type_names=database.type_names,
            first_page=first_page, on_notice=on_notice, on_failure=database.noted, copying=copying,
        )  # fmt: skip
        self._transaction = transaction

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await super().__aexit__(kind, error, trace)
        finally:
            self._transaction.leave(self)

    async def _open_transaction(self, connection: TextConnection) -> None:
        if self.request.mode is Mode.OUTSIDE:
            await connection.execute("commit")
            return
        parts = [f"savepoint {_SAVEPOINT}", *frame.timeouts(self.request)]
        if self.request.mode is Mode.READ_ONLY:
            parts.append("set transaction read only")  # it ends with the savepoint
        parts += [frame.local_setting(name, value) for name, value in self.request.settings]
        await connection.execute("; ".join(parts))

    async def finish(self) -> None:
        """Let what the statement did stand, as far as the transaction is committed."""
        connection = self._connection
        if connection is None:
            return
        ending = f"release savepoint {_SAVEPOINT}"
        if self.request.mode is Mode.OUTSIDE:
            ending = self._transaction.opening
        elif self._portal is not None:
            ending = f"close {PORTAL}; {ending}"
        await self._guarded(self._execute(connection, ending), doing="Ending the statement")
        self._connection = None
        connection.remove_log_listener(self._hear)
        self._transaction.leave(self)

    async def _release_now(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        connection.remove_log_listener(self._hear)
        outside = self.request.mode is Mode.OUTSIDE
        self._answered = await _done(connection, self._transaction.opening if outside else _UNDO)
        self._transaction.leave(self)


class PlainResult(JoinedResult):
    """One whose rows nobody wants: in one round trip, without a savepoint. Where it fails, so has the transaction."""

    async def _begin(self) -> None:
        connection = self._connection = await self._lender.acquire()
        connection.add_log_listener(self._hear)
        self._copied = await connection.execute(self.request.sql)
        await self._verify(connection)

    async def finish(self) -> None:
        """It has ended by itself."""
        if self._connection is not None:
            await self._release_now()

    async def _release_now(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        connection.remove_log_listener(self._hear)
        self._answered = await _settled(connection)
        self._transaction.leave(self)


class _HeldLender:
    """Lends the transaction's own connection."""

    def __init__(self, transaction: "Transaction", result: JoinedResult) -> None:
        self._transaction, self._result = transaction, result

    async def acquire(self) -> TextConnection:
        """The connection of the transaction."""
        return self._transaction.join(self._result)

    async def give_back(self, connection: TextConnection) -> None:
        """The transaction keeps it."""


async def _done(connection: TextConnection, ending: str) -> bool:
    """Undo the statement; where that fails the connection is dropped, and the transaction with it."""
    try:
        async with asyncio.timeout(CLEAN_LIMIT):
            await connection.execute(ending)
    except Exception:
        terminate(connection)
        return False
    return True


async def _settled(connection: TextConnection) -> bool:
    """Wait until a statement that was cancelled has ended; where that takes too long, the connection is dropped."""
    try:
        async with asyncio.timeout(CLEAN_LIMIT):
            await connection.settle()
    except Exception:
        terminate(connection)
        return False
    return True
