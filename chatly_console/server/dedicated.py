"""A connection of its own for work that a pool must not lend: session locks, and what no transaction takes.

A migration needs this, and so does an index that is built concurrently. What is not there for that is a pooler that
shares sessions: it is refused.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import asyncpg

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.values import Notice, Record
from chatly_console.server.errors import failure_of
from chatly_console.server.lease import in_any_case
from chatly_console.server.pool import CONNECT_LIMIT, prepare_connection
from chatly_console.server.result import notice_of
from chatly_console.server.text_connection import TextConnection
from chatly_console.server.way import Way

CLOSE_LIMIT = 5.0
"""Seconds for a running statement to stop and the connection to end."""

Listener = Callable[[Notice], None]


class Dedicated:
    """What `Database.dedicated` gives: an asynchronous context manager around one connection, as the login.

    Leaving it ends the connection, and with it its transaction and its locks. A cancelled task's statement is
    cancelled on the server too; the connection can be used again after that. All methods raise `Failure`.
    """

    def __init__(self, database: Way, name: str, on_notice: Listener | None = None) -> None:
        self._database = database
        self._name = name
        self._on_notice = on_notice
        self._connection: TextConnection | None = None
        self._parsed: dict[str, Any] = {}
        self.pid = 0
        """The server process behind it."""

    async def __aenter__(self) -> Self:
        database = self._database
        if database.facts.transaction_pooler:
            raise Failure("A transaction pooler keeps no session, which this work needs.", FailureKind.REFUSED)
        arguments: dict[str, Any] = {"timeout": CONNECT_LIMIT, **database.opening.arguments}
        settings = {**(arguments.get("server_settings") or {}), "application_name": self._name}
        arguments["server_settings"] = settings
        try:
            connection = await asyncpg.connect(**arguments, connection_class=TextConnection, statement_cache_size=0)
        except Exception as error:
            raise database.noted(failure_of(error, doing="Connecting")) from error
        self._connection = connection
        prepare_connection(connection)
        connection.add_log_listener(self._hear)
        rows: Any = await self.records("select pg_catalog.pg_backend_pid() as pid")
        self.pid = rows[0]["pid"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await in_any_case(_end(connection))

    @property
    def is_open(self) -> bool:
        """Whether the connection is there, as far as is known without asking."""
        return self._connection is not None and not self._connection.is_closed()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, failed or not."""
        return self._connection is not None and self._connection.is_in_transaction()

    async def run(self, script: str, *, timeout: float | None = None) -> str:
        """Run a script as it stands, by the simple protocol; returns the tag of its last statement."""
        try:
            return str(await self._open().execute(script, timeout=timeout))
        except Exception as error:
            raise self._database.noted(failure_of(error)) from error

    async def records(self, sql: str, *arguments: object, timeout: float | None = 30.0) -> list[Record]:
        """Run a statement of our own and return its rows with Python values (json decoded; no arrays)."""
        try:
            return await self._open().typed(sql, arguments, timeout)
        except Exception as error:
            raise self._database.noted(failure_of(error)) from error

    async def repeated(self, sql: str, *arguments: object, timeout: float | None = 30.0) -> list[Record]:
        """As `records`, for what is asked again and again: the server reads and plans the statement only at first."""
        try:
            return await self._repeat(sql, arguments, timeout)
        except asyncpg.InvalidCachedStatementError:  # what it reads was altered since
            self._parsed.clear()
        except Exception as error:
            raise self._database.noted(failure_of(error)) from error
        return await self.records(sql, *arguments, timeout=timeout)

    async def _repeat(self, sql: str, arguments: tuple[object, ...], timeout: float | None) -> list[Record]:
        connection = self._open()
        parsed = self._parsed.get(sql)
        if parsed is None:
            parsed = self._parsed[sql] = await connection.keep_parsed(sql, timeout)
        return await connection.typed(sql, arguments, timeout, parsed=parsed)

    def _open(self) -> TextConnection:
        if self._connection is None or self._connection.is_closed():
            raise Failure("The connection to the server was lost.", FailureKind.LINK)
        return self._connection

    def _hear(self, _connection: Any, message: Any) -> None:
        if self._on_notice is not None:
            self._on_notice(notice_of(message))


async def _end(connection: TextConnection) -> None:
    try:
        async with asyncio.timeout(CLOSE_LIMIT):
            await connection.close()
    except Exception:
        connection.terminate()
