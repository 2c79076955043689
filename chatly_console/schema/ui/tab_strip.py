"""The tabs of an object on one line, with how much is in each."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from chatly_console.schema.tab import Tab


class TabStrip(Widget):
    """Names the tabs, marks the one on show, and takes clicks; where all do not fit, counts go first."""

    can_focus = False

    @dataclass
    class Chosen(Message):
        """The tab with this index was clicked."""

        index: int

    def __init__(self) -> None:
        super().__init__()
        self._tabs: Sequence[Tab] = ()
        self._current = 0

    def show(self, tabs: Sequence[Tab], current: int) -> None:
        """Show these tabs."""
        self._tabs, self._current = tabs, current
        self.refresh()

    def _labels(self) -> list[tuple[int, str]]:
        """Index and words of the tabs that are drawn; the current one always is."""
        counted = [f" {tab.title}{'' if tab.count is None else f' {tab.count:,}'} " for tab in self._tabs]
        plain = [f" {tab.title} " for tab in self._tabs]
        for labels in (counted, plain):
            if sum(map(len, labels)) < self.size.width:
                return list(enumerate(labels))
        first = 0
        while sum(map(len, plain[first : self._current + 1])) > self.size.width - 4:
            first += 1
        return list(enumerate(plain))[first:]

    def render(self) -> Content:
        """The line."""
        pieces = [
            Content.styled(words, "bold $accent underline" if index == self._current else "$muted")
            for index, words in self._labels()
        ]
        return Content("").join(pieces)

    def on_click(self, event: events.Click) -> None:
        """Show the tab under the pointer."""
        start = 0
        for index, words in self._labels():
            if start <= event.x < start + len(words):
                self.post_message(self.Chosen(index))
                return
            start += len(words)
