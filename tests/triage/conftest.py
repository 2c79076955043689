"""Connected databases for the tests of the triage room, one of them on a server where nothing else goes on."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

import asyncpg
import pytest

from chatly_console.server.database import Database
from tests.conftest import ELSEWHERE, own_server
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


class Server(Protocol):
    """Whatever has databases."""

    def dsn(self, database: str) -> str:
        """The way into one, as its superuser."""


class Elsewhere:
    """The server that CHATLY_TEST_SERVER names; it should have the settings of the small one."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def dsn(self, database: str) -> str:
        """The way into a database of it."""
        return f"{self._dsn}/{database}"


@pytest.fixture(scope="session")
def small_server() -> Iterator[Server]:
    """A server that takes 20 clients, where nothing but the test goes on."""
    if elsewhere := os.environ.get(ELSEWHERE):
        yield Elsewhere(elsewhere)
        return
    with own_server(_SETTINGS) as share:
        yield share


@pytest.fixture
async def admin(small_server: Server) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """An empty database, and the superuser in it."""
    maintenance = await asyncpg.connect(small_server.dsn("postgres"))
    await maintenance.execute("create database incident")
    admin = await asyncpg.connect(small_server.dsn("incident"))
    yield admin
    await admin.close()
    await maintenance.execute("drop database incident with (force)")
    await maintenance.close()


@pytest.fixture
async def alone(small_server: Server, admin: object) -> AsyncIterator[Database]:
    """The console's way to that database."""
    database = await Database.connect(opening_of(small_server.dsn("incident")))
    yield database
    await database.close()


@pytest.fixture
async def trouble(small_server: Server, admin: object) -> AsyncIterator[Incident]:
    """An incident to be made there."""
    async with incident(small_server.dsn("incident")) as made:
        yield made


@pytest.fixture
async def made(database_dsn: str) -> AsyncIterator[Incident]:
    """An incident to be made in an empty database of the server that all tests share."""
    async with incident(database_dsn) as made:
        yield made
