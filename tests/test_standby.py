"""Every room on a hot standby, where nothing can be written: what only reads works, and what writes says why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from chatly_console.demo.service import migrate, prepare
from chatly_console.server import embedded
from tests.conftest import run_apart, temporary_folder
from tests.shell.terminal import Terminal

F5, F9 = "\x1b[15~", "\x1b[20~"


@pytest.fixture(scope="module")
def standby_dsn() -> Iterator[str]:
    """A server with Chatly's schema that has been made a standby; its primary is gone, as in a bad night."""

    async def build(folder: Path) -> Path:
        server = await embedded.start(folder)
        connection = await asyncpg.connect(server.dsn("postgres"))
        await prepare(connection)
        await connection.close()
        await migrate({"host": str(server.socket_dir), "port": server.port, "user": "postgres", "database": "postgres"})
        await server.stop()
        return server.socket_dir.parent

    with temporary_folder() as folder:
        home = run_apart(build(folder / "server"))
        (home / "pgdata" / "standby.signal").touch()
        server = run_apart(embedded.start(folder / "server"))
        yield server.dsn("postgres")
        run_apart(server.stop())
        run_apart(embedded.reset(folder / "server"))


JUMP, SELECT_ALL, DELETE = "\x0f", "\x1b[18~", "\x1b[3~"

SIGHTS = [
    ("select count(*) || ' plans' from plans", F5, "0 plans"),
    ("select count(*) from plans", F9, "Aggregate"),
    ("insert into plans (code) values ('x')", F5, "This server is a standby, which only reads"),
]
"""Statements with the key that runs them, and what is seen of it."""
ROOMS = [
    ("1", "social_contacts"),
    ("3", "Nobody is impersonated"),
    ("3m", "counted on one snapshot"),
    ("4", "documents.embedding"),
    ("5", "Nothing is pending."),
    ("6", ", standby"),
    ("7", "never scanned"),
]
"""The keys that lead to a room and to one of its views, and what is seen there."""


def test_every_room_reads_on_a_standby(standby_dsn: str, tmp_path: Path) -> None:
    environment = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    terminal = Terminal(["-m", "chatly_console", "--dsn", standby_dsn], environment, (120, 40))
    try:
        terminal.sees("F5 run")
        terminal.sees("STANDBY")
        for sql, key, seen in SIGHTS:
            terminal.press(f"{JUMP}a{SELECT_ALL}{DELETE}{sql}{key}")
            terminal.sees(seen)
        for keys, seen in ROOMS:
            terminal.press(JUMP + keys)
            terminal.sees(seen)
    finally:
        terminal.close()
