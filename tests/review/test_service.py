from pathlib import Path

import asyncpg
import pytest

from chatly_console.demo.service import migrate, prepare
from chatly_console.review.items import Reviewed, Standing
from chatly_console.review.service import review
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

PLANTED = """
create table public.clients (id uuid primary key, name text);
create table public.client_members
  (client_id uuid references clients, user_id uuid, role text, primary key (client_id, user_id));
create table public.notes (id int primary key, client_id uuid references clients, owner_id uuid, shade text, text text);
create table public.bare (id int primary key, text text);
alter table notes enable row level security;
create policy notes_see on notes for select using (owner_id = auth.uid() or shade = 'open');
create policy notes_see_too on notes for select to authenticated using (client_id is not null);
create view public.all_notes as select * from notes;
create function public.answer() returns int language sql security definer as 'select 42';
insert into clients select gen_random_uuid(), 'c' || n from generate_series(1, 3) n;
insert into client_members select id, gen_random_uuid(), 'owner' from clients;
insert into notes select n, (select id from clients limit 1), null, 'open', 'x' from generate_series(1, 20000) n;
analyze;
"""
SLOW = "-- title: Slow\n-- critical: always\nselect count(*) from public.notes where text = 'y';\n"


@pytest.fixture
async def planted(database_dsn: str, tmp_path: Path) -> str:
    """A database with a fault for every point of the review, and a folder of migrations with faults of its own."""
    connection = await asyncpg.connect(database_dsn, timeout=10)
    await prepare(connection)
    await connection.close()
    connection = await asyncpg.connect(database_dsn, timeout=10)
    await connection.execute(PLANTED)
    await connection.close()
    (tmp_path / "20260101000000_notes.sql").write_text("-- chatly: idempotent\ncreate table a (id int);\n")
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "slow.sql").write_text(SLOW)
    return database_dsn


async def reviewed(dsn: str, folder: Path | None = None) -> dict[str, Reviewed]:
    database = await Database.connect(opening_of(dsn, pool_size=4))
    try:
        return {found.item.name: found async for found in review(database, folder)}
    finally:
        await database.close()


@pytest.mark.pg17
async def test_as_postgres_on_supabase_only_the_policies_of_storage_are_missing_and_said_to_be(
    project17_dsn: str,
) -> None:
    await migrate({"dsn": project17_dsn})
    found = await reviewed(project17_dsn)
    failing = {name: one.findings for name, one in found.items() if one.standing is Standing.FAIL}
    assert list(failing) == ["row_level_security"]
    assert [words.split(":")[0] for words in failing["row_level_security"]] == [
        f"storage.objects {command}" for command in ("DELETE", "INSERT", "SELECT", "UPDATE")
    ]


async def test_every_point_finds_the_fault_that_was_planted_for_it(planted: str, tmp_path: Path) -> None:
    found = await reviewed(planted, tmp_path)
    assert {name for name, one in found.items() if one.standing is Standing.FAIL} == set(found)
    said = {name: "\n".join(one.findings) for name, one in found.items()}
    assert "notes.owner_id" in said["foreign_keys_defined"]
    assert "notes_client_id_fkey" in said["foreign_keys_indexed"]
    assert "notes.shade" in said["filtered_columns_indexed"]
    assert "bare: row level security is off" in said["row_level_security"]
    assert "all_notes: has the rights of its owner" in said["no_way_around"]
    assert "answer()" in said["no_way_around"] and "anon may TRUNCATE" in said["no_way_around"]
    assert "notes.notes_see: asks for each row" in said["policies_fast"]
    assert "notes_see_too" in said["policies_fast"]
    assert "reads 20,000 rows" in said["isolation"]
    assert "notes: 0 of 20,000 rows" in said["critical_queries"]
    assert "has no way back" in said["migrations"] and "cannot be run twice" in said["migrations"]
    assert "bare has no comment" in said["written_down"] and "README.md" in said["written_down"]
    assert all(one.mend for one in found.values())


async def test_queries_that_find_no_row_prove_nothing(planted: str, tmp_path: Path) -> None:
    (tmp_path / "queries" / "slow.sql").write_text("-- critical: always\nselect text from public.bare limit 1;\n")
    point = (await reviewed(planted, tmp_path))["critical_queries"]
    assert point.standing is Standing.UNKNOWN
    assert "none of the 1 found a row" in point.words


async def test_a_point_that_cannot_be_looked_at_says_why_and_does_not_fail(database_dsn: str, tmp_path: Path) -> None:
    found = await reviewed(database_dsn, tmp_path / "nothing")
    assert found["isolation"].standing is Standing.UNKNOWN
    assert found["critical_queries"].standing is Standing.UNKNOWN
    assert found["migrations"].standing is Standing.UNKNOWN
    assert "nothing" in found["migrations"].words
    assert found["foreign_keys_defined"].standing is Standing.OK


async def test_isolation_of_nobody_from_nobody_proves_nothing(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn, timeout=10)
    await prepare(connection)
    await connection.close()
    database = await Database.connect(opening_of(database_dsn))
    try:
        await migrate({"dsn": database_dsn})
        found = {point.item.name: point async for point in review(database)}
    finally:
        await database.close()
    assert found["isolation"].standing is Standing.UNKNOWN
    assert "Nobody belongs to any platform_client_id" in found["isolation"].words
