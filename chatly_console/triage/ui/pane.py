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
from chatly_console.core.text import cut, safe_text
from chatly_console.shell.filter_input import FilterInput
from chatly_console.shell.folders import Folders
from chatly_console.shell.grid.copying import copy_text
from chatly_console.shell.messages import OpenStatement, Report, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session as ConsoleSession
from chatly_console.triage.readings import age_words
from chatly_console.triage.service import signal
from chatly_console.triage.signals import no_cancel_because
from chatly_console.triage.statements import ORDERS
from chatly_console.triage.ui import views
from chatly_console.triage.ui.asking import agreed
from chatly_console.triage.ui.detail_screen import DetailScreen
from chatly_console.triage.ui.evidence_table import EvidenceTable
from chatly_console.triage.ui.glance_view import GlanceView
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
        """How often the server was asked."""
        self._log_folder = log_folder
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
        self._draw(anew=True)

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
        """Leave the server alone."""
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    def on_connected(self) -> None:
        """Another server: nothing of the last one counts."""
        self.watching = Watching(pace=self.watching.pace)
        self.failure = None
        if self.is_mounted:
            self._draw(anew=True)
            self._wake.set()

    def on_link_changed(self) -> None:
        """Say so at once; once the server is back, ask at once."""
        if self.is_mounted:
            self._wake.set()
            self._draw()

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
            self._draw()
            return
        self.ticks += 1
        try:
            await watching.tick(database, self.view)
            failure = None
        except Failure as raised:
            failure = raised
        if watching is self.watching:
            self.failure = failure
            self._draw()

    @property
    def stale_because(self) -> str:
        """Why what is shown may be old; empty where it is fresh."""
        link = self.session.link
        if link is not None and not link.is_up:
            return link.sentence or f"The server is {link.state.value}."
        return self.failure.sentence if self.failure is not None else ""

    # Drawing

    def _draw(self, *, anew: bool = False) -> None:
        watching, because = self.watching, self.stale_because
        shown = views.table_of(watching, self.view, needle=self.needle, own=self.own)
        self.query_one(GlanceView).show(watching.verdicts, because)
        self.query_one(GlanceView).set_class(bool(because), "-stale")
        self.table.set_class(bool(because), "-stale")
        self.table.set_rows(shown.headings, shown.rows, shown.empty, anew=anew)
        missing = self.query_one("#triage-missing", Static)
        missing.display = bool(shown.missing)
        missing.update(Content(safe_text(shown.missing)))
        self._draw_lines()

    def _draw_lines(self) -> None:
        login = self.session.database.facts.user if self.session.database is not None else ""
        words = [f"not impersonated: runs as {login}" if login else "not connected", self.watching.pace.words]
        if self.stale_because and self.watching.snapshot is not None:
            age = self.watching.clock() - self.watching.seen_at
            words.insert(0, f"▲ stale: as it was {age_words(age)} ago, r tries again")
        title = self.query_one("#triage-title", Static)
        title.update(Content(cut(safe_text(" ▪ ".join(words)), max(title.content_size.width, 20))))
        marks = views.view_marks(self.watching, self.view, needle=self.needle, own=self.own)
        parts = [
            part
            for key, label, here in marks
            for part in ((key, "bold $accent"), (f" {safe_text(label)}", "bold" if here else "$muted"), ("   ", ""))
        ]
        self.query_one("#triage-views", Static).update(Content.assemble(*parts[:-1]))

    def on_resize(self) -> None:
        """Cut the lines anew."""
        self._draw_lines()

    def _grow_older(self) -> None:
        if self.stale_because:
            self._draw_lines()

    # Keys

    def action_view(self, view: View) -> None:
        """Look at other evidence."""
        self.view = view
        self._draw(anew=True)
        self._wake.set()

    def action_pause(self) -> None:
        """Stop asking, or go on."""
        self.watching.pace.paused = not self.watching.pace.paused
        self._draw_lines()
        if not self.watching.pace.paused:
            self._wake.set()

    def action_rate(self, step: int) -> None:
        """Ask more or less often."""
        (self.watching.pace.slower if step > 0 else self.watching.pace.faster)()
        self._draw_lines()

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
        self._draw()

    def action_filter(self) -> None:
        """Open the filter line."""
        line = self.query_one(FilterInput)
        line.add_class("-open")
        line.focus()

    @on(FilterInput.Filtered)
    def _filtered(self, message: FilterInput.Filtered) -> None:
        self.needle = message.text
        self._draw()

    @on(FilterInput.Closed)
    def _filter_closed(self, message: FilterInput.Closed) -> None:
        self.needle = "" if message.cleared else self.needle
        self.query_one(FilterInput).set_class(bool(self.needle), "-open")
        self._draw()
        self.table.focus()

    @on(EvidenceTable.Opened)
    @work(group="dialog", exclusive=True)
    async def _open(self, message: EvidenceTable.Opened) -> None:
        detail = views.detail_of(self.watching, self.view, message.key)
        if detail is None:
            return
        wish = await self.app.push_screen_wait(DetailScreen(detail.title, detail.facts, detail.sql))
        if wish == "explain":
            self.post_message(OpenStatement(detail.sql))

    def action_copy_sql(self) -> None:
        """Copy the raw statement of the line."""
        detail = views.detail_of(self.watching, self.view, self.table.cursor_key)
        if detail is not None and detail.sql:
            copy_text(self, detail.sql, "the statement")

    # Acting

    @work(group="signal", exclusive=True)
    async def action_signal(self, verb: str) -> None:
        """Cancel the statement, or end the session, of the line; asks first."""
        session = self.watching.session(self.table.cursor_key)
        if session is None:
            self.post_message(Say("There is no session on this line.", "warning"))
            return
        if verb == "cancel" and no_cancel_because(session):
            self.post_message(Say(no_cancel_because(session), "warning"))
            return
        if not await agreed(self.app, session, verb):
            return
        database, rights = self.session.database, self.watching.rights
        if database is None or rights is None:
            return
        folder = self._log_folder or Folders.of_user().state
        try:
            outcome = await signal(database, session, verb, rights, folder / "triage-actions.jsonl")
        except Failure as failure:
            self.post_message(Report(failure))
        else:
            self.post_message(Say(outcome, "done"))
        self._wake.set()
