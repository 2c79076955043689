import os
import subprocess
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from chatly_console.demo.service import load, migrate, prepare
from chatly_console.resources import data_folder
from tests.conftest import run_apart

Connection = asyncpg.Connection
FOLDER = data_folder("database")
UP = sorted(FOLDER.glob("2*.sql"))
STORAGE_POLICIES = next(path for path in UP if path.stem.endswith("_storage_documents_policies"))
TOOLS = Path(os.environ.get("CHATLY_PG17_TOOLS", "../shared/tools/pg17"))
ON_BOTH_SERVERS = ["embedded", pytest.param("pg17", marks=pytest.mark.pg17)]


def as_admin(dsn: str) -> str:
    """The same place as the superuser of the PostgreSQL 17 test server."""
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(netloc=f"supabase_admin:admin-pw@{parts.hostname}:{parts.port}"))


def supabase_project(pg17_dsn: str) -> Iterator[str]:
    """An empty project as Supabase makes one, on PostgreSQL 17; the DSN is that of postgres, no superuser there."""
    if not (TOOLS / "srv.sh").is_file():
        pytest.skip(f"needs the test server's tools: there is no {TOOLS}/srv.sh; set CHATLY_PG17_TOOLS")
    name = f"data_test_{uuid.uuid4().hex[:12]}"
    subprocess.run([TOOLS / "srv.sh", "newdb", name], check=True, capture_output=True)
    yield urlunsplit(urlsplit(pg17_dsn)._replace(path=f"/{name}"))
    subprocess.run([TOOLS / "srv.sh", "dropdb", name], check=True, capture_output=True)


async def run_file(connection: "Connection[asyncpg.Record]", path: Path) -> None:
    """Run a migration whole or not at all."""
    async with connection.transaction():
        await connection.execute(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def chatly17_dsn(pg17_dsn: str) -> Iterator[str]:
    """The seeded Chatly database on PostgreSQL 17: migrated by postgres, the storage policies added by a superuser."""
    for dsn in supabase_project(pg17_dsn):
        run_apart(_deploy(dsn))
        yield as_admin(dsn)


async def _deploy(dsn: str) -> None:
    await migrate({"dsn": dsn})
    connection = await asyncpg.connect(as_admin(dsn), timeout=10, command_timeout=300)
    await run_file(connection, STORAGE_POLICIES)
    await load(connection)
    await connection.close()


@pytest.fixture(params=ON_BOTH_SERVERS)
async def chatly(request: pytest.FixtureRequest) -> AsyncIterator["Connection[asyncpg.Record]"]:
    """The seeded database, as its superuser, in a transaction that is rolled back."""
    dsn = request.getfixturevalue("chatly_dsn" if request.param == "embedded" else "chatly17_dsn")
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=60)
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close(timeout=10)


@pytest.fixture(params=ON_BOTH_SERVERS)
def fresh_dsn(request: pytest.FixtureRequest) -> str:
    """An empty project before the first migration, as whoever deploys: a superuser, and postgres without that power."""
    if request.param == "pg17":
        return str(request.getfixturevalue("project17_dsn"))
    dsn = str(request.getfixturevalue("database_dsn"))
    run_apart(_prepare(dsn))
    return dsn


async def _prepare(dsn: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=10)
    await prepare(connection)
    await connection.close()


@pytest.fixture
async def fresh(fresh_dsn: str) -> AsyncIterator["Connection[asyncpg.Record]"]:
    """A connection to that project."""
    connection = await asyncpg.connect(fresh_dsn, timeout=10, command_timeout=60)
    try:
        yield connection
    finally:
        await connection.close(timeout=10)


@pytest.fixture
def project17_dsn(pg17_dsn: str) -> Iterator[str]:
    """An empty project on PostgreSQL 17 for one test."""
    yield from supabase_project(pg17_dsn)
