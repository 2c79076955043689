"""Watching a server, against pg_activity 3.6 on the same incident in the same run, and the memory of an hour of it."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import asyncpg

from chatly_console.server.embedded import EmbeddedServer, start
from tests.shell.terminal import Terminal
from tests.triage.incidents import incident, make_lock_chain

_IDLE, _ACTIVE = 30, 8
_SECONDS, _ROUNDS = 10.0, 3
_OURS, _PEER = "bench_console", "bench_pg_activity"


def rows() -> list[tuple[str, str, str, bool]]:
    """Server time and processor time of a tick."""
    return asyncio.run(_measure())


async def _measure() -> list[tuple[str, str, str, bool]]:
    server = await start(Path(gettempdir()) / "chatly-bench-triage")
    try:
        async with _incident(server) as admin:
            ours, peer = [], []
            for _ in range(_ROUNDS):
                ours.append(await _cost(admin, _OURS, lambda: _console(server)))
                peer.append(await _cost(admin, _PEER, lambda: _pg_activity(server)))
    finally:
        server.release()
    return [
        _row("server time", "ms", [one[0] for one in ours], [one[0] for one in peer]),
        _row("processor time of the program", "ms", [one[1] for one in ours], [one[1] for one in peer]),
    ]


def _row(what: str, unit: str, ours: list[float], peer: list[float]) -> tuple[str, str, str, bool]:
    """The best of each: what disturbs the machine only ever adds."""
    ratio = min(ours) / min(peer)
    measured = f"{ratio:.2f}x ({min(ours):.2f} / {min(peer):.2f} {unit})"
    return f"triage: {what} a tick / pg_activity 3.6, 40 sessions, two of them roots", "1.0x", measured, ratio <= 1


@contextlib.asynccontextmanager
async def _incident(server: EmbeddedServer) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute("create extension if not exists pg_stat_statements")
    for name in (_OURS, _PEER):
        if not await admin.fetchval("select exists (select from pg_roles where rolname = $1)", name):
            await admin.execute(f"create role {name} login superuser")
    async with incident(server.dsn("postgres")) as made:
        await make_lock_chain(made)
        for number in range(_IDLE):
            await made.session(f"idle-{number}", "select 1")
        for number in range(_ACTIVE):
            await made.session(f"busy-{number}")
            made.waiting.append(
                asyncio.create_task(made.connections[f"busy-{number}"].execute(f"select pg_sleep(600), {number}"))
            )
        yield admin
    await admin.close()


async def _cost(
    admin: "asyncpg.Connection[asyncpg.Record]", role: str, program: Callable[[], Terminal]
) -> tuple[float, float]:
    """Milliseconds of the server and of the program for one tick, a second apart."""
    terminal = await asyncio.to_thread(program)
    try:
        await asyncio.to_thread(_watch, terminal, 3.0)
        await admin.execute("select pg_stat_statements_reset()")
        before = _processor_ms(terminal)
        await asyncio.to_thread(_watch, terminal, _SECONDS)
        spent = _processor_ms(terminal) - before
        row = await admin.fetchrow(
            "select sum(total_exec_time) as ms, max(calls) filter (where query ~ 'pg_stat_activity') as ticks "
            "from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = $1", role
        )  # fmt: skip
    finally:
        await asyncio.to_thread(terminal.close)
    assert row is not None and row["ticks"] >= _SECONDS / 2, f"{role}: no ticks"
    return row["ms"] / row["ticks"], spent / row["ticks"]


def _watch(terminal: Terminal, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read(0.2)


def _processor_ms(terminal: Terminal) -> float:
    fields = Path(f"/proc/{terminal.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _dsn(server: EmbeddedServer, role: str) -> str:
    return server.dsn("postgres").replace("postgres@", f"{role}@", 1)


def _console(server: EmbeddedServer) -> Terminal:
    with TemporaryDirectory() as folder:
        environment = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"), folder)
        terminal = Terminal(["-m", "chatly_console", "--dsn", _dsn(server, _OURS)], environment, (120, 40))
        terminal.sees("Nothing has been run here yet")
        terminal.press("\x0f6")
        terminal.sees("wait for locks")
        terminal.press("+")
        terminal.sees("every 1 s")
    return terminal


def _pg_activity(server: EmbeddedServer) -> Terminal:
    dsn = f"host={server.socket_dir} port={server.port} user={_PEER} dbname=postgres"
    arguments = [str(Path(sys.executable).with_name("pg_activity")), "--refresh=1", dsn]
    terminal = Terminal(arguments, {"HOME": gettempdir()}, (120, 40))
    terminal.sees("RUNNING QUERIES")
    return terminal
