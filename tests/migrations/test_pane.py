"""The Migrations pane by the keys that a person presses, on a real server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Static

from chatly_console.core.target import ConnectionTarget
from chatly_console.migrations.status import State
from chatly_console.migrations.ui.pane import MigrationsPane
from chatly_console.migrations.ui.row_list import RowList
from chatly_console.server.database import Database
from chatly_console.server.profiles import profile_of_target
from chatly_console.shell.dialogs import Confirm, TypedConfirm
from chatly_console.shell.messages import OpenStatement, Report, Say, WriteMigration
from chatly_console.shell.session import Session
from tests.migrations.stage import Run, plain, until, write
from tests.query.stage import Stage

V1, V2, V3 = "20260101000000", "20260102000000", "20260103000000"
HOSTILE = "\x1b]0;owned\x07 [/] [@click=app.bell]x[/]"


class PaneStage(App[None]):
    """The pane alone; what it says is kept."""

    BINDINGS = [("ctrl+g", "cancel_work", "Cancel")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (140, "-wide")]
    get_theme_variable_defaults = Stage.get_theme_variable_defaults

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__()
        self.session, self.folder = session, folder
        self.said: list[str] = []
        self.opened: list[str] = []

    def compose(self) -> ComposeResult:
        yield MigrationsPane(self.session, folder=self.folder)

    def on_mount(self) -> None:
        self.pane.on_shown()

    def action_cancel_work(self) -> None:
        self.pane.cancel_work()

    def on_say(self, message: Say) -> None:
        self.said.append(message.text)

    def on_report(self, message: Report) -> None:
        self.said.append(message.failure.sentence)

    def on_open_statement(self, message: OpenStatement) -> None:
        self.opened.append(message.sql)

    @property
    def pane(self) -> MigrationsPane:
        return self.query_one(MigrationsPane)

    def text(self, name: str) -> str:
        return str(self.query_one(f"#{name}", Static).render())

    def rows(self, name: str) -> list[str]:
        return self.query_one(f"#{name}", RowList).texts


@asynccontextmanager
async def shown(
    run: Run, *, size: tuple[int, int] = (120, 40), production: bool = False
) -> AsyncIterator[tuple[PaneStage, Pilot[None]]]:
    profile = profile_of_target(ConnectionTarget(), "dsn")
    if production:
        profile = replace(profile, environment="production")
    app = PaneStage(Session(profile, run.database), run.folder)
    async with app.run_test(size=size) as pilot:
        await until(lambda: bool(app.rows("migrations-timeline")) or not list(run.folder.glob("*.sql")))
        yield app, pilot


def has(app: PaneStage, name: str, words: str) -> Callable[[], bool]:
    return lambda: any(words in text for text in app.rows(name))


async def asked(app: PaneStage, kind: type[Confirm | TypedConfirm]) -> str:
    await until(lambda: isinstance(app.screen, kind))
    return "\n".join(str(widget.render()) for widget in app.screen.query(Static))


async def test_timeline_statements_and_what_comes_next(run: Run, database_dsn: str) -> None:
    async with plain(database_dsn) as other:
        await other.execute(
            "create table m (id int, t text); insert into m select i, 'x' from generate_series(1, 9000) i; analyze m"
        )
    write(run.folder, V1, "first", "create table a (i int);", "drop table a;")
    await run.go()
    write(run.folder, V2, "widen", "-- why\nalter table m alter id type bigint;\n\ncreate index on m (t);", "select 1;")
    write(run.folder, V3, "quick", f"create index concurrently on m (t); -- {HOSTILE}")
    async with shown(run) as (app, pilot):
        assert "applied 1" in app.text("migrations-summary") and "pending 2" in app.text("migrations-summary")
        assert "2 pending: 1 safe; 1 rewrites m (9,000 rows), blocks readers and writers" in app.text(
            "migrations-outlook"
        )
        assert "not impersonated: runs as postgres" in app.text("migrations-title")
        first, second, third = app.rows("migrations-timeline")
        assert first.startswith(f" ✓ {V1} first") and "root" in first
        assert "rewrites m" in second and third.index("blocks nobody") < third.index("outside a tran")
        assert app.pane.chosen is not None and app.pane.chosen.version == V2, "the first that is not applied"
        statements = "\n".join(app.rows("detail-rows"))
        assert "ACCESS EXCLUSIVE on m  blocks readers and writers, rewrites it" in statements
        assert "SHARE on m  blocks writers, builds an index" in statements
        await pilot.press("w")
        assert "down/" in app.text("detail-title")
        await pilot.press("f")
        assert not app.query_one("#detail-rows").display
        await pilot.press("up", "L")
        await until(has(app, "detail-rows", "up done"))
        await pilot.press("o")
        await until(lambda: app.opened == ["create table a (i int);"])


async def test_apply_and_roll_back_by_keys(run: Run) -> None:
    write(run.folder, V1, "first", "create table a (i int);", "drop table a;")
    write(
        run.folder,
        V2,
        "second",
        "create table b (i int); do $$ begin raise notice '[/] hello'; end $$;",
        "drop table b;",
    )
    async with shown(run) as (app, pilot):
        await pilot.press("a")
        await until(lambda: len(app.screen.query(Input)) == 1)
        await pilot.press("enter")
        words = await asked(app, Confirm)
        assert "Apply 2 migrations?" in words and "kept whole, or not at all" in words
        await pilot.press("enter")
        await until(has(app, "migrations-run", "2 migrations applied"))
        assert any("[/] hello" in text for text in app.rows("migrations-run"))
        await pilot.press("escape")
        await until(lambda: "applied 2" in app.text("migrations-summary"))
        await pilot.press("end", "u")
        assert "Roll back 20260102000000_second?" in await asked(app, Confirm)
        await pilot.press("enter")
        assert isinstance(app.screen, Confirm), "what throws something away wants more than enter"
        await pilot.press("y")
        await until(has(app, "migrations-run", "1 migration rolled back"))
    assert await run.states() == {V1: State.APPLIED, V2: State.PENDING}


async def test_production_wants_the_name_of_its_database(run: Run) -> None:
    write(run.folder, V1, "first", "create table a (i int);")
    async with shown(run, production=True) as (app, pilot):
        await pilot.press("a")
        words = await asked(app, TypedConfirm)
        assert "PRODUCTION" in words
        await pilot.press("y", "enter")
        assert isinstance(app.screen, TypedConfirm)
        await pilot.press("backspace", *run.database.facts.database, "enter")
        await until(has(app, "migrations-run", "1 migration applied"))


async def test_a_failure_shows_its_place_and_a_cancel_stops(run: Run) -> None:
    write(run.folder, V1, "broken", "select 1,\n  nonsense from nowhere;")
    async with shown(run, size=(80, 24)) as (app, pilot):
        await pilot.press("a")
        await asked(app, Confirm)
        await pilot.press("enter")
        await until(has(app, "migrations-run", "broken.sql:2:17"))
        assert any(text.rstrip().endswith("^") for text in app.rows("migrations-run"))
        assert any("nothing of it was kept" in text for text in app.rows("migrations-run"))
        write(run.folder, V1, "broken", "create table a (i int); select pg_sleep(60);")
        await until(lambda: not app.pane.busy)
        await pilot.press("escape")
        await until(has(app, "migrations-timeline", "nothing of it was kept"))
        await pilot.press("a")
        await asked(app, Confirm)
        await pilot.press("enter")
        await until(has(app, "migrations-run", "statement 2 of 2"))
        assert "migration broken" in app.pane.busy
        await pilot.press("escape")
        await until(lambda: any("still running" in words for words in app.said))
        await pilot.press("ctrl+g")
        await until(has(app, "migrations-run", "Cancelled"))
        await until(lambda: not app.pane.busy)
    assert "was cancelled" in (await run.status())[0].remark


async def test_a_change_of_another_room_is_written_shown_and_said(run: Run) -> None:
    write(run.folder, V1, "first", "create table a (i int);")
    async with shown(run) as (app, _):
        app.pane.receive(WriteMigration("Index on a [/]", "create index concurrently i on a (b)", "drop index i"))
        await until(lambda: bool(app.said))
        assert "_index_on_a.sql" in app.said[0] and str(run.folder) in app.said[0]
        await until(lambda: "outside a transaction" in app.text("detail-title"))
        assert app.pane.chosen is not None and app.pane.chosen.name == "index_on_a"
    assert len(list((run.folder / "down").glob("*.sql"))) == 1


async def test_a_file_that_changed_shows_how_and_a_mark_is_kept_in_the_log(run: Run) -> None:
    write(run.folder, V1, "first", "create table a (i int);")
    await run.go()
    write(run.folder, V1, "first", "create table a (i bigint);")
    async with shown(run) as (app, pilot):
        assert "changed after it was applied" in app.rows("migrations-timeline")[0]
        await pilot.press("d")
        assert {" -create table a (i int);", " +create table a (i bigint);"} <= set(app.rows("detail-rows"))
        await pilot.press("m")
        assert "Mark" in await asked(app, Confirm)
        await pilot.press("y")
        await until(lambda: any("is marked as reverted" in words for words in app.said))
        await pilot.press("L")
        await until(has(app, "detail-rows", "repair reverted done"))


async def test_proof_lint_and_drift_by_keys(run: Run, database_dsn: str) -> None:
    write(run.folder, V1, "first", "create table public.a (i bigint);", "drop table public.a;")
    await run.go()
    write(run.folder, V2, "forgets", f"alter table public.a add column j int; -- {HOSTILE}", "select 1;")
    async with plain(database_dsn) as other:
        await other.execute("create index on a (i)")
    async with shown(run, size=(160, 50)) as (app, pilot):
        assert "not proven in this visit" in app.text("migrations-summary")
        await pilot.press("v")
        await until(lambda: "1 of 2 proven" in app.text("migrations-summary"), 60)
        first, *_ = app.rows("detail-rows")
        assert first.startswith(f" ✗ {V2} forgets"), "what is at fault comes first"
        assert any("column public.a.j is not expected" in text for text in app.rows("detail-rows"))
        await until(has(app, "migrations-timeline", "✗ not proven"))
        await pilot.press("D")
        await until(has(app, "detail-rows", "index public.a_i_idx  made by no file"), 60)
        assert "1 difference" in app.text("migrations-summary")
        await pilot.press("A")
        await until(lambda: bool(app.screen.query(Input)))
        await pilot.press("enter")
        await until(lambda: any("_adopt_drift.sql" in words for words in app.said))
        await until(has(app, "migrations-timeline", "adopt_drift"))
        await pilot.press("l")
        await until(has(app, "detail-rows", "rls-missing"))


async def test_a_proof_is_cancelled_like_everything_else(run: Run) -> None:
    write(run.folder, V1, "long", "select pg_sleep(60);")
    async with shown(run) as (app, pilot):
        await pilot.press("v")
        await until(lambda: "long" in app.pane.known.words)
        assert "a proof" in app.pane.busy
        await pilot.press("a")
        await until(lambda: any("Not beside what goes on (a proof" in words for words in app.said))
        await pilot.press("ctrl+g")
        await until(lambda: not app.pane.busy, 20)


async def test_an_empty_folder_and_a_lost_server_say_what_to_do(run: Run) -> None:
    async with shown(run) as (app, _):
        await until(lambda: "Nothing is pending." in app.text("migrations-outlook"))
        assert "n writes one" in app.query_one("#migrations-timeline", RowList).empty
        app.session.database = await closed(run.database)
        app.pane.action_refresh()
        await until(lambda: bool(app.query("#migrations-state ErrorState")))


async def closed(database: Database) -> Database:
    await database.close()
    await asyncio.sleep(0)
    return database


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_chatlys_own_migrations_are_all_applied(chatly_dsn: str, size: tuple[int, int]) -> None:
    from chatly_console.resources import data_folder
    from tests.server.conftest import opening_of

    database = await Database.connect(opening_of(chatly_dsn))
    try:
        async with shown(Run(database, data_folder("database")), size=size) as (app, _):
            assert app.text("migrations-summary").startswith("applied")
            assert "Nothing is pending." in app.text("migrations-outlook")
    finally:
        await database.close()
