"""The log of what must not reach the screen."""

import logging
from pathlib import Path

from chatly_console.shell.logs import PrivateFile


def test_a_log_that_cannot_be_opened_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    handler = PrivateFile(tmp_path / "file" / "state" / "console.log")
    handler.emit(logging.LogRecord("console", logging.ERROR, "here", 1, "words", None, None))
