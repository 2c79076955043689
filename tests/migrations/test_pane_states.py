"""What the pane calls the states that a crash or another tool has left, and how it goes on from there."""

import asyncio
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from chatly_console.migrations.events import StatementBegan
from chatly_console.migrations.status import State
from chatly_console.shell.dialogs import AskText, Confirm
from tests.migrations.stage import Run, plain, until, write
from tests.migrations.test_command import dump_of
from tests.migrations.test_pane import asked, has, shown

V1, V2 = "20260101000000", "20260102000000"


async def test_what_failed_partway_is_named_and_goes_on_by_the_same_key(run: Run, database_dsn: str) -> None:
    write(run.folder, V1, "unique", "-- chatly: transaction=false\ncreate table b (i int);\n"
          "create unique index concurrently u on m (i);")  # fmt: skip
    async with plain(database_dsn) as other:
        await other.execute("create table m (i int); insert into m values (1), (1)")
        async with shown(run, size=(160, 50)) as (app, pilot):
            await pilot.press("a")
            await asked(app, Confirm)
            await pilot.press("enter")
            await until(has(app, "migrations-run", "1 of 2 statements are done; it can go on from there"))
            assert any("removed the half-built index public.u" in text for text in app.rows("migrations-run"))
            await pilot.press("escape")
            await until(has(app, "migrations-timeline", "failed partway"))
            assert "1 of 2 statements are done, and it can go on" in app.rows("migrations-timeline")[0]
            await other.execute("delete from m where ctid = (select min(ctid) from m)")
            await pilot.press("a")
            await asked(app, Confirm)
            await pilot.press("enter")
            await until(has(app, "migrations-run", "1 migration applied"))
    assert await run.states() == {V1: State.APPLIED}


async def test_what_another_tool_left_dirty_is_named_and_marked(run: Run, database_dsn: str) -> None:
    for number in (1, 2):
        (run.folder / f"{number}_t{number}.up.sql").write_text(f"create table t{number} (i int);")
    async with plain(database_dsn) as other:
        await other.execute(
            "create table schema_migrations (version bigint primary key, dirty boolean not null); "
            "insert into schema_migrations values (2, true)"
        )
        async with shown(run, size=(160, 50)) as (app, pilot):
            assert "history: golang-migrate's public.schema_migrations" in app.text("migrations-title")
            assert "failed partway  golang-migrate has begun it" in app.rows("migrations-timeline")[1]
            await pilot.press("a")
            await until(lambda: any("left 2 t2 halfway (dirty)" in words for words in app.said))
            await pilot.press("m")
            await until(lambda: any(choices.option_count == 2 for choices in app.screen.query(OptionList)))
            await pilot.press("enter")
            assert "Mark 2 t2 as applied?" in await asked(app, Confirm)
            await pilot.press("y")
            await until(lambda: "applied 2" in app.text("migrations-summary"))
        assert await other.fetchval("select not dirty from schema_migrations")


async def test_all_are_rolled_back_at_once_where_each_has_a_way_back(run: Run) -> None:
    for number in (1, 2, 3):
        write(run.folder, f"2026010{number}000000", f"t{number}", f"create table t{number} (i int);",
              f"drop table t{number};")  # fmt: skip
    await run.go()
    async with shown(run) as (app, pilot):
        await pilot.press("home", "u")
        await until(lambda: any(choices.option_count == 3 for choices in app.screen.query(OptionList)))
        await pilot.press("down", "down", "enter")
        assert "Roll back 3 migrations?" in await asked(app, Confirm)
        await pilot.press("y")
        await until(has(app, "migrations-run", "3 migrations rolled back"))
    assert set((await run.states()).values()) == {State.PENDING}


async def test_a_dump_shows_what_real_rows_do(run: Run, database_dsn: str, tmp_path: Path) -> None:
    write(run.folder, V1, "first", "create table public.a (i bigint);", "drop table public.a;")
    write(run.folder, V2, "check", "alter table public.a add check (i > 0);", "select 1;")
    async with plain(database_dsn) as other:
        await run.go("up", V1)
        await other.execute("insert into a values (5), (-1)")
        dump = tmp_path / "dump.sql"
        await dump_of(database_dsn, dump)
    async with shown(run) as (app, pilot):
        await pilot.press("V")
        await until(lambda: isinstance(app.screen, AskText))
        await pilot.press(*"/nowhere", "enter")
        assert isinstance(app.screen, AskText), "there is no such file"
        app.screen.query_one(Input).value = str(dump)
        await pilot.press("enter")
        await until(has(app, "detail-rows", "is violated by some row"))
        await until(lambda: not app.pane.busy)
        assert "✗" in app.text("migrations-summary")


async def test_where_a_file_goes_on_is_said_by_a_person_where_nobody_else_can(run: Run, database_dsn: str) -> None:
    text = "-- chatly: transaction=false\ncreate table b (i int);\ndo $$ begin perform pg_sleep(60); end $$;\n"
    write(run.folder, V1, "asks", f"{text}insert into b values (1);")
    task = asyncio.create_task(run.go())
    await until(lambda: len(run.of(StatementBegan)) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with shown(run) as (app, pilot):
        await until(has(app, "migrations-timeline", "failed partway"))
        await pilot.press("m")
        await until(lambda: any(choices.option_count == 4 for choices in app.screen.query(OptionList)))
        await pilot.press("down", "enter")
        assert "to go on with statement 3?" in await asked(app, Confirm)
        await pilot.press("y")
        await until(lambda: any("marked to go on with statement 3" in words for words in app.said))
        await pilot.press("a")
        await asked(app, Confirm)
        await pilot.press("enter")
        await until(has(app, "migrations-run", "1 migration applied"))
    async with plain(database_dsn) as other:
        assert await other.fetchval("select count(*) from b") == 1
