"""Sends to a file what would else spoil the screen: log records, warnings, tracebacks of threads and tasks."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from pathlib import Path

LARGEST = 2_000_000
"""Bytes after which the log starts anew, with the old one beside it."""


class PrivateFile(logging.FileHandler):
    """A log file for its owner only, opened at the first record."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True, errors="backslashreplace")
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def _open(self):  # type: ignore[no-untyped-def]
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and path.stat().st_size > LARGEST:
            path.replace(path.with_suffix(".log.old"))
        os.close(os.open(path, os.O_CREAT | os.O_APPEND, 0o600))
        return super()._open()

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, where the file can be opened: `FileHandler` lets that failure reach whoever logs."""
        try:
            super().emit(record)
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """A log that cannot be written is no reason to write on the screen."""


def log_to(path: Path) -> logging.Handler:
    """Route everything to this file and nothing to the terminal; returns the handler, for tests to remove."""
    handler = PrivateFile(path)
    root = logging.getLogger()
    for other in list(root.handlers):
        if isinstance(other, logging.StreamHandler) and not isinstance(other, logging.FileHandler):
            root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.lastResort = None
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: logging.getLogger("console").error(
        "Unhandled", exc_info=(kind, error, trace)
    )
    threading.excepthook = lambda failed: logging.getLogger("console").error(
        "Unhandled in a thread", exc_info=failed.exc_value
    )
    return handler


def log_loop_errors(loop: asyncio.AbstractEventLoop) -> None:
    """Also what the event loop has to say of tasks that nobody awaited."""

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        logging.getLogger("asyncio").error(
            "%s", context.get("message"), exc_info=error if isinstance(error, BaseException) else None
        )

    loop.set_exception_handler(handle)
