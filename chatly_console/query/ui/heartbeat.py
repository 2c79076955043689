"""How often the Query pane looks at what goes on: often while something does, seldom otherwise."""

from collections.abc import Awaitable, Callable

from textual.timer import Timer
from textual.widget import Widget

_LIVE, _AT_REST = 0.1, 0.5
"""Seconds between two looks."""


class Heartbeat:
    """Ten looks a second are seen in the processor time of a console in which nothing runs; so it falls to two."""

    def __init__(self, look: Callable[[], Awaitable[bool]]) -> None:
        """`look` answers whether anything is live, which is to be looked at again soon."""
        self._look = look
        self._often: Timer | None = None
        self._seldom: Timer | None = None

    def start(self, widget: Widget) -> None:
        """Begin."""
        self._often = widget.set_interval(_LIVE, self._beat)
        self._seldom = widget.set_interval(_AT_REST, self._wake_if_live)

    def attend(self, seen: bool) -> None:
        """While nobody sees the pane, it is looked at only as long as something is live."""
        if self._seldom is not None:
            (self._seldom.resume if seen else self._seldom.pause)()

    def wake(self) -> None:
        """Something has begun: look often from now on, until nothing is live any more."""
        if self._often is not None:
            self._often.resume()

    async def _beat(self) -> None:
        if self._often is not None and not await self._look():
            self._often.pause()

    async def _wake_if_live(self) -> None:
        if await self._look():
            self.wake()
