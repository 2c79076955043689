"""The line above a result: how many rows, how long it took, as whom, and what became of it."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from chatly_console.query.run import Phase, RunState, header

_GAP = 2
"""Cells between the words and what stands at the right edge."""


class ResultHeader(Widget):
    """One line, worded anew for the room that it has: a new tab has none yet when its first rows come."""

    def __init__(self) -> None:
        super().__init__(id="result-header")
        self._state: RunState | None = None
        self._shown: int | None = None
        self._right: Callable[[], Sequence[str]] = lambda: ("",)
        self._plain = ""

    def show(
        self, state: RunState, shown: int | None, right: Callable[[], Sequence[str]], *, impersonates: bool
    ) -> None:
        """Show a run: `shown` is how many rows a filter lets through.

        Of what `right` answers when the line is drawn, the longer ones first, the first for which there is room
        stands at the right edge; nothing where there is none.
        """
        self._state, self._shown, self._right = state, shown, right
        self.set_class(state.phase is Phase.FAILED, "-failed")
        self.set_class(impersonates and state.phase is not Phase.FAILED, "-impersonating")
        self.refresh()

    def show_not_sent(self) -> None:
        """Say that the statement never left."""
        self._state, self._plain = None, "not sent"
        self.set_classes("-failed")
        self.refresh()

    def clear(self) -> None:
        """Say nothing."""
        self._state, self._plain = None, ""
        self.refresh()

    def render(self) -> Content:
        """The words, cut to the width, and what stands at the right edge."""
        if self._state is None:
            return Content(self._plain)
        width, right = self.content_size.width, self._beside()
        words = header(self._state, shown=self._shown, width=width - (cell_len(right) + _GAP if right else 0))
        return Content(f"{words}{' ' * max(width - cell_len(words) - cell_len(right), 1)}{right}")

    def _beside(self) -> str:
        """The longest wording beside which the line stays whole, or else one beside which only a name is cut."""
        assert self._state is not None
        for room in (None, 0):
            taken = cell_len(header(self._state, shown=self._shown, width=room)) + _GAP
            for words in self._right():
                if taken + cell_len(words) <= self.content_size.width:
                    return words
        return ""
