"""The Advisor pane and its command with a real server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Input

from chatly_console.advisor.silence import read_silences
from chatly_console.advisor.ui.body import Body
from chatly_console.cli import main
from chatly_console.core.link import Link, LinkState
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database
from chatly_console.shell.messages import ShowFindings
from chatly_console.shell.states import StaleNote
from tests.advisor.stage import Stage
from tests.query.stage import session_without_server, until
from tests.server.conftest import opening_of

SQL = (
    "create table parent (id int primary key)",
    "create table child (id int primary key, p int references parent)",
    'create table "[/] \x1b]0;owned\x07" (a int)',
    "create function loose() returns int language sql as 'select 1'",
)


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    for sql in SQL:
        async with database.open(Request(sql, mode=Mode.COMMITTED)) as result:
            await result.finish()
    yield database
    await database.close()


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    session = session_without_server()
    session.database = database
    return Stage(session, tmp_path)


async def test_findings_with_their_fix_undo_and_cost_and_the_ways_from_them(stage: Stage, tmp_path: Path) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.grid.row_count == 3)
        assert [row[2] for row in stage.rows()] == [
            "function_search_path_mutable", "no_primary_key", "unindexed_foreign_keys",
        ]  # fmt: skip
        assert "▲ warn 1   · info 2" in stage.text("#advisor-summary")
        await pilot.press("down", "down")
        await until(lambda: "drop index concurrently public.child_p_idx" in stage.detail())
        assert "blocks other schema changes and vacuum" in stage.detail()
        await pilot.press("o", "m", "enter")
        await until(lambda: len(stage.asked) == 3)
        assert [type(message).__name__ for message in stage.asked] == [
            "OpenStatement", "WriteMigration", "OpenRelation",
        ]  # fmt: skip
        assert stage.asked[1].down == "drop index concurrently public.child_p_idx;"  # type: ignore[attr-defined]
        await pilot.press("x")
        await until(lambda: bool(stage.screen.query(Input)))
        await pilot.press(*"tiny", "enter")
        await until(lambda: stage.grid.row_count == 2)
        assert read_silences(tmp_path)[0].reason == "tiny"
        assert "1 silenced" in stage.text("#advisor-summary")


async def test_another_room_asks_for_one_relation(stage: Stage) -> None:
    async with stage.run_test(size=(80, 24)) as pilot:
        await until(lambda: stage.grid.row_count == 3)
        stage.pane.receive(ShowFindings("public", "child"))
        await until(lambda: stage.grid.row_count == 1)
        assert "of public.child alone" in stage.text("#advisor-summary")
        await pilot.press("a", "b")
        await until(lambda: "3 objects   by object" in stage.text("#advisor-summary"))


async def test_a_group_is_opened_mended_and_silenced_as_a_whole(stage: Stage, tmp_path: Path) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.grid.row_count == 3)
        await pilot.press("b")
        await until(lambda: "by object" in stage.text("#advisor-summary"))
        await pilot.press("b")
        await until(lambda: "3 kinds   by kind" in stage.text("#advisor-summary"))
        await pilot.press("end", "m")
        await until(lambda: bool(stage.asked))
        assert "create index concurrently child_p_idx" in stage.asked[0].up  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(lambda: "of unindexed_foreign_keys alone" in stage.text("#advisor-summary"))
        assert stage.grid.row_count == 1
        await pilot.press("a")
        await until(lambda: "by kind" in stage.text("#advisor-summary"))
        await pilot.press("end", "x")
        await until(lambda: bool(stage.screen.query(Input)))
        await pilot.press(*"small", "enter")
        await until(lambda: "2 kinds" in stage.text("#advisor-summary"))
        assert read_silences(tmp_path)[0].object == "*"


async def test_hostile_names_are_only_text(stage: Stage) -> None:
    async with stage.run_test(size=(160, 50)) as pilot:
        await until(lambda: stage.grid.row_count == 3)
        await pilot.press("down")
        await until(lambda: "no_primary_key" in stage.detail())
        shown = stage.detail()
        assert "[/] ␛]0;owned␇" in shown and "\x1b" not in shown


def test_the_command_prints_findings_and_says_by_its_status_whether_any_matters(
    database_dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--dsn", database_dsn, "advise", "--json", "--dir", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out) == []
    make = ["--dsn", database_dsn, "query", "--commit", "-c"]
    assert main([*make, "create table nokey (a int)"]) == 0
    assert main([*make, "create function loose() returns int language sql as 'select 1'"]) == 0
    capsys.readouterr()
    assert main(["--dsn", database_dsn, "advise", "--json", "--dir", str(tmp_path)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["level"], one["object"]) for one in found] == [
        ("function_search_path_mutable", "WARN", "public.loose()"), ("no_primary_key", "INFO", "public.nokey"),
    ]  # fmt: skip
    (tmp_path / "advisor.toml").write_text(
        '[[silenced]]\ncheck = "function_search_path_mutable"\nobject = "*"\nreason = "old"\n'
    )
    assert main(["--dsn", database_dsn, "advise", "--dir", str(tmp_path), "--silenced"]) == 0
    shown = capsys.readouterr()
    assert "silenced: old" in shown.out and "1 findings, 1 silenced" in shown.err
    assert main(["--dsn", database_dsn, "advise", "--only", "no_such"]) == 2


async def test_what_was_read_before_the_server_was_lost_is_dimmed_with_its_age(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)):
        await until(lambda: stage.grid.row_count == 3)
        stage.session.link = Link(LinkState.LOST, "The server is gone.")
        stage.pane.on_link_changed()
        await until(lambda: bool(stage.query(StaleNote)))
        assert stage.pane.query_one(Body).has_class("-stale") and stage.grid.row_count == 3
        stage.session.link = Link()
        stage.pane.on_link_changed()
        await until(lambda: not stage.query(StaleNote))
