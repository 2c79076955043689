"""The stand-in for Supabase: it never touches a project that has the real thing."""

from pathlib import Path

import asyncpg
import pytest

from chatly_console.resources import data_folder

FILES = sorted((data_folder("database") / "local").glob("*.sql"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_each_file_refuses_a_project_with_an_auth_schema_of_its_own(path: Path, database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    try:
        await connection.execute("create schema auth; create table auth.users (id uuid)")
        before = await connection.fetchval("select count(*) from pg_class")
        with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError, match="must not run here"):
            await connection.execute(path.read_text(encoding="utf-8"))
        await connection.execute("rollback")
        assert await connection.fetchval("select count(*) from pg_class") == before
    finally:
        await connection.close()
