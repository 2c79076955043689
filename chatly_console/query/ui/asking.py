"""What the user is asked about a statement: before it is sent, and before what it changed is kept."""

import asyncio
import time
from typing import Literal, TypeVar

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from chatly_console.query.ui.editor import SqlEditor
from chatly_console.shell.dialogs import Confirm, key_row, words

T = TypeVar("T")

Answer = Literal["commit", "roll back", "hold"]

QUIET = 0.3
"""Seconds without a key before a question comes up, so that no letter of a text that is typed on answers it."""
ANSWER_WITHIN = 120
"""Seconds; then what waits for a commit is rolled back, since its locks keep others waiting."""


async def ask(app: App[object], editor: SqlEditor, screen: ModalScreen[T]) -> T:
    """Put a question that nobody has called for, once the user has stopped typing."""
    await _quiet(editor)
    return await app.push_screen_wait(screen)


async def _quiet(editor: SqlEditor) -> None:
    quiet = time.monotonic() - editor.typed_at
    if quiet < QUIET:
        await asyncio.sleep(QUIET - quiet)
        await _quiet(editor)


async def may_cancel(app: App[object], editor: SqlEditor) -> bool:
    """Whether what runs may be cancelled for the next statement."""
    return await ask(app, editor, Confirm("A statement is still running.", "Cancel it and run this one?"))


class CommitQuestion(ModalScreen[Answer]):
    """Says what was changed and asks whether it is kept; without an answer in time it is not."""

    BINDINGS = [
        Binding("y", "answer('commit')", "Commit", id="commit.yes", tooltip="Keep what was changed"),
        Binding("n,escape", "answer('roll back')", "Roll back", id="commit.no", tooltip="Undo what was changed"),
        Binding("t", "answer('hold')", "Hold", id="commit.hold",
                tooltip="Keep the transaction open: look first, then alt+c commits or alt+r rolls back"),
    ]  # fmt: skip

    def __init__(self, question: str, detail: str = "", *, seconds: int = ANSWER_WITHIN) -> None:
        super().__init__()
        self._question, self._detail, self._left = question, detail, seconds

    def compose(self) -> ComposeResult:
        """Question, what it means, keys."""
        with Vertical(classes="dialog"):
            yield words(self._question, "title")
            if self._detail:
                yield words(self._detail)
            yield Static("", classes="quiet", id="commit-left", markup=False)
            yield key_row(("y", "commit"), ("n", "roll back"), ("t", "keep the transaction open"))

    def on_mount(self) -> None:
        """Begin to count."""
        self.call_after_refresh(self._show_left)
        self.set_interval(1, self._count)

    def _count(self) -> None:
        self._left -= 1
        self._show_left()
        if self._left <= 0:
            self.dismiss("roll back")

    def _show_left(self) -> None:
        left = f"The changed rows stay locked until you answer; in {self._left} s all of it is rolled back."
        for line in self.query("#commit-left").results(Static):
            line.update(Content(left))

    def action_answer(self, answer: Answer) -> None:
        """End with the answer."""
        self.dismiss(answer)
