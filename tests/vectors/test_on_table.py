"""An index that is tried on the table itself: measured while the table is in use, and gone whatever ends the trial."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from textual.widgets import OptionList, Static

from chatly_console import cli
from chatly_console.core.failure import Failure
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import AskText, Confirm
from chatly_console.vectors.advice import Advice, Trial, migration
from chatly_console.vectors.advice_listing import advice_rows, compared_trials, trial_words, trials_against
from chatly_console.vectors.candidates import Candidate
from chatly_console.vectors.health_service import examine
from chatly_console.vectors.on_table import LOCK_CLASS, left_indexes, try_on_table
from chatly_console.vectors.phases import phase_of
from chatly_console.vectors.saved import Circumstances
from chatly_console.vectors.saved_trials import SavedAdvice, read_trials, save_trials
from chatly_console.vectors.service import find_columns
from tests.migrations.stage import until
from tests.server.conftest import opening_of
from tests.server.embedded_stage import ROOT
from tests.vectors.stage import Stage
from tests.vectors.test_advice import point
from tests.vectors.test_pane import names, rows

TABLE = """
create schema ext; create extension vector schema ext; set search_path = public, ext;
create table "t T" (id int primary key, v vector(16));
insert into "t T" select i, (select array_agg(random() - 0.5) from generate_series(1, 16 + 0 * i))::vector
  from generate_series(1, 3000) i;
create index t_v on "t T" using ivfflat (v vector_cosine_ops) with (lists = 30); analyze "t T";
"""
GRAPH = Candidate("hnsw", (("m", 16), ("ef_construction", 64)))
ENDED = """
select not exists (select from pg_stat_activity where application_name = 'chatly-console scratch index')
"""
LEFT = "select count(*) from pg_class where relname like 'chatly_scratch%'"


@pytest.fixture
async def other(database_dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_dsn)
    await connection.execute(TABLE)
    yield connection
    await connection.close()


@pytest.fixture
async def table(other: "asyncpg.Connection[asyncpg.Record]", database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()


async def test_it_is_measured_on_the_table_and_removed(
    table: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    column = (await find_columns(table)).columns[0]
    told: list[str] = []
    counts = []
    async with aclosing(try_on_table(table, column, GRAPH, k=5, questions=5, tell=told.append)) as trials:
        async for grown in trials:
            trial = grown
            counts.append(await other.fetchval(LEFT))
    assert set(counts) == {1}, "it stands while it is measured"
    assert await other.fetchval(LEFT) == 0
    assert trial.rows == 3000 and trial.size > 0 and len(trial.points) > 3
    assert (told[0], told[-1]) == ("building, concurrently", "removing the index again")
    best = trial.best(5)
    assert best is not None and "chatly_scratch" in best.node.words
    advice = Advice(100, False, 5, "64MB", on_table=(trial,))
    assert "on the table" in (next(iter(advice_rows(advice).rows()))[0] or "")
    assert advice.winner() is None, "what was measured on other data wins over nothing"
    assert "on 3,000 rows" in trial_words(advice, trial)
    assert "Measured on 3,000 rows" in migration(advice, trial, column)[1]


RIVALS = """
create table rivals (id int primary key, v vector(64), h halfvec(64), s sparsevec(64), b bit(64));
insert into rivals select i, v, v, v::sparsevec, binary_quantize(v)::bit(64) from (
  select i, (select array_agg(random() - 0.5) from generate_series(1, 64 + 0 * i))::vector as v
    from generate_series(1, 1500) i) made;
