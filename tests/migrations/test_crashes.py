"""kill -9 of the console, the server process and the whole server at every boundary: named right, and it goes on."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from chatly_console.core.failure import Failure
from chatly_console.migrations.events import FileEnded
from chatly_console.migrations.status import State
from chatly_console.server import embedded
from chatly_console.server.database import Database
from tests.conftest import own_server
from tests.migrations.crashes import (
    DONE,
    GATED,
    HISTORY_GATE,
    LOG_GATE,
    OUTSIDE,
    OUTSIDE_GATES,
    SETUP,
    TRIGGERS,
    closed_gate,
    transactional,
    waiting_at,
)
from tests.migrations.stage import Run, plain, until, write
from tests.server.conftest import opening_of
from tests.server.embedded_stage import ROOT

V0, V1 = "20260101000000", "20260102000000"
BLIND = """
do $$ begin
  execute format('alter database %I set client_connection_check_interval = 0', current_database());
end $$
"""
TRANSACTION_GATES = (50, 0, 1, HISTORY_GATE, LOG_GATE)


async def prepare(run: Run, dsn: str, text: str) -> None:
    """The gates, a first migration that is applied, and the one that will be cut off."""
    async with plain(dsn) as other:
        await other.execute(SETUP)
        await other.execute(GATED)
    write(run.folder, V0, "first", "create table before (i int);")
    await run.go()
    async with plain(dsn) as other:
        await other.execute(TRIGGERS)
    write(run.folder, V1, "cut_off", text)


async def cut_off(run: Run, dsn: str, gate: int) -> None:
    """Run until the gate, and end the server process there."""
    async with plain(dsn) as other, closed_gate(other, gate):
        task = asyncio.create_task(run.go())
        pid = await waiting_at(other, gate)
        await other.execute("select pg_terminate_backend($1)", pid)
        with pytest.raises(Failure):
            await task


async def gone_on(run: Run, dsn: str, *, rows: int | None = None) -> None:
    """It can go on, and everything has happened exactly once."""
    run.events.clear()
    await run.go()
    assert await run.states() == {V0: State.APPLIED, V1: State.APPLIED}
    if rows is None:
        return
    async with plain(dsn) as other:
        assert await other.fetchval("select count(*) from o1") == rows
        indexes = await other.fetch(
            "select indexrelid::regclass::text as name, indisvalid from pg_index where indrelid = 'o1'::regclass"
        )
        assert sorted((row["name"], row["indisvalid"]) for row in indexes) == [("o1_i", True), ("o1_i_idx", True)]


@pytest.mark.parametrize("gate", TRANSACTION_GATES)
async def test_a_killed_server_process_leaves_nothing_of_a_transaction(run: Run, database_dsn: str, gate: int) -> None:
    await prepare(run, database_dsn, transactional(2))
    await cut_off(run, database_dsn, gate)
    migration = (await run.status())[1]
    assert migration.state is State.PENDING
    assert "nothing of it was kept" in migration.remark
    await gone_on(run, database_dsn)


@pytest.mark.parametrize("gate", OUTSIDE_GATES)
async def test_a_killed_server_process_outside_a_transaction_is_gone_on_from(
    run: Run, database_dsn: str, gate: int
) -> None:
    await prepare(run, database_dsn, OUTSIDE)
    await cut_off(run, database_dsn, gate)
    migration = (await run.status())[1]
    assert migration.state is State.PARTWAY
    assert f"{DONE[gate]} of 13 statements are done" in migration.remark
    await gone_on(run, database_dsn, rows=3)


@pytest.mark.parametrize("gate", TRANSACTION_GATES)
async def test_a_killed_console_leaves_nothing_of_a_transaction(run: Run, database_dsn: str, gate: int) -> None:
    await prepare(run, database_dsn, transactional(2))
    await kill_console(run, database_dsn, gate)
    migration = (await run.status())[1]
    assert migration.state is State.PENDING
    assert "was cut off; nothing of it was kept" in migration.remark
    await gone_on(run, database_dsn)


@pytest.mark.parametrize("gate", OUTSIDE_GATES)
async def test_a_killed_console_outside_a_transaction_is_gone_on_from(run: Run, database_dsn: str, gate: int) -> None:
    await prepare(run, database_dsn, OUTSIDE)
    await kill_console(run, database_dsn, gate)
    migration = (await run.status())[1]
    assert migration.state is State.PARTWAY
    assert "was cut off" in migration.remark and "it can go on" in migration.remark
    await gone_on(run, database_dsn, rows=3)


def console(run: Run, dsn: str) -> "subprocess.Popen[bytes]":
    """A console in a process of its own that applies the folder."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "tests.migrations.console_stand_in", dsn, str(run.folder)]
    return subprocess.Popen(program, env=environment)


async def kill_console(run: Run, dsn: str, gate: int) -> None:
    """A console in a process of its own, killed while the server waits at the gate."""
    async with plain(dsn) as other:
        async with closed_gate(other, gate):
            process = console(run, dsn)
            pid = await waiting_at(other, gate)
            process.kill()
            process.wait(30)
        # The server notices once it wants to say something: then it rolls back and the turn is free.
        await until(lambda: ended(other, pid), 30)


