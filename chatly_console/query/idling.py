"""The time that an open cursor may wait for somebody to scroll."""

import asyncio
from collections.abc import Callable


class Idling:
    """Calls `too_long` after `limit` seconds, unless it is stopped before."""

    def __init__(self, limit: float, too_long: Callable[[], None]) -> None:
        self._limit = limit
        self._too_long = too_long
        self._handle: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Nothing is under way from now on."""
        self._handle = asyncio.get_running_loop().call_later(self._limit, self._too_long)

    def stop(self) -> None:
        """Something is."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
