"""The Triage pane: on call, what is wrong with this server now, and who is to blame."""

import asyncio
import logging
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure
from chatly_console.core.text import safe_text
from chatly_console.shell.filter_input import FilterInput
from chatly_console.shell.folders import Folders
from chatly_console.shell.grid.copying import copy_text
from chatly_console.shell.messages import Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session as ConsoleSession
from chatly_console.triage.statements import ORDERS
from chatly_console.triage.ui import views
from chatly_console.triage.ui.acting import act, open_details
from chatly_console.triage.ui.evidence_table import EvidenceTable
from chatly_console.triage.ui.glance_view import GlanceView
from chatly_console.triage.ui.headline import title_of, views_content
from chatly_console.triage.ui.incidents import Incidents
from chatly_console.triage.ui.keys import TRIAGE_BINDINGS
from chatly_console.triage.verdicts import View
from chatly_console.triage.watching import Watching

log = logging.getLogger(__name__)


class TriagePane(Pane):
    """Glance above, evidence below. It asks the server only while it is on show, and always as the login."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False
    BINDING_GROUP_TITLE = "Triage"
    BINDINGS = TRIAGE_BINDINGS

    def __init__(self, session: ConsoleSession, *, log_folder: Path | None = None) -> None:
        super().__init__(session)
        self.watching = Watching()
        self.view: View = "activity"
        self.needle = ""
        self.own = False
        self.failure: Failure | None = None
        self.ticks = 0
        self._folder = log_folder or Folders.of_user().state
        self.incidents = Incidents(self, self._folder / "incidents")
        self._wake = asyncio.Event()
        self._watcher: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(id="triage-title", markup=False)
        yield GlanceView()
        yield Static(id="triage-views", markup=False)
        yield FilterInput("words, or user: db: app: state: wait: pid: longer:5s", id="triage-filter")
        yield Static(id="triage-missing", markup=False)
        yield EvidenceTable(id="triage-list")

    def on_mount(self) -> None:
        """Let the age of what is stale go on."""
        self.set_interval(1.0, self._grow_older)
        self.draw(anew=True)

    @property
    def table(self) -> EvidenceTable:
        """The list below."""
        return self.query_one(EvidenceTable)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged; it must neither vanish nor end the console."""
        if event.state is WorkerState.ERROR:
            log.error("The Triage pane failed", exc_info=event.worker.error)
            name = type(event.worker.error).__name__
            self.post_message(Say(f"This is a fault of the console ({name}); its log has more.", "error"))

    # What the shell calls

    def on_shown(self) -> None:
        """Watch."""
        self.table.focus()
        if self._watcher is None or self._watcher.is_finished:
            self._watcher = self._watch()

    def on_hidden(self) -> None:
        """Leave the server alone, unless what it does is to be on record."""
        if self._watcher is not None and self.watching.recorder is None:
            self._watcher.cancel()
            self._watcher = None

    def on_connected(self) -> None:
        """Another server: nothing of the last one counts."""
        self.watching = Watching(pace=self.watching.pace)
        self.failure = None
        if self.is_mounted:
            self.draw(anew=True)
            self._wake.set()

    def on_link_changed(self) -> None:
        """Say so at once; once the server is back, ask at once."""
        if self.is_mounted:
            self._wake.set()
            self.draw()

    # Watching

    @work(group="watch", exclusive=True)
    async def _watch(self) -> None:
        while True:
            self._wake.clear()
            await self._tick()
            pace = self.watching.pace
            try:
                async with asyncio.timeout(None if pace.paused else pace.delay):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _tick(self) -> None:
        database, link, watching = self.session.database, self.session.link, self.watching
        if database is None or (link is not None and not link.is_up):
            self.draw()
            return
        self.ticks += 1
        try:
            await watching.tick(database, self.view)
            failure = None
        except Failure as raised:
            failure = raised
        if watching is self.watching:
            self.failure = failure
            if self.incidents.replay is None:
                self.draw()

    @property
    def stale_because(self) -> str:
        """Why what is shown may be old; empty where it is fresh."""
        link = self.session.link
        if self.incidents.replay is not None:
            return ""
        if link is not None and not link.is_up:
            return link.sentence or f"The server is {link.state.value}."
        return self.failure.sentence if self.failure is not None else ""

    # Drawing

    @property
    def _seen(self) -> Watching:
        """What is on show: what is known now, or was at a moment of the replay."""
        replay = self.incidents.replay
        return self.watching if replay is None else replay.watching

    def draw(self, *, anew: bool = False) -> None:
        """Show what is known, of now or of the replay."""
        watching, because = self._seen, self.stale_because
        shown = views.table_of(watching, self.view, needle=self.needle, own=self.own)
        self.query_one(GlanceView).show(watching.verdicts, because)
        self.query_one(GlanceView).set_class(bool(because), "-stale")
        self.table.set_class(bool(because), "-stale")
        self.table.set_rows(shown.headings, shown.rows, shown.empty, anew=anew)
        missing = self.query_one("#triage-missing", Static)
        missing.display = bool(shown.missing)
        missing.update(Content(safe_text(shown.missing)))
        self.draw_lines()

    def draw_lines(self) -> None:
        """Bring the title and the row of views up to date."""
        title = self.query_one("#triage-title", Static)
        title.update(title_of(self, max(title.content_size.width, 20)))
        marks = views.view_marks(self._seen, self.view, needle=self.needle, own=self.own)
        self.query_one("#triage-views", Static).update(views_content(marks))

    def on_resize(self) -> None:
        """Cut the lines anew."""
        self.draw_lines()

    def _grow_older(self) -> None:
        if self.stale_because:
            self.draw_lines()

    # Keys

    def action_view(self, view: View) -> None:
        """Look at other evidence."""
        self.view = view
        self.draw(anew=True)
        self._wake.set()

    def action_pause(self) -> None:
        """Stop asking, or go on."""
        self.watching.pace.paused = not self.watching.pace.paused
        self.draw_lines()
        if not self.watching.pace.paused:
            self._wake.set()

    def action_rate(self, step: int) -> None:
        """Ask more or less often."""
        (self.watching.pace.slower if step > 0 else self.watching.pace.faster)()
        self.draw_lines()

    def action_refresh_now(self) -> None:
        """Ask now, also for what is asked seldom."""
        for name in ("statements", "health", "wraparound"):
            self.watching.hurry(name)
        self._wake.set()

    def action_order(self) -> None:
        """Order statements by the next measure."""
        at = ORDERS.index(self.watching.order) + 1
        self.watching.order = ORDERS[at % len(ORDERS)]
        self.action_view("statements")

    def action_since(self) -> None:
        """Count statements since the pane was opened, or since the reset."""
        self.watching.since_opened = not self.watching.since_opened
        self.action_view("statements")

    def action_own(self) -> None:
        """Show or hide the console's own connections."""
        self.own = not self.own
        self.draw()

    def action_filter(self) -> None:
        """Open the filter line."""
        line = self.query_one(FilterInput)
        line.add_class("-open")
        line.focus()

    @on(FilterInput.Filtered)
    def _filtered(self, message: FilterInput.Filtered) -> None:
        self.needle = message.text
        self.draw()

    @on(FilterInput.Closed)
    def _filter_closed(self, message: FilterInput.Closed) -> None:
        self.needle = "" if message.cleared else self.needle
        self.query_one(FilterInput).set_class(bool(self.needle), "-open")
        self.draw()
        self.table.focus()

    @on(EvidenceTable.Opened)
    @work(group="dialog", exclusive=True)
    async def _open(self, message: EvidenceTable.Opened) -> None:
        await open_details(self, views.detail_of(self._seen, self.view, message.key))

    def action_copy_sql(self) -> None:
        """Copy the raw statement of the line."""
        detail = views.detail_of(self._seen, self.view, self.table.cursor_key)
        if detail is not None and detail.sql:
            copy_text(self, detail.sql, "the statement")

    # Acting

    @work(group="signal", exclusive=True)
    async def action_signal(self, verb: str) -> None:
        """Cancel the statement, or end the session, of the line; asks first."""
        if self.incidents.replay is None:
            await act(self, verb, self._folder)

    def look_now(self) -> None:
        """Ask the server at once."""
        self._wake.set()

    # Records

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a replay has steps, and only what goes on now can be recorded or acted upon."""
        replays = self.incidents.replay is not None
        if action == "step":
            return replays
        return not (replays and action in ("signal", "record", "note", "pause"))

    def action_record(self) -> None:
        """Begin to record, or end it."""
        self.incidents.toggle()

    @work(group="dialog", exclusive=True)
    async def action_note(self) -> None:
        """Add a note to the record."""
        await self.incidents.note()

    @work(group="dialog", exclusive=True)
    async def action_replay(self) -> None:
        """Go through a record, or leave it."""
        await self.incidents.choose()
        self.refresh_bindings()

    def action_step(self, by: int) -> None:
        """Go on in the replay, or back."""
        self.incidents.step(by)

    @work(group="dialog", exclusive=True)
    async def action_timeline(self) -> None:
        """Write the time line of the record."""
        await self.incidents.export()
