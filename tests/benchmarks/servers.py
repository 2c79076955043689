"""Where the servers of the benchmarks live: in a folder of this one run, unless the environment names one to keep."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chatly_console.server.embedded import reset

FOLDER = "CHATLY_BENCH_FOLDER"
"""Names a folder whose servers, with the tables in them, are kept from one run to the next."""


def server_folder(name: str) -> Path:
    """The folder of one server; only inside `servers`."""
    return Path(os.environ[FOLDER]) / name


@contextmanager
def servers() -> Iterator[None]:
    """Stop and remove at the end what servers were made in here."""
    if FOLDER in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="chatly-bench-") as folder:
        Path(folder).chmod(0o755)  # root lends the servers to another user
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]
            for made in Path(folder).iterdir():
                asyncio.run(reset(made))
