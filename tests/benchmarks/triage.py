"""Watching a server, against pg_activity 3.6 on the same incident in the same run, and the memory of an hour of it."""

import asyncio
import contextlib
import gc
import os
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import asyncpg
from textual.app import App, ComposeResult

from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer, start
from chatly_console.shell.session import Session
from chatly_console.triage.ui.pane import TriagePane
from chatly_console.triage.verdicts import View
from tests.query.stage import session_without_server
from tests.server.conftest import opening_of
from tests.shell.terminal import Terminal
from tests.triage.incidents import incident, make_lock_chain

from .servers import server_folder

_IDLE, _ACTIVE = 30, 8
_SECONDS = 62.0
"""Long enough that what is asked once a minute is asked."""
_HOUR, _LONGER = 1800, 2700
"""Ticks of an hour, in which all that is kept of the last one fills up, and of an hour and a half; 2 s apart."""
_VIEWS: tuple[View, ...] = ("activity", "blocking", "statements", "health")
_OF_SERVER = """
select sum(total_exec_time) as ms, max(calls) filter (where query ~ 'pg_stat_activity') as ticks
  from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = $1"""
_OURS, _PEER = "bench_console", "bench_pg_activity"


def rows() -> list[tuple[str, str, str, bool]]:
    """Server time and processor time of a tick."""
    return asyncio.run(_measure())


async def _measure() -> list[tuple[str, str, str, bool]]:
    server = await start(server_folder("triage"))
    try:
        async with _incident(server) as admin:
            ours, peer = await _costs(admin, {_OURS: lambda: _console(server), _PEER: lambda: _pg_activity(server)})
            grown = await _grown_kb(server)
    finally:
        server.release()
    return [
        _row("server time", ours[0], peer[0]),
        _row("processor time of the program", ours[1], peer[1]),
        (
            "triage: memory of half an hour more, after an hour of ticks",
            "500 kB",
            f"{grown:.0f} kB",
            grown <= 500,
        ),
    ]


def _row(what: str, ours: float, peer: float) -> tuple[str, str, str, bool]:
    ratio = ours / peer
    words = f"triage: {what} a tick / pg_activity 3.6, with 40 sessions"
    return words, "1.0x", f"{ratio:.2f}x ({ours:.2f} / {peer:.2f} ms)", ratio <= 1


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


async def _costs(
    admin: "asyncpg.Connection[asyncpg.Record]", programs: dict[str, Callable[[], Terminal]]
) -> list[tuple[float, float]]:
    """For each role and its program the milliseconds of the server and of the program for one tick, a second apart.

    They watch side by side, so that both meet the same server and the same disturbances.
    """
    terminals = {role: await asyncio.to_thread(program) for role, program in programs.items()}
    try:
        await asyncio.to_thread(_watch, terminals.values(), 3.0)
        await admin.execute("select pg_stat_statements_reset()")
        before = {role: _processor_ms(terminal) for role, terminal in terminals.items()}
        await asyncio.to_thread(_watch, terminals.values(), _SECONDS)
        spent = {role: _processor_ms(terminal) - before[role] for role, terminal in terminals.items()}
        found = {role: await admin.fetchrow(_OF_SERVER, role) for role in terminals}
    finally:
        for terminal in terminals.values():
            await asyncio.to_thread(terminal.close)
    costs = []
    for role, row in found.items():
        assert row is not None and row["ticks"] >= _SECONDS / 2, f"{role}: no ticks"
        costs.append((row["ms"] / row["ticks"], spent[role] / row["ticks"]))
    return costs


class _Stage(App[None]):
    """Shows the pane alone, as large as a terminal."""

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__()
        self._session, self._folder = session, folder

    def get_theme_variable_defaults(self) -> dict[str, str]:
        names = ("good", "warn", "bad", "muted", "stale", "selection", "impersonate", "prod")
        return dict.fromkeys(names, "#7fbf7f")

    def compose(self) -> ComposeResult:
        yield TriagePane(self._session, log_folder=self._folder)


async def _grown_kb(server: EmbeddedServer) -> float:
    """Kilobytes that Python takes more after an hour and a half of ticks than after an hour, the views in turn.

    Each tick asks the server, is drawn, and moves the clock by two seconds, so that what is seldom asked is asked too.
    """
    database = await Database.connect(opening_of(server.dsn("postgres")))
    session = session_without_server()
    session.database = database
    now = [0.0]
    with TemporaryDirectory() as folder:
        stage = _Stage(session, Path(folder))
        async with stage.run_test(size=(120, 40)):
            pane = stage.query_one(TriagePane)
            watching = pane.watching
            watching.clock = watching.statements.clock = lambda: now[0]
            after_an_hour = 0
            tracemalloc.start()
            for tick in range(_LONGER):
                if tick % 30 == 0:
                    pane.choose(view=_VIEWS[tick // 30 % len(_VIEWS)])
                await pane.tick()
                await asyncio.sleep(0)
                now[0] += 2.0
                if tick == _HOUR:
                    gc.collect()
                    after_an_hour = tracemalloc.get_traced_memory()[0]
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - after_an_hour
            tracemalloc.stop()
    await database.close()
    return grown / 1000


def _watch(terminals: Collection[Terminal], seconds: float) -> None:
    """Take what the programs write, as terminals do."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for terminal in terminals:
            terminal.read(0.1)


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
