"""What the objects that do the pane's work may ask of it; they know this, and not the pane."""

from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from textual.app import App
from textual.message import Message
from textual.worker import Worker

from chatly_console.core.failure import Failure
from chatly_console.query.place import Place
from chatly_console.query.service import StatementRun
from chatly_console.query.ui.editing import EditorArea
from chatly_console.query.ui.result_tabs import ResultTabs
from chatly_console.query.ui.results import ResultView
from chatly_console.server.database import Database
from chatly_console.shell.session import Session

T = TypeVar("T")


class PaneFace(Protocol):
    """The pane with the editor and the results, to whoever belongs to it."""

    session: Session
    results: ResultTabs

    @property
    def app(self) -> App[object]:
        """The program."""

    @property
    def editing(self) -> EditorArea:
        """The upper half."""

    @property
    def result(self) -> ResultView:
        """The result on show."""

    def database(self) -> Database:
        """The connected database; raises Failure where there is none."""

    def say(self, text: str, *, failed: bool = False) -> None:
        """Put a sentence on the message line."""

    def fail(self, failure: Failure) -> None:
        """Put a failure on the message line, with its details."""

    def post_message(self, message: Message) -> bool:
        """Tell the frame, or another room."""

    def run_worker(self, work: Coroutine[Any, Any, T], *, group: str, exit_on_error: bool) -> Worker[T]:
        """Do something beside what the screen does."""

    def wake(self) -> None:
        """Something is under way whose time is to pass on the screen."""

    def show_mode(self) -> None:
        """Bring the transaction's age on the identity bar up to date."""

    def begins(self) -> None:
        """A statement is about to be sent."""

    def run_changed(self, run: StatementRun) -> None:
        """The run has moved on: show it."""

    def ended(self, run: StatementRun, place: Place) -> None:
        """The statement has its first page, or its end."""
