"""Brings panes to the screen: imports and builds each on its first visit, and survives one that cannot be."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.widget import Widget

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.shell.pane import Pane, PaneSpec
from chatly_console.shell.session import Session
from chatly_console.shell.states import Empty, ErrorState

if TYPE_CHECKING:
    from chatly_console.shell.frame import Frame

log = logging.getLogger(__name__)


class PaneHost:
    """The panes that were visited, and which one is on show."""

    def __init__(self, frame: Frame, panes: Sequence[PaneSpec]) -> None:
        self.specs = tuple(panes)
        self.current = 0
        self._frame = frame
        self._widgets: dict[str, Widget] = {}
        self._turn = asyncio.Lock()

    @property
    def built(self) -> list[Pane]:
        """The panes that were visited, in the order of the strip."""
        found = (self._widgets.get(spec.name) for spec in self.specs)
        return [widget for widget in found if isinstance(widget, Pane)]

    @property
    def shown(self) -> Pane | None:
        """The pane on show, or None where it is not built or could not be."""
        widget = self._widgets.get(self.specs[self.current].name)
        return widget if isinstance(widget, Pane) else None

    def save(self) -> None:
        """Let every pane keep what was typed; one that fails does not keep the others from it."""
        for pane in self.built:
            try:
                pane.save()
            except Exception:
                log.exception("A pane could not save")

    def place(self, name: str) -> int | None:
        """Where the pane of this name is on the strip."""
        return next((index for index, spec in enumerate(self.specs) if spec.name == name), None)

    async def show(self, index: int, session: Session, *, is_asked_for: bool = False) -> Pane | None:
        """Put this pane on show, built if this is the first visit.

        What was said in the room before is taken from the message line, unless that room asked for this one.
        """
        async with self._turn:
            before, spec = self.shown, self.specs[index]
            if spec.name not in self._widgets:
                widget = await build_pane(spec, session)
                if not self._frame.is_running:  # the console was left while the pane was built
                    return None
                self._widgets[spec.name] = widget
                await self._frame.switcher.mount(widget)
            widget = self._widgets[spec.name]
            if before is not None and before is not widget:
                before.focus_left = self._frame.focused
                before.on_hidden()
                if not is_asked_for:
                    self._frame.message_line.quiet()
            self.current = index
            self._frame.switcher.current = widget.id
            self._frame.strip.current = index
            if isinstance(widget, Pane):
                widget.on_shown()
            self._focus(widget)
            return widget if isinstance(widget, Pane) else None

    async def rebuild(self, index: int, session: Session) -> Pane | None:
        """Build the pane anew, after it failed."""
        widget = self._widgets.pop(self.specs[index].name, None)
        if widget is not None:
            await widget.remove()
        return await self.show(index, session)

    def focus_shown(self) -> None:
        """Give the pane on show the focus again."""
        if self.shown is not None and self._frame.focused is None:
            self._focus(self.shown)

    def _focus(self, widget: Widget) -> None:
        """Give the pane the focus, where it was left the last time."""
        focused = self._frame.focused
        if focused is not None and widget in focused.ancestors_with_self:
            return
        last = widget.focus_left if isinstance(widget, Pane) else None
        target = last if last is not None and last.is_attached and last.focusable else None
        target = target or next((node for node in widget.walk_children(Widget) if node.focusable), widget)
        self._frame.set_focus(target if target.focusable else None)


async def build_pane(spec: PaneSpec, session: Session) -> Widget:
    """The pane of this entry, imported and built; where it cannot be, what says so."""
    widget: Widget
    try:
        widget = await _make(spec, session)
    except ModuleNotFoundError as error:
        module = spec.path.partition(":")[0]
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        widget = Empty(f"The {spec.title} pane is not built yet.")
    except Exception:
        log.exception("The %s pane could not be built", spec.title)
        widget = ErrorState(
            Failure(
                f"The {spec.title} pane could not be opened.",
                FailureKind.USAGE,
                hint="What went wrong is in the log file.",
            )
        )
    widget.id = f"pane-{spec.name}"
    return widget


async def _make(spec: PaneSpec, session: Session) -> Widget:
    """Import in a thread, since the first import of a room may take longer than a frame."""
    module, _, name = spec.path.partition(":")
    pane = getattr(await asyncio.to_thread(importlib.import_module, module), name)(session)
    assert isinstance(pane, Pane)
    return pane
