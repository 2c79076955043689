"""What runs for the plan on show, in words, and how it is stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from chatly_console.core.failure import Failure, FailureKind

T = TypeVar("T")


class Underway:
    """One thing at a time: a request for a plan, or a trial."""

    def __init__(self) -> None:
        self._words = ""
        self._began = 0.0
        self._runs: Callable[[], bool] = lambda: False
        self._stop: Callable[[], object] = lambda: None

    def begin(self, words: str, runs: Callable[[], bool], stop: Callable[[], object]) -> None:
        """From now on this runs, for as long as `runs` says so; `stop` ends it."""
        self._words, self._began, self._runs, self._stop = words, time.monotonic(), runs, stop

    @property
    def words(self) -> str:
        """`a plan, 12 s`; empty where nothing runs."""
        return f"{self._words}, {time.monotonic() - self._began:.0f} s" if self._runs() else ""

    def cancel(self) -> bool:
        """Stop it; returns whether there was anything."""
        if not self._runs():
            return False
        self._stop()
        return True

    async def during(self, words: str, work: Coroutine[Any, Any, T]) -> T:
        """Await work that may be cancelled by itself: then a Failure says that it was."""
        task = asyncio.create_task(work)
        self.begin(words, lambda: not task.done(), task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            if task.cancelled():
                raise Failure("Cancelled; everything was rolled back.", FailureKind.CANCELLED) from None
            raise
