"""Questions to the user: yes or no for what can be undone, a typed word for what cannot, and a line of text."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from chatly_console.core.text import safe_text
from chatly_console.shell.text_fields import TextField


def words(text: str, classes: str = "") -> Static:
    """Text from anywhere as a widget: cleaned, and never markup."""
    return Static(Content(safe_text(text, one_line=False)), markup=False, classes=classes)


def key_words(*keys: tuple[str, str]) -> Content:
    """Keys and what they do, on one line."""
    return Content("   ").join([Content.assemble((key, "bold $accent"), f" {verb}") for key, verb in keys])


def key_row(*keys: tuple[str, str]) -> Static:
    """The keys of a dialog and what they do."""
    return Static(key_words(*keys), classes="keys")


READING = (
    Binding("down,pagedown", "read(4)", "Read on", show=False, id="dialog.down", tooltip="Further down in the text"),
    Binding("up,pageup", "read(-4)", "Read back", show=False, id="dialog.up", tooltip="Further up in the text"),
)


def read_on(screen: ModalScreen[bool], lines: int) -> None:
    """Scroll the text of a dialog, which keeps its keys in sight however long it is."""
    for text in screen.query(VerticalScroll):
        text.scroll_relative(y=lines, animate=False, immediate=True)


class Confirm(ModalScreen[bool]):
    """Yes or no, for what can be undone or does little harm; where it is `grave`, enter alone does not mean yes."""

    BINDINGS = [
        Binding("y", "answer(True)", "Yes", id="dialog.yes", tooltip="Do it"),
        Binding("enter", "enter", "Yes", show=False, id="dialog.enter", tooltip="Do it, where little is at stake"),
        Binding("n,escape", "answer(False)", "No", id="dialog.no", tooltip="Leave everything as it is"),
        *READING,
    ]

    def __init__(self, question: str, detail: str = "", *, verb: str = "yes", grave: bool = False) -> None:
        super().__init__()
        self._question, self._detail, self._verb, self._grave = question, detail, verb, grave

    def compose(self) -> ComposeResult:
        """Question, what it means, keys."""
        with Vertical(classes="dialog grave" if self._grave else "dialog"):
            yield words(self._question, "title")
            if self._detail:
                with VerticalScroll(can_focus=False):
                    yield words(self._detail)
            yield key_row(("y" if self._grave else "y or enter", self._verb), ("n", "no"))

    def action_read(self, lines: int) -> None:
        """Scroll what is longer than the screen."""
        read_on(self, lines)

    def action_answer(self, yes: bool) -> None:
        """End with the answer."""
        self.dismiss(yes)

    def action_enter(self) -> None:
        """Enter is a yes only where little is at stake."""
        if not self._grave:
            self.dismiss(True)


class TypedConfirm(ModalScreen[bool]):
    """For what cannot be undone: the user types a word, such as the database's name, so that no key does it alone."""

    BINDINGS = [
        Binding("escape", "close", "No", id="dialog.close", tooltip="Leave everything as it is"),
        *READING,
    ]

    def __init__(self, question: str, word: str, detail: str = "") -> None:
        super().__init__()
        self._question, self._word, self._detail = question, word, detail

    def compose(self) -> ComposeResult:
        """Question, what it means, the word and where to type it."""
        with Vertical(classes="dialog grave"):
            yield words(self._question, "title")
            if self._detail:
                with VerticalScroll(can_focus=False):
                    yield words(self._detail)
            yield words(f"Type {self._word} to go on:", "ask")
            yield TextField(compact=True, classes="typed")
            yield words("", "wrong")
            yield key_row(("enter", "go on"), ("esc", "no"))

    def action_read(self, lines: int) -> None:
        """Scroll what is longer than the screen."""
        read_on(self, lines)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if message.value.strip() == self._word:
            self.dismiss(True)
        else:
            self.query_one(".wrong", Static).update(Content("That is not the word."))

    def action_close(self) -> None:
        """Nothing is done."""
        self.dismiss(False)


class AskText(ModalScreen[str | None]):
    """One line of text; `check` returns a sentence where the text will not do, `masked` hides a secret."""

    BINDINGS = [Binding("escape", "close", "Cancel", id="dialog.cancel", tooltip="Leave everything as it is")]

    def __init__(
        self,
        question: str,
        detail: str = "",
        *,
        initial: str = "",
        placeholder: str = "",
        masked: bool = False,
        check: Callable[[str], str] = lambda text: "",
    ) -> None:
        super().__init__()
        self._question, self._detail, self._check = question, detail, check
        self._input = TextField(
            initial, placeholder, compact=True, password=masked, select_on_focus=False, classes="typed"
        )

    def compose(self) -> ComposeResult:
        """Question and line."""
        with Vertical(classes="dialog"):
            yield words(self._question, "title")
            if self._detail:
                yield words(self._detail, "quiet")
            yield self._input
            yield words("", "wrong")
            yield key_row(("enter", "done"), ("esc", "cancel"))

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        wrong = self._check(message.value)
        if wrong:
            self.query_one(".wrong", Static).update(Content(safe_text(wrong)))
        else:
            self.dismiss(message.value)

    def action_close(self) -> None:
        """No text."""
        self.dismiss(None)
