"""A connected database, and the plan on a stage."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatly_console.server.database import Database
from tests.explain.stage import PlanStage, session_without_server
from tests.server.conftest import opening_of


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> PlanStage:
    session = session_without_server()
    session.database = database
    return PlanStage(session, tmp_path)


@pytest.fixture
def paper(tmp_path: Path) -> PlanStage:
    """A stage without a server: for plans that are read."""
    return PlanStage(session_without_server(), tmp_path)
