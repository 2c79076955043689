"""The plan of a statement below the editor: where its time goes, and what could be done about it."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.running import PlanOptions, plain_statement
from chatly_console.explain.service import PlanRun, read_table_facts
from chatly_console.explain.ui.advice_list import AdviceList
from chatly_console.explain.ui.asking import ask_for_plan
from chatly_console.explain.ui.header import PlanHeader
from chatly_console.explain.ui.keys import PLAN_BINDINGS
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.shell.messages import ExplainStatement, RanAs, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import Empty, ErrorState, Loading

log = logging.getLogger(__name__)


class PlanPane(Pane):
    """Shows one plan in one of several views, and the advice on it below."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False
    BINDING_GROUP_TITLE = "Plan"
    BINDINGS = PLAN_BINDINGS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.view = "tree"
        self.run: PlanRun | None = None
        self.analysis: Analysis | None = None
        self._asked: tuple[str, PlanOptions] | None = None
        self._worker: Worker[None] | None = None
        self._began = 0.0

    def compose(self) -> ComposeResult:
        """The header, the view, the advice; or what stands in their place."""
        yield PlanHeader()
        yield Vertical(id="plan-state")
        yield PlanTree(id="plan-tree")
        yield AdviceList()

    def on_mount(self) -> None:
        """Nothing is there yet."""
        self._show_state(Empty("No plan yet.", "F8 plans the statement at the cursor, F9 runs it for its real times."))

    # What the shell calls

    def receive(self, request: Message) -> None:
        """Plan, or analyse, a statement."""
        if isinstance(request, ExplainStatement):
            sql, options = plain_statement(request.sql, PlanOptions(analyze=request.analyze))
            self.explain(sql, options)

    @property
    def busy(self) -> str:
        """What runs."""
        if self._worker is None or self._worker.is_finished:
            return ""
        return f"a plan, {time.monotonic() - self._began:.0f} s"

    def cancel_work(self) -> bool:
        """Stop it."""
        if self._worker is None or self._worker.is_finished:
            return False
        self._worker.cancel()
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged."""
        if event.state is WorkerState.ERROR:
            log.error("The plan failed", exc_info=event.worker.error)
            name = type(event.worker.error).__name__
            self._show_failure(
                Failure(f"This is a fault of the console ({name}); its log has more.", FailureKind.USAGE)
            )
        elif event.state is WorkerState.CANCELLED and event.worker is self._worker:
            self._show_state(Empty("Cancelled; the server has stopped.", "r asks again."))

    # Asking

    def explain(self, sql: str, options: PlanOptions) -> None:
        """Ask the server for the plan of this statement."""
        self.cancel_work()
        self._asked = sql, options
        self._began = time.monotonic()
        self._worker = self._explain(sql, options)

    @work(group="plan", exit_on_error=False)
    async def _explain(self, sql: str, options: PlanOptions) -> None:
        words = "Running the statement for its times" if options.analyze else "Planning"
        self._show_state(Loading(words, way_out="ctrl+g cancels."))
        try:
            run = await ask_for_plan(self.app, self.session, sql, options)
            if run is None:
                self._show_state(Empty("Not run.", "F8 plans it without running it."))
                return
            database = self.session.database
            facts = await read_table_facts(database, run.plan) if database is not None else {}
            analysis = await asyncio.to_thread(analyse, run.plan, facts)
        except Failure as failure:
            self._show_failure(failure)
            return
        if run.as_whom and "(" in run.as_whom:
            self.post_message(RanAs(run.as_whom.rpartition("(")[2].rstrip(")")))
        self.show(analysis, run)

    def action_again(self) -> None:
        """Once more, as before."""
        if self._asked is not None:
            self.explain(*self._asked)

    @on(ErrorState.Retry)
    def _retry(self, event: ErrorState.Retry) -> None:
        event.stop()
        self.action_again()

    # Showing

    def show(self, analysis: Analysis, run: PlanRun | None) -> None:
        """Put a plan on show."""
        self.analysis, self.run = analysis, run
        self._show_state(None)
        self.query_one(PlanTree).show(analysis)
        advice = self.query_one(AdviceList)
        advice.show(analysis.findings)
        self._show_header()
        if run is not None:
            self.post_message(Say(self._spoken(analysis), "done"))

    def _spoken(self, analysis: Analysis) -> str:
        slowest = analysis.hottest[-1]
        where = f"{slowest.kind} {slowest.relation}".rstrip()
        return f"The {'slowest' if analysis.plan.timed else 'dearest'} node is {where} ({analysis.share(slowest):.0%})."

    def _show_header(self) -> None:
        self.query_one(PlanHeader).show(self.analysis, self.run, self.view)

    def on_resize(self) -> None:
        """The header fills the line."""
        self._show_header()

    def _show_state(self, widget: Widget | None) -> None:
        state = self.query_one("#plan-state")
        state.remove_children()
        self.set_class(widget is not None, "-state")
        if widget is not None:
            state.mount(widget)

    def _show_failure(self, failure: Failure) -> None:
        self._show_state(ErrorState(failure))

    # Moving about

    def action_to_advice(self) -> None:
        """To the advice, or back to the plan."""
        advice = self.query_one(AdviceList)
        (self.query_one(PlanTree) if advice.has_focus else advice).focus()

    @on(AdviceList.Chosen)
    def _chosen(self, event: AdviceList.Chosen) -> None:
        event.stop()
        tree = self.query_one(PlanTree)
        if event.finding.node is not None:
            tree.go_to(event.finding.node)
        if event.opened:
            tree.focus()
