"""Asks for another value of one cell: a line, a longer text, or one of a list."""

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from chatly_console.core.text import safe_text
from chatly_console.query.edit import Special, Value
from chatly_console.query.json_text import is_json, json_problem, laid_out
from chatly_console.query.ui.parameter_form import ValueInput
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.text_fields import TextBox

_ONE_LINE = 400
"""Characters of a value that is edited on one line."""


class CellEditor(ModalScreen[tuple[Value] | None]):
    """Closes with the new value (in a tuple, since it may be NULL), or None."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS = [
        Binding("escape", "close", "Cancel", id="cell_editor.cancel", tooltip="Leave the value as it is"),
        Binding("f5,ctrl+s", "done", "Done", show=False, id="cell_editor.done", tooltip="Show the statement"),
        Binding("ctrl+n", "give_null", "NULL", show=False, id="cell_editor.null", tooltip="Let the value be NULL"),
        Binding("ctrl+d", "give_default", "DEFAULT", show=False, id="cell_editor.default",
                tooltip="Let the value be the column's default"),
    ]  # fmt: skip

    def __init__(self, column: str, type_name: str, value: str | None) -> None:
        super().__init__()
        self._title = f"{column}  {type_name}"
        self._is_json = is_json(type_name)
        self._was = value
        self._value = laid_out(value, type_name) if value is not None else None
        self._is_long = self._value is not None and (len(self._value) > _ONE_LINE or "\n" in self._value)

    def compose(self) -> ComposeResult:
        """The value, ready to be typed over."""
        with Vertical(classes="dialog wide", id="cell-editor"):
            yield words(self._title, "title")
            if self._is_long:
                yield TextBox(self._value or "", show_line_numbers=False, id="cell-text")
            else:
                yield ValueInput(self._value, may_default=True)
            if self._is_json:
                yield words("", "wrong")
            done = "F5" if self._is_long else "enter"
            yield key_row((done, "show the statement"), ("^n", "NULL"), ("^d", "default"), ("esc", "cancel"))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_done()

    def action_done(self) -> None:
        """End with what stands there, if it is what its type says."""
        given = self.query_one(TextArea).text if self._is_long else self.query_one(ValueInput).given
        if given == self._value:
            self.dismiss((self._was,))
            return
        problem = json_problem(given) if self._is_json and isinstance(given, str) else ""
        for line in self.query(".wrong").results(Static):
            line.update(Content(safe_text(problem)))
        if not problem:
            self.dismiss((given,))

    def action_give_null(self) -> None:
        """End with NULL."""
        self.dismiss((None,))

    def action_give_default(self) -> None:
        """End with DEFAULT."""
        self.dismiss((Special.DEFAULT,))

    def action_close(self) -> None:
        """Change nothing."""
        self.dismiss(None)


def fit_to_edit(value: str) -> bool:
    """Whether a text is the same when it comes back from a field: no escape sequence, no carriage return."""
    return safe_text(value, one_line=False) == value and "\r" not in value
