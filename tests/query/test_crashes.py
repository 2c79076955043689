"""The console is killed in the middle of things: what was typed is there again, and nothing is half-written."""

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import run_apart
from tests.shell.terminal import Terminal

F5 = "\x1b[15~"
ALT_T = "\x1bt"


@pytest.fixture
def console(database_dsn: str, tmp_path: Path) -> Iterator[Terminal]:
    terminal = begin(database_dsn, tmp_path)
    yield terminal
    terminal.close()


def begin(dsn: str, folder: Path) -> Terminal:
    environment = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    terminal = Terminal(["-m", "chatly_console", "--dsn", dsn], environment, (120, 40))
    terminal.until(lambda: "as postgres" in terminal.text and "F5 run" in terminal.text, 60)
    return terminal


def kill(terminal: Terminal) -> None:
    os.kill(terminal.process.pid, signal.SIGKILL)
    terminal.ended(10)


def texts(folder: Path) -> str:
    return "\n".join(path.read_text() for path in folder.rglob("*.sql"))


def asked(dsn: str, sql: str) -> object:
    async def go() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return run_apart(go())


def until_server(dsn: str, sql: str, wanted: object) -> None:
    async def go() -> None:
        connection = await asyncpg.connect(dsn)
        try:
            seen: list[object] = []
            while not seen or seen[-1] != wanted:
                seen.append(await connection.fetchval(sql))
        finally:
            await connection.close()

    run_apart(go())


def test_killed_while_typing_the_text_is_there_again(console: Terminal, database_dsn: str, tmp_path: Path) -> None:
    console.press("select 'kept' as words")
    console.until(lambda: "kept" in texts(tmp_path))
    kill(console)
    again = begin(database_dsn, tmp_path)
    try:
        again.sees("select 'kept' as words")
    finally:
        again.close()


def test_killed_in_a_transaction_nothing_of_it_is_kept(console: Terminal, database_dsn: str, tmp_path: Path) -> None:
    asked(database_dsn, "create table t (id int)")
    console.press(ALT_T)
    console.sees("IN TRANSACTION")
    console.press(f"insert into t values (1){F5}")
    console.sees("not committed")
    console.until(lambda: "insert into t values (1)" in texts(tmp_path))
    kill(console)
    until_server(
        database_dsn,
        "select count(*)::int from pg_stat_activity where state like 'idle in%' and datname = current_database()",
        0,
    )
    assert asked(database_dsn, "select count(*)::int from t") == 0


def test_killed_while_exporting_nothing_half_written_is_left(
    console: Terminal, database_dsn: str, tmp_path: Path
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    many = "select i, repeat('x', 500) from generate_series(1, 3000000) i"
    console.press(f"\\copy ({many}) to '{target}'{F5}")
    console.until(lambda: list(tmp_path.glob(".out.csv*")), 60)
    kill(console)
    assert target.read_text() == "old"
    until_server(
        database_dsn, "select count(*)::int from pg_stat_activity where state = 'active' and query like '%repeat%'"
        " and pid <> pg_backend_pid()", 0,
    )  # fmt: skip
    assert len(list(tmp_path.glob(".out.csv*"))) == 1
    again = begin(database_dsn, tmp_path)
    try:
        again.sees("An export was cut short")
        assert list(tmp_path.glob(".out.csv*")) == []
    finally:
        again.close()
    assert target.read_text() == "old"


@pytest.mark.parametrize("options", ["", "csv header"])
def test_a_disk_that_is_full_is_said_and_leaves_the_console_whole(
    console: Terminal, database_dsn: str, tmp_path: Path, options: str
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    resource.prlimit(console.process.pid, resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))
    console.press(f"\\copy (select i, repeat('x', 500) from generate_series(1, 30000) i) to '{target}' {options}{F5}")
    console.sees("could not be written: file too large")
    console.until(lambda: not list(tmp_path.glob(".out.csv*")))
    assert target.read_text() == "old"
    console.press(f"\n\n;\nselect 'still here' as words;{F5}")
    console.sees("1 row in")
    until_server(
        database_dsn, "select count(*)::int from pg_stat_activity where state = 'active' and query like '%repeat%'"
        " and pid <> pg_backend_pid()", 0,
    )  # fmt: skip
