"""Several statements of our own in one transaction, as one identity, each timed by itself.

Measuring needs this: the same statement, run a hundred times under one setting, with nothing between the runs.
"""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Strength
from chatly_console.core.quote import quote_identifier
from chatly_console.core.request import Request
from chatly_console.core.values import Column, Notice, Row
from chatly_console.server import frame
from chatly_console.server.errors import failure_of, is_lost
from chatly_console.server.guard import check_advisory
from chatly_console.server.impersonation import refuse_difference
from chatly_console.server.lease import CLEAN_LIMIT, Lender, in_any_case, return_connection, terminate
from chatly_console.server.opened import check_text
from chatly_console.server.result import MOST_NOTICES, notice_of
from chatly_console.server.sql_files import load_sql
from chatly_console.server.text_connection import TextConnection
from chatly_console.server.way import Way

_OPENING_LIMIT = 10.0


@dataclass(frozen=True, slots=True)
class Timed:
    """What one run brought, and how long the server and the way there took."""

    columns: list[Column]
    rows: list[Row]
    seconds: float


class Series:
    """An asynchronous context manager around one transaction; leaving it rolls back.

    Rows are handed out only once the server has said that it still runs as the identity that was asked for.
    """

    def __init__(self, database: Way, request: Request) -> None:
        self._database = database
        self._request = request
        self.notices: list[Notice] = []
        """What the server has remarked so far."""
        self._held = AsyncExitStack()
        self._connection: TextConnection | None = None
        limit = request.statement_timeout
        self._limit = None if limit is None else limit + CLEAN_LIMIT
        self._strength = ""

    async def __aenter__(self) -> Self:
        database, request = self._database, self._request
        if not database.link.is_up:
            raise Failure(database.link.sentence, FailureKind.LINK, hint="It works again once the server answers.")
        lender, self._strength, settings = await database.prepare(request)
        opening = frame.opening(request, settings=settings.settings, pre_request=settings.pre_request)
        async with AsyncExitStack() as held:
            await held.enter_async_context(database.slots.one())
            try:
                connection = self._connection = await lender.acquire()
            except Exception as error:
                raise database.noted(failure_of(error, doing="Waiting for a connection")) from error
            held.push_async_callback(self._give_back, lender, connection)
            connection.add_log_listener(self._hear)
            try:
                await connection.execute(opening, timeout=_OPENING_LIMIT)
            except Exception as error:
                raise self._failed(error) from error
            self._held = held.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._held.__aexit__(kind, error, trace)

    async def run(self, sql: str, *arguments: str | None) -> Timed:
        """Run one statement once."""
        return (await self.repeat(sql, [arguments]))[0]

    async def repeat(self, sql: str, argument_sets: list[tuple[str | None, ...]]) -> list[Timed]:
        """Run one statement with each of these sets of values, one after the other."""
        check_text(sql)
        connection = self._open()
        if self._strength == Strength.ADVISORY:
            check_advisory(Request(sql, (), self._request.identity, self._request.mode))
        found: list[Timed] = []
        try:
            statement = await connection.repeatable(sql, self._limit)
            for arguments in argument_sets:
                began = time.perf_counter()
                rows = await statement.rows(arguments, self._limit)
                found.append(Timed(statement.columns, rows, time.perf_counter() - began))
            await self._verify(connection)
        except Exception as error:
            raise self._failed(error) from error
        return found

    async def prepare(self, name: str, sql: str) -> None:
        """Let the server remember `sql` under a name of ours, for EXECUTE, until the connection is given back.

        What is prepared is held to what its identity may run, as if it were run at once.
        """
        check_text(sql)
        if self._strength == Strength.ADVISORY:
            check_advisory(Request(sql, (), self._request.identity, self._request.mode))
        try:
            statement = await self._open().repeatable(f"prepare {quote_identifier(name)} as {sql}", self._limit)
            await statement.rows((), self._limit)
        except Exception as error:
            raise self._failed(error) from error

    async def parameter_types(self, sql: str) -> list[str]:
        """The names of the types that the server takes `$1 ...` of this statement for; it is parsed, and not run."""
        connection = self._open()
        try:
            statement = await connection.repeatable(sql, self._limit)
            oids = [str(oid) for oid in statement.parameter_oids]
            names = load_sql("chatly_console.server", "type_names")
            rows = await connection.typed(names, (",".join(oids),), _OPENING_LIMIT)
        except Exception as error:
            raise self._failed(error) from error
        known = {str(row["oid"]): str(row["name"]) for row in rows}
        return [known.get(oid, "?") for oid in oids]

    async def set(self, *settings: tuple[str, str]) -> None:
        """Change settings for what follows in this transaction."""
        statements = "; ".join(frame.local_setting(name, value) for name, value in settings)
        if not statements:
            return
        try:
            await self._open().execute(statements, timeout=self._limit)
        except Exception as error:
            raise self._failed(error) from error

    def _open(self) -> TextConnection:
        if self._connection is None:
            raise Failure("The transaction of this measurement has ended.", FailureKind.REFUSED)
        return self._connection

    async def _verify(self, connection: TextConnection) -> None:
        if not self._request.identity.is_login:
            await refuse_difference(self._request.identity, connection)

    def _failed(self, error: Exception) -> Failure:
        failure = failure_of(error)
        if is_lost(failure) and self._connection is not None:
            terminate(self._connection)
        return self._database.noted(failure)

    def _hear(self, _connection: Any, message: Any) -> None:
        if len(self.notices) < MOST_NOTICES:
            self.notices.append(notice_of(message))

    async def _give_back(self, lender: Lender, connection: TextConnection) -> None:
        self._connection = None
        connection.remove_log_listener(self._hear)
        pooled = self._database.facts.transaction_pooler
        await in_any_case(return_connection(lender, connection, transaction_pooler=pooled))
