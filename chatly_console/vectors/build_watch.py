"""Looks at the build of an index from a second connection, and tells its phases."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from chatly_console.core.failure import Failure
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql
from chatly_console.vectors.phases import Phase, phase_of
from chatly_console.vectors.service import PACKAGE

_TICK = 0.3

Tell = Callable[[Phase], None]


@asynccontextmanager
async def watched(database: Database, pid: str, tell: Tell) -> AsyncIterator[None]:
    """Around the build by backend `pid`: `tell` hears how far it is."""
    watcher = asyncio.create_task(_watch(database, pid, tell))
    try:
        yield
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError, Failure):
            await watcher


async def _watch(database: Database, pid: str, tell: Tell) -> None:
    while True:
        await asyncio.sleep(_TICK)
        found = await database.records(load_sql(PACKAGE, "build_progress"), pid)
        if found:
            tell(phase_of(found[0]))
