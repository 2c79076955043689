"""The numbered panes on one line: where one is, and the digit that leads elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from chatly_console.core.text import cell_width, safe_text
from chatly_console.shell.pane import PaneSpec


class PaneStrip(Widget):
    """Names every pane, marks the one on show, and takes clicks."""

    can_focus = False
    current: reactive[int] = reactive(0)

    @dataclass
    class Chosen(Message):
        """The pane with this place on the strip was clicked."""

        index: int

    def __init__(self, panes: Sequence[PaneSpec]) -> None:
        super().__init__()
        self._titles = tuple(safe_text(pane.title) for pane in panes)

    def render(self) -> Content:
        """The line: all titles, close together where there is little room, or the digits and the current title."""
        return Content.assemble(" ", *(self._entry(index) for index in range(len(self._titles))))

    def _entry(self, index: int) -> Content:
        style = "bold $accent-text on $accent" if index == self.current else "$muted"
        return Content.styled(self._label(index), style)

    def _label(self, index: int) -> str:
        title = self._titles[index]
        left = self.size.width - 1 - sum(cell_width(each) + 4 for each in self._titles)
        if left >= 0 or index == self.current:
            return f" {index + 1} {title} "
        return f" {index + 1} {title}" if left + len(self._titles) > 0 else f" {index + 1} "

    def on_click(self, event: events.Click) -> None:
        """Find the pane under the pointer."""
        start = 1
        for index in range(len(self._titles)):
            end = start + cell_width(self._label(index))
            if start <= event.x < end:
                self.post_message(self.Chosen(index))
            start = end
