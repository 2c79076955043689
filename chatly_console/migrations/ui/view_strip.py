"""The names of the views below the timeline, each with its key; where there is no room, of most only the key."""

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.widget import Widget

Tab = tuple[str, str, str]
"""Key, words, and the view's name."""


class ViewStrip(Widget):
    """One line, worded anew for the room that it has."""

    def __init__(self) -> None:
        super().__init__(id="detail-tabs")
        self._tabs: Sequence[Tab] = ()
        self._current = ""

    def show(self, tabs: Sequence[Tab], current: str) -> None:
        """Name these views; `current` is on show."""
        self._tabs, self._current = tabs, current
        self.refresh()

    def render(self) -> Content:
        """All words; else those that count something and that of the current view; else this one's."""
        width = self.content_size.width
        ways = (self._named(lambda tab: True), self._named(lambda tab: "(" in tab[1]), self._named(lambda tab: False))
        return next((line for line in ways if line.cell_length <= width), ways[-1])

    def _named(self, has_words: Callable[[Tab], bool]) -> Content:
        parts: list[tuple[str, str]] = []
        for tab in self._tabs:
            key, words, name = tab
            here = name == self._current
            parts += [(key, "bold $accent"), ("  ", "")]
            if here or has_words(tab):
                parts.insert(-1, (f" {words}", "bold" if here else "$muted"))
        return Content.assemble(*parts[:-1])
