"""A connected database and a pane on a stage for the tests of the query room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatly_console.query.ui import asking
from chatly_console.server.database import Database
from tests.query.stage import Stage, session_without_server
from tests.server.conftest import opening_of


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions come almost at once; the tests type no text into them."""
    monkeypatch.setattr(asking, "QUIET", 0.02)


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    session = session_without_server()
    session.database = database
    return Stage(session, tmp_path)
