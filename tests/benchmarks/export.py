"""1,000,000 rows x 10 columns to a CSV file, by the command and from the pane's open result, against `psql --csv`."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.request import Request
from chatly_console.query.export import export
from chatly_console.query.service import StatementRun
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.pool import Opening
from chatly_console.shell.lasting import set_aside

from .big_table import big_table, run
from .tools import psql

_ALL = "select * from big"


def rows() -> list[tuple[str, str, str, bool]]:
    """Measured in turn, the best of three each, with the start of both programs."""
    server = run(big_table())
    try:
        with TemporaryDirectory() as folder:
            ours, theirs = Path(folder, "ours.csv"), Path(folder, "theirs.csv")
            dsn = server.dsn("bench")
            command = [sys.executable, "-m", "chatly_console", "query", "--dsn", dsn, "-c", _ALL]
            pairs = [
                (
                    _seconds([*command, "--format", "csv", "--out", str(ours)]),
                    _seconds([psql(), dsn, "-X", "--csv", "-c", _ALL, "-o", str(theirs)]),
                )
                for _ in range(3)
            ]
            from_pane = min(asyncio.run(_from_pane(dsn, ours)) for _ in range(3))
            same = ours.stat().st_size == theirs.stat().st_size  # scans at once begin at other rows
    finally:
        server.release()
    quickest = min(theirs for _, theirs in pairs)
    ratio, pane = min(ours for ours, _ in pairs) / quickest, from_pane / quickest
    return [
        ("export of 1,000,000 rows to CSV / psql --csv to a file", "2x", f"{ratio:.2f}x", ratio <= 2),
        ("  from the open result of the pane / that", "2x", f"{pane:.2f}x", pane <= 2),
        ("  its size", "equal", "equal" if same else "different", same),
    ]


async def _from_pane(dsn: str, path: Path) -> float:
    """Seconds for the rows of a result whose first page is on the screen and whose cursor is open."""
    arguments = {**connect_arguments(parse_dsn(dsn))}
    del arguments["statement_cache_size"]
    database = await Database.connect(Opening(arguments))
    shown = StatementRun(database, Request(_ALL))
    set_aside()  # as the console does
    try:
        await shown.start()
        assert shown.rows is not None
        begun = time.perf_counter()
        await export(shown.all_rows(), shown.rows.columns, path, "csv")
        return time.perf_counter() - begun
    finally:
        await shown.forget()
        await database.close()


def _seconds(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun
