"""The console as a process in a real terminal: its start on a large catalogue, and the end of a large result."""

import asyncio
import statistics
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from chatly_console.server.embedded import EmbeddedServer
from tests.shell.terminal import Terminal

from .big_table import big_table, run
from .tools import psql

F5, ESC, CTRL_Q = "\x1b[15~", "\x1b", "\x11"
_TABLES = 3_000
_READY = "Nothing has been run here yet"


def rows() -> list[tuple[str, str, str, bool]]:
    """Start and memory."""
    server = run(big_table())
    try:
        asyncio.run(_make_tables(server))
        starts = [_start(server.dsn("bench_tables")) for _ in range(3)]
        ends = [(_to_the_end(server.dsn("bench")), _psql_seconds(server.dsn("bench"))) for _ in range(2)]
    finally:
        server.release()
    seconds = statistics.median(seconds for seconds, _ in starts)
    memory = statistics.median(memory for _, memory in starts)
    scrolled = max(grown for (_, grown), _ in ends)
    ratio = min(seconds for (seconds, _), _ in ends) / min(seconds for _, seconds in ends)
    return [
        ("start to a usable editor on a server with 3,000 tables", "1 s", f"{seconds:.2f} s", seconds <= 1),
        ("the same, resident memory", "120 MB", f"{memory:.0f} MB", memory <= 120),
        (
            "memory at the last of 1,000,000 rows, above idle",
            "100 MB",
            f"{scrolled:.0f} MB",
            scrolled <= 100,
        ),
        ("from End to the last of 1,000,000 rows / psql --csv to a file", "3x", f"{ratio:.2f}x", ratio <= 3),
    ]


async def _make_tables(server: EmbeddedServer) -> None:
    admin = await asyncpg.connect(server.dsn("postgres"))
    if not await admin.fetchval("select exists (select from pg_database where datname = 'bench_tables')"):
        await admin.execute("create database bench_tables")
    await admin.close()
    connection = await asyncpg.connect(server.dsn("bench_tables"))
    for start in range(0, _TABLES, 500):
        names = range(start, start + 500)
        if await connection.fetchval(f"select to_regclass('t_{start + 499}') is null"):
            await connection.execute("; ".join(f"create table t_{n} (id int primary key, name text)" for n in names))
    await connection.close()


def _open(dsn: str, folder: str) -> Terminal:
    environment = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"), folder)
    return Terminal(["-m", "chatly_console", "--dsn", dsn], environment, (120, 40))


def _start(dsn: str) -> tuple[float, float]:
    """Seconds until a typed word stands in the editor, and the megabytes that the console then takes."""
    with TemporaryDirectory() as folder:
        begun = time.perf_counter()
        terminal = _open(dsn, folder)
        try:
            terminal.sees(_READY)
            terminal.press("usable")
            terminal.sees("usable")
            return time.perf_counter() - begun, _resident_mb(terminal)
        finally:
            _leave(terminal)


def _to_the_end(dsn: str) -> tuple[float, float]:
    """Seconds from the key End to the last row on the screen, and the megabytes that the console then takes more."""
    with TemporaryDirectory() as folder:
        terminal = _open(dsn, folder)
        try:
            terminal.sees(_READY)
            idle = _resident_mb(terminal)
            terminal.press("select * from big")
            terminal.sees("select * from big")
            terminal.press(F5)
            terminal.sees("500+ rows")
            terminal.press(ESC)
            terminal.sees("/ filter")
            begun = time.perf_counter()
            terminal.press("G")
            terminal.sees("▎1000000")  # its number: scans at once begin at other rows
            return time.perf_counter() - begun, _resident_mb(terminal) - idle
        finally:
            _leave(terminal)


def _psql_seconds(dsn: str) -> float:
    with TemporaryDirectory() as folder:
        begun = time.perf_counter()
        command = [psql(), dsn, "-X", "--csv", "-c", "select * from big", "-o", f"{folder}/big.csv"]
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - begun


def _resident_mb(terminal: Terminal) -> float:
    pages = Path(f"/proc/{terminal.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4096 / 1e6


def _leave(terminal: Terminal) -> None:
    terminal.press(CTRL_Q)
    terminal.close()
