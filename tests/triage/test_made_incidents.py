"""Each incident that a person on call may meet, made on a server of its own, is named by the first glance."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from chatly_console.core.failure import Failure
from chatly_console.server import embedded
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from chatly_console.triage.blocking import tree_lines
from chatly_console.triage.verdicts import MB, Limits, causes
from chatly_console.triage.watching import Watching
from tests.conftest import run_apart
from tests.server.conftest import opening_of
from tests.triage.incidents import Incident, incident, make_lock_chain

_SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "max_connections": "20", "wal_level": "logical", "autovacuum": "off",
    "wal_init_zero": "off", "max_prepared_transactions": "5",
}  # fmt: skip


@pytest.fixture(scope="module")
def small_server() -> Iterator[EmbeddedServer]:
    """A server that takes 20 clients, where nothing but the test goes on."""
    folder = Path(tempfile.mkdtemp(prefix="chatly-triage-"))
    share = run_apart(embedded.start(folder / "server", settings=_SETTINGS))
    yield share
    run_apart(share.stop())
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def admin(small_server: EmbeddedServer) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """An empty database, and the superuser in it."""
    maintenance = await asyncpg.connect(small_server.dsn("postgres"))
    await maintenance.execute("create database incident")
    admin = await asyncpg.connect(small_server.dsn("incident"))
    yield admin
    await admin.close()
    await maintenance.execute("drop database incident with (force)")
    await maintenance.close()


@pytest.fixture
async def database(small_server: EmbeddedServer, admin: object) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(small_server.dsn("incident")))
    yield database
    await database.close()


@pytest.fixture
async def made(small_server: EmbeddedServer, admin: object) -> AsyncIterator[Incident]:
    async with incident(small_server.dsn("incident")) as made:
        yield made


async def said(database: Database, limits: Limits | None = None, watching: Watching | None = None) -> list[str]:
    """The causes that the first glance names, each with its mark of gravity left out."""
    watching = watching or Watching(limits=limits or Limits())
    await watching.tick(database, "activity")
    return [one.sentence for one in causes(watching.verdicts)]


async def test_a_chain_of_locks_two_levels_deep_and_an_advisory_pair(database: Database, made: Incident) -> None:
    await make_lock_chain(made)
    watching = Watching()
    first = (await said(database, watching=watching))[0]
    assert first.startswith("4 wait for locks") and first.endswith("(+1 root)")
    assert f"pid {made.pids['app']} is idle in transaction and holds messages" in first
    assert watching.health is not None and not watching.health.missing, "what is locked does not blind the health"
    assert watching.snapshot is not None
    lines = tree_lines(watching.snapshot.roots)
    assert sorted(line.node.pid for line in lines) == sorted(
        pid for name, pid in made.pids.items() if name != "observer"
    ), "each exactly once"


async def test_a_session_that_forgot_its_transaction(database: Database, made: Incident) -> None:
    await made.session("forgetful", "create table kept (id int)", "begin", "insert into kept values (1)", "select 1")
    first = (await said(database, Limits(idle_in_transaction=0.0)))[0]
    assert first.startswith("longest transaction")
    assert f"pid {made.pids['forgetful']} (postgres) is idle in transaction" in first


async def test_a_prepared_transaction_that_nobody_ended(database: Database, made: Incident) -> None:
    await made.session("coordinator", "create table paid (id int)", "begin", "lock table paid",
                       "prepare transaction 'transfer-7'")  # fmt: skip
    try:
        await made.wait_on("payer", "insert into paid values (1)")
        first = (await said(database))[0]
        assert first.startswith("1 waits for locks")
        assert first.endswith("prepared transaction transfer-7 and holds paid")
    finally:
        await made.connections["observer"].execute("rollback prepared 'transfer-7'")


async def test_a_long_report_with_its_workers(database: Database, made: Incident) -> None:
    await made.session(
        "report",
        "create table numbers as select n from generate_series(1, 20000) n",
        "analyze numbers; set parallel_setup_cost = 0; set parallel_tuple_cost = 0",
        "set min_parallel_table_scan_size = 0; set max_parallel_workers_per_gather = 2",
    )
    report = made.connections["report"]
    made.waiting.append(asyncio.create_task(report.execute("select count(pg_sleep(0.01)) from numbers")))
    observer = made.connections["observer"]
    async with asyncio.timeout(20):
        while await observer.fetchval("select count(*) from pg_stat_activity where leader_pid is not null") < 2:
            await asyncio.sleep(0.02)
    first = (await said(database, Limits(long=0.0)))[0]
    assert f"pid {made.pids['report']} (postgres) is active with 2 parallel workers, holds back vacuum" in first


async def test_a_server_that_takes_no_further_client_is_watched_on(
    small_server: EmbeddedServer, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await admin.execute("create role oncall login in role pg_monitor; create role app login")
    dsn = small_server.dsn("incident")
    database = await Database.connect(opening_of(dsn.replace("postgres@", "oncall@", 1)))
    taken: list[asyncpg.Connection[asyncpg.Record]] = []
    try:
        watching = Watching()
        await watching.tick(database, "activity")
        assert watching.source(database).is_kept
        with pytest.raises(asyncpg.TooManyConnectionsError):
            while True:
                taken.append(
                    await asyncpg.connect(
                        dsn.replace("postgres@", "app@", 1), server_settings={"application_name": "leaky"}
                    )
                )
        first = (await said(database, watching=watching))[0]
        assert "of 17 connections are taken (3 more are reserved): the next client is refused" in first
        assert f"{len(taken)} are of leaky" in first
        late = Watching()
        assert "are of leaky" in (await said(database, watching=late))[0], "who begins to look now is answered too"
        assert not late.source(database).is_kept
    finally:
        for connection in taken:
            connection.terminate()
        await database.close()
        await admin.execute("drop role oncall; drop role app")


async def test_the_kept_connection_is_opened_anew_by_the_next_look_after_it_was_ended(
    database: Database, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    watching = Watching()
    await watching.tick(database, "activity")
    ended = await admin.fetchval(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name like '% triage'"
    )
    assert ended
    async with asyncio.timeout(10):
        while await admin.fetchval("select count(*) from pg_stat_activity where application_name like '% triage'") == 0:
            with suppress(Failure):  # the end may not have been heard of yet
                await watching.tick(database, "activity")
    await watching.tick(database, "activity")
    assert watching.source(database).is_kept


async def test_temporary_files_of_a_statement_that_still_runs(database: Database, made: Incident) -> None:
    await made.session(
        "sorter", "set work_mem = '64kB'", "begin",
        "declare c cursor for select n, repeat('x', 100) from generate_series(1, 50000) n order by 2, 1 desc",
        "fetch 1 from c",
    )  # fmt: skip
    watching = Watching(limits=Limits(temp_in_use=MB, temp_written=MB))
    first = (await said(database, watching=watching))[0]
    assert first.startswith("temp files take ") and f"pid {made.pids['sorter']} (postgres) has " in first
    await made.connections["sorter"].execute("rollback")
    await made.connections["sorter"].execute("select pg_stat_force_next_flush()")
    watching.hurry()
    later = await said(database, watching=watching)
    assert any("of temp files in" in one and "do not fit into work_mem" in one for one in later)


async def test_an_index_whose_build_failed(database: Database, made: Incident) -> None:
    observer = made.connections["observer"]
    await observer.execute("create table twice (id int); insert into twice values (1), (1)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await observer.execute("create unique index concurrently half_built on twice (id)")
    assert any(
        one.startswith("index public.half_built: invalid: a build on twice failed") for one in await said(database)
    )


async def test_a_slot_that_nobody_reads(database: Database, made: Incident) -> None:
    observer = made.connections["observer"]
    await observer.execute("select pg_create_logical_replication_slot('orphan', 'test_decoding')")
    try:
        for _ in range(17):
            await observer.execute("select pg_logical_emit_message(false, 'x', 'x')")
            await observer.execute("select pg_switch_wal()")
        first = (await said(database))[0]
        assert first.startswith("1 unused replication slot keeps 2") and first.endswith("MB of WAL: orphan")
    finally:
        await observer.execute("select pg_drop_replication_slot('orphan')")


async def test_statistics_from_before_the_data(database: Database, made: Incident) -> None:
    observer = made.connections["observer"]
    await observer.execute("create table loaded as select n from generate_series(1, 50) n; analyze loaded")
    await observer.execute("insert into loaded select n from generate_series(1, 20000) n")
    await observer.execute("select pg_stat_force_next_flush()")
    words = "table public.loaded: stale statistics: 20.1 k rows changed, analyzed"
    causes = await said(database)
    assert any(one.startswith(words) and "autovacuum is off" in one for one in causes), causes


async def test_in_peace_nothing_is_wrong_but_the_settings_of_a_test_server(database: Database) -> None:
    causes = await said(database)
    assert len(causes) == 1 and causes[0].startswith("setting "), causes
