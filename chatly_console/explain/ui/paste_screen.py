"""Where a plan from elsewhere is pasted: text, JSON, YAML, XML, with whatever a client drew around it."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import TextArea

from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.text_fields import TextBox


class PasteScreen(ModalScreen[str | None]):
    """Ends with the text, or None."""

    BINDINGS = [
        Binding("f8", "read", "Read", priority=True, id="paste.read", tooltip="Read the plan"),
        Binding("escape", "close", "Cancel", priority=True, id="paste.close", tooltip="Leave everything as it is"),
    ]
    DEFAULT_CSS = """
    PasteScreen TextArea { height: 20; max-height: 60%; border: none; padding: 0 1; background: $surface; }
    PasteScreen TextArea:focus { border: none; }
    """

    def compose(self) -> ComposeResult:
        """Title, the text, keys."""
        with Vertical(classes="dialog wide"):
            yield words("Paste a plan", "title")
            yield words("Text, JSON, YAML, XML; framed, quoted or from a log; several at once are compared.", "quiet")
            yield TextBox(soft_wrap=False, id="paste-text")
            yield key_row(("F8", "read it"), ("esc", "cancel"))

    def on_mount(self) -> None:
        """Typing goes to the text."""
        self.query_one(TextArea).focus()

    def action_read(self) -> None:
        """Done."""
        self.dismiss(self.query_one(TextArea).text)

    def action_close(self) -> None:
        """Nothing."""
        self.dismiss(None)
