"""A connected Chatly database, and an empty one, for the tests of the policies room."""

from collections.abc import AsyncIterator

import pytest

from chatly_console.server.database import Database
from tests.server.conftest import opening_of


@pytest.fixture
async def chatly(chatly_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(chatly_dsn, pool_size=4))
    yield database
    await database.close()


@pytest.fixture
async def empty(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn, pool_size=4))
    yield database
    await database.close()
