"""What stands outside of a transaction and is cut off halfway: a detached partition, rebuilt indexes."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.migrations.events import CleanedUp
from chatly_console.migrations.repairing import mark
from chatly_console.migrations.shadow_place import _choose
from chatly_console.migrations.status import State
from tests.migrations.stage import Run, plain, until, write

V1 = "20260101000000"
PARTITIONS = """
create table whole (i int) partition by range (i);
create table part partition of whole for values from (0) to (9);
insert into whole values (1);
"""
DETACH = "alter table whole detach partition part concurrently;"
PENDING = "select inhdetachpending from pg_inherits where inhrelid = 'part'::regclass"
INVALID = "select array_agg(indexrelid::regclass::text) from pg_index where not indisvalid"
INDEXED = """
create table m (i int primary key, t text);
insert into m select n, repeat('x', 20) from generate_series(1, 50) n;
"""
REBUILDING = "select exists (select from pg_stat_progress_create_index where phase like 'waiting%')"
STOPPED = """
select not exists (select from pg_stat_activity where application_name = 'chatly-console migrate' and state = 'active'
                      and query similar to '(reindex|alter)%')
"""
Connection = asyncpg.Connection


async def interrupted(run: Run, other: "Connection[asyncpg.Record]", reader: "Connection[asyncpg.Record]", table: str,
                      condition: str, *, kill: bool) -> None:  # fmt: skip
    """Run until a reader keeps the statement from its end, then kill its server process or cancel the run."""
    await reader.execute(f"begin isolation level repeatable read; select count(*) from {table}")
    task = asyncio.create_task(run.go())
    await until(lambda: other.fetchval(condition), 30)
    if kill:
        await other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chatly-console migrate'"
        )
        with pytest.raises(Failure):
            await task
        await reader.execute("rollback")
    else:
        task.cancel()
        await until(lambda: other.fetchval(STOPPED), 30)
        await reader.execute("rollback")
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("kill", [True, False], ids=["killed", "cancelled"])
async def test_a_partition_that_is_half_detached_is_named_and_finished(run: Run, database_dsn: str, kill: bool) -> None:
    write(run.folder, V1, "detach", DETACH)
    async with plain(database_dsn) as other, plain(database_dsn) as reader:
        await other.execute(PARTITIONS)
        await interrupted(run, other, reader, "whole", PENDING, kill=kill)
        (migration,) = await run.status()
        assert migration.state is State.PARTWAY
        assert "0 of 1 statements are done, and it can go on" in migration.remark
        if not kill:
            assert [event.words for event in run.of(CleanedUp)] == [
                "part is half detached: going on with this file finishes it"
            ]
        run.events.clear()
        await run.go()
        assert [event.words for event in run.of(CleanedUp)] == ["finished detaching part"]
        assert await other.fetchval("select count(*) from whole") == 0
        assert await other.fetchval("select count(*) from part") == 1
    assert await run.states() == {V1: State.APPLIED}


@pytest.mark.parametrize("kill", [True, False], ids=["killed", "cancelled"])
async def test_half_rebuilt_indexes_are_removed_also_those_of_large_values(
    run: Run, database_dsn: str, kill: bool
) -> None:
    write(run.folder, V1, "reindex", "reindex table concurrently m;")
    async with plain(database_dsn) as other, plain(database_dsn) as reader:
        await other.execute(INDEXED)
        await interrupted(run, other, reader, "m", REBUILDING, kill=kill)
        left = await other.fetchval(INVALID)
        assert (left is not None) is kill
        if kill:
            assert any("_ccnew" in name for name in left) and any("pg_toast" in name for name in left)
        assert (await run.status())[0].state is State.PARTWAY
        await run.go()
        assert await other.fetchval(INVALID) is None
        assert "removed the half-built" in " ".join(event.words for event in run.of(CleanedUp))
        assert await other.fetchval("select indisvalid from pg_index where indexrelid = 'm_pkey'::regclass")
    assert await run.states() == {V1: State.APPLIED}


async def test_a_standby_is_refused_with_a_sentence_and_gets_its_shadow_elsewhere(run: Run) -> None:
    write(run.folder, V1, "first", "create table a (i int);")
    run.database.facts = replace(run.database.facts, standby=True)
    with pytest.raises(Failure, match=r"This is a standby: migrations run on its primary\.") as caught:
        await run.go()
    assert caught.value.kind is FailureKind.REFUSED and not run.events
    with pytest.raises(Failure, match="standby"):
        await mark(run.database, await run.status(), "applied")
    assert await _choose(run.database, "auto", production=False) == "embedded"
