"""1,000,000 rows x 10 columns to a CSV file, by the command as it is typed, against `psql --csv`."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

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
            same = ours.stat().st_size == theirs.stat().st_size  # scans at once begin at other rows
    finally:
        server.release()
    ratio = min(a for a, _ in pairs) / min(b for _, b in pairs)
    return [
        ("export of 1,000,000 rows to CSV / psql --csv to a file", "2x", f"{ratio:.2f}x", ratio <= 2),
        ("the same export, its size", "equal", "equal" if same else "different", same),
    ]


def _seconds(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun
