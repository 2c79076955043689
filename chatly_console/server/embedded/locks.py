"""Locks between consoles: files locked by the operating system, which lets go however a console ends."""

import asyncio
import contextlib
import fcntl
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.embedded.keeper import open_lock

Progress = Callable[[str], None]

START_SECONDS = 180
"""How long another console may take to start the server."""

_STEP_SECONDS = 0.02


async def take_lock(
    path: Path, *, shared: bool, seconds: float, waiting: str = "", progress: Progress = lambda words: None
) -> int:
    """Take the lock and return its descriptor; closing that lets go. Says `waiting` where it is not free at once."""
    limit = time.monotonic() + seconds
    said = False
    while True:
        descriptor = open_lock(str(path))
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            if _is_file(descriptor, path):
                return descriptor
        except BlockingIOError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if time.monotonic() >= limit:
            raise Failure(
                f"{waiting or 'Another console holds the embedded server'}; it did not end in {seconds:.0f} s.",
                FailureKind.LINK,
                hint="Try again when the other console has closed or finished.",
            )
        if not said and waiting:
            progress(waiting)
            said = True
        await asyncio.sleep(_STEP_SECONDS)


@contextlib.asynccontextmanager
async def holding(path: Path, *, seconds: float, waiting: str, progress: Progress) -> AsyncIterator[None]:
    """Hold the exclusive lock for a block."""
    descriptor = await take_lock(path, shared=False, seconds=seconds, waiting=waiting, progress=progress)
    try:
        yield
    finally:
        os.close(descriptor)


@contextlib.asynccontextmanager
async def starting(path: Path, progress: Progress, *, seconds: float = START_SECONDS) -> AsyncIterator[None]:
    """Hold the lock of whoever starts or removes a server for a block."""
    waiting = "Waiting for another console that is starting the server"
    async with holding(path, seconds=seconds, waiting=waiting, progress=progress):
        yield


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock exclusively."""
    descriptor = open_lock(str(path))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)


def _is_file(descriptor: int, path: Path) -> bool:
    """Whether the descriptor is still the file of that name: `--reset` removes lock files while others wait."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
