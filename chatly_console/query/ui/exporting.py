"""Writes the rows of a run to a file that the user names, and says how far it has come."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure
from chatly_console.query.export import export, format_of
from chatly_console.query.run import export_source, export_words
from chatly_console.query.service import StatementRun
from chatly_console.query.ui.export_screen import ExportScreen

if TYPE_CHECKING:
    from chatly_console.query.ui.running_pane import RunningPane


async def ask_and_export(pane: "RunningPane", run: StatementRun) -> None:
    """Ask where to, and write all rows of this run there, loaded or not; nothing is run a second time."""
    path = await pane.app.push_screen_wait(ExportScreen(export_words(run.state), Path.home() / "result.csv"))
    if path is None or run.rows is None:
        return
    grid = pane.result.grid
    try:
        rows = await export(
            run.all_rows(), run.rows.columns, path, format_of(path) or "csv",
            on_progress=lambda done: grid.set_note(f"exporting: {done:,} rows written · ctrl+g cancels"),
        )  # fmt: skip
        pane.say(f"{rows:,} rows written to {path}, {export_source(run.state)}.")
    except Failure as failure:
        pane.say(failure.sentence, failed=True)
    except asyncio.CancelledError:
        pane.say("Export cancelled; nothing was written.")
        raise
    finally:
        grid.set_note("")
