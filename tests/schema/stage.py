"""A small app around the Schema pane; what it asks of others is kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from chatly_console.core.target import ConnectionTarget
from chatly_console.schema.ui.pane import SchemaPane
from chatly_console.server.database import Database
from chatly_console.server.profiles import profile_of_target
from chatly_console.shell.messages import OpenStatement, Report, Say, ShowPolicies
from chatly_console.shell.session import Session
from tests.query.stage import until


class Stage(App[None]):
    """Shows the Schema pane alone."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (140, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
    CSS = "FilterInput { height: 1; border: none; }"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.animation_level = "none"
        self.session = session
        self.asked: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {
            "good": "#7fbf7f", "warn": "#d7af5f", "bad": "#ff6f6f", "muted": "#909090", "impersonate": "#d75fd7",
            "stale": "#808080", "sql-keyword": "#7fafff",
        }  # fmt: skip

    def compose(self) -> ComposeResult:
        yield SchemaPane(self.session)

    @property
    def pane(self) -> SchemaPane:
        return self.query_one(SchemaPane)

    @property
    def said(self) -> str:
        return " ".join(message.text for message in self.asked if isinstance(message, Say))

    def on_say(self, message: Say) -> None:
        self.asked.append(message)

    def on_report(self, message: Report) -> None:
        self.asked.append(message)

    def on_open_statement(self, message: OpenStatement) -> None:
        self.asked.append(message)

    def on_show_policies(self, message: ShowPolicies) -> None:
        self.asked.append(message)

    def names(self) -> list[str]:
        """The names in the tree from top to bottom."""
        return [row.name for row in self.pane.tree_of_objects.rows]

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


@asynccontextmanager
async def staged(
    database: Database | None, *, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    """The pane on this database, with its tree on show."""
    session = Session(profile_of_target(ConnectionTarget(), "dsn"), database)
    app = Stage(session)
    async with app.run_test(size=size) as pilot:
        if database is not None:
            await until(lambda: bool(app.pane.tree_of_objects.rows))
            app.pane.tree_of_objects.focus()
        yield app, pilot


__all__ = ["Stage", "staged", "until"]
