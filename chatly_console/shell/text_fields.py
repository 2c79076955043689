"""Where text is typed: Textual's line and its area, made safe for text that came from the database.

Both hand to the terminal what stands in them as it is, and what stands in them may be a value, a name or a statement
with escape sequences in it. Each such character is drawn as its stand-in; the text itself stays what it is.
"""

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Input, TextArea

from chatly_console.core.text import safe_characters

_SIGNS = frozenset({"slash", "backslash", "plus", "minus", "underscore", "at"})
"""Keys that write a sign and whose names Textual cannot tell the sign of: while one types they are no commands."""


class TextField(Input):
    """One line to type in."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the key writes something here, so that it is no command meanwhile, nor named as one."""
        return key in _SIGNS or super().check_consume_key(key, character)

    @property
    def _value(self) -> Text:
        if self.password:
            return super()._value
        text = Text(safe_characters(self.value, one_line=True), no_wrap=True, overflow="ignore", end="")
        return text if self.highlighter is None else self.highlighter(text)

    def _position_to_cell(self, position: int) -> int:
        return cell_len(safe_characters(self.value[:position], one_line=True))


class TextBox(TextArea):
    """Several lines to type in."""

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Whether the key writes something here, so that it is no command meanwhile, nor named as one."""
        return (key in _SIGNS and not self.read_only) or super().check_consume_key(key, character)

    def get_line(self, line_index: int) -> Text:
        """A line as it may be shown; Textual adds selection and cursor."""
        return Text(safe_characters(self.document.get_line(line_index)), end="", no_wrap=True)
