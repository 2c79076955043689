"""The line that narrows a list: `/` opens it, typing filters at once, escape gives everything back."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input

from chatly_console.shell.text_fields import TextField


class FilterInput(TextField):
    """One line of text; its owner listens to `Filtered` and `Closed`."""

    BINDINGS = [
        Binding("escape", "close", "Clear filter", id="filter.close", tooltip="Show everything again"),
        Binding("enter,down", "leave", "To the list", show=False, id="filter.leave", tooltip="Keep it, go to the list"),
    ]

    @dataclass
    class Filtered(Message):
        """The text has changed."""

        text: str

    @dataclass
    class Closed(Message):
        """The line was left; `cleared` says whether everything is to be shown again."""

        cleared: bool

    def __init__(self, placeholder: str = "type to filter", *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False, id=id)

    def _on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Filtered(message.value))

    on_input_changed = _on_input_changed

    def action_close(self) -> None:
        """Forget the text."""
        self.value = ""
        self.post_message(self.Closed(cleared=True))

    def action_leave(self) -> None:
        """Keep the text."""
        self.post_message(self.Closed(cleared=False))
