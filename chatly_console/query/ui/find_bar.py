"""The line in which one types what to find in the editor."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from chatly_console.shell.text_fields import TextField


class FindBar(Horizontal):
    """Find in the text: each key goes to the first match, enter to the next. Tab leads to what takes its place:
    there, enter replaces the match that is marked and goes to the next one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="find.close", tooltip="Back to the text"),
        Binding("down", "step(1)", "Next", id="find.next", tooltip="The next match"),
        Binding("up", "step(-1)", "Previous", id="find.previous", tooltip="The match before"),
        Binding("alt+u", "replace_all", "Replace all", id="find.replace_all",
                tooltip="Replace every match; ctrl+z undoes it"),
    ]  # fmt: skip

    @dataclass
    class Sought(Message):
        """Find `needle`: from the cursor on (0), the next match (1), or the one before (-1)."""

        needle: str
        step: int

    @dataclass
    class Replaced(Message):
        """Replace the match that is selected, or every one."""

        needle: str
        by: str
        everywhere: bool

    @dataclass
    class Closed(Message):
        """The user is done with finding."""

    def compose(self) -> ComposeResult:
        """The parts, from left to right."""
        yield Static("find ", markup=False)
        yield TextField(compact=True, id="find-input")
        yield Static(" replace by ", markup=False)
        yield TextField(compact=True, placeholder="tab leads here", id="find-by")
        yield Static("", id="find-count", markup=False)

    @property
    def needle(self) -> str:
        """What is looked for."""
        return self.query_one("#find-input", Input).value

    def open(self) -> None:
        """Show the bar, ready to type."""
        self.display = True
        field = self.query_one("#find-input", Input)
        field.focus()
        field.action_select_all()

    def show_count(self, words: str) -> None:
        """Say how many matches there are."""
        self.query_one("#find-count", Static).update(words)

    @on(Input.Changed, "#find-input")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Sought(event.value, 0))

    @on(Input.Changed, "#find-by")
    def _by_changed(self, event: Input.Changed) -> None:
        event.stop()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "find-by":
            self.post_message(self.Replaced(self.needle, event.value, False))
        else:
            self.post_message(self.Sought(event.value, 1))

    def action_step(self, step: int) -> None:
        """Go to another match."""
        self.post_message(self.Sought(self.needle, step))

    def action_replace_all(self) -> None:
        """Replace every match."""
        self.post_message(self.Replaced(self.needle, self.query_one("#find-by", Input).value, True))

    def action_close(self) -> None:
        """Hide the bar."""
        self.display = False
        self.post_message(self.Closed())
