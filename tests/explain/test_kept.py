"""The history of plans on disk: kept whole, found again, and never with a password in it."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode
from chatly_console.explain.kept import PlanStore
from chatly_console.explain.running import PlanOptions
from chatly_console.explain.service import PlanRun
from tests.explain.test_real_plans import FOLDER, read


def run(sql: str, name: str = "sort-disk") -> PlanRun:
    made = read(FOLDER / "18" / f"{name}.text").plan
    return PlanRun(sql, made, PlanOptions(analyze=True), "anon (boundary)", Mode.READ_ONLY, (3.0, 1.0, 2.0), "chatly",
                   "18.6", datetime(2026, 3, 2, 14, 11, tzinfo=UTC))  # fmt: skip


async def test_what_is_kept_comes_back_with_all_that_was_known(tmp_path: Path) -> None:
    store = PlanStore(tmp_path / "plans.sqlite")
    number = await store.add(run("select 1 from orders"), profile="prod")
    (entry,) = await store.search()
    assert (entry.id, entry.profile, entry.identity, entry.database) == (number, "prod", "anon (boundary)", "chatly")
    assert (entry.mode, entry.runs, entry.analyzed) == ("read-only", 3, True)
    again = await store.load(number)
    assert again is not None
    original = run("").plan
    assert [node.raw for node in again.nodes] == [node.raw for node in original.nodes]
    assert again.execution_ms == original.execution_ms
    assert await store.load(number + 1) is None
    await store.close()


async def test_values_are_kept_and_the_last_time_with_the_same_ones_is_found(tmp_path: Path) -> None:
    store = PlanStore(tmp_path / "plans.sqlite")
    sql = "select * from orders where id = $1"
    first = replace(run(sql), arguments=("7", None))
    numbers = [await store.add(one, profile="") for one in (first, replace(first, arguments=("8", None)), first)]
    last = await store.before(first, numbers[2])
    assert last is not None and (last.id, last.arguments) == (numbers[0], ("7", None))
    assert await store.before(first, numbers[0]) is None
    assert await store.before(replace(first, as_whom=""), numbers[2]) is None
    assert await store.before(replace(first, database="elsewhere"), numbers[2]) is None
    await store.close()


async def test_a_file_from_before_values_were_kept_is_read_on(tmp_path: Path) -> None:
    path = tmp_path / "plans.sqlite"
    old = sqlite3.connect(path)
    old.execute(
        "create table plan (id integer primary key, at text, profile text, database text, server text, identity text,"
        " mode text, analyzed integer, execution_ms real, runs integer, sql text, keys text)"
    )
    old.execute(
        "insert into plan values (1, '2026-03-02T14:11:00', '', 'd', '18', '', '', 1, 3.0, 3, 'select 1', '{}')"
    )
    old.commit()
    old.close()
    store = PlanStore(path)
    assert await store.add(run("select 2"), profile="") == 2
    assert [(entry.sql, entry.arguments) for entry in await store.search()] == [("select 2", ()), ("select 1", ())]
    await store.close()


async def test_statements_are_found_by_their_words_newest_first(tmp_path: Path) -> None:
    store = PlanStore(tmp_path / "plans.sqlite")
    for sql in ("select a from Orders", "select b from customer where x = '50%'", "select c from orders"):
        await store.add(run(sql), profile="")
    assert [entry.sql for entry in await store.search("orders select")] == [
        "select c from orders",
        "select a from Orders",
    ]
    assert len(await store.search("50%")) == 1
    assert not await store.search("a_b")
    await store.close()


async def test_a_password_is_not_kept(tmp_path: Path) -> None:
    store = PlanStore(tmp_path / "plans.sqlite")
    sql = "alter role ada password 'hunter2'"
    made = run(sql)
    made.plan.query = sql
    await store.add(made, profile="")
    await store.close()
    assert b"hunter2" not in (tmp_path / "plans.sqlite").read_bytes()


async def test_a_file_that_is_no_database_is_set_aside_and_nobody_else_can_read_ours(tmp_path: Path) -> None:
    path = tmp_path / "plans.sqlite"
    path.write_text("this is no database, " * 100)
    store = PlanStore(path)
    await store.add(run("select 1"), profile="")
    await store.close()
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob("plans.sqlite.unreadable-*"))
    assert sqlite3.connect(path).execute("select count(*) from plan").fetchone() == (1,)


async def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    store = PlanStore(tmp_path / "missing" / "plans.sqlite")
    with pytest.raises(Failure, match="cannot be used"):
        await store.add(run("select 1"), profile="")
    await store.close()
