"""How often the screen is told of what goes on many times a second."""

import asyncio
import time
from collections.abc import Callable

TELL_EVERY = 0.1
"""Seconds from one word on how many rows have come to the next: to draw each page takes longer than to fetch it."""


class Pace:
    """Lets one of many moments through, then none for a while."""

    def __init__(self) -> None:
        self._last = 0.0

    def lets_through(self) -> bool:
        """Whether it is time again."""
        now = time.monotonic()
        if now - self._last < TELL_EVERY:
            return False
        self._last = now
        return True


_TOGETHER = 0.05
"""Seconds for which news is gathered: a server may send thousands of notices in that time."""


class Gathering:
    """Calls `tell` once for all news of a moment, at its end."""

    def __init__(self, tell: Callable[[], object]) -> None:
        self._tell = tell
        self._timer: asyncio.TimerHandle | None = None

    def note(self) -> None:
        """There is news."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_TOGETHER, self._now)

    def _now(self) -> None:
        self._timer = None
        self._tell()
