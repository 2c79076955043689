"""The Migrations pane: what is applied and pending, what each file would do, and doing it."""

import logging
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure
from chatly_console.migrations.known import Known
from chatly_console.migrations.progress import Progress
from chatly_console.migrations.reading import read_all
from chatly_console.migrations.ui import acting, proving, views
from chatly_console.migrations.ui.keys import MIGRATION_BINDINGS, OWN_ACTIONS
from chatly_console.migrations.ui.looking_pane import LookingPane
from chatly_console.migrations.ui.marking import mark_one
from chatly_console.migrations.ui.overview import Overview
from chatly_console.migrations.ui.row_list import RowList
from chatly_console.shell.dialogs import AskText
from chatly_console.shell.messages import OpenStatement, Report, Say, WriteMigration
from chatly_console.shell.states import ErrorState, Loading

log = logging.getLogger(__name__)


class MigrationsPane(LookingPane):
    """Timeline above, one migration below; a run takes the place of both until it is left."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False
    BINDING_GROUP_TITLE = "Migrations"
    BINDINGS = MIGRATION_BINDINGS

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Overview()
        yield RowList(id="migrations-run")
        yield Vertical(id="migrations-state")

    def on_mount(self) -> None:
        """Begin with nothing."""
        self.set_interval(0.5, self._tick)
        self._show_only(Overview)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged; it must neither vanish nor end the console."""
        if event.state is WorkerState.ERROR:
            log.error("The Migrations pane failed", exc_info=event.worker.error)
            name = type(event.worker.error).__name__
            self.post_message(Say(f"This is a fault of the console ({name}); its log has more.", "error"))

    # What the shell calls

    def on_shown(self) -> None:
        """Read on every visit: files and history may have changed meanwhile."""
        if self.progress is None:
            self.action_refresh()
            self.overview.timeline.focus()

    def on_connected(self) -> None:
        """Another database has another history."""
        self.cancel_work()
        self.known, self.progress = Known(), None
        if self.is_mounted:
            self.action_refresh()

    def on_link_changed(self) -> None:
        """Once the server is back, read what is so now."""
        if self.is_mounted and self.session.link is not None and self.session.link.is_up and not self.busy:
            self.action_refresh()

    def receive(self, request: Message) -> None:
        """Another room has a change: write it as a pair of files, show it, and say where it is."""
        if isinstance(request, WriteMigration):
            self._write(request.name, request.up, request.down)

    @property
    def busy(self) -> str:
        """What runs."""
        return self.progress.busy if self.progress is not None and self.progress.going_on else self.known.busy

    def cancel_work(self) -> bool:
        """Stop the run; the server stops too, and what was in a transaction is rolled back."""
        if not self.busy or self._runner is None:
            return False
        self._runner.cancel()
        return True

    # Reading

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a run is on show, only the way back from it has a key."""
        if self.progress is None:
            return action != "leave_run"
        return action == "leave_run" or action not in OWN_ACTIONS

    def action_refresh(self) -> None:
        """Read the files, the history and the sizes of the tables."""
        self._read()

    @work(exclusive=True, group="read")
    async def _read(self) -> None:
        database = self.session.database
        if database is None:
            self._show_state(Loading("Waiting for a connection"))
            return
        if not self.reading.migrations:
            self._show_state(Loading("Reading the files and the history"))
        try:
            self.known.reading = await read_all(database, self.folder)
        except Failure as failure:
            self._show_state(ErrorState(failure))
            return
        self.draw()

    @on(ErrorState.Retry)
    def _retry(self, message: ErrorState.Retry) -> None:
        message.stop()
        self.action_refresh()

    # Keys

    @on(RowList.Moved, "#migrations-timeline")
    def _moved(self) -> None:
        self.overview.show_detail()

    @on(RowList.Opened, "#migrations-timeline")
    def _opened(self) -> None:
        self.overview.detail.focus_content()

    @on(RowList.Moved, "#detail-rows")
    def _moved_below(self, message: RowList.Moved) -> None:
        if self.overview.view in ("statements", "back") and isinstance(message.key, int):
            self.overview.detail.show_line(message.key)

    def action_view(self, view: views.ViewName) -> None:
        """Look at something else about the chosen migration."""
        self.overview.show_view(view)

    @work(exclusive=True, group="dialog")
    async def action_adopt(self) -> None:
        """Write the drift as a migration."""
        try:
            if await proving.adopt_drift(self, self.folder):
                self.action_refresh()
        except Failure as failure:
            self.post_message(Report(failure))

    def action_open_file(self) -> None:
        """Show the chosen file's text in the editor; nothing is run."""
        file = self.chosen.file if self.chosen is not None else None
        if file is not None:
            script = file.down if self.overview.view == "back" and file.down is not None else file.up
            self.post_message(OpenStatement(script.text))

    def action_leave_run(self) -> None:
        """Back to the timeline, once the run is over."""
        if self.progress is not None and self.progress.going_on:
            self.post_message(Say("It is still running; ctrl+g cancels it.", "warning"))
            return
        self.progress = None
        self._show_only(Overview)
        self.overview.timeline.focus()
        self.action_refresh()

    @work(exclusive=True, group="dialog")
    async def action_new(self) -> None:
        """Write a new, empty pair of files."""
        name = await self.app.push_screen_wait(
            AskText("What does the new migration do?", "A few words: its file is named after them.")
        )
        if name:
            self._write(name, "", "")

    def _write(self, name: str, up: str, down: str) -> None:
        version = acting.write_pair(self, self.folder, name, up, down)
        if version:
            self._wanted, self.overview.view = version, "statements"
            self.action_refresh()

    @work(exclusive=True, group="dialog")
    async def action_mark(self) -> None:
        """Change what the history says of the chosen one."""
        chosen = self.chosen
        if chosen is None or self.session.database is None:
            return
        try:
            if await mark_one(self, chosen):
                self.action_refresh()
        except Failure as failure:
            self.post_message(Report(failure))

    @work(exclusive=True, group="dialog")
    async def action_start(self, way: str) -> None:
        """Choose, ask, and apply or roll back."""
        if self.busy:
            self.post_message(Say(f"Not beside what goes on ({self.busy}): ctrl+g stops it."))
        if self.session.database is None or self.busy:
            return
        choose = acting.choose_up if way == "up" else acting.choose_down
        try:
            tasks = await choose(self, self.chosen)
            if not tasks or not await acting.agreed(self, tasks):
                return
        except Failure as failure:
            self.post_message(Report(failure))
            return
        self.progress = Progress(tasks, self.session.profile.name)
        self._show_only("migrations-run")
        self.query_one("#migrations-run").focus()
        self._runner = self.run_worker(acting.carry_out(self, tasks, self.progress), group="run", exclusive=True)
