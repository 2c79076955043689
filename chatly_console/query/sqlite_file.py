"""A small database of the user's own in one file: read and written on a thread of its own, for nobody else to read."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_BUSY_SECONDS = 5
_OPENING_LIMIT = 5.0
_STEP_SECONDS = 0.02


class SqliteFile:
    """Opened at its first use. `place` says where it is, `prepare` makes what a new one needs.

    A file that is no database is set aside under another name (`set_aside`), and a new one is begun.
    """

    def __init__(self, place: Callable[[], Path], prepare: Callable[[sqlite3.Connection], None], thread: str) -> None:
        self.set_aside: Path | None = None
        self._place = place
        self._prepare = prepare
        self._thread = ThreadPoolExecutor(1, thread)
        self._connection: sqlite3.Connection | None = None

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Have this done on the thread; raises `sqlite3.Error` and `OSError` where the disk refuses."""

        def run() -> T:
            if self._connection is None:
                self._connection = self._open()
            return work(self._connection)

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    async def close(self) -> None:
        """Finish what is being written and close the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    def _open(self) -> sqlite3.Connection:
        path = self._place()
        try:
            return self._connect(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self.set_aside = path.with_name(f"{path.name}.unreadable-{datetime.now(UTC):%Y%m%d%H%M%S}")
            path.replace(self.set_aside)
            return self._connect(path)

    def _connect(self, path: Path) -> sqlite3.Connection:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            _write_ahead(connection)
            connection.execute("pragma synchronous = normal")
            self._prepare(connection)
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and one writer go side by side; sqlite does not wait here for another console that does the same."""
    until = time.monotonic() + _OPENING_LIMIT
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not is_busy or time.monotonic() > until:
                raise
            time.sleep(_STEP_SECONDS)  # on the thread of the file, never on the event loop
