"""The line for connection strings: a password in it is drawn as dots, pasted or typed."""

from textwrap import wrap

from rich.highlighter import Highlighter
from rich.text import Text
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from chatly_console.connections.understood import Line, hidden
from chatly_console.core.text import safe_text
from chatly_console.shell.text_fields import TextField

__all__ = ["ConnectionInput", "Lines"]

_STYLES = {"": "", "muted": "$muted", "good": "$good", "warn": "$warn", "bad": "$bad"}


class Dots(Highlighter):
    """Draws a dot for each character of a password; the text itself stays as it is."""

    def __call__(self, text: str | Text) -> Text:
        """The text to draw."""
        plain = text if isinstance(text, str) else text.plain
        for start, end in hidden(plain):
            plain = plain[:start] + "•" * (end - start) + plain[end:]
        return Text(plain, no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Nothing is coloured."""


class ConnectionInput(TextField):
    """One line of text in which no password can be read."""

    def __init__(self, value: str = "", *, placeholder: str = "", name: str | None = None) -> None:
        super().__init__(value, placeholder, highlighter=Dots(), compact=True, name=name, select_on_focus=False)


class Lines(Widget):
    """Lines about a connection with their labels in a column; takes no room while there are none."""

    can_focus = False
    lines: reactive[tuple[Line, ...]] = reactive((), layout=True)

    def watch_lines(self) -> None:
        """Nothing to say, no room."""
        self.display = bool(self.lines)

    def render(self) -> Content:
        """Label and words, line by line."""
        return self._content(self.size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the words need at this width."""
        return len(self._content(width).plain.splitlines())

    def _content(self, width: int) -> Content:
        indent = max((len(line.label) for line in self.lines), default=0) + 2
        rows = []
        for line in self.lines:
            style = _STYLES[line.tone]
            label = Content.styled(f"{safe_text(line.label):>{indent - 2}}  ", style or "$muted")
            for text in wrap(safe_text(line.words), max(width - indent, 20)):
                rows.append(Content.assemble(label, (text, style)))
                label = Content(" " * indent)
        return Content("\n").join(rows)
