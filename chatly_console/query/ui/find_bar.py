"""The line in which one types what to find in the editor."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class FindBar(Horizontal):
    """Find in the text: each key goes to the first match, enter to the next, shift+tab or up to the one before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="find.close", tooltip="Back to the text"),
        Binding("down", "step(1)", "Next", show=False, id="find.next", tooltip="The next match"),
        Binding("up", "step(-1)", "Previous", show=False, id="find.previous", tooltip="The match before"),
    ]

    @dataclass
    class Sought(Message):
        """Find `needle`: from the cursor on (0), the next match (1), or the one before (-1)."""

        needle: str
        step: int

    @dataclass
    class Closed(Message):
        """The user is done with finding."""

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield Static("find ", markup=False)
        yield Input(compact=True, id="find-input")
        yield Static("", id="find-count", markup=False)

    def open(self) -> None:
        """Show the bar, ready to type."""
        self.display = True
        field = self.query_one(Input)
        field.focus()
        field.action_select_all()

    def show_count(self, words: str) -> None:
        """Say how many matches there are."""
        self.query_one("#find-count", Static).update(words)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Sought(event.value, 0))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Sought(event.value, 1))

    def action_step(self, step: int) -> None:
        """Go to another match."""
        self.post_message(self.Sought(self.query_one(Input).value, step))

    def action_close(self) -> None:
        """Hide the bar."""
        self.display = False
        self.post_message(self.Closed())
