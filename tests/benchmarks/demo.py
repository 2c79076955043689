"""The demo where it never was: its first start, its later ones, and the seed alone and at five times the size."""

import asyncio
import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from chatly_console.demo.seed import batches
from chatly_console.resources import data_folder
from chatly_console.server.embedded import reset
from chatly_console.server.embedded.keeper import postmaster_pid
from tests.shell.terminal import Terminal

CTRL_Q = "\x11"
_READY = "Nothing has been run here yet"


def rows() -> list[tuple[str, str, str, bool]]:
    """Seconds until the editor is there, and how the seed grows with its scale."""
    with TemporaryDirectory() as folder:
        first, *later = [_start(folder) for _ in range(4)]
        asyncio.run(reset(Path(folder, "demo")))
    one, memory = _generated(1)
    five, more_memory = _generated(5)
    growth = five / one
    return [
        ("first start of the demo to a usable editor", "12 s", f"{first:.1f} s", first <= 12),
        ("a later start, the slowest of three", "3 s", f"{max(later):.1f} s", max(later) <= 3),
        ("generating the demo's rows", "5 s", f"{one:.1f} s", one <= 5),
        ("  five times as many / that", "6x", f"{growth:.1f}x", growth <= 6),
        ("  and the memory that takes more", "20 MB", f"{more_memory - memory:.0f} MB", more_memory - memory <= 20),
    ]


def _start(folder: str) -> float:
    environment = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"), folder)
    begun = time.perf_counter()
    terminal = Terminal(["-m", "chatly_console", "demo", "--data-dir", f"{folder}/demo"], environment, (120, 40))
    try:
        terminal.until(lambda: _READY in terminal.text, 120)
        seconds = time.perf_counter() - begun
        terminal.press(CTRL_Q)
        terminal.ended(10)
    finally:
        terminal.close()
    while postmaster_pid(str(Path(folder, "demo", "pgdata"))) is not None:
        time.sleep(0.05)
    return seconds


def _generated(scale: int) -> tuple[float, float]:
    """Seconds for all rows, and the most megabytes that this process has taken by then."""
    begun = time.perf_counter()
    for _ in batches(data_folder("database") / "seed", scale=scale, now=datetime.now(UTC)):
        pass
    return time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
