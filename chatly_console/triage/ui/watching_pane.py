"""The half of the Triage pane that watches: it asks the server again and again, and draws what is known."""

import asyncio
import logging
from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure
from chatly_console.core.private_file import file_of_profile
from chatly_console.core.text import safe_text
from chatly_console.shell.filter_input import FilterInput
from chatly_console.shell.folders import Folders
from chatly_console.shell.messages import Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session as ConsoleSession
from chatly_console.triage.filters import HINT
from chatly_console.triage.pace import Pace
from chatly_console.triage.statement_watch import StatementWatch
from chatly_console.triage.ui import views
from chatly_console.triage.ui.evidence_table import EvidenceTable
from chatly_console.triage.ui.glance_view import GlanceView
from chatly_console.triage.ui.headline import title_of, views_line
from chatly_console.triage.ui.incidents import Incidents
from chatly_console.triage.ui.tone_lines import ToneLines
from chatly_console.triage.ui.views import Choice
from chatly_console.triage.watching import Watching

log = logging.getLogger(__name__)


class WatchingPane(Pane):
    """Glance above, evidence below. It asks the server only while it is on show, and always as the login."""

    def __init__(self, session: ConsoleSession, *, log_folder: Path | None = None) -> None:
        super().__init__(session)
        self.folder = log_folder or Folders.of_user().state
        self.watching = self._watching_anew(Pace())
        self.choice = Choice()
        self.failure: Failure | None = None
        self.ticks = 0
        self._missing = "?"
        self._aging: Timer | None = None
        self._glance = GlanceView()
        self._lines = (
            ToneLines(lambda width: title_of(self, width), id="triage-title"),
            ToneLines(lambda width: views_line(self._marks), id="triage-views"),
        )
        self.table = EvidenceTable(id="triage-list")
        self.incidents = Incidents(self, self.folder / "incidents")
        self._wake = asyncio.Event()
        self._watcher: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        title, marks = self._lines
        yield title
        yield self._glance
        yield marks
        yield FilterInput(HINT, id="triage-filter")
        yield Static(id="triage-missing", markup=False)
        yield self.table

    def on_mount(self) -> None:
        """Let the age of what is stale go on."""
        self._aging = self.set_interval(1.0, self.draw_lines, pause=True)
        self.draw(anew=True)

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
        self.watching = self._watching_anew(self.watching.pace)
        self.failure = None
        if self.is_mounted:
            self.draw(anew=True)
            self._wake.set()

    def _watching_anew(self, pace: Pace) -> Watching:
        database = self.session.database
        server = f"{database.facts.host}/{database.facts.database}" if database is not None else ""
        past = file_of_profile(self.folder / "statements", self.session.profile.name, server) if server else None
        return Watching(pace=pace, statements=StatementWatch(file=past))

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
            await self.tick()
            paused = self.watching.pace.paused
            try:
                async with asyncio.timeout(None if paused else self.watching.delay):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def tick(self) -> None:
        """Look once, closer where that is due, and show it."""
        database, link, watching = self.session.database, self.session.link, self.watching
        if database is None or (link is not None and not link.is_up):
            self.draw()
            return
        self.ticks += 1
        try:
            await watching.look(database)
            self._tell(watching, None)
            if await watching.look_closer(database, self.choice.view):
                watching.judge()
                self._tell(watching, None)
        except Failure as raised:
            self._tell(watching, raised)

    def _tell(self, watching: Watching, failure: Failure | None) -> None:
        """Show what a look has brought, unless another server is watched by now."""
        if watching is not self.watching:
            return
        self.failure = failure
        if watching.drain is not None and watching.drain.is_over:
            words, watching.drain = watching.drain.words(watching.clock()), None
            self.post_message(Say(words, "done"))
            self.incidents.keep(words)
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
        shown = views.table_of(watching, self.choice)
        if self._aging is not None:
            (self._aging.resume if because else self._aging.pause)()
        self._glance.show(watching.verdicts, because)
        self._glance.set_class(bool(because), "-stale")
        self.table.set_class(bool(because), "-stale")
        self.table.set_rows(shown.headings, shown.rows, shown.empty, anew=anew)
        if shown.missing != self._missing:
            self._missing = shown.missing
            missing = self.query_one("#triage-missing", Static)
            missing.display = bool(shown.missing)
            missing.update(Content(safe_text(shown.missing)))
        self.draw_lines()

    def draw_lines(self) -> None:
        """Bring the title and the row of views up to date."""
        for line in self._lines:
            line.bring_up_to_date()

    @property
    def _marks(self) -> list[tuple[str, str, bool]]:
        return views.view_marks(self._seen, self.choice)

    def look_now(self) -> None:
        """Ask the server at once."""
        self._wake.set()
