"""Connected databases for the tests of the triage room, one of them on a server where nothing else goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from tests.conftest import own_server
from tests.server.conftest import opening_of
from tests.triage.incidents import Incident, incident


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()


_SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "max_connections": "20", "wal_level": "logical", "autovacuum": "off",
    "wal_init_zero": "off", "max_prepared_transactions": "5",
}  # fmt: skip


@pytest.fixture(scope="session")
def small_server() -> Iterator[EmbeddedServer]:
    """A server that takes 20 clients, where nothing but the test goes on."""
    with own_server(_SETTINGS) as share:
        yield share


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
async def alone(small_server: EmbeddedServer, admin: object) -> AsyncIterator[Database]:
    """The console's way to that database."""
    database = await Database.connect(opening_of(small_server.dsn("incident")))
    yield database
    await database.close()


@pytest.fixture
async def trouble(small_server: EmbeddedServer, admin: object) -> AsyncIterator[Incident]:
    """An incident to be made there."""
    async with incident(small_server.dsn("incident")) as made:
        yield made


@pytest.fixture
async def made(database_dsn: str) -> AsyncIterator[Incident]:
    """An incident to be made in an empty database of the server that all tests share."""
    async with incident(database_dsn) as made:
        yield made
