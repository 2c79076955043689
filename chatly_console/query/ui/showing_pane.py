"""The showing half of the Query pane: what has come of the statements, and what is said of it."""

import logging
from collections.abc import Coroutine

from textual import on, work
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.run import Phase, status
from chatly_console.query.service import StatementRun
from chatly_console.query.ui.completion import AssistedEditor
from chatly_console.query.ui.editing import EditorArea
from chatly_console.query.ui.error_place import error_words_in
from chatly_console.query.ui.hint_verbs import remedies
from chatly_console.query.ui.hosted_tabs import HostingPane
from chatly_console.query.ui.result_tabs import ResultTabs
from chatly_console.query.ui.results import ResultView
from chatly_console.server.database import Database
from chatly_console.shell.grid.messages import RowsWanted
from chatly_console.shell.messages import Report, Say
from chatly_console.shell.session import Session

log = logging.getLogger(__name__)


class ShowingPane(HostingPane):
    """Shows runs, whoever sends them."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.results = ResultTabs()

    @property
    def editing(self) -> EditorArea:
        """The upper half."""
        return self.query_one(EditorArea)

    @property
    def result(self) -> ResultView:
        """The result on show."""
        return self.results.active

    @property
    def run(self) -> StatementRun | None:
        """The run whose result is on show."""
        return self.result.run

    def database(self) -> Database:
        """The connected database; raises Failure where there is none."""
        if self.session.database is None:
            raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
        return self.session.database

    def on_link_changed(self) -> None:
        """Rows that are on show stay, and say that they may be old while the server is away."""
        self._mark_stale()

    def on_identity_changed(self) -> None:
        """Rows that are on show stay, dimmed: the banner speaks of another identity than theirs."""
        super().on_identity_changed()
        self._mark_stale()

    def _mark_stale(self) -> None:
        if self.is_mounted:
            for view in self.results:
                view.set_stale(self._is_stale(view))

    def _is_stale(self, view: ResultView) -> bool:
        link = self.session.link
        others = view.run is not None and view.run.request.identity != self.session.identity
        return others or (link is not None and not link.is_up)

    # Saying

    def say(self, text: str, *, failed: bool = False) -> None:
        """Put a sentence on the message line."""
        self.post_message(Say(text, "error" if failed else "done"))

    def fail(self, failure: Failure) -> None:
        """Put a failure on the message line, with its details."""
        self.post_message(Report(failure))

    @work(group="verbs", exit_on_error=False)
    async def do(self, doing: Coroutine[object, object, None]) -> None:
        """Do something that may fail, and say so where it does."""
        try:
            await doing
        except Failure as failure:
            self.fail(failure)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged; it must neither vanish nor end the console."""
        if event.state is WorkerState.ERROR:
            log.error("The Query pane failed", exc_info=event.worker.error)
            self.say(
                f"This is a fault of the console ({type(event.worker.error).__name__}); its log has more.", failed=True
            )

    # Showing

    def begins(self) -> None:
        """A statement is about to be sent."""
        self.query_one(AssistedEditor).close_lists()
        self.show_rows()
        self.editing.recalled.forget()
        self.editing.editor.mark_error(None)
        self.app.refresh_bindings()

    def run_changed(self, run: StatementRun) -> None:
        """The run has moved on: show it, whichever pane is in sight."""
        view = self.results.view_of(run) if self.is_mounted else None
        if view is not None and view.children:  # there are none while the console ends
            where = error_words_in(self.editing, view.place, run.state.failure)
            mends = "alt+h writes it" if remedies(self.editing, view.place, run.state) else ""
            view.show(run, place=where, remedy=mends)
            view.set_stale(self._is_stale(view))
            self.results.show_names()

    @on(RowsWanted)
    def _rows_wanted(self, event: RowsWanted) -> None:
        event.stop()
        run = next((run for run in self.results.runs if run.rows is event.grid.source), None)
        if run is not None:
            if event.upto is None:
                self._load_rest(run)
            else:
                run.more()

    @work(group="rest", exit_on_error=False)
    async def _load_rest(self, run: StatementRun) -> None:
        """Load all that is left, and say how much it was."""
        run.rest()
        await run.settled()
        self.say(status(run.state), failed=run.state.phase is Phase.FAILED)