create index on rivals using ivfflat (v vector_cosine_ops) with (lists = 30);
create index on rivals using hnsw (v vector_cosine_ops);
create index on rivals using hnsw ((v::halfvec(64)) halfvec_cosine_ops);
create index on rivals using hnsw ((binary_quantize(v)::bit(64)) bit_hamming_ops);
create index on rivals using hnsw (h halfvec_cosine_ops);
create index on rivals using hnsw (s sparsevec_cosine_ops);
create index on rivals using hnsw (b bit_hamming_ops);
analyze rivals
"""
SMALL = (("m", 4), ("ef_construction", 10))


@pytest.mark.parametrize(
    ("name", "candidate"),
    [
        ("v", Candidate("ivfflat", (("lists", 2),))),
        ("v", Candidate("hnsw", SMALL)),
        ("v", Candidate("hnsw", SMALL, "halfvec")),
        ("v", Candidate("hnsw", SMALL, "binary")),
        ("h", Candidate("hnsw", SMALL)),
        ("s", Candidate("hnsw", SMALL)),
        ("b", Candidate("hnsw", SMALL)),
    ],
    ids=lambda value: value.words if isinstance(value, Candidate) else value,
)
async def test_no_index_that_is_there_serves_in_place_of_the_one_that_is_tried(
    table: Database, other: "asyncpg.Connection[asyncpg.Record]", name: str, candidate: Candidate
) -> None:
    await other.execute(RIVALS)
    column = next(one for one in (await find_columns(table)).columns if (one.table, one.name) == ("rivals", name))
    async with aclosing(try_on_table(table, column, candidate, k=5, questions=3)) as trials:
        async for trial in trials:
            assert all("chatly_scratch" in point.node.words for point in trial.points if point.node.approximate)
    assert any(point.node.approximate for point in trial.points), trial.remark
    scans = "select count(*) from pg_stat_user_indexes where relname = 'rivals' and idx_scan > 0"
    assert await other.fetchval(scans) == 0


async def test_a_point_that_no_index_served_is_told(
    table: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute('delete from "t T" where id > 5')
    await other.execute('vacuum analyze "t T"')
    column = (await find_columns(table)).columns[0]
    async with aclosing(try_on_table(table, column, GRAPH, k=5, questions=3)) as trials:
        async for trial in trials:
            assert trial.rows == 5
    assert "the planner takes Seq Scan + Sort instead" in trial.remark
    assert trial.best(5) is None


async def test_a_cancelled_build_leaves_nothing_and_says_for_whom_it_waits(
    table: Database, other: "asyncpg.Connection[asyncpg.Record]", database_dsn: str
) -> None:
    column = (await find_columns(table)).columns[0]
    told: list[str] = []

    async def work() -> None:
        async with aclosing(try_on_table(table, column, GRAPH, k=5, tell=told.append)) as trials:
            async for _ in trials:
                pass

    reader = await asyncpg.connect(database_dsn)
    try:
        await reader.execute('begin isolation level repeatable read; delete from "t T" where id = 1')
        pid = await reader.fetchval("select pg_backend_pid()")
        task = asyncio.create_task(work())
        await until(lambda: any(f"pid {pid}" in words for words in told), 30)
        task.cancel()
        await until(lambda: told[-1] == "removing the index again")
        await reader.execute("rollback")
        with pytest.raises(asyncio.CancelledError):
            await task
    finally:
        await reader.close()
    assert await other.fetchval(LEFT) == 0


async def test_a_build_that_fails_or_loses_its_session_leaves_nothing(
    table: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    column = (await find_columns(table)).columns[0]
    with pytest.raises(Failure, match="ef_construction"):
        async with aclosing(
            try_on_table(table, column, Candidate("hnsw", (("m", 90), ("ef_construction", 64))), k=5)
        ) as trials:
            await anext(trials)
    assert await other.fetchval(LEFT) == 0
    async with aclosing(try_on_table(table, column, GRAPH, k=5)) as trials:
        await anext(trials)
        await other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'chatly-console scratch index'"
        )
    assert await other.fetchval(LEFT) == 0


async def test_what_a_dead_console_left_is_named_and_goes_with_the_next_trial(
    table: Database, other: "asyncpg.Connection[asyncpg.Record]", database_dsn: str
) -> None:
    await other.execute(
        'create index chatly_scratch_dead on "t T" using hnsw (v vector_cosine_ops);'
        'create index chatly_scratch_busy on "t T" using hnsw (v vector_l2_ops)'
    )
    await other.execute(f"select pg_advisory_lock({LOCK_CLASS}, hashtext('chatly_scratch_busy'))")
    catalogue = await find_columns(table)
    column = catalogue.columns[0]
    assert await left_indexes(table, column) == ["chatly_scratch_dead"]
    (finding,) = [one for one in await examine(table, catalogue, column) if one.name == "scratch_index"]
    assert finding.level == "ERROR" and "drop index concurrently public.chatly_scratch_dead;" in finding.fix
    async with aclosing(try_on_table(table, column, GRAPH, k=5, questions=2)) as trials:
        await anext(trials)
    names = await other.fetch("select relname from pg_class where relname like 'chatly_scratch%'")
    assert [row["relname"] for row in names] == ["chatly_scratch_busy"], "somebody is at that one"


def console(dsn: str) -> "subprocess.Popen[bytes]":
    """A console in a process of its own that tries an index."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-m", "tests.vectors.console_stand_in", dsn], env=environment)


async def test_a_console_that_is_killed_leaves_an_index_that_is_named_and_removed(
    table: Database, other: "asyncpg.Connection[asyncpg.Record]", database_dsn: str
) -> None:
    column = (await find_columns(table)).columns[0]
    reader = await asyncpg.connect(database_dsn)
    try:
        await reader.execute('begin isolation level repeatable read; delete from "t T" where id = 1')
        process = console(database_dsn)
        await until(lambda: other.fetchval("select exists (select from pg_stat_progress_create_index)"), 30)
        process.kill()
        process.wait(30)
        assert await left_indexes(table, column) == [], "the server is still at it"
        await reader.execute("rollback")
    finally:
        await reader.close()
    await until(lambda: other.fetchval(ENDED), 30)
    assert len(await left_indexes(table, column)) == 1
    async with aclosing(try_on_table(table, column, GRAPH, k=5, questions=2)) as trials:
        await anext(trials)
    assert await other.fetchval(LEFT) == 0


