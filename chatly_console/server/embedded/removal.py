"""Removes an embedded server's files: a demo that is to start afresh, and what nobody reaches any more."""

import asyncio
import contextlib
import os
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.embedded import keeper
from chatly_console.server.embedded.failures import in_words
from chatly_console.server.embedded.home import Home, abandoned_homes, find_home
from chatly_console.server.embedded.locks import START_SECONDS, Progress, starting, take_lock
from chatly_console.server.embedded.marker import is_abandoned

_RESET_SECONDS = 10


async def reset(data_dir: Path | None = None, progress: Progress = lambda words: None) -> bool:
    """Remove everything that we made in `data_dir`; returns whether there was anything."""
    home = await asyncio.to_thread(find_home, data_dir)
    if not home.path.exists():
        return False
    if not home.is_ours:
        raise Failure(f"{home.path} was not made by chatly-console, and nothing in it was removed.", FailureKind.USAGE)
    with in_words(home):
        await _remove(home, START_SECONDS, _RESET_SECONDS, progress)
    return True


async def remove_abandoned(progress: Progress = lambda words: None) -> None:
    """Remove the servers that stand in for a folder which is gone, as a temporary one is; not those that are in use."""
    for home in await asyncio.to_thread(abandoned_homes):
        with contextlib.suppress(Failure, OSError):
            await _remove(home, 0, 0, progress, only_abandoned=True)


async def _remove(
    home: Home, start_seconds: float, users_seconds: float, progress: Progress, *, only_abandoned: bool = False
) -> None:
    async with starting(home.lock("start"), progress, seconds=start_seconds):
        users = await take_lock(
            home.lock("users"),
            shared=False,
            seconds=users_seconds,
            waiting="The demo is open in another console",
            progress=progress,
        )
        try:
            if only_abandoned and not is_abandoned(home.path):
                return
            progress("Removing former data")
            if not await asyncio.to_thread(keeper.stop_server, str(home.data)):
                raise Failure("The embedded PostgreSQL does not end.", FailureKind.LINK)
            await asyncio.to_thread(home.clear)
        finally:
            os.close(users)
