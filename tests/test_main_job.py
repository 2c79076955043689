"""The main job, as a person does it: the real console in a real terminal on the embedded server with Chatly's data."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from chatly_console.server.embedded import EmbeddedServer
from tests.shell.terminal import Terminal

F3, F4, F5, ESC, DOWN, RIGHT = "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b", "\x1b[B", "\x1b[C"
CTRL_G, CTRL_Q, SELECT_ALL = "\x07", "\x11", "\x1b[18~"
ADA = "ada@nordlicht.example"
DELETE = "\x1b[3~"
ALLOWED = 2.0
SLEEPERS = "select count(*) from pg_stat_activity where query = 'select pg_sleep(61)' and state = 'active'"
BACKENDS = """select array_agg(pid) from pg_stat_activity
 where application_name = 'chatly-console' and datname = 'chatly'"""
"""Those of this console, and perhaps of a test that runs beside this one: they go too, a little later."""
LEFT = "select count(*) from pg_stat_activity where pid = any ('{pids}')"

Start = Callable[[], Terminal]


@pytest.fixture
def start(server: EmbeddedServer, chatly_dsn: str, tmp_path: Path) -> Iterator[Start]:
    running: list[Terminal] = []

    def begin() -> Terminal:
        environment = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
        words = ["-m", "chatly_console", "--demo", "--data-dir", str(Path(server.socket_dir).parent)]
        terminal = Terminal(words, environment, (120, 40))
        running.append(terminal)
        return terminal

    yield begin
    for terminal in running:
        terminal.close()


def ask(dsn: str, sql: str) -> Any:
    async def go() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(go())


def wait_until(condition: Callable[[], object], seconds: float = 3.0) -> None:
    """Wait for the server to notice; a backend sees that its client is gone a moment later."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)


def wait_until_gone(dsn: str, pids: list[int]) -> None:
    assert pids
    left = LEFT.format(pids=f"{{{','.join(map(str, pids))}}}")
    wait_until(lambda: ask(dsn, left) == 0, seconds=30)


def run(terminal: Terminal, sql: str, seen: str) -> None:
    """Put this in the place of the editor's text and run it, as quick as the terminal takes the keys."""
    terminal.press(f"{SELECT_ALL}{DELETE}{sql}{F5}")
    terminal.sees(seen)


def to_rows(terminal: Terminal) -> None:
    terminal.press(ESC)
    terminal.sees("/ filter")


def to_editor(terminal: Terminal) -> None:
    terminal.press("\x0fa")
    terminal.until(lambda: "letter: go there" not in terminal.text and "/ filter" not in terminal.text)


def saved_texts(folder: Path) -> str:
    return "\n".join(path.read_text() for path in folder.rglob("*.sql"))


