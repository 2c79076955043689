"""Rows as CSV that the server makes itself: COPY (query) TO STDOUT, and its clean end whatever happens meanwhile."""

import asyncio
from dataclasses import replace

from chatly_console.server.errors import failure_of
from chatly_console.server.lease import CLEAN_LIMIT, in_any_case
from chatly_console.server.text_connection import CsvSink, TextConnection

_BEGINS = "copy ("
_ENDS = "\n) to stdout (format csv, header)"


async def copy_csv(connection: TextConnection, sql: str, write: CsvSink) -> str:
    """Run a query and hand its rows to `write`; returns the tag. Its errors point into `sql`.

    A cancellation, or a `write` that fails, stops it on the server; what still comes then is thrown away, so that the
    connection is as good as before.
    """
    copying = _Copying(connection, write)
    task = asyncio.create_task(connection.copy_out(f"{_BEGINS}{sql}{_ENDS}", copying.take))
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
