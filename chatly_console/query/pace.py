"""How often the screen is told of what goes on many times a second."""

import time

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