def processes_naming(folder: Path) -> list[str]:
    """The command lines of consoles that have to do with this test's folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"XDG_STATE_HOME={folder}\0".encode() in environment and int(entry.name) != os.getpid():
            found.append(command)
    return found


def test_the_whole_main_job(start: Start, chatly_dsn: str, tmp_path: Path) -> None:
    terminal = start()
    run(terminal, "select 6 * 7 as typed_before_it_was_connected", "42")
    assert "chatly-demo" in terminal.text
    look_through(terminal)
    cancel(terminal, chatly_dsn)
    export(terminal, tmp_path / "rows.csv")
    impersonate(terminal)
    backends = ask(chatly_dsn, BACKENDS)
    terminal.press(CTRL_Q)
    assert terminal.ended(5) == 0
    assert "current_user" in saved_texts(tmp_path)
    assert processes_naming(tmp_path) == []
    wait_until_gone(chatly_dsn, backends)


def look_through(terminal: Terminal) -> None:
    run(
        terminal,
        "select i, 'row ' || i as words, repeat('long ', 99) as l from generate_series(1, 3000) i",
        "500+ rows",
    )
    to_rows(terminal)
    terminal.press(DOWN * 3 + RIGHT)
    terminal.sees("▎row 4")
    terminal.press("G")
    terminal.sees("row 3000")
    terminal.sees("3,000 rows")
    terminal.press(RIGHT)
    terminal.sees("▎long")
    terminal.press(" ")
    terminal.sees("esc back")
    terminal.sees("495 characters")
    terminal.press(ESC)
    terminal.until(lambda: "esc back" not in terminal.text)
    to_editor(terminal)


def cancel(terminal: Terminal, dsn: str) -> None:
    run(terminal, "select pg_sleep(61)", "cancels")
    terminal.until(lambda: ask(dsn, SLEEPERS) == 1)
    terminal.press(CTRL_G)
    terminal.sees("Cancelled after")
    assert ask(dsn, SLEEPERS) == 0


def export(terminal: Terminal, target: Path) -> None:
    run(terminal, "select i as n, null as nothing, '' as empty from generate_series(1, 12000) i", "500+ rows")
    to_rows(terminal)
    terminal.press(f"E{target}\r")
    terminal.sees("12,000 rows written")
    lines = target.read_text().splitlines()
    assert len(lines) == 12_001
    assert lines[:2] == ["n,nothing,empty", '1,,""']
    to_editor(terminal)


def impersonate(terminal: Terminal) -> None:
    terminal.press(f"{F3}{ADA}\r")
    terminal.until(lambda: "IMPERSONATING" in terminal.text and "User: UUID" not in terminal.text)
    to_editor(terminal)
    run(terminal, "select current_user as role, auth.uid() as uid", "1 row")

    def header() -> str:
        return next((line for line in terminal.text.splitlines() if "1 row ·" in line), "")

    terminal.until(header)
    assert f"as authenticated {ADA} (boundary) · read-only" in header(), terminal.text
    terminal.until(lambda: re.search(r"authenticated +[0-9a-f]{8}-", terminal.text))
    terminal.press(F4)
    terminal.until(lambda: "IMPERSONATING" not in terminal.text)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_time_with_the_text_saved_and_nothing_left(
    start: Start, chatly_dsn: str, tmp_path: Path, number: signal.Signals
) -> None:
    terminal = start()
    run(terminal, "select pg_sleep(61)", "cancels")
    terminal.until(lambda: ask(chatly_dsn, SLEEPERS) == 1)
    terminal.press(" -- typed last")
    terminal.sees("typed last")
    backends = ask(chatly_dsn, BACKENDS)
    os.kill(terminal.process.pid, number)
    assert terminal.ended(ALLOWED) in (128 + number, -number)
    assert "typed last" in saved_texts(tmp_path)
    assert processes_naming(tmp_path) == []
    wait_until_gone(chatly_dsn, backends)


def test_what_a_killed_console_had_running_ends_too(start: Start, chatly_dsn: str) -> None:
    terminal = start()
    run(terminal, "select count(*) from generate_series(1, 100000000000)", "cancels")
    busy = "select count(*) from pg_stat_activity where query like '%1, 100000000000)' and state = 'active'"
    busy += " and pid <> pg_backend_pid()"
    terminal.until(lambda: ask(chatly_dsn, busy) == 1)
    os.kill(terminal.process.pid, signal.SIGKILL)
    wait_until(lambda: ask(chatly_dsn, busy) == 0, seconds=10)


def test_what_is_typed_at_once_does_not_mix_with_the_text_of_the_last_session(start: Start, tmp_path: Path) -> None:
    first = start()
    first.press("select 'kept' as without_its_semicolon")
    first.sees("▸ select 'kept' as without_its_semicolon")
    first.press(CTRL_Q)
    assert first.ended(5) == 0
    second = start()
    second.press(f"select 6 * 7 as answer{F5}")
    second.sees("1 row ·")
    second.press(CTRL_Q)
    assert second.ended(5) == 0
    lines = saved_texts(tmp_path).splitlines()
    assert lines == ["select 'kept' as without_its_semicolon;", "select 6 * 7 as answer"]
