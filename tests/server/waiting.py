"""Waiting for the link of a database to change: the listener wakes us, nothing is polled."""

import asyncio
from collections.abc import Callable

from chatly_console.core.link import LinkState
from chatly_console.server.database import Database

LIMIT = 20.0


async def until(database: Database, wanted: Callable[[LinkState], bool]) -> None:
    """Wait for the link to be as wanted."""
    changed = asyncio.Event()
    unsubscribe = database.subscribe(lambda _: changed.set())
    try:
        async with asyncio.timeout(LIMIT):
            while not wanted(database.link.state):
                changed.clear()
                await changed.wait()
    finally:
        unsubscribe()


async def until_true(database: Database, question: str, *arguments: object) -> None:
    """Wait for the server to answer yes."""
    async with asyncio.timeout(LIMIT):
        while not next(iter((await database.records(question, *arguments))[0].values())):
            await asyncio.sleep(0.01)
