"""`make bench`: every benchmark once, as a table; `python -m tests.benchmarks NAME...` runs only the files named.

To add one, put a file into this folder, one for each room that has something to measure; it is found by itself:

    def rows() -> list[tuple[str, str, str, bool]]:
        # what is measured, its limit, what was measured, whether the limit is kept
        return [("key to changed cell, p95", "50 ms", f"{p95:.1f} ms", p95 <= 50)]

The figures are ratios within one run, or absolute ones where a person waits for them. `big_table.big_table()` gives the
server with 1,000,000 rows, `tools` the programs to compare with. A file without `rows` is help for others.

Each file runs in a process of its own, so that none measures what another left in memory, and one that fails does not
end the table. Their servers are gone afterwards; CHATLY_BENCH_FOLDER names a folder in which they are kept instead, for
who runs a few files again and again. The exit status is 1 where a limit is not met or a file failed, 2 where a name is
not known.
"""

import importlib
import subprocess
import sys
from pathlib import Path

from .servers import servers

MOST_SECONDS = 900
"""What one file may take."""


def names() -> list[str]:
    """The files of this folder that measure something."""
    files = sorted(Path(__file__).parent.glob("[!_]*.py"))
    return [file.stem for file in files if "\ndef rows(" in file.read_text(encoding="utf-8")]


def main(wanted: list[str]) -> int:
    """Run the files named, or all, one after the other."""
    known = names()
    if unknown := [name for name in wanted if name not in known]:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    print(f"{'what':72} {'at most':>16} {'measured':>26}", flush=True)
    with servers():
        missed = [name for name in wanted or known if not _kept(name)]
    if missed:
        print(f"Not met: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def measure(name: str) -> int:
    """Run one file here and print its rows; returns how many limits are not met."""
    missed = 0
    with servers():
        found = importlib.import_module(f"tests.benchmarks.{name}").rows()
    for what, limit, measured, met in found:
        missed += not met
        print(f"{what[:72]:72} {limit:>16} {measured:>26} {'' if met else ' ✗'}", flush=True)
    return missed


def _kept(name: str) -> bool:
    command = [sys.executable, "-m", "tests.benchmarks", "--here", name]
    try:
        return subprocess.run(command, check=False, timeout=MOST_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"{name}: not done within {MOST_SECONDS} s", file=sys.stderr)
        return False


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        raise SystemExit(measure(sys.argv[2]) > 0)
    raise SystemExit(main(sys.argv[1:]))
