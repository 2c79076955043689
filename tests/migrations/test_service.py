"""The history of a real database beside the files that built it."""

import pytest

from chatly_console import cli
from chatly_console.migrations.history import History
from chatly_console.migrations.service import read_history, read_status
from chatly_console.migrations.status import State
from chatly_console.resources import data_folder
from chatly_console.server.database import Database
from tests.server.conftest import opening_of


async def test_the_demos_own_migrations_are_applied_and_unchanged(chatly_dsn: str) -> None:
    database = await Database.connect(opening_of(chatly_dsn))
    try:
        migrations = await read_status(database, data_folder("database"))
    finally:
        await database.close()
    assert len(migrations) >= 20
    assert {m.state for m in migrations} == {State.APPLIED}


async def test_a_database_without_a_history_has_applied_nothing(database_dsn: str) -> None:
    database = await Database.connect(opening_of(database_dsn))
    try:
        assert await read_history(database) == History()
    finally:
        await database.close()


def test_status_says_so_by_its_exit_status(
    chatly_dsn: str, server_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--dsn", chatly_dsn, "migrate", "status", "--json"]) == 0
    assert '"state": "applied"' in capsys.readouterr().out
    assert cli.main(["--dsn", server_dsn, "migrate", "plan"]) == 1
    captured = capsys.readouterr()
    assert "20260301090000 extensions" in captured.out


@pytest.fixture
def server_dsn(server: object) -> str:
    """The empty database that every server has."""
    return str(server.dsn("postgres"))  # type: ignore[attr-defined]
