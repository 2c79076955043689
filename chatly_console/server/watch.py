"""Watches the way to the server: a small question every few seconds, so that "connected" is never said from memory.

What of the way is ours (an embedded server, an ssh tunnel) is mended as soon as it is found broken.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

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
MEND_LIMIT = 60.0
"""Seconds that mending our part of the way may take: a database that was killed may have much to recover."""

_ENDING = 0.2


class Mender(Protocol):
    """A part of the way to the server that is ours."""

    def trouble(self) -> str:
        """What is broken, as a sentence; empty while this part is whole."""

    async def mend(self) -> None:
        """Make it whole again; raises `Failure`."""


class Watch:
    """Keeps the `Link` true and tells of each change; `suspect` makes it look at once, `mender` mends what is ours."""

    def __init__(self, ask: Callable[[], Awaitable[None]], changed: Callable[[Link], None]) -> None:
        self.link = Link()
        self._ask = ask
        self._changed = changed
        self._suspicion = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.mender: Mender | None = None

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

    async def _look(self, *, mends: bool = True) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._ask()
        except TimeoutError:
            self._set(LinkState.STALLED, "The server does not answer; asking again every second.")
        except Exception as error:
            words = await self._our_trouble() if mends else ""
            if words:
                await self._mend(words)
            else:
                self._set(LinkState.LOST, failure_of(error).sentence)
        else:
            self._set(LinkState.CONNECTED, "")

    async def _our_trouble(self) -> str:
        """What is broken of our part of the way; the processes of it may need a moment to end."""
        if self.mender is None:
            return ""
        if not (words := self.mender.trouble()):
            await asyncio.sleep(_ENDING)
            words = self.mender.trouble()
        return words

    async def _mend(self, words: str) -> None:
        """Say what is broken, mend it, and look again."""
        assert self.mender is not None
        if not self.link.sentence.startswith(words):
            self._set(LinkState.LOST, f"{words} It is being mended.")
        try:
            async with asyncio.timeout(MEND_LIMIT):
                await self.mender.mend()
        except Exception as error:
            failure = failure_of(error, doing="Mending it")
            self._set(LinkState.LOST, " ".join(filter(None, (words, failure.sentence, failure.hint))))
        else:
            await self._look(mends=False)

    def _set(self, state: LinkState, sentence: str) -> None:
        if (state, sentence) != (self.link.state, self.link.sentence):
            since = {"since": self.link.since} if state is self.link.state else {}
            self.link = Link(state, sentence, **since)
            self._changed(self.link)