async def test_a_standby_is_refused(table: Database) -> None:
    column = (await find_columns(table)).columns[0]
    table.facts = replace(table.facts, standby=True)
    with pytest.raises(Failure, match="standby"):
        async with aclosing(try_on_table(table, column, GRAPH, k=5)) as trials:
            await anext(trials)


def test_the_phases_of_a_concurrent_build_are_told() -> None:
    record = {"phase": "waiting for writers before validation", "blocks_done": 0, "blocks_total": 0, "tuples_done": 0,
              "tuples_total": 0, "lockers_total": 3, "lockers_done": 1, "current_locker_pid": 77}  # fmt: skip
    assert str(phase_of(record)) == "waiting for writers before validation: pid 77 and 1 more"
    scanning = {"phase": "index validation: scanning index", "blocks_done": 1, "blocks_total": 4}
    assert str(phase_of({**record, **scanning, "lockers_total": 0, "lockers_done": 0})) == (
        "index validation: scanning index 25%"
    )


def test_the_command_line_wants_a_yes_and_prints_the_trial(
    other: "asyncpg.Connection[asyncpg.Record]", database_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--dsn", database_dsn, "vectors", "advise", "--queries", "4", "-k", "5", "--json", "--on-table"]
    assert cli.main(words) == 2 and "wants --yes" in capsys.readouterr().err
    assert cli.main([*words, "--yes", "--target", "0.5"]) == 0
    found = json.loads(capsys.readouterr().out)
    (trial,) = found["on_table"]
    assert trial["rows"] == 3000 and trial["points"] and trial["index"] == found["best"]


async def test_the_pane_asks_shows_the_trial_and_keeps_nothing(
    table: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    stage = Stage(table)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        stage.pane.show_view("index")
        await pilot.press("B")
        await until(lambda: any(choices.option_count > 3 for choices in stage.screen.query(OptionList)))
        await pilot.press(*["down"] * 4, "enter")
        await until(lambda: isinstance(stage.screen, Confirm))
        words = "\n".join(str(widget.render()) for widget in stage.screen.query(Static))
        assert "on t T itself, and remove it again?" in words and "nobody waits for a lock" in words
        await pilot.press("y")
        await until(lambda: "measured, and removed" in stage.words("#index .words"), 60)
        assert "on the table" in (rows(stage, "index")[0][0] or "")
        assert "on 3,000 rows" in stage.words("#index .verdict")
        await pilot.press("M")
        await until(lambda: bool(stage.migrations))
        await pilot.press("d")
        assert "the curve of hnsw" in stage.words("#index .verdict") and len(rows(stage, "index")) > 3
        await pilot.press("A")
        await until(lambda: any("No other trials" in say.text for say in stage.said))
        await pilot.press("B")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: len(read_trials(stage.pane.trials_file)) == 2 and not stage.pane.busy, 60)
        assert len(rows(stage, "index")) == 2
        await pilot.press("A")
        await until(lambda: any(choices.option_count == 2 for choices in stage.screen.query(OptionList)))
        await pilot.press("down", "enter")
        await until(lambda: "was" in names(stage, "index"))
        assert "on the table" in (rows(stage, "index")[0][0] or "") and rows(stage, "index")[0][2] != "–"
        await pilot.press("d")
        assert names(stage, "index")[:3] == ["setting", "recall", "was"]
        await pilot.press("d", "T")
        await until(lambda: isinstance(stage.screen, AskText))
        await pilot.press(*"0.0001", "enter")
        await until(lambda: stage.pane.advice is not None and stage.pane.advice.within == 0.0001)
        assert rows(stage, "index")[0][5] == "–", "no search is as quick as that"
        assert "create index concurrently" in stage.migrations[0].up
        stage.session.profile = replace(stage.session.profile, read_only=True)
        await pilot.press("B")
        await until(lambda: any("read-only" in report.failure.sentence for report in stage.reports))
    assert await other.fetchval(LEFT) == 0


def test_trials_are_kept_whole_and_damaged_lines_left_out(tmp_path: Path) -> None:
    best = Trial(Candidate("hnsw", (("m", 16),), "halfvec"), 2.0, 1000, (point(0.99, 1.0),), "a remark")
    advice = Advice(10, True, 5, "64MB", 3.0, (best,), on_table=(replace(best, rows=99, memory="1MB"),))
    about = Circumstances("now", "d", "t.v", "cosine", "none", "1", 10, "18.6", "0.8.6", "")
    path = tmp_path / "trials.jsonl"
    save_trials(path, SavedAdvice(about, advice))
    path.write_text(path.read_text() + "{broken\n[]\n")
    (found,) = read_trials(path)
    assert found == SavedAdvice(about, advice)
    assert found.like(best) == best and found.like(replace(best, rows=5)) == advice.on_table[0]
    better = replace(advice, trials=(replace(best, points=(point(1.0, 0.5),)),))
    assert trials_against(better, found) == "against now: hnsw on halfvec m=16 recall +0.010, time x0.50"
    (now, _) = compared_trials(better, found).rows()
    assert now[1:7] == ("1.000", "0.990", "0.50", "1.00", "1.000", "–")
