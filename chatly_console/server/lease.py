"""Borrows connections and gives them back provably clean, or not at all.

Every wait here has a limit: behind a network that has stalled, giving a connection back would otherwise hang
for ever, even for a cancelled task.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

import asyncpg

from chatly_console.server import frame
from chatly_console.server.text_connection import TextConnection

CLEAN_LIMIT = 5.0
"""Seconds that cancelling, rolling back and cleaning may take before the connection is thrown away."""

_TROUBLE = (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Lender(Protocol):
    """Where connections come from: the pool, or the logins of an impersonation."""

    async def acquire(self) -> TextConnection:
        """Borrow a connection; raises what asyncpg raises."""

    async def give_back(self, connection: TextConnection) -> None:
        """Take the connection back; a closed one is forgotten."""


class PoolLender:
    """Lends the connections of the one pool, and counts them."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", *, acquire_limit: float) -> None:
        self._pool = pool
        self._limit = acquire_limit
        self.in_use = 0

    async def acquire(self) -> TextConnection:
        """Borrow a connection within the limit; TimeoutError where none came free."""
        # With an idle connection there is nothing to wait for, and a limit would cost a task.
        limit = None if self._pool.get_idle_size() else self._limit
        proxy: Any = await self._pool.acquire(timeout=limit)
        self.in_use += 1
        # The proxy answers with odd errors once its connection has died; the connection itself does not.
        connection: TextConnection = proxy._con
        connection.borrowed_as = proxy
        return connection

    async def give_back(self, connection: TextConnection) -> None:
        """Return the connection to the pool."""
        self.in_use -= 1
        proxy, connection.borrowed_as = connection.borrowed_as, None
        if proxy._con is not None:
            # As Pool.release does, but without its shield: a clean connection goes back in one step.
            connection._on_release()
            await proxy._holder.release(CLEAN_LIMIT)


async def in_any_case(work: Coroutine[Any, Any, object]) -> None:
    """Run `work` to its end even if the calling task is cancelled meanwhile; then the cancellation goes on.

    `work` bounds its own waits.
    """
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise
            cancelled = True
    task.result()
    if cancelled:
        raise asyncio.CancelledError


async def return_connection(
    lender: Lender, connection: TextConnection, *, transaction_pooler: bool, thorough: bool = True
) -> bool:
    """Undo what is open on the connection, clean it and give it back; drop it where that fails.

    Returns whether the server answered, so that a caller who cancelled knows that the statement has stopped.
    """
    clean = False
    try:
        async with asyncio.timeout(CLEAN_LIMIT):
            if connection.is_closed():
                raise ConnectionResetError
            await connection.settle()
            if connection.is_in_transaction():
                await connection.execute(frame.rolling_back(transaction_pooler=transaction_pooler))
                if thorough and not transaction_pooler:
                    # A commit that was cancelled may have happened all the same: then the rollback undid nothing.
                    await connection.execute(frame.cleaning())
            elif not transaction_pooler:
                await connection.execute(frame.cleaning())
            clean = not connection.is_in_transaction()
    except _TROUBLE:
        clean = False
    if not clean:
        terminate(connection)
    try:
        await lender.give_back(connection)
    except _TROUBLE:
        terminate(connection)
    return clean


def terminate(connection: TextConnection) -> None:
    """Drop the connection without a word to the server."""
    connection.terminate()
