"""The Query pane: write SQL above, run it, and look through what comes back below."""

import logging
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode
from chatly_console.query.history import History
from chatly_console.query.place import Place, line_and_column
from chatly_console.query.record import Record
from chatly_console.query.run import Phase, status
from chatly_console.query.service import StatementRun
from chatly_console.query.ui.asking import may_begin, prepared
from chatly_console.query.ui.bindings import QUERY_BINDINGS
from chatly_console.query.ui.completion import AssistedEditor
from chatly_console.query.ui.editing import EditorArea
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.exporting import ask_and_export
from chatly_console.query.ui.history_screen import HistoryScreen
from chatly_console.query.ui.results import ResultView
from chatly_console.shell.grid.messages import ExportRequested, RowsWanted
from chatly_console.shell.messages import LockWrites, OpenStatement, RanAs, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session

log = logging.getLogger(__name__)

_TICK = 0.1


class QueryPane(Pane):
    """Editor and result. A run belongs to the pane, not to its widgets, and goes on while another one is looked at."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Query"
    BINDINGS = QUERY_BINDINGS

    def __init__(self, session: Session, *, state_root: Path | None = None) -> None:
        super().__init__(session)
        self._state_root = state_root
        self.run: StatementRun | None = None
        self._place: Place | None = None
        history = History(state_root / "history.sqlite" if state_root else None)
        self._record = Record(history, lambda sentence: self.say(sentence, failed=True))
        self._recall_step = -1
        self._export: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield EditorArea(self.session.profile.name, state_root=self._state_root)
        yield ResultView()

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(_TICK, self._tick)

    @property
    def editing(self) -> EditorArea:
        """The upper half."""
        return self.query_one(EditorArea)

    @property
    def result(self) -> ResultView:
        """The lower half."""
        return self.query_one(ResultView)

    def say(self, text: str, *, failed: bool = False) -> None:
        """Put a sentence on the message line."""
        self.post_message(Say(text, "error" if failed else "done"))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged; it must neither vanish nor end the console."""
        if event.state is WorkerState.ERROR:
            log.error("The Query pane failed", exc_info=event.worker.error)
            self.say(
                f"This is a fault of the console ({type(event.worker.error).__name__}); its log has more.", failed=True
            )

    # What the shell calls

    def on_shown(self) -> None:
        """Typing goes to the editor."""
        self.editing.editor.focus()

    def on_connected(self) -> None:
        """Rows that are loaded stay; the texts are those of the profile."""
        if self.is_mounted:
            self.editing.open_profile(self.session.profile.name)

    def receive(self, request: Message) -> None:
        """Another room has a statement for the editor."""
        if isinstance(request, OpenStatement):
            if request.run:
                self.run_statement(request.sql)
            else:
                self.editing.add_buffer(text=request.sql)

    def on_link_changed(self) -> None:
        """Rows that are on show stay, and say that they may be old while the server is away."""
        link = self.session.link
        if self.is_mounted and link is not None:
            self.result.set_stale(not link.is_up)

    @property
    def busy(self) -> str:
        """What runs, for who wants to leave."""
        if self._is_exporting:
            return "an export"
        if self.run is None or not self.run.state.is_working:
            return ""
        return f"a statement, {self.run.seconds:.0f} s"

    @property
    def _is_exporting(self) -> bool:
        return self._export is not None and not self._export.is_finished

    def cancel_work(self) -> bool:
        """Cancel what runs; the result says `cancelled` once the server has stopped."""
        if self._is_exporting:
            assert self._export is not None
            self._export.cancel()
            return True
        return self.run is not None and self.run.cancel()

    def save(self) -> None:
        """Keep the texts."""
        if self.is_mounted:
            self.editing.save()

    async def on_unmount(self) -> None:
        """Let go of what is held."""
        if self.run is not None:
            await self.run.forget()
        await self._record.history.close()

    # Running

    @on(SqlEditor.RunAsked)
    def action_run(self) -> None:
        """Run the selection, or the statement at the cursor."""
        chosen = self.editing.editor.chosen()
        if not chosen:
            self.say("There is no statement at the cursor.", failed=True)
            return
        buffer = self.editing.buffers.active.name
        self._run_all([Place(buffer, offset, sql) for offset, sql in chosen])

    def run_statement(self, sql: str) -> None:
        """Run what another pane asked for, from a buffer of its own."""
        self.editing.add_buffer(text=sql)
        self.action_run()

    @work(group="query", exit_on_error=False)
    async def _run_all(self, places: list[Place]) -> None:
        if not await may_begin(self.app, self.run):
            return
        self.editing.forget_recalled()
        self._recall_step = -1
        for place in places:
            try:
                run = await prepared(self.app, self.session, place.sql, self._changed)
            except Failure as failure:
                self.result.show_failure(failure)
                self.say(failure.sentence, failed=True)
                return
            if run is None:
                self.say("Not sent.")
                return
            if not await self._run(run, place):
                return

    async def _run(self, run: StatementRun, place: Place) -> bool:
        """Run it to its first page or its end; returns whether the next one may follow."""
        if self.run is not None:
            await self.run.forget()
        self.run, self._place = run, place
        self.editing.editor.mark_error(None)
        self._changed(run)
        number = await self._record.started(run, profile=self.session.profile.name)
        run.start()
        await run.settled()
        await self._record.ended(number, run)
        self._tell_frame(run)
        if run.state.failure is not None:
            self._mark_error(place, run.state.failure)
        self.say(status(run.state), failed=run.state.phase is Phase.FAILED)
        return run.state.phase in (Phase.DONE, Phase.OPEN)

    def _tell_frame(self, run: StatementRun) -> None:
        """What the bars show of it: how firmly an impersonation held, and that unlocked writes are locked again."""
        self.query_one(AssistedEditor).statement_ended()
        if run.strength:
            self.post_message(RanAs(run.strength))
        if run.request.mode in (Mode.COMMITTED, Mode.OUTSIDE) and self.session.unlocked:
            self.post_message(LockWrites())

    def _mark_error(self, place: Place, failure: Failure) -> None:
        if place.buffer != self.editing.buffers.active.name:
            return
        editor = self.editing.editor
        found = place.error_in(editor.text, failure)
        if found is not None:
            editor.mark_error(*found)

    def _changed(self, run: StatementRun) -> None:
        """The run has moved on: show it, whichever pane is in sight."""
        if run is self.run and self.is_mounted:
            self.result.show(run, place=self._error_place(run))

    def _error_place(self, run: StatementRun) -> str:
        failure, place = run.state.failure, self._place
        if failure is None or place is None:
            return ""
        text = self.editing.editor.text if place.buffer == self.editing.buffers.active.name else ""
        found = place.error_in(text, failure)
        return line_and_column(text, found[0]) if found is not None else ""

    def _tick(self) -> None:
        """Time passes on screen while something runs or a cursor is open."""
        run = self.run
        if run is None or not run.state.holds_connection:
            return
        if run.state.phase is Phase.OPEN:
            self.result.show_header(run)
        else:
            self.result.show(run)

    @on(RowsWanted)
    def _rows_wanted(self, event: RowsWanted) -> None:
        event.stop()
        if self.run is not None:
            if event.upto is None:
                self.run.rest()
            else:
                self.run.more()

    @on(ExportRequested)
    def _export_asked(self, event: ExportRequested) -> None:
        event.stop()
        self.action_export()

    def action_export(self) -> None:
        """Write all rows of the result, loaded or not, to a file: those of this run, by the same identity."""
        if self._export is None or self._export.is_finished:
            self._export = self._write_rows()

    @work(group="export", exit_on_error=False)
    async def _write_rows(self) -> None:
        run = self.run
        if run is None or run.rows is None or not run.rows.columns:
            self.say("There is no result to export.", failed=True)
            return
        await ask_and_export(self, run)

    # Moving about

    @on(SqlEditor.Left)
    def _to_result(self) -> None:
        self.result.focus_rows()

    def action_new_buffer(self) -> None:
        """Go on in an empty buffer."""
        self.editing.add_buffer()

    def action_step_buffer(self, by: int) -> None:
        """Go to another buffer."""
        self.editing.step_buffer(by)

    def action_rename_buffer(self) -> None:
        """Give the buffer another name."""
        self.editing.ask_name()

    def action_close_buffer(self) -> None:
        """Throw the buffer away; one with text in it only after a yes."""
        self.editing.ask_close()

    @work(group="history", exclusive=True)
    async def action_history(self) -> None:
        """Find a statement of the history and put it into the editor."""
        sql = await self.app.push_screen_wait(HistoryScreen(self._record.history))
        if sql is not None:
            self.editing.forget_recalled()
            self.editing.insert_statement(sql)

    @on(SqlEditor.RecallAsked)
    async def _recall(self, event: SqlEditor.RecallAsked) -> None:
        step = max(self._recall_step + event.step, 0)
        found = await self._record.history.search(profile=self.session.profile.name, limit=step + 1)
        if step < len(found):
            self._recall_step = step
            self.editing.insert_statement(found[step].sql)
