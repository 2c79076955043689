"""The Migrations pane on the demo's database."""

from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Static

from chatly_console.core.target import ConnectionTarget
from chatly_console.migrations.ui.pane import MigrationsPane
from chatly_console.server.database import Database
from chatly_console.server.profiles import profile_of_target
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.messages import OpenStatement, Report, Say, WriteMigration
from chatly_console.shell.session import Session
from tests.migrations.stage import Run
from tests.query.stage import Stage, until
from tests.server.conftest import opening_of


class PaneStage(App[None]):
    """The pane alone."""

    get_theme_variable_defaults = Stage.get_theme_variable_defaults

    def __init__(self, session: Session, folder: Path | None = None) -> None:
        super().__init__()
        self.session, self.folder = session, folder
        self.said: list[str] = []
        self.opened: list[str] = []

    def compose(self) -> ComposeResult:
        yield MigrationsPane(self.session, folder=self.folder)

    def on_say(self, message: Say) -> None:
        self.said.append(message.text)

    def on_report(self, message: Report) -> None:
        self.said.append(message.failure.sentence)

    def on_open_statement(self, message: OpenStatement) -> None:
        self.opened.append(message.sql)


async def test_the_timeline_shows_every_migration_and_what_its_statements_lock(chatly_dsn: str) -> None:
    database = await Database.connect(opening_of(chatly_dsn))
    app = PaneStage(Session(profile_of_target(ConnectionTarget(), "dsn"), database))
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            app.query_one(MigrationsPane).on_shown()
            timeline = app.query_one("#migrations-timeline", ResultGrid)
            await until(lambda: timeline.row_count >= 20)
            assert "applied" in str(app.query_one("#migrations-summary", Static).render())
            statements = app.query_one("#migrations-statements", ResultGrid)
            await until(lambda: statements.row_count > 0)
            await pilot.press("o")
            await until(lambda: bool(app.opened))
            assert "create" in app.opened[0].lower()
    finally:
        await database.close()


async def test_a_change_of_another_room_is_written_shown_and_said(run: Run) -> None:
    app = PaneStage(Session(profile_of_target(ConnectionTarget(), "dsn"), run.database), run.folder)
    async with app.run_test(size=(120, 40)):
        pane = app.query_one(MigrationsPane)
        pane.on_shown()
        pane.receive(WriteMigration("Index on a [/]", "create index concurrently i on a (b)", "drop index i"))
        await until(lambda: bool(app.said))
        assert "_index_on_a.sql" in app.said[0] and str(run.folder) in app.said[0]
        await until(lambda: "outside a transaction" in str(app.query_one("#migrations-file", Static).render()))
    assert len(list(run.folder.glob("*.sql"))) == len(list((run.folder / "down").glob("*.sql"))) == 1
