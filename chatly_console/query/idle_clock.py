"""Tells when nobody has used something for a while, such as a cursor that holds a connection and a snapshot."""

import asyncio
from collections.abc import Callable


class IdleClock:
    """Calls `on_idle` once `limit` seconds have gone by behind `start` without a `stop`."""

    def __init__(self, limit: float, on_idle: Callable[[], None]) -> None:
        self._limit, self._on_idle = limit, on_idle
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Nobody uses it from now on."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(self._limit, self._on_idle)

    def stop(self) -> None:
        """It is used again, or gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
