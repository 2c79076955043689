"""The Advisor pane: what should be mended in the connected database, with the evidence and the fix of each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from chatly_console.advisor.checks import Finding
from chatly_console.advisor.listing import Group, Order
from chatly_console.advisor.notebook import notes_file
from chatly_console.advisor.service import Advice
from chatly_console.advisor.tried import Tried
from chatly_console.advisor.ui import finding_verbs, index_verbs, review_verbs
from chatly_console.advisor.ui.body import Body
from chatly_console.advisor.ui.detail import Detail
from chatly_console.advisor.ui.keys import ADVISOR_BINDINGS, ONLY_FINDINGS, ONLY_INDEXES
from chatly_console.advisor.views import FindingsView, GroupsView, IndexView, View
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.migrations.writing import migrations_folder
from chatly_console.server.database import Database
from chatly_console.shell.folders import Folders
from chatly_console.shell.grid.messages import CursorMoved, RowOpened
from chatly_console.shell.messages import AdviseIndex, Report, Say, ShowFindings
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState, Loading

log = logging.getLogger(__name__)
Flow = Callable[["AdvisorPane"], Coroutine[Any, Any, None]]


class AdvisorPane(Pane):
    """Looks when it is first shown, and again on `r`."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDING_GROUP_TITLE = "Advisor"
    BINDINGS = ADVISOR_BINDINGS

    def __init__(self, session: Session, *, folder: Path | None = None, state: Path | None = None) -> None:
        super().__init__(session)
        self.folder = folder or migrations_folder()
        self._state = state or Folders.of_user().state
        self.view: View | None = None
        """What is on show; None until something was found out."""
        self.advice: Advice | None = None
        """What the checks found."""
        self.order = Order.LEVEL
        self.relation = ("", "")
        """The relation whose findings alone are shown; empty names for all."""
        self.group: Group | None = None
        """The group that alone is shown, until all are wanted again."""
        self._again: Flow = finding_verbs.look
        """What made what is on show."""
        self._busy = ""

    def compose(self) -> ComposeResult:
        """The summary, the rows (or what stands in their place), and all about the chosen one."""
        yield Static(id="advisor-summary", markup=False)
        yield Body(id="advisor-body")
        yield Detail(id="advisor-detail")

    # What the shell tells

    def on_shown(self) -> None:
        """Look on the first visit."""
        if self.advice is None and self.view is None and not self.busy:
            self.start(finding_verbs.look)
        self.query_one("#advisor-findings").focus()

    def on_link_changed(self) -> None:
        """What was read before the way to the server was lost is dimmed, with its age."""
        link = self.session.link
        if self.is_mounted and link is not None and self.view is not None:
            self.query_one(Body).mark(is_stale=not link.is_up)

    def on_connected(self) -> None:
        """Another database has other faults."""
        if self.is_mounted:
            self.cancel_work()
            self.advice, self.relation, self.group, self.view = None, ("", ""), None, None
            self.start(finding_verbs.look)

    def receive(self, request: Message) -> None:
        """Another room wants to know what is wrong with a relation, or an index for a statement."""
        if isinstance(request, ShowFindings):
            self.relation, self.group = (request.schema, request.name), None
            self.start(finding_verbs.show_findings)
        elif isinstance(request, AdviseIndex):
            self.start(index_verbs.for_statement(request.sql, given=request.arguments))

    @property
    def busy(self) -> str:
        """What runs, for who wants to leave."""
        return self._busy

    def cancel_work(self) -> bool:
        """Stop what runs; what was found before stays."""
        was_busy = bool(self._busy)
        if was_busy:
            self.workers.cancel_group(self, "advisor")
        return was_busy

    # One thing at a time

    @work(exclusive=True, group="advisor", exit_on_error=False)
    async def start(self, flow: Flow, doing: str = "the advisor", *, keep: bool = True) -> None:
        """Do one thing that asks the server, `doing` in words; another one that is under way is cancelled first.

        `keep` lets `r` do it again.
        """
        if keep:
            self._again = flow
        self._work(doing)
        try:
            await flow(self)
        except Failure as failure:
            if self.view is None:
                self._in_place_of_rows(ErrorState(failure))
            else:
                self._in_place_of_rows(None)
            self.summary(f"✗ {failure.sentence}")
            self.post_message(Report(failure))
        except asyncio.CancelledError:
            self._in_place_of_rows(None)
            if self.is_mounted and self.view is not None:
                self.show(self.view)
            raise
        finally:
            self._work("")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged."""
        if event.state is WorkerState.ERROR:
            log.error("The Advisor pane failed", exc_info=event.worker.error)
            self.post_message(Say("This is a fault of the console; its log has more.", "error"))

    def _work(self, words: str) -> None:
        self._busy = words
        if self.is_mounted:
            self.app.refresh_bindings()

    def waiting(self, words: str) -> None:
        """Say what is being waited for, in the place of the rows as long as there are none."""
        if self.view is None:
            self._in_place_of_rows(Loading(words, way_out="^g cancels"))
        self.summary(f"{words}…")

    def _in_place_of_rows(self, widget: Loading | ErrorState | None) -> None:
        if self.is_mounted:
            self.query_one(Body).instead(widget)

    @on(ErrorState.Retry)
    def action_refresh(self) -> None:
        """Look again at what is on show."""
        self.start(finding_verbs.look if isinstance(self.view, FindingsView | GroupsView) else self._again)

    def database(self) -> Database:
        """The connected one; raises `Failure` where there is none."""
        if self.session.database is None:
            raise Failure("No database is connected.", FailureKind.USAGE, hint="F2 connects one.")
        return self.session.database

    @property
    def notes(self) -> Path:
        """Where what is built here is noted."""
        facts = self.database().facts
        return notes_file(self._state, self.session.profile.name, f"{facts.host}/{facts.database}")

    # Showing

    def show(self, view: View, row: int = 0) -> None:
        """Put this on the screen."""
        self.view = view
        self.query_one(Body).put(view)
        self.summary(view.summary)
        self._tell(row)
        self.app.refresh_bindings()

    def summary(self, words: str) -> None:
        """The line on top."""
        if self.is_mounted:
            self.query_one("#advisor-summary", Static).update(Content(safe_text(words)))

    def _tell(self, row: int) -> None:
        title, lines = self.view.told(row) if self.view is not None else ("", [])
        self.query_one(Detail).tell(title, lines)

    @on(CursorMoved, "#advisor-findings")
    def _moved(self, message: CursorMoved) -> None:
        if message.row is not None:
            self._tell(message.row)

    def action_read(self, lines: int) -> None:
        """Read on in the details."""
        self.query_one(Detail).scroll_relative(y=lines, animate=False)

    # What is done with a row

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean nothing for what is on show are not offered."""
        verb = str(parameters[0]) if action == "do" else action
        if verb in ONLY_INDEXES:
            return isinstance(self.view, IndexView)
        return verb not in ONLY_FINDINGS or isinstance(self.view, FindingsView | GroupsView)

    @property
    def row(self) -> int:
        """The row at the cursor, as the view counts."""
        return self.query_one(Body).row

    @property
    def finding(self) -> Finding | None:
        """The finding at the cursor."""
        found = self.view.findings if isinstance(self.view, FindingsView) else ()
        return found[self.row] if self.row < len(found) else None

    @property
    def group_here(self) -> Group | None:
        """The group at the cursor."""
        found = self.view.groups if isinstance(self.view, GroupsView) else ()
        return found[self.row] if self.row < len(found) else None

    @property
    def tried(self) -> Tried | None:
        """The candidate at the cursor."""
        found = self.view.tried if isinstance(self.view, IndexView) else ()
        return found[self.row] if self.row < len(found) else None

    def action_order(self) -> None:
        """Group by something else."""
        self.order, self.group = self.order.next, None
        self.start(finding_verbs.show_findings)

    def action_show_all(self) -> None:
        """The findings on all relations again."""
        self.relation, self.group = ("", ""), None
        self.start(finding_verbs.show_findings)

    def action_review(self) -> None:
        """The ten points of the review."""
        self.start(review_verbs.review_all, "the review")

    def action_do(self, verb: str) -> None:
        """What a key says of the row at the cursor, or of the statements that somebody chooses."""
        VERBS[verb](self)

    @on(RowOpened, "#advisor-findings")
    def _opened(self) -> None:
        finding_verbs.jump(self)


VERBS: dict[str, Callable[[AdvisorPane], None]] = {
    "fix": finding_verbs.open_fix,
    "migrate": finding_verbs.write_migration,
    "silence": finding_verbs.silence,
    "statements": index_verbs.choose_statement,
    "table": index_verbs.choose_table,
    "measure": index_verbs.ask_to_measure,
    "build": index_verbs.ask_to_build,
    "applied": index_verbs.show_applied,
}
"""By the names that the keys use."""
