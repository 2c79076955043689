"""The commit, broken off or not: what became of it is what the server says, never what whoever cancelled hoped for."""

import asyncio
from contextlib import suppress

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.errors import failure_of
from chatly_console.server.lease import CLEAN_LIMIT, in_any_case, terminate
from chatly_console.server.text_connection import TextConnection

_STOPPED = "57014"
_UNDONE = frozenset({_STOPPED, "55P03"})
"""What the server says where it stopped by itself or was asked to: like any error of its own, nothing was kept."""


async def commit(connection: TextConnection, script: str, *, timeout: float | None = None) -> bool:
    """Run `script`, which commits; returns whether that came about although the task was cancelled meanwhile.

    A cancellation asks the server to stop. It may be too late for that (the commit was made, and its answer is on the
    way, or waits for a standby): hence the answer is waited for. CancelledError says that nothing was kept.
    """
    task = asyncio.ensure_future(connection.execute(script, timeout=timeout))
    try:
        await asyncio.shield(task)
        return False
    except asyncio.CancelledError:
        with suppress(asyncio.CancelledError):  # further ones: it is stopping already
            await in_any_case(_stop(connection, task))
    if not task.done():
        terminate(connection)
        task.cancel()
        raise TimeoutError
    error = task.exception()
    if error is None:
        return True
    raise asyncio.CancelledError if getattr(error, "sqlstate", "") == _STOPPED else error


async def _stop(connection: TextConnection, task: "asyncio.Future[str]") -> None:
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(CLEAN_LIMIT):
            await connection.ask_to_stop()
            await asyncio.wait([task])


def failure_at_commit(error: Exception) -> Failure:
    """What `error` means where it met a commit: without an answer nobody knows what was kept."""
    failure = failure_of(error, doing="The commit")
    if failure.kind not in (FailureKind.LINK, FailureKind.TIMEOUT) or failure.sqlstate in _UNDONE:
        return failure
    return Failure(
        "The connection was lost during the commit: whether the changes were kept is unknown.",
        FailureKind.LINK,
        hint="Look at the data before you run it again.",
    )
