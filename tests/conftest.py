"""Servers for the tests: one embedded PostgreSQL for the whole run, shared by all workers."""

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from chatly_console.demo.opening import open_demo
from chatly_console.server.embedded import EmbeddedServer, start

PG17 = "postgresql://postgres:postgres-pw@127.0.0.1:55617/supalike"


def shared_folder(request: pytest.FixtureRequest) -> Path:
    """A folder that all workers of this run know, and that the server's own user can enter."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"alone-{os.getpid()}"
    return Path(tempfile.gettempdir()) / f"chatly-tests-{run[:12]}"


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    """The embedded server of this run; the last worker's end stops it, and the next run finds a fresh one."""
    folder = shared_folder(request)
    server = asyncio.run(start(folder))
    yield server
    server.release()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def database_dsn(server: EmbeddedServer) -> AsyncIterator[str]:
    """A fresh empty database, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    connection = await asyncpg.connect(server.dsn("postgres"))
    try:
        await connection.execute(f"create database {name}")
        yield server.dsn(name)
        await connection.execute(f"drop database if exists {name} with (force)")
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def chatly_dsn(server: EmbeddedServer) -> Iterator[str]:
    """The seeded Chatly database, built once for all workers: read it only, or roll back."""
    held, _ = asyncio.run(open_demo(server.files.folder))
    yield server.dsn("chatly")
    held.release()


@pytest.fixture
def pg17_dsn() -> str:
    """PostgreSQL 17 as on Supabase, where CHATLY_PG17 is set (to 1, or to a connection string)."""
    given = os.environ.get("CHATLY_PG17")
    if not given:
        pytest.skip("CHATLY_PG17 is not set: no PostgreSQL 17 to test against")
    return given if "://" in given else PG17


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the user's own connections, files or keyring."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
