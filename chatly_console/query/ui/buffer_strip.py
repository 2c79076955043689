"""The line with the names of the open buffers, above the editor."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from chatly_console.core.text import cut, safe_text
from chatly_console.query.ui.names_in_sight import names_in_sight

_LONGEST = 32
"""Cells of a name; the one in the editor is said in full where there is room."""


class BufferStrip(Widget):
    """Which buffers are open, which one is in the editor, and whether it waits to be saved."""

    @dataclass
    class Chosen(Message):
        """The user has clicked on a name."""

        name: str

    def __init__(self) -> None:
        super().__init__()
        self._names: Sequence[str] = ()
        self._active, self._is_saved = "", True
        self._mode = ""
        self._ends: list[tuple[int, str]] = []

    def show_mode(self, words: str) -> None:
        """Say on the right what keys mean."""
        if words != self._mode:
            self._mode = words
            self.refresh()

    def show(self, names: list[str], active: str, *, is_saved: bool) -> None:
        """Show these names, the active one marked."""
        self._names, self._active, self._is_saved = tuple(names), active, is_saved
        self.refresh()

    def render(self) -> Content:
        """The names that have room, the active one among them, how many are left out on each side, and the mode."""
        width = self.content_size.width
        self._ends = []
        if not self._names:
            return Content("")
        words = [self._words(name) for name in self._names]
        room = width - (cell_len(self._mode) + 2 if self._mode else 0)
        seen = names_in_sight([cell_len(one) for one in words], self._names.index(self._active), room - 8)
        before, behind = seen.start, len(words) - seen.stop
        line = Content.styled(f"‹{before} ", "$muted") if before else Content("")
        for place in seen:
            is_active = self._names[place] == self._active
            line += Content.styled(words[place], "bold" if is_active else "$muted")
            self._ends.append((line.cell_length, self._names[place]))
        if behind:
            line += Content.styled(f" {behind}›", "$muted")
        if not self._mode:
            return line
        return line + Content.styled(f"{' ' * max(width - line.cell_length - cell_len(self._mode), 1)}{self._mode}",
                                     "bold $accent")  # fmt: skip

    def _words(self, name: str) -> str:
        """A name with its mark and what parts it from the next; the active one leaves its dot room from the first."""
        if name != self._active:
            return f" {cut(safe_text(name), _LONGEST)}  "
        longest = max(self.content_size.width // 2, _LONGEST)
        return f"▎{cut(safe_text(name), longest)} {' ' if self._is_saved else '●'}"

    def on_click(self, event: events.Click) -> None:
        """Go to the buffer under the pointer."""
        name = next((name for end, name in self._ends if event.x < end), None)
        if name is not None:
            self.post_message(self.Chosen(name))
