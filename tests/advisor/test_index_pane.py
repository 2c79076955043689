"""Indexes and the review in the Advisor pane: choosing, measuring and building after consent, and what is refused."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from chatly_console.advisor.notebook import Note, write_note
from chatly_console.advisor.tried import Figures
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database
from chatly_console.shell.choose import Choose
from chatly_console.shell.dialogs import Confirm, TypedConfirm
from chatly_console.shell.messages import AdviseIndex
from chatly_console.shell.states import Empty, ErrorState
from tests.advisor.stage import Stage
from tests.query.stage import session_without_server, until
from tests.server.conftest import opening_of

_MADE = (
    "create extension pg_stat_statements",
    "create table sold (id int primary key, a int, note text) with (autovacuum_enabled = false)",
    "insert into sold select i, i % 5000, repeat('x', 60) from generate_series(1, 30000) i",
    "analyze sold",
    "select count(*) from sold where a = 7",
)
_SLOW = "select * from sold where a = 17"


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    for sql in _MADE:
        async with database.open(Request(sql, mode=Mode.COMMITTED)) as result:
            await result.finish()
    yield database
    await database.close()


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    session = session_without_server()
    session.database = database
    return Stage(session, tmp_path)


async def indexes(database: Database) -> int:
    rows = await database.records("select count(*) as n from pg_index where indrelid = 'sold'::regclass")
    return int(str(rows[0]["n"]))


async def test_a_statement_is_advised_on_measured_and_its_index_built_each_after_consent(
    stage: Stage, database: Database
) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.rows()))
        stage.pane.receive(AdviseIndex(_SLOW))
        await until(lambda: "estimated" in str(stage.rows()))
        assert "before" in stage.detail() and "as the login" in stage.text("#advisor-summary")
        await pilot.press("t")
        await until(lambda: isinstance(stage.screen, TypedConfirm))
        await pilot.press("y", "enter")
        assert isinstance(stage.screen, TypedConfirm), "no single key does it"
        await pilot.press("backspace", *"sold", "enter")
        await until(lambda: "measured" in str(stage.rows()), 20)
        assert "built, run and rolled back" in stage.detail() and "blocks" in stage.detail()
        assert await indexes(database) == 1
        await pilot.press("c")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("n")
        await until(lambda: not isinstance(stage.screen, Confirm))
        assert await indexes(database) == 1, "a no is a no"
        await pilot.press("c")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: any("sold_a_idx built in" in said and "blocks" in said for said in stage.said), 20)
        assert await indexes(database) == 2
        assert "✓ sold_a_idx built in" in stage.text("#advisor-summary")


async def test_a_build_that_waits_is_cancelled_and_cleaned_up_after(
    stage: Stage, database: Database, database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.advisor.building.CLEAN_LIMIT", 0.5)
    writer = await asyncpg.connect(database_dsn)
    await writer.execute("begin; insert into sold values (99999, 1, 'x')")
    try:
        async with stage.run_test(size=(120, 40)) as pilot:
            stage.pane.receive(AdviseIndex(_SLOW))
            await until(lambda: "estimated" in str(stage.rows()))
            await pilot.press("c")
            await until(lambda: isinstance(stage.screen, Confirm))
            await pilot.press("y")
            await until(lambda: f"waits for pid {writer.get_server_pid()}" in stage.text("#advisor-summary"), 20)
            assert stage.pane.busy == "building sold_a_idx"
            assert stage.pane.cancel_work()
            await until(lambda: "Removing the half-built sold_a_idx waits for" in stage.text("#advisor-summary"), 20)
            await writer.execute("commit")
            await until(lambda: "Cancelled: nothing of the index is left." in stage.said, 20)
        assert await indexes(database) == 1
    finally:
        await writer.close()


async def test_nothing_is_built_where_writes_are_locked_or_as_somebody_else(stage: Stage, database: Database) -> None:
    session = stage.session
    async with stage.run_test(size=(120, 40)) as pilot:
        stage.pane.receive(AdviseIndex(_SLOW))
        await until(lambda: "estimated" in str(stage.rows()))
        session.profile = replace(session.profile, environment="production")
        for key in ("t", "c"):
            stage.said.clear()
            await pilot.press(key)
            await until(lambda: "Nothing is built here: this connection is production, and locked." in stage.said)
        session.unlocked = True
        await pilot.press("c")
        await until(lambda: isinstance(stage.screen, TypedConfirm))
        await pilot.press("escape")
        session.identity = Identity.anon()
        await pilot.press("c")
        await until(lambda: any("not as another user" in said for said in stage.said))
    assert await indexes(database) == 1


async def test_what_was_built_here_is_told_on_a_later_look_with_what_removes_it(
    stage: Stage, database: Database, database_dsn: str
) -> None:
    admin = await asyncpg.connect(database_dsn)
    await admin.execute("create index sold_a_idx on sold (a)")
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.rows()))
        await pilot.press("w")
        await until(lambda: bool(stage.query(Empty)))
        assert "No index was built here yet" in str(stage.query_one(Empty).render())
        old = Note("public.sold_a_idx", "public.sold (a)", "create index sold_a_idx on public.sold (a);",
                   "drop index concurrently public.sold_a_idx", _SLOW, time.time() - 9 * 86400, (), True,
                   Figures(900.0, 12.0, 400.0), Figures(9.0, 0.1, 4.0))  # fmt: skip
        write_note(stage.pane.notes, old)
        write_note(stage.pane.notes, replace(old, index="public.gone", undo="drop index public.gone"))
        await pilot.press("w")
        await until(lambda: "▲ not used" in str(stage.rows()))
        assert len(stage.rows()) == 1 and "1 index built here" in stage.text("#advisor-summary")
        assert "drop index concurrently public.sold_a_idx;" in stage.detail() and "120x less" in stage.detail()
        await pilot.press("a")
        await until(lambda: "by level" in stage.text("#advisor-summary"))
        await pilot.press("r")
        await until(lambda: any("Built here and not read since: public.sold_a_idx" in said for said in stage.said))
        assert any(row[2] == "applied_index_unused" for row in stage.rows())
    await admin.close()


async def test_statements_on_record_and_tables_are_chosen_from_lists(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.rows()))
        await pilot.press("i")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press("enter")
        await until(lambda: "statements on record" in stage.text("#advisor-summary"))
        await until(lambda: "public.sold (a)" in str(stage.rows()))
        assert "serves" in stage.detail() and "select count(*) from sold where a = $1" in stage.detail()
        await pilot.press("i")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press(*"from sold", "enter")
        await until(lambda: "Its parameters were given" in stage.detail())
        await pilot.press("T")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press(*"sold", "enter")
        await until(lambda: "that read public.sold" in stage.text("#advisor-summary"))


async def test_the_ten_points_of_the_review_with_their_evidence(stage: Stage) -> None:
    async with stage.run_test(size=(80, 24)) as pilot:
        await until(lambda: bool(stage.rows()))
        await pilot.press("p")
        await until(lambda: len(stage.rows()) == 10, 20)
        assert [row[1] for row in stage.rows()] == [str(number) for number in range(1, 11)]
        assert "evidence" in stage.detail() and "✓ ok" in stage.text("#advisor-summary")
        await pilot.press("a")
        await until(lambda: "by level" in stage.text("#advisor-summary"))


async def test_nothing_to_advise_and_no_database_are_said_in_the_place_of_the_rows(stage: Stage) -> None:
    async with stage.run_test(size=(80, 24)) as pilot:
        await until(lambda: bool(stage.rows()))
        stage.pane.receive(AdviseIndex("select 1"))
        await until(lambda: bool(stage.query(Empty)))
        assert "no plan asks for one" in str(stage.query_one(Empty).render())
        stage.pane.receive(AdviseIndex("select nothing from nowhere"))
        await until(lambda: any("does not exist" in said for said in stage.said))
        stage.session.database = None
        stage.pane.on_connected()
        await until(lambda: bool(stage.query(ErrorState)))
        assert "No database is connected." in str(stage.query_one(ErrorState).render())
        await pilot.press("r")
