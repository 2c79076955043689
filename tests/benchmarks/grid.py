"""How quick and how large the grid, its store and its encoders are."""

import asyncio
import gc
import re
import select
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ptyprocess import PtyProcess
from textual.app import App, ComposeResult

from chatly_console.core.formats import FORMATS, encoder
from chatly_console.core.row_order import matching, sorted_order
from chatly_console.core.row_source import StoredRows
from chatly_console.core.values import Column, Row
from chatly_console.shell.grid import ResultGrid

COLUMNS = [Column("id", 23, "int4"), Column("n", 1700, "numeric"), *(Column(f"c{i}") for i in range(8))]
PAGE = 500
PAGES = 2_000
KEYS = [(b"\x1b[B", 1)] * 20 + [(b"\x1b[6~", 39)] * 20 + [(b"G", PAGES * PAGE), (b"\x1b[5~", -39)] + [(b"k", -1)] * 20
"""What is pressed, and how many rows the cursor goes by it."""


def page(number: int) -> list[Row]:
    first = number * PAGE
    return [
        (str(i), f"{i * 7919 % 1_000_003}.25", f"name {i}", "some text of a usual length", "t",
         "2026-03-02 14:11:09+00", "2026-03-02", "0d8f5c1e-5a57-4a8f-9f0e-3f6b2f1e77aa", '{"a": 1, "b": [1, 2]}', None)
        for i in range(first, first + PAGE)
    ]  # fmt: skip


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class OneGrid(App[None]):
    """A program of one grid with 1,000,000 rows, to be timed in a terminal."""

    def __init__(self) -> None:
        super().__init__()
        self.animation_level = "none"
        self.grid = ResultGrid()

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        source = StoredRows(COLUMNS)
        for number in range(PAGES):
            source.append(page(number))
        source.exhausted = True
        self.grid.set_source(source)
        self.grid.focus()


def _key_to_cell_ms() -> list[float]:
    """From a key written to a real pseudo-terminal to the changed row's own text read from it, sorted."""
    process = PtyProcess.spawn([sys.executable, "-m", "tests.benchmarks.grid", "screen"], dimensions=(40, 120))
    try:
        _read_until(process, b"name 3", 120)
        _settle(process)
        times, row = [], 0
        for key, step in KEYS:
            row = max(0, min(row + step, PAGES * PAGE - 1))
            begun = time.perf_counter()
            process.write(key)
            _read_until(process, rb"(?<![0-9;\[])%d(?![0-9;m])" % (row + 1), 10)
            times.append((time.perf_counter() - begun) * 1000)
            _settle(process)
        return sorted(times)
    finally:
        process.terminate(force=True)


def _read_until(process: PtyProcess, pattern: bytes, limit: float) -> None:
    seen, deadline = b"", time.monotonic() + limit
    while not re.search(pattern, seen):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{pattern!r} never came")
        if select.select([process.fd], [], [], 0.5)[0]:
            seen += process.read(1 << 16)


def _settle(process: PtyProcess) -> None:
    while select.select([process.fd], [], [], 0.05)[0]:
        process.read(1 << 16)


async def _sorted_beside_a_loop(source: StoredRows) -> tuple[float, float]:
    """Seconds that a tick of 1 ms came late at the most, and seconds that the sort by number took in its thread."""
    sorting = asyncio.create_task(asyncio.to_thread(sorted_order, source, 1))
    begun, longest = time.perf_counter(), 0.0
    while not sorting.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - before - 0.001)
    return longest, time.perf_counter() - begun


def _encoded(name: str) -> float:
    """Seconds for all pages in a format, from a few of them."""
    pages = [page(number) for number in range(100)]
    chosen = encoder(name)
    chosen.header(COLUMNS)
    return seconds(lambda: [chosen.rows(p) for p in pages]) * PAGES / len(pages)


def rows() -> list[tuple[str, str, str, bool]]:
    """Each measure: what, limit, measured, and whether it is kept."""
    gc.collect()
    idle = resident_mb()
    source = StoredRows(COLUMNS)
    longest = 0.0
    for number in range(PAGES):
        rows_of_page = page(number)
        begun = time.perf_counter()
        source.append(rows_of_page)
        longest = max(longest, time.perf_counter() - begun)
    for index in range(0, source.count, 10_000):
        source.row(index)
    grown = resident_mb() - idle
    times = _key_to_cell_ms()
    p95 = times[int(len(times) * 0.95)]
    block, doing = asyncio.run(_sorted_beside_a_loop(source))
    source.close()

    some = StoredRows(COLUMNS)
    for number in range(200):
        some.append(page(number))
    by_number = seconds(lambda: sorted_order(some, 1))
    by_text = seconds(lambda: sorted_order(some, 2, descending=True))
    found = seconds(lambda: matching(some, "name 42"))

    csv = _encoded("csv")
    slowest, name = max((_encoded(name), name) for name in FORMATS if name != "csv")
    return [
        ("key to changed cell, 1,000,000 rows, p95", "50 ms", f"{p95:.1f} ms", p95 <= 50),
        ("longest append of a page to the store", "50 ms", f"{longest * 1000:.1f} ms", longest <= 0.05),
        ("memory of 1,000,000 rows x 10 columns", "100 MB", f"{grown:.0f} MB", grown <= 100),
        ("sort 100,000 rows by number", "0.3 s", f"{by_number:.2f} s", by_number <= 0.3),
        ("sort 100,000 rows by text", "0.3 s", f"{by_text:.2f} s", by_text <= 0.3),
        ("filter 100,000 rows", "0.3 s", f"{found:.2f} s", found <= 0.3),
        ("longest block of the loop while 1,000,000 rows are sorted", "50 ms", f"{block * 1000:.0f} ms", block <= 0.05),
        ("  and how long that takes", "2 s", f"{doing:.2f} s", doing <= 2),
        ("1,000,000 rows x 10 columns to CSV", "2 s", f"{csv:.2f} s", csv <= 2),
        ("  to the slowest of the other formats", "4 s", f"{slowest:.2f} s ({name})", slowest <= 4),
    ]


if __name__ == "__main__":
    if sys.argv[1:] == ["screen"]:
        OneGrid().run()
    for row in rows() if len(sys.argv) == 1 else []:
        print(*row, sep=" | ")
