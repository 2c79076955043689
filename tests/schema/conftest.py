"""A connected `Database` of its own for each test of the schema room."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.server.database import Database
from tests.server.conftest import opening_of


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    """An empty database, with a pool of 4."""
    database = await Database.connect(opening_of(database_dsn, pool_size=4))
    yield database
    await database.close()


@pytest.fixture
async def other(database_dsn: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """Another session on the same database, to change things behind the console's back."""
    connection = await asyncpg.connect(database_dsn)
    yield connection
    await connection.close()
