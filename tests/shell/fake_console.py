"""Runs the console as a process on a database that is not there: `python -m tests.shell.fake_console KIND`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from chatly_console import console
from tests.shell.fakes import FakeDatabase, make_session
from tests.shell.panes import PANES, OnePane


class StuckDatabase(FakeDatabase):
    async def close(self) -> None:
        await asyncio.sleep(60)


class SavingPane(OnePane):
    """Writes a file when it is saved."""

    def save(self) -> None:
        Path(os.environ["SAVED"]).write_text("saved")


async def opened(self: Any, progress: Any) -> Any:
    return make_session(database=StuckDatabase() if "stuck" in sys.argv else FakeDatabase())


if __name__ == "__main__":
    with (
        patch.object(console.Console, "_open_named", opened),
        patch.object(OnePane, "save", SavingPane.save),
        patch.object(console, "PANES", (PANES[0], replace(PANES[1], name="editor"))),
    ):
        raise SystemExit(console.open_console(argparse.Namespace()))
