"""A small app around the Policies pane."""

from textual.app import App, ComposeResult

from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.core.target import ConnectionTarget
from chatly_console.policies.ui.pane import PoliciesPane
from chatly_console.server.database import Database
from chatly_console.server.profiles import profile_of_target
from chatly_console.shell.messages import Report, RunAs, Say, ShowFindings, WriteMigration
from chatly_console.shell.session import Session
from tests.query.stage import Stage as QueryStage
from tests.query.stage import until

__all__ = ["Stage", "until"]


class Stage(App[None]):
    """Shows the pane alone; what it says is kept."""

    HORIZONTAL_BREAKPOINTS = QueryStage.HORIZONTAL_BREAKPOINTS

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.session = Session(profile_of_target(ConnectionTarget(), "dsn"), database)
        self.said: list[Say] = []
        self.identities: list[Identity] = []
        self.migrations: list[WriteMigration] = []
        self.failures: list[Failure] = []
        self.asked: list[ShowFindings] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        names = ("good", "warn", "bad", "muted", "impersonate", "keyword", "string", "number")
        more = ("selection", "selection-text", "null", "stale", "bar")
        return dict.fromkeys((*names, *more), "#a0a0a0")

    def compose(self) -> ComposeResult:
        yield PoliciesPane(self.session)

    def on_mount(self) -> None:
        self.pane.on_shown()

    def on_say(self, message: Say) -> None:
        self.said.append(message)

    def on_run_as(self, message: RunAs) -> None:
        self.identities.append(message.identity)
        self.session.become(message.identity)
        self.pane.on_identity_changed()

    def on_write_migration(self, message: WriteMigration) -> None:
        self.migrations.append(message)

    def on_show_findings(self, message: ShowFindings) -> None:
        self.asked.append(message)

    def on_report(self, message: Report) -> None:
        self.failures.append(message.failure)

    @property
    def pane(self) -> PoliciesPane:
        return self.screen_stack[0].query_one(PoliciesPane)

    def text_of(self, selector: str) -> str:
        """What a region says."""
        return str(self.screen_stack[0].query_one(selector).render())
