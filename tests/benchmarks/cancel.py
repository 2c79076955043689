"""How long it takes from the key that cancels until the server has stopped, and whether the screen lives meanwhile."""

import time
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory

import asyncpg

from tests.shell.terminal import Terminal

from .big_table import big_table, run

F5, CTRL_G, CTRL_C = "\x1b[15~", "\x07", "\x03"
_LIMIT_MS = 200
_ECHO_MS = 100
_KINDS = {
    "a sleep": "select pg_sleep(60) as bench_cancel",
    "a sort of 100,000,000 rows": "select i as bench_cancel from generate_series(1, 100000000) i order by md5(i::text)",
    "a join in several processes": "select count(*) as bench_cancel from big a, big b where a.ratio + b.ratio < 0",
}
_SAID = "The server has stopped"
_READY = "Nothing has been run here yet"


def rows() -> list[tuple[str, str, str, bool]]:
    """Each key, on statements that are at work in different ways; the slower of three presses counts."""
    server = run(big_table())
    found: list[tuple[str, str, str, bool]] = []
    echoes: list[float] = []
    try:
        with TemporaryDirectory() as folder:
            terminal = _open(server.dsn("bench"), folder)
            try:
                for name, key in (("ctrl+g", CTRL_G), ("ctrl+c", CTRL_C)):
                    for what, sql in _KINDS.items():
                        times = [_cancel(terminal, server.dsn("bench"), sql, key, echoes) for _ in range(3)]
                        worst = max(times)
                        words = f"{name} on {what}: server idle"
                        found.append((words, f"{_LIMIT_MS} ms", f"{worst:.0f} ms", worst <= _LIMIT_MS))
            finally:
                terminal.close()
    finally:
        server.release()
    slowest = sorted(echoes)[int(len(echoes) * 0.95)]
    found.append(("a key on the screen while the statement runs, p95", f"{_ECHO_MS} ms", f"{slowest:.0f} ms",
                  slowest <= _ECHO_MS))  # fmt: skip
    return found


def _open(dsn: str, folder: str) -> Terminal:
    environment = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"), folder)
    terminal = Terminal(["-m", "chatly_console", "--dsn", dsn], environment, (120, 40))
    terminal.sees(_READY)
    return terminal


def _cancel(terminal: Terminal, dsn: str, sql: str, key: str, echoes: list[float]) -> float:
    """Milliseconds from the key to the end of the statement on the server; it is never said before."""
    terminal.press("\x1b[1;5F")  # ctrl+end
    terminal.press(f"\n\n{sql};{F5}")
    terminal.sees("cancels")
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(lambda: run(_ended(dsn)))
        terminal.until(lambda: ended.running())
        for character in "-- live":
            begun = time.perf_counter()
            before = terminal.raw
            terminal.press(character)
            terminal.until(lambda: len(terminal.raw) > len(before))  # noqa: B023
            echoes.append((time.perf_counter() - begun) * 1000)
        pressed = time.perf_counter()
        terminal.press(key)
        terminal.until(lambda: _SAID in terminal.text or ended.done())
        said = time.perf_counter() if _SAID in terminal.text else None
        stopped = ended.result(30)
        assert said is None or said + 0.01 >= stopped, "It said so before the server had stopped."
    terminal.sees(_SAID)
    return (stopped - pressed) * 1000


async def _ended(dsn: str) -> float:
    """The moment at which no such statement is at work any more, by looking every few milliseconds."""
    connection = await asyncpg.connect(dsn)
    sql = (
        "select exists (select from pg_stat_activity where state = 'active' and query like '%bench_cancel%'"
        " and pid <> pg_backend_pid())"
    )
    try:
        while not await connection.fetchval(sql):
            pass
        while await connection.fetchval(sql):
            pass
        return time.perf_counter()
    finally:
        await connection.close()
