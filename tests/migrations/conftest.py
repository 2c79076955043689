"""A folder of migrations and a runner on an empty database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatly_console.server.database import Database
from tests.migrations.stage import Run
from tests.server.conftest import opening_of


@pytest.fixture
async def run(database_dsn: str, tmp_path: Path) -> AsyncIterator[Run]:
    database = await Database.connect(opening_of(database_dsn, pool_size=4))
    folder = tmp_path / "database"
    folder.mkdir()
    yield Run(database, folder)
    await database.close()
