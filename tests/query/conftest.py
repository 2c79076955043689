"""A connected database and a pane on a stage for the tests of the query room."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from chatly_console.query.ui import asking
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from tests.conftest import _as_superuser, run_apart
from tests.query.console import CTRL_Q, Console
from tests.query.stage import Stage, session_without_server
from tests.server.conftest import opening_of


@pytest.fixture(scope="session")
def room_dsn(server: EmbeddedServer) -> Iterator[str]:
    """One database for the tests of this room: to make one for each test takes longer than the tests."""
    name = f"query_{uuid.uuid4().hex[:16]}"
    run_apart(_as_superuser(server.dsn("postgres"), f"create database {name}"))
    yield server.dsn(name)
    run_apart(_as_superuser(server.dsn("postgres"), f"drop database {name} with (force)"))


@pytest.fixture
def database_dsn(room_dsn: str) -> str:
    """The room's database, as empty as a new one, and nobody in it."""
    run_apart(_emptied(room_dsn))
    return room_dsn


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()


async def _emptied(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        others = "datname = current_database() and pid <> pg_backend_pid()"
        await connection.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}")
        names = await connection.fetch("select nspname from pg_namespace where nspname !~ '^(pg_|information_schema$)'")
        for name in names:
            await connection.execute(f'drop schema "{name["nspname"]}" cascade')
        await connection.execute("create schema public")
    finally:
        await connection.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions come almost at once; the tests type no text into them."""
    monkeypatch.setattr(asking, "QUIET", 0.02)


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    session = session_without_server()
    session.database = database
    return Stage(session, tmp_path)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}


@pytest.fixture
def console(database_dsn: str, environment: dict[str, str], tmp_path: Path) -> Iterator[Console]:
    program = tmp_path / "my-editor"
    program.write_text('#!/bin/sh\nprintf "select \'from outside\' as words" > "$1"\n')
    program.chmod(0o755)
    environment["EDITOR"] = str(program)
    console = Console(["-m", "chatly_console", "--dsn", database_dsn], environment, (120, 40))
    console.until(lambda: "as postgres" in console.text and "F5 run" in console.text, 60)
    yield console
    console.press(CTRL_Q)
    console.close()
