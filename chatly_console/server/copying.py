"""COPY between the server and this machine, either way, and its clean end whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import TokenKind, can_be_enclosed, tokens
from chatly_console.server.errors import failure_of
from chatly_console.server.lease import CLEAN_LIMIT, in_any_case
from chatly_console.server.text_connection import CsvSink, TextConnection

CSV = "(format csv, header)"
_BEGINS = "copy ("
_ENDS = "\n) to stdout "


@dataclass(frozen=True, slots=True)
class CopyOut:
    """The statement is a query, whose rows the server makes into text as the options of COPY say."""

    write: CsvSink
    options: str = CSV

    async def carry(self, connection: TextConnection, sql: str) -> str:
        """Run the query and hand its rows to `write`; returns the tag. Its errors point into `sql`.

        A cancellation, or a `write` that fails, stops it on the server; what still comes then is thrown away, so that
        the connection is as good as before.
        """
        if not can_be_enclosed(sql):
            raise Failure("This cannot be copied as one query.", FailureKind.USAGE)
        script = _one(f"{_BEGINS}{sql}{_ENDS}{self.options}")
        copying = _Copying(connection, self.write)
        task = asyncio.create_task(connection.copy_out(script, copying.take))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await in_any_case(copying.stop(task))
            raise
        except Exception as error:
            if copying.trouble is not None:
                raise copying.trouble from None
            failure = failure_of(error)
            if failure.position is None:
                raise
            raise replace(failure, position=max(failure.position - len(_BEGINS), 1)) from error


@dataclass(frozen=True, slots=True)
class CopyIn:
    """The statement is COPY ... FROM STDIN; `lines` gives what it reads, and is begun once."""

    lines: Callable[[], AsyncIterator[bytes]]

    async def carry(self, connection: TextConnection, sql: str) -> str:
        """Run the COPY; returns the tag. A cancellation, or `lines` that fail, undo it."""
        if classify(sql).verb != "COPY FROM":
            raise Failure("This is no COPY that reads what is sent to it.", FailureKind.USAGE)
        return await connection.copy_in(_one(sql), self.lines())


Copying = CopyOut | CopyIn


def _one(script: str) -> str:
    """A COPY goes to the server as plain text, which may hold several statements: this one does not."""
    for token in tokens(script):
        if token.kind is TokenKind.OPERATOR and ";" in script[token.start : token.end]:
            raise Failure("A COPY is one statement; there is a semicolon in this one.", FailureKind.USAGE)
    return script


class _Copying:
    def __init__(self, connection: TextConnection, write: CsvSink) -> None:
        self.trouble: Exception | None = None
        self._connection = connection
        self._write = write
        self._stopped = False

    async def take(self, lines: bytes) -> None:
        if self._stopped:
            return
        try:
            await self._write(lines)
        except Exception as error:
            self.trouble, self._stopped = error, True
            await self._connection.ask_to_stop()

    async def stop(self, task: "asyncio.Task[str]") -> None:
        self._stopped = True
        try:
            async with asyncio.timeout(CLEAN_LIMIT):
                await self._connection.ask_to_stop()
                await asyncio.wait([task])
        except (TimeoutError, OSError):
            task.cancel()
        if task.done() and not task.cancelled():
            task.exception()
