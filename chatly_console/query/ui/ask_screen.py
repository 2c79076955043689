"""Asks before a statement that changes something is sent."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from chatly_console.core.text import safe_text


class AskScreen(ModalScreen[bool]):
    """One question, `y` or `n`. Where much would go, enter does not mean yes."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", id="ask.yes", tooltip="Do it"),
        Binding("n,escape", "answer(False)", "no", id="ask.no", tooltip="Leave it"),
        Binding("enter", "enter", "yes", show=False, id="ask.enter", tooltip="Do it, where little is at stake"),
    ]

    def __init__(self, question: str, detail: str = "", *, grave: bool = False) -> None:
        super().__init__()
        self._question = question
        self._detail = detail
        self._grave = grave

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        lines = [Content(safe_text(self._question, one_line=False)[:2000]).stylize("bold")]
        if self._detail:
            lines.append(Content(safe_text(self._detail, one_line=False)[:2000]))
        lines.append(Content("\ny yes    n no" if self._grave else "\ny or enter: yes    n or esc: no"))
        with Vertical(id="ask", classes="-grave" if self._grave else ""):
            yield Static(Content("\n").join(lines), markup=False)

    def action_answer(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)

    def action_enter(self) -> None:
        """Enter is a yes only where little is at stake."""
        if not self._grave:
            self.dismiss(True)
