"""What came of the indexes that were built here: noted on this machine, and told on a later look."""

from __future__ import annotations

import asyncio
import json
import stat
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from chatly_console.advisor.fix import is_sql, undo_of
from chatly_console.advisor.indexes.applied import PATIENCE, State, findings_of, look_again
from chatly_console.advisor.indexes.applying import apply
from chatly_console.advisor.indexes.notebook import Note, notes_file, read_notes, strike, write_note
from chatly_console.advisor.indexes.service import advise_index
from chatly_console.advisor.indexes.tried import Figures
from chatly_console.cli import main
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

_MADE = """
create table sold (id int primary key, a int, note text) with (autovacuum_enabled = false);
insert into sold select i, i % 5000, repeat('x', 60) from generate_series(1, 30000) i;
analyze sold
"""
_SQL = "select * from sold where a = 17"
INDEX = "public.sold_a_idx"


@pytest.fixture
async def admin(database_dsn: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(database_dsn)
    await connection.execute(_MADE)
    yield connection
    await connection.close()


@pytest.fixture
async def database(admin: asyncpg.Connection[asyncpg.Record], database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()


def note(index: str = INDEX, *, age: float = 0.0) -> Note:
    return Note(index, "public.sold (a)", f"create index on {index};", f"drop index concurrently {index}", _SQL,
                time.time() - age, (), True, Figures(900.0, 12.5, 400.0), Figures(9.0, 0.1, 4.0))  # fmt: skip


async def test_a_build_is_noted_with_its_figures_and_what_reads_it_later_is_told(
    database: Database, admin: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    path = notes_file(tmp_path, "prod/eu", "db/chatly")
    advice = await advise_index(database, _SQL)
    done = await apply(database, advice, advice.proposals[0], LOGIN, path, lambda at: None)
    assert done.is_used and done.after.blocks is not None and done.after.blocks < (done.before.blocks or 0) / 5
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = read_notes(path)[0]
    assert (kept.index, kept.is_done, kept.statement) == (INDEX, True, _SQL)
    assert kept.before == done.before and kept.after == done.after and kept.own_scans > 1
    first = (await look_again(database, path))[0]
    assert first.state is State.NEW, "our own measuring is no use of it"
    assert "after 7 days that will be told" in first.words and findings_of([first]) == []
    await admin.execute("set enable_seqscan = off; set enable_bitmapscan = off")
    for _ in range(6):
        await admin.fetch(_SQL)
    await admin.execute("select pg_stat_force_next_flush()")
    async with asyncio.timeout(20):
        while (again := (await look_again(database, path))[0]).state is not State.USED:
            await asyncio.sleep(0.1)
    assert again.words.startswith("read ") and again.megabytes > 0


async def test_after_a_week_without_use_its_removal_is_proposed(
    database: Database, admin: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    path = tmp_path / "notes.json"
    await admin.execute("create index sold_a_idx on sold (a)")
    write_note(path, note(age=PATIENCE + 86400))
    one = (await look_again(database, path))[0]
    assert one.state is State.UNUSED
    finding = findings_of([one])[0]
    assert finding.check.name == "applied_index_unused" and finding.object == INDEX
    assert finding.detail.startswith("not read once in 8 d") and "12 ms → 0.1 ms" in finding.detail
    assert is_sql(finding) and finding.fix == f"drop index concurrently {INDEX};"
    assert undo_of(finding).startswith("create index")
    await admin.execute(finding.fix)
    assert await look_again(database, path) == [] and read_notes(path) == (), "what is gone is noted no longer"


async def test_counters_that_began_anew_are_given_their_week(
    database: Database, admin: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    path = tmp_path / "notes.json"
    await admin.execute("create index sold_a_idx on sold (a); select pg_stat_reset()")
    write_note(path, replace(note(age=PATIENCE * 2), own_scans=5.0))
    async with asyncio.timeout(20):
        while (one := (await look_again(database, path))[0]).watched > PATIENCE:
            await asyncio.sleep(0.1)
    assert one.state is State.NEW, "nobody knows what was before"


async def test_what_a_killed_build_has_left_is_named_with_what_drops_it(
    database: Database, admin: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    path = tmp_path / "notes.json"
    await admin.execute("create index part_a_idx on sold (a)")
    write_note(path, replace(note(), is_done=False, remains=("public.part_a_idx", "public.part_b_idx")))
    one = (await look_again(database, path))[0]
    assert (one.state, one.left) == (State.CUT_OFF, ("public.part_a_idx",))
    finding = findings_of([one])[0]
    assert finding.fix == "drop index concurrently if exists public.part_a_idx;" and "cut off" in finding.detail
    await admin.execute(finding.fix)
    assert await look_again(database, path) == []


async def test_a_build_that_fails_or_is_cancelled_leaves_no_note(
    database: Database, admin: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    path = tmp_path / "notes.json"
    advice = await advise_index(database, _SQL)
    await admin.execute("begin; insert into sold values (99999, 1, 'x')")
    building = asyncio.create_task(apply(database, advice, advice.proposals[0], LOGIN, path, lambda at: None))
    async with asyncio.timeout(20):
        while not read_notes(path):
            await asyncio.sleep(0.05)
        await asyncio.sleep(0)
        building.cancel()
        await admin.execute("commit")
        with pytest.raises(asyncio.CancelledError):
            await building
    assert read_notes(path) == ()
    wrong = replace(advice.proposals[0], candidate=replace(advice.proposals[0].candidate, keys=("(1 / (a - a))",)))
    with pytest.raises(Failure, match="Division by zero"):
        await apply(database, advice, wrong, LOGIN, path, lambda at: None)
    assert read_notes(path) == ()


def test_notes_are_kept_one_an_index_and_strange_files_are_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.advisor.indexes.notebook._MOST", 5)
    path = tmp_path / "notes.json"
    path.write_text("no json")
    assert read_notes(path) == ()
    for number in range(8):
        write_note(path, note(f"public.i{number}"))
    write_note(path, replace(note("public.i7"), statement="another"))
    assert len(read_notes(path)) == 5 and read_notes(path)[-1].statement == "another"
    strike(path, "public.i7")
    assert read_notes(path)[-1].index == "public.i6"
    path.write_text(json.dumps({"indexes": [{"index": 1}]}))
    assert read_notes(path) == ()
    assert notes_file(tmp_path, "a", "x") != notes_file(tmp_path, "a", "y")


def test_the_command_builds_notes_and_tells(
    admin: asyncpg.Connection[asyncpg.Record], database_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    advise = ["--dsn", database_dsn, "advise", "index"]
    assert main([*advise, "--applied"]) == 0 and "No index was built here yet" in capsys.readouterr().err
    assert main([*advise, "-c", _SQL, "--apply", "--yes"]) == 0
    capsys.readouterr()
    assert main([*advise, "--applied"]) == 0
    assert "public.sold_a_idx" in capsys.readouterr().out
    assert main([*advise, "--applied", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)[0]
    assert told["index"] == INDEX and told["undo"] == f"drop index concurrently {INDEX};"
