"""A small app around the Vectors pane, so that its tests need neither the frame nor a profile."""

from textual.app import App, ComposeResult

from chatly_console.core.target import ConnectionTarget
from chatly_console.server.database import Database
from chatly_console.server.profiles import profile_of_target
from chatly_console.shell.messages import ExplainStatement, Report, Say, WriteMigration
from chatly_console.shell.session import Session
from chatly_console.vectors.ui.pane import VectorsPane


class Stage(App[None]):
    """Shows the pane alone; what it says is kept."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (140, "-wide")]

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.animation_level = "none"
        self.session = Session(profile_of_target(ConnectionTarget(), "dsn"))
        self.session.database = database
        self.said: list[Say] = []
        self.reports: list[Report] = []
        self.migrations: list[WriteMigration] = []
        self.plans: list[ExplainStatement] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {
            "good": "#7fbf7f", "warn": "#d7af5f", "bad": "#ff6f6f", "muted": "#909090", "impersonate": "#d75fd7",
            "accent-text": "#101010", "null": "#707070", "keyword": "#8fb7ff", "string": "#b7d78f", "number": "#d7b78f",
            "selection": "#303050", "selection-text": "#ffffff",
        }  # fmt: skip

    def compose(self) -> ComposeResult:
        yield VectorsPane(self.session)

    def on_mount(self) -> None:
        self.pane.on_shown()

    def on_say(self, message: Say) -> None:
        self.said.append(message)

    def on_report(self, message: Report) -> None:
        self.reports.append(message)

    def on_write_migration(self, message: WriteMigration) -> None:
        self.migrations.append(message)

    def on_explain_statement(self, message: ExplainStatement) -> None:
        self.plans.append(message)

    @property
    def pane(self) -> VectorsPane:
        return self.query_one(VectorsPane)

    def words(self, selector: str) -> str:
        """What the first such widget shows; nothing while it is not there."""
        return next((str(widget.render()) for widget in self.query(selector)), "")
