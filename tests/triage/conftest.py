"""A connected database for the tests of the triage room."""

from collections.abc import AsyncIterator

import pytest

from chatly_console.server.database import Database
from tests.server.conftest import opening_of


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()
