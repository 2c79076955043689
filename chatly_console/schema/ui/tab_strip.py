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
        first, room = 0, self.size.width - 4
        while sum(map(len, plain[first : self._current + 1])) > room:
            first += 1
        last = self._current + 1
        while last < len(plain) and sum(map(len, plain[first : last + 1])) <= room:
            last += 1
        return list(enumerate(plain))[first:last]

    def render(self) -> Content:
        """The line."""
        labels = self._labels()
        pieces = [
            Content.styled(words, "bold $accent underline" if index == self._current else "$muted")
            for index, words in labels
        ]
        if labels and labels[0][0] > 0:
            pieces.insert(0, Content.styled("‹ ", "$accent"))
        if labels and labels[-1][0] < len(self._tabs) - 1:
            pieces.append(Content.styled(" ›", "$accent"))
        return Content("").join(pieces)

    def on_click(self, event: events.Click) -> None:
        """Show the tab under the pointer."""
        labels = self._labels()
        start = 2 if labels and labels[0][0] > 0 else 0
        if labels and event.x < start:
            self.post_message(self.Chosen(labels[0][0] - 1))
            return
        for index, words in labels:
            if start <= event.x < start + len(words):
                self.post_message(self.Chosen(index))
                return
            start += len(words)
        if labels and labels[-1][0] < len(self._tabs) - 1:
            self.post_message(self.Chosen(labels[-1][0] + 1))
