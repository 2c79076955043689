import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from chatly_console.demo.service import prepare
from chatly_console.resources import data_folder

Connection = asyncpg.Connection
FOLDER = data_folder("database")
UP = sorted(FOLDER.glob("2*.sql"))

SNAPSHOT = Path(__file__).with_name("snapshot.sql").read_text(encoding="utf-8")


@pytest.fixture
async def fresh(chatly_dsn: str) -> AsyncIterator["Connection[asyncpg.Record]"]:
    """A plain database with the stand-in for Supabase and nothing else."""
    name = f"chatly_test_chain_{os.getpid()}"
    admin = await asyncpg.connect(chatly_dsn, database="postgres", timeout=10)
    try:
        await admin.execute(f'create database "{name}"')
        connection = await asyncpg.connect(chatly_dsn, database=name, timeout=10, command_timeout=60)
        await prepare(connection)
        await connection.close()
        connection = await asyncpg.connect(chatly_dsn, database=name, timeout=10, command_timeout=60)
        try:
            yield connection
        finally:
            await connection.close()
    finally:
        await admin.execute(f'drop database if exists "{name}" with (force)')
        await admin.close()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def run(connection: "Connection[asyncpg.Record]", path: Path) -> None:
    async with connection.transaction():
        await connection.execute(text_of(path))


async def catalogue(connection: "Connection[asyncpg.Record]") -> set[str]:
    return {str(row[0]) for row in await connection.fetch(SNAPSHOT)}


def test_every_migration_has_a_way_back() -> None:
    assert [path.name for path in UP] == [path.name for path in sorted((FOLDER / "down").glob("*.sql"))]


async def test_each_file_is_undone_by_its_down_file_and_the_chain_is_the_same_the_second_time(
    fresh: "Connection[asyncpg.Record]",
) -> None:
    states = [await catalogue(fresh)]
    for path in UP:
        await run(fresh, path)
        states.append(await catalogue(fresh))
        assert states[-1] != states[-2], f"{path.name} does nothing"
    for path, before in zip(reversed(UP), reversed(states[:-1]), strict=True):
        await run(fresh, FOLDER / "down" / path.name)
        now = await catalogue(fresh)
        assert now ^ before == set(), path.name
    for path in UP:
        await run(fresh, path)
    assert await catalogue(fresh) ^ states[-1] == set()


async def test_what_calls_itself_idempotent_can_be_run_twice(fresh: "Connection[asyncpg.Record]") -> None:
    for path in UP:
        await run(fresh, path)
    once = await catalogue(fresh)
    for path in UP:
        assert "-- chatly: idempotent" in path.read_text(encoding="utf-8")
        await run(fresh, path)
    assert await catalogue(fresh) ^ once == set()


async def test_the_stand_in_refuses_a_supabase_project(fresh: "Connection[asyncpg.Record]") -> None:
    await fresh.execute("comment on schema auth is 'managed'")
    for path in sorted((FOLDER / "local").glob("*.sql")):
        with pytest.raises(asyncpg.PostgresError, match="must not run here"):
            await fresh.execute(path.read_text(encoding="utf-8"))
        await fresh.execute("rollback")
