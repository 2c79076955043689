from pathlib import Path

import asyncpg
import pytest

from tests.database.conftest import FOLDER, STORAGE_POLICIES, UP, as_admin
from tests.database.conftest import run_file as run

Connection = asyncpg.Connection
SNAPSHOT = Path(__file__).with_name("snapshot.sql").read_text(encoding="utf-8")


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
        # Who may not create policies on storage.objects is told so, and that file does nothing for him.
        assert states[-1] != states[-2] or path == STORAGE_POLICIES, f"{path.name} does nothing"
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
        assert path.read_text(encoding="utf-8").startswith("-- chatly: idempotent\n")
        await run(fresh, path)
        assert await catalogue(fresh) ^ once == set(), path.name
    for path in UP:
        await run(fresh, path)
    assert await catalogue(fresh) ^ once == set()


@pytest.mark.pg17
async def test_who_may_not_make_policies_of_storage_is_told_and_its_owner_mends_it(project17_dsn: str) -> None:
    told: list[str] = []
    postgres = await asyncpg.connect(project17_dsn, timeout=10, command_timeout=60)
    postgres.add_log_listener(lambda _, message: told.append(str(message)))
    policies = "select count(*) from pg_policies where schemaname = 'storage' and policyname like 'chatly_%'"
    try:
        for path in UP:
            await run(postgres, path)
        assert any("storage.objects" in words and STORAGE_POLICIES.name in words for words in told)
        assert await postgres.fetchval(policies) == 0
        admin = await asyncpg.connect(as_admin(project17_dsn), timeout=10, command_timeout=60)
        try:
            await run(admin, STORAGE_POLICIES)
            assert await postgres.fetchval(policies) == 4
            # What its owner made, only the owner undoes: the down file says so and does nothing by halves.
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match=r"owner of storage\.objects"):
                await run(postgres, FOLDER / "down" / STORAGE_POLICIES.name)
            await run(admin, FOLDER / "down" / STORAGE_POLICIES.name)
        finally:
            await admin.close()
        assert await postgres.fetchval(policies) == 0
    finally:
        await postgres.close()


async def test_the_stand_in_refuses_a_supabase_project(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn, timeout=10, command_timeout=60)
    try:
        await connection.execute("create schema auth; comment on schema auth is 'managed'")
        for path in sorted((FOLDER / "local").glob("*.sql")):
            with pytest.raises(asyncpg.PostgresError, match="must not run here"):
                await connection.execute(path.read_text(encoding="utf-8"))
            await connection.execute("rollback")
    finally:
        await connection.close()
