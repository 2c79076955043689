"""Watches the way to the server: a small question every few seconds, so that "connected" is never said from memory."""

import asyncio
from collections.abc import Awaitable, Callable

from chatly_console.core.link import Link, LinkState
from chatly_console.server.errors import failure_of

CALM_INTERVAL = 5.0
"""Seconds between two questions while all is well; a connection that dies asks at once."""
TROUBLE_INTERVAL = 0.7
"""Seconds between two questions while the server does not answer, so that its return is seen within 3 s."""
PATIENCE = 2.0
"""Seconds to wait for the answer."""
GIVE_UP_AFTER = 10.0
"""Seconds without any answer after which running statements are given up."""


class Watch:
    """Keeps the `Link` true and tells of each change; `suspect` makes it look at once."""

    def __init__(self, ask: Callable[[], Awaitable[None]], changed: Callable[[Link], None]) -> None:
        self.link = Link()
        self._ask = ask
        self._changed = changed
        self._suspicion = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._run(), name="watch the server")

    def suspect(self) -> None:
        """Something looked wrong: ask now."""
        self._suspicion.set()

    async def stop(self) -> None:
        """End the watch."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            interval = CALM_INTERVAL if self.link.is_up else TROUBLE_INTERVAL
            try:
                async with asyncio.timeout(interval):
                    await self._suspicion.wait()
            except TimeoutError:
                pass
            if self._suspicion.is_set():
                self._suspicion.clear()
                if not self.link.is_up:
                    await asyncio.sleep(TROUBLE_INTERVAL)
            await self._look()

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._ask()
        except TimeoutError:
            self._set(LinkState.STALLED, "The server does not answer; asking again every second.")
        except Exception as error:
            self._set(LinkState.LOST, failure_of(error).sentence)
        else:
            self._set(LinkState.CONNECTED, "")

    def _set(self, state: LinkState, sentence: str) -> None:
        if state is not self.link.state:
            self.link = Link(state, sentence)
            self._changed(self.link)
