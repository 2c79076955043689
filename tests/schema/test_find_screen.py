"""ctrl+t: any name from anywhere, and what is chosen comes back as a request for the Schema pane."""

import asyncpg
from textual.app import App
from textual.message import Message

from chatly_console.core.target import ConnectionTarget
from chatly_console.schema.ui.find_screen import FindScreen
from chatly_console.schema.ui.object_tree import ObjectTree
from chatly_console.server.database import Database
from chatly_console.server.profiles import profile_of_target
from chatly_console.shell.messages import OpenObject
from chatly_console.shell.session import Session
from tests.query.stage import until
from tests.schema.hostile import HOSTILE_TABLES, RICH
from tests.schema.stage import Stage, staged


class Around(App[None]):
    """Something that is shown while the finder is open over it."""

    def __init__(self, database: Database | None) -> None:
        super().__init__()
        self.session = Session(profile_of_target(ConnectionTarget(), "dsn"), database)
        self.chosen: list[Message | None] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"muted": "#909090", "bad": "#ff6f6f"}

    def on_mount(self) -> None:
        self.push_screen(FindScreen(self.session), self.chosen.append)

    def names(self) -> list[str]:
        return [row.name for row in self.screen.query_one(ObjectTree).rows]

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())


async def test_any_kind_of_object_is_found_and_asked_for(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(RICH)
    for typed, path in (
        ("order", ("table", "shop", "orders")),
        ("moo", ("enum", "shop", "mood")),
        ("touc", ("function", "shop", "touch", "")),
        ("customer_", ("table", "shop", "orders")),
        ("stat_activ", ("view", "pg_catalog", "pg_stat_activity")),
    ):
        app = Around(database)
        async with app.run_test(size=(120, 40)) as pilot:
            await until(lambda: " names" in app.text())  # noqa: B023
            await pilot.press(*typed)
            await pilot.press("enter")
            assert [m.path for m in app.chosen if isinstance(m, OpenObject)] == [path]


async def test_hostile_names_are_only_text_and_escape_chooses_nothing(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(HOSTILE_TABLES)
    app = Around(database)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: " names" in app.text())
        await pilot.press(*"tit")
        assert app.names()[0] == "\x1b]0;title\x07"
        assert "\x1b" not in app.text()
        await pilot.press("escape")
        assert app.chosen == [None]


async def test_without_a_server_it_says_so() -> None:
    app = Around(None)
    async with app.run_test(size=(80, 24)):
        await until(lambda: "Not connected" in app.text())


async def test_an_object_of_the_system_is_shown_though_its_schema_was_folded(database: Database) -> None:
    async with staged(database) as (app, _pilot):
        assert isinstance(app, Stage)
        app.pane.receive(OpenObject(("view", "pg_catalog", "pg_stat_activity")))
        await until(lambda: "pg_catalog.pg_stat_activity" in app.text() and "wait_event" in app.text())
