"""The pane as its verbs see it, so that they need not know the pane that calls them."""

from typing import Protocol

from textual.app import App
from textual.message import Message

from chatly_console.migrations.known import Known
from chatly_console.migrations.reading import Reading
from chatly_console.shell.session import Session


class Host(Protocol):
    """What is known, where to ask, and how to bring the screen up to date."""

    session: Session
    known: Known

    @property
    def reading(self) -> Reading:
        """What the database and the folder say."""

    @property
    def app(self) -> App[object]:
        """Where questions are put."""

    def post_message(self, message: Message) -> bool:
        """Say something to the frame."""

    def draw(self) -> None:
        """Bring everything on the screen up to date."""

    def draw_run(self) -> None:
        """Bring the run on the screen up to date."""
