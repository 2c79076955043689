"""The Migrations pane on the demo's database."""

from textual.app import App, ComposeResult
from textual.widgets import Static

from chatly_console.core.target import ConnectionTarget
from chatly_console.migrations.ui.pane import MigrationsPane
from chatly_console.server.database import Database
from chatly_console.server.profiles import profile_of_target
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.messages import OpenStatement
from chatly_console.shell.session import Session
from tests.query.stage import Stage, until
from tests.server.conftest import opening_of


class PaneStage(App[None]):
    """The pane alone."""

    get_theme_variable_defaults = Stage.get_theme_variable_defaults

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.opened: list[str] = []

    def compose(self) -> ComposeResult:
        yield MigrationsPane(self.session)

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
