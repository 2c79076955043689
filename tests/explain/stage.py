"""The plan alone in a small app, and what it says and asks for."""

from pathlib import Path

from textual.app import App, ComposeResult
from textual.message import Message

from chatly_console.explain.kept import PlanStore
from chatly_console.explain.ui.pane import PlanPane
from chatly_console.shell.messages import AdviseIndex, OpenRelation, Report, Say, WriteMigration
from chatly_console.shell.session import Session
from tests.query.stage import session_without_server, until

__all__ = ["PlanStage", "session_without_server", "until"]


COLOURS = {
    "good": "#7fbf7f", "warn": "#d7af5f", "bad": "#ff6f6f", "muted": "#909090", "impersonate": "#d75fd7",
    "keyword": "#7fafff", "string": "#afd787", "number": "#ffaf5f", "prod": "#ff0000", "selection": "#2f4f6f",
    "selection-text": "#ffffff", "null": "#909090",
}  # fmt: skip
"""The variables that themes give."""


class PlanStage(App[None]):
    """Shows the plan pane, with the variables that themes give."""

    BINDINGS = [("ctrl+g", "cancel_work", "Cancel")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (140, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__()
        self.animation_level = "none"
        self.session, self.folder = session, folder
        self.heard: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return COLOURS

    def compose(self) -> ComposeResult:
        yield PlanPane(self.session, store=PlanStore(self.folder / "plans.sqlite"))

    @property
    def pane(self) -> PlanPane:
        return self.query_one(PlanPane)

    def action_cancel_work(self) -> None:
        self.pane.cancel_work()

    def on_say(self, message: Say) -> None:
        self.heard.append(message)

    def on_report(self, message: Report) -> None:
        self.heard.append(message)

    def on_write_migration(self, message: WriteMigration) -> None:
        self.heard.append(message)

    def on_advise_index(self, message: AdviseIndex) -> None:
        self.heard.append(message)

    def on_open_relation(self, message: OpenRelation) -> None:
        self.heard.append(message)

    @property
    def said(self) -> list[str]:
        return [m.text if isinstance(m, Say) else m.failure.sentence for m in self.heard if isinstance(m, Say | Report)]

    def lines(self, name: str) -> list[str]:
        """What a view shows, line by line."""
        view = self.query_one(f"#plan-{name}")
        return [view.render_line(y).text.rstrip() for y in range(view.size.height)]
