"""Migrations: the proof of thirty files, the catalogue of 1,000 tables compared, and what the runner adds to a file."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import asyncpg

from chatly_console.core.dsn import parse_dsn
from chatly_console.migrations.events import Task
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.runner import Runner
from chatly_console.migrations.snapshot import differences
from chatly_console.migrations.snapshot_service import read_snapshot
from chatly_console.migrations.verify import verify
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.pool import Opening

from .big_table import big_table, run

FILES, TABLES = 30, 1_000
_NAME = "bench_migrations"


def rows() -> list[tuple[str, str, str, bool]]:
    """Measured on a database of its own."""
    return run(_measure())


async def _measure() -> list[tuple[str, str, str, bool]]:
    server = await big_table()
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute(f"drop database if exists {_NAME} with (force)")
    await admin.execute(f"create database {_NAME}")
    arguments = {**connect_arguments(parse_dsn(server.dsn(_NAME)))}
    del arguments["statement_cache_size"]
    database = await Database.connect(Opening(arguments))
    plain = await asyncpg.connect(server.dsn(_NAME))
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_files(folder)
            proof, good = await _proof(database, folder)
            ratio = await _runner_ratio(database, plain, folder)
        drift, objects = await _drift(database, plain)
    finally:
        await plain.close()
        await database.close()
        await admin.execute(f"drop database {_NAME} with (force)")
        await admin.close()
        server.release()
    proven = proof <= 15 and good
    return [
        (f"proof of {FILES} migrations: up, down, up, compared each time", "15 s", f"{proof:.1f} s", proven),
        (f"drift of {TABLES:,} tables: two catalogues of {objects:,} objects", "2 s", f"{drift:.2f} s", drift <= 2),
        ("thirty files by the runner / by plain asyncpg in transactions", "4x", f"{ratio:.1f}x", ratio <= 4),
    ]  # fmt: skip


def write_files(folder: Path) -> None:
    """Thirty migrations: a table with index, policy, function, trigger, comments and a foreign key each."""
    (folder / "down").mkdir()
    for number in range(FILES):
        name = f"{20260101000000 + number}_m{number}.sql"
        reference = f"references t{number - 1}" if number else ""
        (folder / name).write_text(
            f"create table t{number} (id bigint primary key, parent_id bigint {reference}, a text default 'x');\n"
            f"create index on t{number} (parent_id);\n"
            f"alter table t{number} enable row level security;\n"
            f"create policy p on t{number} using (id > 0);\n"
            f"create function f{number}() returns trigger language plpgsql as 'begin return new; end';\n"
            f"create trigger tr before insert on t{number} for each row execute function f{number}();\n"
            f"comment on table t{number} is 'Table {number}';\n"
        )
        (folder / "down" / name).write_text(f"drop table t{number};\ndrop function f{number};\n")


async def _proof(database: Database, folder: Path) -> tuple[float, bool]:
    begun = time.perf_counter()
    proofs = await verify(database, folder)
    return time.perf_counter() - begun, all(proof.ok for proof in proofs)


async def _runner_ratio(database: Database, plain: "asyncpg.Connection[asyncpg.Record]", folder: Path) -> float:
    files = read_folder(folder).files
    ours, theirs = [], []
    for _ in range(3):
        begun = time.perf_counter()
        await Runner(database, lambda event: None).run([Task(file, "up") for file in files])
        ours.append(time.perf_counter() - begun)
        await _drop_all(plain)
        begun = time.perf_counter()
        for file in files:
            async with plain.transaction():
                for statement in file.up.statements:
                    await plain.execute(statement.text)
        theirs.append(time.perf_counter() - begun)
        await _drop_all(plain)
    return statistics.median(ours) / statistics.median(theirs)


async def _drop_all(plain: "asyncpg.Connection[asyncpg.Record]") -> None:
    await plain.execute("set client_min_messages = warning; drop schema if exists supabase_migrations, public cascade")
    await plain.execute("create schema public")


async def _drift(database: Database, plain: "asyncpg.Connection[asyncpg.Record]") -> tuple[float, int]:
    columns = ", ".join(f"c{number} int" for number in range(10))
    for first in range(0, TABLES, 250):
        await plain.execute(
            "".join(
                f"create table big_{n} (id bigint primary key, {columns}); create index on big_{n} (c1);"
                f"create policy p on big_{n} using (c2 > 0);"
                for n in range(first, first + 250)
            )
        )
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        one, other = await read_snapshot(database), await read_snapshot(database)
        found = await asyncio.to_thread(differences, one, other)
        times.append(time.perf_counter() - begun)
        assert not found
    return min(times), len(one.objects)
