"""How often the Query pane looks: its processor time at rest, and that nothing which runs is looked at late."""

from collections.abc import Awaitable, Callable
from typing import cast

from textual.widget import Widget

from chatly_console.query.ui.heartbeat import Heartbeat


class Timers:
    """Stands for the widget: its timers go off when the test says so."""

    def __init__(self) -> None:
        self.callbacks: dict[float, Callable[[], Awaitable[None]]] = {}
        self.told: list[str] = []

    def set_interval(self, seconds: float, callback: Callable[[], Awaitable[None]]) -> "Timers":
        self.callbacks[seconds] = callback
        return self

    def pause(self) -> None:
        self.told.append("pause")

    def resume(self) -> None:
        self.told.append("resume")


async def test_it_looks_often_only_while_something_is_live() -> None:
    live = [True]

    async def look() -> bool:
        return live[0]

    timers = Timers()
    heartbeat = Heartbeat(look)
    heartbeat.wake()  # before it has begun there is nothing to wake
    heartbeat.start(cast(Widget, timers))
    often, seldom = (timers.callbacks[seconds] for seconds in sorted(timers.callbacks))
    await often()
    assert timers.told == [], "something is live"
    live[0] = False
    await often()
    await seldom()
    assert timers.told == ["pause"], "nothing is"
    heartbeat.wake()
    assert timers.told == ["pause", "resume"], "what begins wakes it at once"
    await often()
    live[0] = True
    await seldom()
    assert timers.told[2:] == ["pause", "resume"], "what began without a word is found by the seldom look"


async def test_a_pane_that_nobody_sees_is_looked_at_only_while_something_is_live() -> None:
    async def look() -> bool:
        return True

    timers = Timers()
    heartbeat = Heartbeat(look)
    heartbeat.attend(False)  # before it has begun there is nothing to rest
    heartbeat.start(cast(Widget, timers))
    often, _seldom = (timers.callbacks[seconds] for seconds in sorted(timers.callbacks))
    heartbeat.attend(False)
    await often()
    assert timers.told == ["pause"], "the seldom look rests; what is live is looked at as before"
    heartbeat.attend(True)
    assert timers.told == ["pause", "resume"]
