"""Writes the rows of a run to a file that the user names, says how far it has come, and stops when told to."""

import asyncio
from pathlib import Path

from textual.worker import Worker

from chatly_console.core.failure import Failure
from chatly_console.query.export import export, format_of
from chatly_console.query.pace import Pace
from chatly_console.query.run import export_source, export_words
from chatly_console.query.service import StatementRun
from chatly_console.query.transaction_words import rows_words
from chatly_console.query.ui.export_screen import ExportScreen
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.unfinished import remove_leftovers


class Exporting:
    """Belongs to the pane: one export at a time."""

    def __init__(self, pane: PaneFace) -> None:
        self._pane = pane
        self._worker: Worker[None] | None = None
        self._pace = Pace()
        self.rows = 0

    @property
    def is_on(self) -> bool:
        """Whether a file is being written, or asked for."""
        return self._worker is not None and not self._worker.is_finished

    def cancel(self) -> bool:
        """Stop; returns whether there was anything. Nothing half-written is left."""
        if not self.is_on or self._worker is None:
            return False
        self._worker.cancel()
        return True

    async def remove_leftovers(self) -> None:
        """Remove what a console that was killed left half-written, and say so."""
        for path in await asyncio.to_thread(remove_leftovers):
            self._pane.say(f"An export was cut short when a console ended; its half {path} was removed.")

    def start(self, run: StatementRun | None, path: Path | None = None) -> None:
        """Write all rows of this run, loaded or not, to a file that is asked for unless it is given."""
        if self.is_on:
            self._pane.say("An export is under way; ctrl+g cancels it.", failed=True)
        elif run is None or run.rows is None or not run.rows.columns:
            self._pane.say("There is no result to export.", failed=True)
        else:
            self._worker = self._pane.run_worker(self._write(run, path), group="export", exit_on_error=False)

    async def _write(self, run: StatementRun, path: Path | None) -> None:
        pane = self._pane
        if path is None:
            path = await pane.app.push_screen_wait(ExportScreen(export_words(run.state), Path.home() / "result.csv"))
        if path is None or run.rows is None:
            return
        run.is_exported, self.rows = True, 0
        pane.app.refresh_bindings()
        try:
            view = pane.results.view_of(run)
            table = view.grid.table if view is not None else "result"
            rows = await export(
                run.all_rows(), run.rows.columns, path, format_of(path) or "csv", table=table,
                on_progress=lambda done: self._progress(run, path.name, done),
            )  # fmt: skip
            pane.say(f"{rows_words(rows)} written to {path}, {export_source(run.state)}.")
        except Failure as failure:
            pane.fail(failure)
        except asyncio.CancelledError:
            there = f"; {path.name} is as it was" if path.exists() else ""
            pane.say(f"Export cancelled; nothing was written{there}.")
            raise
        finally:
            run.is_exported = False
            self._note(run, "")
            pane.app.refresh_bindings()

    def _progress(self, run: StatementRun, name: str, done: int) -> None:
        self.rows = done
        if not self._pace.lets_through():
            return
        known = run.rows is not None and run.rows.exhausted and run.rows.count
        of = f" of {known:,} rows ({done * 100 // known} %)" if known else " rows"
        self._note(run, f"exporting to {name}: {done:,}{of} · ctrl+g cancels")

    def _note(self, run: StatementRun, words: str) -> None:
        view = self._pane.results.view_of(run)
        if view is not None and view.children:
            view.grid.set_note(words)
