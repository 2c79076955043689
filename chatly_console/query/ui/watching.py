"""Repeats the statement of a result until it is told to stop, and shows what changes."""

import asyncio

from textual.worker import Worker

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode
from chatly_console.query.run import Phase
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.results import ResultView
from chatly_console.query.ui.runner import Runner
from chatly_console.query.watch import Watched

USUAL = 2.0
"""Seconds between two runs where none are given."""
COMPARED = 500
"""Rows that are fetched and compared."""


class Watching:
    """Belongs to the pane: at most one statement is repeated at a time."""

    def __init__(self, pane: PaneFace, runner: Runner) -> None:
        self._pane = pane
        self._runner = runner
        self._worker: Worker[None] | None = None
        self._view: ResultView | None = None

    @property
    def is_on(self) -> bool:
        """Whether a statement is being repeated."""
        return self._worker is not None and not self._worker.is_finished

    def stop(self) -> bool:
        """Stop repeating; returns whether anything was."""
        if not self.is_on or self._worker is None:
            return False
        self._worker.cancel()
        return True

    def start(self, view: ResultView, seconds: float = USUAL, times: int = 0) -> None:
        """Repeat the statement of this view every so many seconds, `times` at most where that is not 0.

        Raises Failure for one that writes.
        """
        if self.stop() and view is self._view:
            return
        run = view.run
        if run is None:
            raise Failure("There is no result to repeat.", FailureKind.USAGE)
        if run.request.mode is not Mode.READ_ONLY:
            raise Failure("Only what reads is repeated by itself; this statement writes.", FailureKind.REFUSED)
        self._view, view.every, view.watched = view, seconds, Watched()
        self._worker = self._pane.run_worker(self._repeat(view, times), group="watch", exit_on_error=False)
        self._pane.app.refresh_bindings()

    async def _repeat(self, view: ResultView, times: int) -> None:
        watched = view.watched
        assert watched is not None and view.run is not None
        request = view.run.request
        try:
            left = times or -1
            while left:
                left -= 1
                run = self._runner.new_run(request)
                run.start()
                await run.settled()
                if run.state.failure is None and run.rows is not None:
                    rows = [row for i in range(min(run.rows.count, COMPARED)) if (row := run.rows.row(i)) is not None]
                    await run.close()
                    watched.saw(run.rows.columns, rows)
                await view.take(run)
                self._pane.run_changed(run)
                if not left or run.state.phase in (Phase.FAILED, Phase.CANCELLED):
                    return
                await asyncio.sleep(view.every)
        finally:
            view.watched = None
            if view.run is not None:
                self._pane.run_changed(view.run)
            self._pane.app.refresh_bindings()
