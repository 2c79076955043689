"""Keeps keys in their order: each is handed on once the one before it has had its effect, and none is lost on the way.

Textual hands a key to whatever has the focus at that moment. A person (or a paste, or a slow link) is at times quicker
than a pane that is being built or a dialog that is being opened, and a key that bubbles up to a binding is overtaken by
the letters after it: F5 would run what was typed after it, and the answer to a dialog would go into the editor below.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from textual import events
from textual.message_pump import MessagePump
from textual.widget import Widget

from chatly_console.shell.alt_keys import as_pressed

if TYPE_CHECKING:
    from chatly_console.shell.app import ConsoleApp

Typed = events.Key | events.Paste

LIMIT = 2.0
"""Seconds after which a key is handed on in any case: what takes this long is no mere change of the screen."""
STEP = 0.005
"""Seconds between two looks at a screen that is being built."""
HELD_DOWN = {"up", "down", "left", "right", "pageup", "pagedown", "backspace", "delete"}


class TypeAhead:
    """The keys that wait. `takes` is asked for every key, before the app does anything with it."""

    def __init__(self, app: ConsoleApp) -> None:
        self._app = app
        self._waiting: deque[Typed] = deque()
        self._early: list[Typed] | None = []
        self._released: Typed | None = None
        self._last: Typed | None = None
        self._heard: Widget | None = None
        """What had the focus when the last key was handed on."""
        self._changes = 0
        self._commands = 0
        self._task: asyncio.Task[None] | None = None

    # Before there is a pane

    def keep_for_first_pane(self) -> None:
        """The first pane is on its way: what is typed from now on is meant for it."""
        if self._early is None:
            self._early = []

    def forget(self) -> None:
        """There will be no pane: what was typed for it is dropped."""
        self._early = None

    def give_to_first_pane(self) -> None:
        """The pane is there, with the focus in its place: hand it what was typed for it."""
        early, self._early = self._early, None
        pane = self._app.panes.shown
        if early and pane is not None:
            pane.on_typed_ahead()
            self._waiting.extendleft(reversed(early))
            self._begin()

    def _is_early(self, event: Typed) -> bool:
        """Whether this is for the first pane: text and its keys, save what the app itself can do by now."""
        app = self._app
        if self._early is None or app.screen is not app.frame:
            return False
        if isinstance(event, events.Paste) or self._early:
            return isinstance(event, events.Paste) or event.is_printable or event.key not in app.screen.active_bindings
        return event.key not in app.screen.active_bindings or event.key == "question_mark"

    # While the screen changes

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Another pane is being brought to the screen: keys wait for it."""
        self._changes += 1
        try:
            yield
        finally:
            self._changes -= 1

    @contextmanager
    def commanding(self) -> Iterator[None]:
        """A command of the frame is at work: keys wait for its dialog, and after that for its end."""
        self._commands += 1
        try:
            yield
        finally:
            self._commands -= 1

    def takes(self, event: Typed) -> bool:
        """Whether this key is kept for later; where it is not, the app shall hand it on now."""
        if event is self._released:
            self._released = None
            return not self._app.screen_stack
        if not self._app.screen_stack:  # the console is being left
            return True
        pressed = as_pressed(event, self._app.screen.active_bindings) if isinstance(event, events.Key) else [event]
        if self._is_early(event):
            assert self._early is not None
            self._early.extend(pressed)
            return True
        if len(pressed) > 1:
            self._waiting.extend(pressed)
            self._begin()
            return True
        if self._task is not None and (self._waiting or not self._follows(event)):
            self._waiting.append(event)
            return True
        self._last, self._heard = event, self._app.focused
        self._begin()
        return False

    def _follows(self, event: Typed) -> bool:
        """Whether this goes where the key before it went in any case: text after text, or a key that is held down."""
        last = self._last
        if not isinstance(event, events.Key) or not isinstance(last, events.Key):
            return False
        if event.is_printable and last.is_printable:
            from textual.widgets import Input, TextArea  # which the first paint does without

            hears = self._app.focused
            is_text = isinstance(hears, Input | TextArea) and not getattr(hears, "takes_commands", False)
            return is_text and hears is self._heard
        return event.key == last.key and event.key in HELD_DOWN

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._hand_on(self._app.focused))

    async def _hand_on(self, hears: Widget | None) -> None:
        """Wait for the effect of the key that was handed on last, then hand on the next, until none waits."""
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LIMIT):
                        await self._settled(hears)
                if not self._waiting:
                    return
                self._last = self._released = self._waiting.popleft()
                hears = self._heard = self._app.focused
                self._app.post_message(self._last)
        finally:
            self._task = None

    async def _settled(self, hears: Widget | None) -> None:
        """Until the key has bubbled from the widget that hears it up to the app, and the screen has come to rest."""
        chain: list[MessagePump] = list(hears.ancestors_with_self) if hears is not None else []
        for pump in [self._app, *chain, self._app]:
            await _drained(pump)
        while not self._at_rest:  # noqa: ASYNC110 - a screen tells nobody when it is mounted
            await asyncio.sleep(STEP)

    @property
    def _at_rest(self) -> bool:
        """Whether the place where keys go is the one that the user can see coming."""
        if self._changes or (self._commands and self._app.screen is self._app.frame):
            return False
        return self._app.screen.is_mounted


async def _drained(pump: MessagePump) -> None:
    """Until the pump has dealt with all that it has been sent so far; one that is closed has."""
    done = asyncio.Event()
    if pump.is_running and pump.call_later(done.set):
        await done.wait()
