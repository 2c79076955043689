"""How long the console takes to its first paint, against an empty Textual program: cold processes in a terminal."""

from __future__ import annotations

import os
import select
import statistics
import sys
import tempfile
import time
from pathlib import Path

from ptyprocess import PtyProcess

ROOT = Path(__file__).parents[2]
LIMIT = 2.5
ROUNDS = 9
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("the first paint")
Empty().run()
"""
CONSOLE = (
    "import sys; from chatly_console.cli import main; sys.exit(main(['--dsn', 'postgresql://nobody@127.0.0.1:1/none']))"
)


def first_paint(code: str, words: bytes) -> float:
    """Seconds from the start of the process until these words were written to the terminal."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm-256color",
            "XDG_CONFIG_HOME": folder,
            "XDG_STATE_HOME": folder,
        }
        began = time.perf_counter()
        process = PtyProcess.spawn([sys.executable, "-c", code], cwd=str(ROOT), env=environment, dimensions=(40, 120))
        try:
            seen = b""
            while words not in seen:
                if time.perf_counter() - began > 30:
                    raise RuntimeError(f"no {words!r} within 30 s")
                if select.select([process.fd], [], [], 0.1)[0]:
                    seen += os.read(process.fd, 65536)
            return time.perf_counter() - began
        finally:
            process.terminate(force=True)
            process.close(force=True)


def rows() -> list[tuple[str, str, str, bool]]:
    """What was measured: what, limit, measured, whether it is kept."""
    pairs = [(first_paint(EMPTY, b"first paint"), first_paint(CONSOLE, b"Advisor")) for _ in range(ROUNDS)]
    empty = statistics.median(pair[0] for pair in pairs)
    console = statistics.median(pair[1] for pair in pairs)
    ratio = console / empty
    measured = f"{ratio:.2f}x ({console * 1000:.0f} / {empty * 1000:.0f} ms)"
    what = "first paint of the console / of an empty Textual program, cold process in a pseudo-terminal"
    return [(what, f"{LIMIT}x", measured, ratio <= LIMIT)]


if __name__ == "__main__":
    for row in rows():
        print(*row, sep="  ")
