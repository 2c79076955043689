"""The one line at the bottom of the screen in which a filter is typed."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from chatly_console.shell.text_fields import TextField


class FilterPrompt(ModalScreen[str | None]):
    """Asks for the text that rows must contain; None leaves everything as it is, empty shows all."""

    BINDINGS = [
        Binding("escape", "cancel", "Back", id="filter.cancel", tooltip="Leave the rows as they are"),
    ]
    DEFAULT_CSS = """
    FilterPrompt {
        & > Horizontal { dock: bottom; height: 1; width: 100%; background: $surface; }
        & Label { color: $accent; text-style: bold; padding: 0 1; }
        & Input { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
    }
    """

    def __init__(self, needle: str) -> None:
        super().__init__()
        self._needle = needle

    def compose(self) -> ComposeResult:
        """One line: what it is, and the text."""
        with Horizontal():
            yield Label("▎/ rows that contain", markup=False)
            yield TextField(self._needle, placeholder="a text; empty shows all", compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter filters."""
        event.stop()
        self.dismiss(event.value)

    def action_cancel(self) -> None:
        """Escape leaves the rows as they are."""
        self.dismiss(None)
