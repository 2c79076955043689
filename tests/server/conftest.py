"""A connected `Database` for the tests of the server room."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatly_console.core.dsn import parse_dsn
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.pool import Opening


def opening_of(dsn: str, **options: Any) -> Opening:
    """How to open `dsn` with a pool of 2, unless `options` say otherwise."""
    arguments = {**connect_arguments(parse_dsn(dsn))}
    del arguments["statement_cache_size"]
    return Opening(arguments, **{"pool_size": 2, **options})


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    """An empty database of its own, with a pool of 2."""
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()
