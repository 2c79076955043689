"""The limits of a file's statements, and what must come to its end though the task was cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from chatly_console.migrations.directives import LOCK_TIMEOUT, Directives

_LAST_WORDS = 5.0
"""Seconds for the note that a run was cancelled."""


def local_limits(directives: Directives) -> str:
    """SET LOCAL for a transaction: a wait for a lock is short, so that nobody queues up behind it."""
    lock = LOCK_TIMEOUT if directives.lock_timeout is None else directives.lock_timeout
    parts = [f"set local lock_timeout to {_milliseconds(lock)}"]
    if directives.statement_timeout is not None:
        parts.append(f"set local statement_timeout to {_milliseconds(directives.statement_timeout)}")
    return "; ".join(parts)


def session_limits(directives: Directives) -> str:
    """SET for a statement that stands alone: it may take its time and wait, since it keeps nobody from reading or
    writing, unless the file says otherwise."""
    lock, statement = directives.lock_timeout or 0.0, directives.statement_timeout or 0.0
    return f"set lock_timeout to {_milliseconds(lock)}; set statement_timeout to {_milliseconds(statement)}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000)) if seconds else 0


async def ends_of(work: Coroutine[Any, Any, object]) -> None:
    """Await `work` for a few seconds though the calling task was cancelled; it may also fail."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    until = loop.time() + _LAST_WORDS
    while not task.done() and loop.time() < until:
        try:
            await asyncio.wait({task}, timeout=until - loop.time())
        except asyncio.CancelledError:
            continue
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