async def ended(connection: "asyncpg.Connection[asyncpg.Record]", pid: int) -> bool:
    return not await connection.fetchval("select exists (select from pg_stat_activity where pid = $1)", pid)


@pytest.mark.parametrize("finished", [True, False], ids=["built", "half-built"])
async def test_an_index_that_was_being_built_when_the_console_died(run: Run, database_dsn: str, finished: bool) -> None:
    """The build goes on without the console: it comes to its end, or is ended; both are found out."""
    await prepare(run, database_dsn, OUTSIDE)
    async with plain(database_dsn) as other, plain(database_dsn) as reader:
        await other.execute(
            "drop function gated; create function gated(i int) returns int immutable language sql as 'select i'"
        )
        # This server does not look whether its client lives, as most do not.
        await other.execute(BLIND)
        async with closed_gate(other, 1):
            process = console(run, database_dsn)
            pid = await waiting_at(other, 1)
            # A reader with a snapshot keeps the index from being finished.
            await reader.execute("begin isolation level repeatable read")
            await reader.execute("select count(*) from o1")
        await until(lambda: building(other), 30)
        process.kill()
        process.wait(30)
        if not finished:
            await other.execute("select pg_terminate_backend($1)", pid)
        await reader.execute("rollback")
        await until(lambda: ended(other, pid), 30)
        valid = await other.fetchval("select indisvalid from pg_index where indexrelid = 'o1_i'::regclass")
        assert valid is finished
    assert (await run.status())[1].state is State.PARTWAY
    await gone_on(run, database_dsn, rows=3)


async def building(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    """Whether the index is there and waits for the reader, which it does only once it is filled."""
    waiting = "phase = 'waiting for old snapshots' and datname = current_database()"
    return bool(await connection.fetchval(f"select exists (select from pg_stat_progress_create_index where {waiting})"))


@pytest.fixture(scope="module")
def mortal() -> Iterator[embedded.EmbeddedServer]:
    """A server that may be killed."""
    with own_server({"max_connections": "100"}) as share:
        yield share


async def kill_server(share: embedded.EmbeddedServer) -> None:
    """kill -9 of the postmaster and of all its children, and a fresh start: what it had not written is gone."""
    pid = share.pid
    assert pid is not None
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for one in (pid, *children):
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            continue
    await until(lambda: not any(Path(f"/proc/{one}").exists() for one in (pid, *children)), 30)
    await share.revive()


BOUNDARIES = [
    *((gate, "transaction") for gate in TRANSACTION_GATES),
    *((gate, "outside") for gate in OUTSIDE_GATES),
]
AT_ONCE = 5
"""Databases that stand at one boundary each when the server is killed: a restart takes longer than a run."""


@dataclass
class Halted:
    """A run that waits at a boundary."""

    gate: int
    kind: str
    dsn: str
    run: Run
    task: "asyncio.Task[None]"
    holder: "asyncpg.Connection[asyncpg.Record]"


async def halted(share: embedded.EmbeddedServer, folder: Path, gate: int, kind: str) -> Halted:
    """A database of its own in which a run has come to the gate."""
    name = f"crash_{gate}_{kind}"
    async with plain(share.dsn("postgres")) as admin:
        await admin.execute(f"create database {name}")
    dsn = share.dsn(name)
    (folder / name).mkdir()
    run = Run(await Database.connect(opening_of(dsn, pool_size=4)), folder / name)
    await prepare(run, dsn, transactional(2) if kind == "transaction" else OUTSIDE)
    holder = await asyncpg.connect(dsn)
    await holder.execute("select pg_advisory_lock($1)", 1000 + gate)
    task = asyncio.create_task(run.go())
    await waiting_at(holder, gate)
    return Halted(gate, kind, dsn, run, task, holder)


def is_up(database: Database) -> bool:
    return database.link.is_up


@pytest.mark.parametrize("number", range(0, len(BOUNDARIES), AT_ONCE))
async def test_a_killed_server_says_what_it_kept_and_goes_on(
    mortal: embedded.EmbeddedServer, tmp_path: Path, number: int
) -> None:
    runs = [await halted(mortal, tmp_path, *one) for one in BOUNDARIES[number : number + AT_ONCE]]
    try:
        await kill_server(mortal)
        for one in runs:
            with pytest.raises(Failure):
                await one.task
            one.holder.terminate()
            await until(partial(is_up, one.run.database), 30)
            migration = (await one.run.status())[1]
            assert migration.state is (State.PENDING if one.kind == "transaction" else State.PARTWAY)
            whole = one.kind == "transaction"
            kept = "nothing of it was kept" if whole else f"{DONE[one.gate]} of 13 statements are done"
            assert kept in migration.remark, (one.gate, one.kind)
            await gone_on(one.run, one.dsn, rows=None if one.kind == "transaction" else 3)
            assert one.run.of(FileEnded)
    finally:
        for one in runs:
            await one.run.database.close()
