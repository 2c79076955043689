"""What a pilot waits for after a key: until the program under test has nothing to do, instead of for a while.

Textual's own wait sleeps for 20 ms twice for each key, and goes on as long as the process uses its processor: most of
the time of the tests, and yet too short for an answer on a machine that is busy. This one looks at the event loop.
"""

import asyncio
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
import textual.app
import textual.pilot
import textual.screen

_SOON = 0.02
"""Seconds without work: what timers do within them belongs to what was asked for."""
_LEAST = 0.0005
"""Seconds that a timer counts at least, or one that is always due would never let go."""
_ANSWER = 0.2
"""Seconds for an answer of the server, a program or another thread; a test waits by itself for a later one."""
_STEP = 0.001
_QUIET_TURNS = 2
"""Turns of the loop without anything to do; in each it also looks at its sockets."""
_REPAINT = 0.001
"""Seconds between two repaints of a screen; Textual's own are 1/60."""
_NOT_OUTSIDE = frozenset({"sleep", "Event.wait", "Queue.get", "App.push_screen_wait"})
"""Where tasks wait for time, for one another, for messages, or for a person."""


async def settled(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Wait until the loop has nothing to do, in place of Textual's `wait_for_idle`; at most `max_sleep` seconds."""
    loop: Any = asyncio.get_running_loop()
    begun = monotonic()
    quiet, slept = 0, 0.0
    while (spent := monotonic() - begun) < max_sleep:
        quiet = 0 if loop._ready else quiet + 1
        if quiet <= _QUIET_TURNS:
            await asyncio.sleep(0)
        elif slept + (due := _next_timer(loop)) < _SOON:
            await asyncio.sleep(max(due, 0))
            quiet, slept = 0, slept + max(due, _LEAST)
        elif spent < _ANSWER and _waits_for_the_outside():
            await asyncio.sleep(_STEP)
        else:
            return


def _next_timer(loop: Any) -> float:
    """Seconds until the loop wakes somebody."""
    now = loop.time()
    return min((timer.when() - now for timer in loop._scheduled if not timer.cancelled()), default=float("inf"))


def _waits_for_the_outside() -> bool:
    """Whether a task waits for what neither the loop nor a person will do."""
    me = asyncio.current_task()
    return any(_place(task) not in _NOT_OUTSIDE for task in asyncio.all_tasks() if task is not me)


def _place(task: "asyncio.Task[Any]") -> str:
    """The name of the innermost coroutine that the task is in."""
    name = ""
    place: Any = task.get_coro()
    while place is not None:
        name = getattr(place, "__qualname__", None) or name
        place = getattr(place, "cr_await", None) or getattr(place, "gi_yieldfrom", None)
    return name


@pytest.fixture(scope="session", autouse=True)
def pilots_wait_until_settled() -> Iterator[None]:
    """Give it to every pilot."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textual.app, "wait_for_idle", settled)
        patch.setattr(textual.pilot, "wait_for_idle", settled)
        patch.setattr(textual.screen, "UPDATE_PERIOD", _REPAINT)
        yield
