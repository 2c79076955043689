"""`make bench`: every benchmark once, as a table; exit status 1 where a limit is not met.

Each module of this folder has `rows()`, which measures and returns `(what, limit, measured, met)`. The figures are
ratios within one run, or absolute ones where a person waits for them.
"""

import importlib
import pkgutil
import sys

from tests import benchmarks

Measured = tuple[str, str, str, bool]


def main() -> int:
    """Run the modules named on the command line, or all."""
    wanted = sys.argv[1:]
    names = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith(("_", "conftest"))]
    missed = 0
    print(f"{'what':72} {'at most':>16} {'measured':>22}")
    for name in names:
        if wanted and name not in wanted:
            continue
        module = importlib.import_module(f"tests.benchmarks.{name}")
        if not hasattr(module, "rows"):
            continue
        for what, limit, measured, met in module.rows():
            missed += not met
            print(f"{what[:72]:72} {limit:>16} {measured:>22} {'' if met else ' ✗'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
