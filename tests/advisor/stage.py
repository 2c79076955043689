"""A small app around the Advisor pane."""

from pathlib import Path

from textual.app import App, ComposeResult
from textual.message import Message

from chatly_console.advisor.ui.detail import Detail
from chatly_console.advisor.ui.pane import AdvisorPane
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.messages import Report, RoomRequest, Say
from chatly_console.shell.session import Session


class Stage(App[None]):
    """Shows the Advisor pane alone; what it asks of others and says is kept."""

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__()
        self.session, self.folder = session, folder
        self.said: list[str] = []
        self.asked: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict.fromkeys(("good", "warn", "bad", "muted", "stale", "selection", "null"), "#7fbf7f")

    def compose(self) -> ComposeResult:
        yield AdvisorPane(self.session, folder=self.folder, state=self.folder / "state")

    def on_mount(self) -> None:
        self.pane.on_shown()

    def on_say(self, message: Say) -> None:
        self.said.append(message.text)

    def on_open_statement(self, message: RoomRequest) -> None:
        self.asked.append(message)

    on_open_relation = on_write_migration = on_open_statement

    def on_report(self, message: Report) -> None:
        self.said.append(message.failure.sentence)

    @property
    def pane(self) -> AdvisorPane:
        return self.query_one(AdvisorPane)

    @property
    def grid(self) -> ResultGrid:
        return self.query_one(ResultGrid)

    def rows(self) -> list[tuple[str, ...]]:
        count = self.grid.row_count
        return [tuple(map(str, self.grid.shown_row(row) or ())) for row in range(count)]

    def detail(self) -> str:
        return self.query_one(Detail).text

    def text(self, selector: str) -> str:
        return str(self.query_one(selector).render())
