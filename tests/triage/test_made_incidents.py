"""Each incident that a person on call may meet, made on a server of its own, is named by the first glance."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from chatly_console.core.failure import Failure
from chatly_console.server.database import Database
from chatly_console.triage.blocking import tree_lines
from chatly_console.triage.verdicts import MB, Limits, causes
from chatly_console.triage.watching import Watching
from tests.server.conftest import opening_of
from tests.triage.conftest import Server
from tests.triage.incidents import Incident, let_count, make_lock_chain


async def said(alone: Database, limits: Limits | None = None, watching: Watching | None = None) -> list[str]:
    """The causes that the first glance names, each with its mark of gravity left out."""
    watching = watching or Watching(limits=limits or Limits())
    await watching.tick(alone, "activity")
    return [one.sentence for one in causes(watching.verdicts)]


async def test_a_chain_of_locks_two_levels_deep_and_an_advisory_pair(alone: Database, trouble: Incident) -> None:
    await make_lock_chain(trouble)
    watching = Watching()
    first = (await said(alone, watching=watching))[0]
    assert first.startswith("4 wait for locks") and first.endswith("(+1 root)")
    assert f"pid {trouble.pids['app']} is idle in transaction and holds messages" in first
    assert watching.health is not None and not watching.health.missing, "what is locked does not blind the health"
    assert watching.snapshot is not None
    lines = tree_lines(watching.snapshot.roots)
    assert sorted(line.node.pid for line in lines) == sorted(
        pid for name, pid in trouble.pids.items() if name != "observer"
    ), "each exactly once"


async def test_a_session_that_forgot_its_transaction(alone: Database, trouble: Incident) -> None:
    await trouble.session("forgetful", "create table kept (id int)", "begin", "insert into kept values (1)", "select 1")
    first = (await said(alone, Limits(idle_in_transaction=0.0)))[0]
    assert first.startswith("longest transaction")
    assert f"pid {trouble.pids['forgetful']} (postgres, forgetful) is idle in transaction" in first


async def test_a_prepared_transaction_that_nobody_ended(alone: Database, trouble: Incident) -> None:
    await trouble.session("coordinator", "create table paid (id int)", "begin", "lock table paid",
                       "prepare transaction 'transfer-7'")  # fmt: skip
    try:
        await trouble.wait_on("payer", "insert into paid values (1)")
        first = (await said(alone))[0]
        assert first.startswith("1 waits for locks")
        assert first.endswith("prepared transaction transfer-7 and holds paid")
    finally:
        await trouble.connections["observer"].execute("rollback prepared 'transfer-7'")


async def test_a_long_report_with_its_workers(alone: Database, trouble: Incident) -> None:
    await trouble.session(
        "report",
        "create table numbers as select n from generate_series(1, 20000) n",
        "analyze numbers; set parallel_setup_cost = 0; set parallel_tuple_cost = 0",
        "set min_parallel_table_scan_size = 0; set max_parallel_workers_per_gather = 2",
    )
    report = trouble.connections["report"]
    trouble.waiting.append(asyncio.create_task(report.execute("select count(pg_sleep(0.01)) from numbers")))
    observer = trouble.connections["observer"]
    async with asyncio.timeout(20):
        while await observer.fetchval("select count(*) from pg_stat_activity where leader_pid is not null") < 2:
            await asyncio.sleep(0.02)
    first = (await said(alone, Limits(long=0.0)))[0]
    assert (
        f"pid {trouble.pids['report']} (postgres, report) is active with 2 parallel workers, holds back vacuum" in first
    )


async def test_a_server_that_takes_no_further_client_is_watched_on(
    small_server: Server, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await admin.execute("create role oncall login in role pg_monitor; create role app login")
    dsn = small_server.dsn("incident")
    alone = await Database.connect(opening_of(dsn.replace("postgres@", "oncall@", 1)))
    taken: list[asyncpg.Connection[asyncpg.Record]] = []
    try:
        watching = Watching()
        await watching.tick(alone, "activity")
        assert watching.source(alone).is_kept
        with pytest.raises(asyncpg.TooManyConnectionsError):
            while True:
                taken.append(
                    await asyncpg.connect(
                        dsn.replace("postgres@", "app@", 1), server_settings={"application_name": "leaky"}
                    )
                )
        first = (await said(alone, watching=watching))[0]
        assert "all 17 connections are taken (3 more are reserved): the next client is refused" in first
        assert f"{len(taken)} are of leaky" in first
        late = Watching()
        assert "are of leaky" in (await said(alone, watching=late))[0], "who begins to look now is answered too"
        assert not late.source(alone).is_kept
    finally:
        for connection in taken:
            connection.terminate()
        await alone.close()
        await admin.execute("drop role oncall; drop role app")


async def test_the_kept_connection_is_opened_anew_by_the_next_look_after_it_was_ended(
    alone: Database, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    watching = Watching()
    await watching.tick(alone, "activity")
    ended = await admin.fetchval(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name like '% triage'"
    )
    assert ended
    async with asyncio.timeout(10):
        while await admin.fetchval("select count(*) from pg_stat_activity where application_name like '% triage'") == 0:
            with suppress(Failure):  # the end may not have been heard of yet
                await watching.tick(alone, "activity")
    await watching.tick(alone, "activity")
    assert watching.source(alone).is_kept


async def test_temporary_files_of_a_statement_that_still_runs(alone: Database, trouble: Incident) -> None:
    await trouble.session(
        "sorter", "set work_mem = '64kB'", "begin",
        "declare c cursor for select n, repeat('x', 100) from generate_series(1, 50000) n order by 2, 1 desc",
        "fetch 1 from c",
    )  # fmt: skip
    watching = Watching(limits=Limits(temp_in_use=MB, temp_written=MB))
    first = (await said(alone, watching=watching))[0]
    assert (
        first.startswith("temp files take ")
        and f"pid {trouble.pids['sorter']} (postgres, sorter) is idle in transaction and has " in first
    )
    await trouble.connections["sorter"].execute("rollback")
    await let_count(trouble.connections["sorter"])
    watching.hurry()
    later = await said(alone, watching=watching)
    assert any("of temp files in" in one and "do not fit into work_mem" in one for one in later)


async def test_temporary_files_that_parallel_workers_share(alone: Database, trouble: Incident) -> None:
    await trouble.session(
        "joiner",
        "create table wide as select n, repeat('x', 200) as t from generate_series(1, 50000) n; analyze wide",
        "set work_mem = '64kB'; set parallel_setup_cost = 0; set parallel_tuple_cost = 0",
        "set min_parallel_table_scan_size = 0; set enable_nestloop = off; set enable_mergejoin = off",
    )
    joiner = trouble.connections["joiner"]
    sql = "select count(pg_sleep(0.01)), max(p.t || q.t) from wide p join wide q using (n)"
    assert "Parallel Hash" in str(await joiner.fetch(f"explain {sql}"))
    trouble.waiting.append(asyncio.create_task(joiner.execute(sql)))
    watching = Watching(limits=Limits(temp_in_use=MB))
    async with asyncio.timeout(20):
        while not (first := (await said(alone, watching=watching))[0]).startswith("temp files take "):
            watching.hurry()
    assert f"pid {trouble.pids['joiner']} (postgres, joiner) is active and has " in first


async def test_an_index_whose_build_failed(alone: Database, trouble: Incident) -> None:
    observer = trouble.connections["observer"]
    await observer.execute("create table twice (id int); insert into twice values (1), (1)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await observer.execute("create unique index concurrently half_built on twice (id)")
    assert any(one.startswith("index public.half_built: invalid: a build on twice failed") for one in await said(alone))


async def test_a_slot_that_nobody_reads(alone: Database, trouble: Incident) -> None:
    observer = trouble.connections["observer"]
    await observer.execute("select pg_create_logical_replication_slot('orphan', 'test_decoding')")
    try:
        for _ in range(17):
            await observer.execute("select pg_logical_emit_message(false, 'x', 'x')")
            await observer.execute("select pg_switch_wal()")
        first = (await said(alone))[0]
        assert first.startswith("1 unused replication slot keeps 2") and first.endswith("MB of WAL: orphan")
    finally:
        await observer.execute("select pg_drop_replication_slot('orphan')")


async def test_statistics_from_before_the_data(alone: Database, trouble: Incident) -> None:
    observer = trouble.connections["observer"]
    await observer.execute("create table loaded as select n from generate_series(1, 50) n; analyze loaded")
    await observer.execute("insert into loaded select n from generate_series(1, 20000) n")
    await let_count(observer)
    words = "table public.loaded: stale statistics: 20.1 k rows changed, analyzed"
    causes = await said(alone)
    assert any(one.startswith(words) and "autovacuum is off" in one for one in causes), causes


async def test_in_peace_nothing_is_wrong_but_the_settings_of_a_test_server(alone: Database) -> None:
    causes = await said(alone)
    assert len(causes) == 1 and causes[0].startswith("setting "), causes
