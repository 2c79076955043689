"""The Migrations pane: the timeline of what is applied and pending, and what each statement of a file would lock."""

from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from chatly_console.core.failure import Failure
from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import safe_text
from chatly_console.core.values import Row
from chatly_console.migrations.files import MigrationFile
from chatly_console.migrations.service import read_status
from chatly_console.migrations.status import Migration, State, summary
from chatly_console.migrations.writing import migrations_folder, new_pair
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.grid.messages import CursorMoved, RowOpened
from chatly_console.shell.messages import OpenStatement, Report, Say, WriteMigration
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session

_MARKS = {
    State.APPLIED: "✓",
    State.PENDING: "○",
    State.OUT_OF_ORDER: "↕",
    State.CHANGED: "≠",
    State.MISSING: "?",
    State.PARTWAY: "◐",
}
_TIMELINE = ("state", "version", "name", "statements", "down")
_STATEMENTS = ("line", "what it does", "lock", "who waits")


class MigrationsPane(Pane):
    """Reads the folder and the history when it is shown; `r` reads them again."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS = [
        Binding("r", "refresh", "refresh", id="migrations.refresh", tooltip="Read the files and the history again"),
        Binding("o", "open_file", "open", id="migrations.open", tooltip="Open the file's text in the Query pane"),
    ]

    def __init__(self, session: Session, *, folder: Path | None = None) -> None:
        super().__init__(session)
        self._folder = folder
        self._wanted = ""

    @property
    def folder(self) -> Path:
        """The migrations that are on show."""
        return migrations_folder(self._folder)

    def receive(self, request: Message) -> None:
        """Another room has a change: write it as a pair of files, show it, and say where it is."""
        if not isinstance(request, WriteMigration):
            return
        try:
            pair = new_pair(self.folder, request.name, request.up, request.down)
        except Failure as failure:
            self.post_message(Report(failure))
            return
        self._wanted = pair.version
        self.post_message(Say(f"Written: {pair.up} and down/{pair.down.name}", "done"))
        self.action_refresh()

    def compose(self) -> ComposeResult:
        """The summary, the timeline, and the statements of the chosen file."""
        yield Static(id="migrations-summary")
        yield ResultGrid(empty="No migrations: neither a file here nor a row in the history.", id="migrations-timeline",
                         opens_details=False)  # fmt: skip
        yield Static(id="migrations-file")
        yield ResultGrid(empty="Nothing to show of this file.", id="migrations-statements")

    def on_mount(self) -> None:
        """Begin with nothing."""
        self._migrations: list[Migration] = []

    def on_shown(self) -> None:
        """Read on the first visit, and when something may have changed meanwhile."""
        self.action_refresh()
        self.query_one("#migrations-timeline").focus()

    def on_connected(self) -> None:
        """Another database has another history."""
        if self.is_mounted:
            self.action_refresh()

    def action_refresh(self) -> None:
        """Read the files and the history."""
        self._read()

    def action_open_file(self) -> None:
        """Show the chosen file's text in the editor; nothing is run."""
        file = self._chosen_file()
        if file is not None:
            self.post_message(OpenStatement(file.up.text))

    @work(exclusive=True, group="migrations", exit_on_error=False)
    async def _read(self) -> None:
        database = self.session.database
        if database is None:
            self._say("No database is connected. F2 connects one.")
            return
        try:
            migrations = await read_status(database, self.folder)
        except Failure as failure:
            self._say(f"✗ {failure.sentence}")
            self.post_message(Report(failure))
            return
        self._show(migrations)

    def _show(self, migrations: list[Migration]) -> None:
        self._migrations = migrations
        login = self.session.database.facts.user if self.session.database else ""
        self._say(f"{summary(migrations)}   not impersonated: runs as {login}")
        rows = [_timeline_row(migration) for migration in migrations]
        timeline = self.query_one("#migrations-timeline", ResultGrid)
        timeline.set_source(ListedRows(_TIMELINE, rows))
        first = next((i for i, m in enumerate(migrations) if m.state is not State.APPLIED), len(migrations) - 1)
        first = next((i for i, m in enumerate(migrations) if m.version == self._wanted), first)
        if migrations:
            self.call_after_refresh(timeline.move_to, first, 0)
            self._show_statements(migrations[first])

    @on(CursorMoved, "#migrations-timeline")
    def _moved(self, message: CursorMoved) -> None:
        if message.row is not None and message.row < len(self._migrations):
            self._show_statements(self._migrations[message.row])

    @on(RowOpened, "#migrations-timeline")
    def _opened(self) -> None:
        self.action_open_file()

    def _show_statements(self, migration: Migration) -> None:
        title = self.query_one("#migrations-file", Static)
        grid = self.query_one("#migrations-statements", ResultGrid)
        if migration.file is None:
            title.update(Content(safe_text(f"{migration.version} {migration.name}: no file of it is here")))
            grid.set_source(ListedRows(_STATEMENTS, ()))
            return
        title.update(Content(safe_text(_file_line(migration.file))))
        rows = [
            (str(s.line), s.kind.sentence or s.kind.verb, s.kind.lock or "none", s.kind.blocks or "nobody")
            for s in migration.file.up.statements
        ]
        grid.set_source(ListedRows(_STATEMENTS, rows))

    def _chosen_file(self) -> MigrationFile | None:
        timeline = self.query_one("#migrations-timeline", ResultGrid)
        if not self._migrations:
            return None
        return self._migrations[timeline.source_row(timeline.cursor_row)].file

    def _say(self, words: str) -> None:
        self.query_one("#migrations-summary", Static).update(Content(safe_text(words)))


def _timeline_row(migration: Migration) -> Row:
    file = migration.file
    count = "" if file is None else str(len(file.up.statements))
    down = "" if file is None else ("yes" if file.down else "no way back")
    return (f"{_MARKS[migration.state]} {migration.state.value}", migration.version, migration.name, count, down)


def _file_line(file: MigrationFile) -> str:
    how = "one transaction" if file.up.in_transaction else "outside a transaction, statement by statement"
    return f"{file.path.name}   {how}   o opens the text"
