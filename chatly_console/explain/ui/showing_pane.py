"""A plan on show: how it is asked for, read, and put into the views; what its keys do is in `pane` and `flows`."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.diff import Comparison, compare
from chatly_console.explain.kept import PlanStore
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.running import PlanOptions, looks_like_a_plan, plain_statement
from chatly_console.explain.service import PlanRun, analyse_with_facts
from chatly_console.explain.ui.advice_list import AdviceList
from chatly_console.explain.ui.asking import ask_for_plan
from chatly_console.explain.ui.header import PlanHeader, since_words, slowest_words
from chatly_console.explain.ui.several import chosen_of
from chatly_console.explain.ui.state_region import StateRegion
from chatly_console.explain.ui.underway import Underway
from chatly_console.explain.ui.views import PlanViews
from chatly_console.query.parameters import bound
from chatly_console.shell.messages import ExplainStatement, RanAs, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import Empty, ErrorState, Loading

log = logging.getLogger(__name__)


class ShowingPane(Pane):
    """Shows one plan in one of several views, and the advice on it below."""

    def __init__(self, session: Session, *, store: PlanStore | None = None) -> None:
        super().__init__(session)
        self.store = store or PlanStore()
        self.run: PlanRun | None = None
        self.analysis: Analysis | None = None
        self.tried: Comparison | None = None
        self.kept_as = 0
        self.underway = Underway()
        self._asked: tuple[str, PlanOptions] | None = None
        self._worker: Worker[None] | None = None
        self._had_focus = False

    def compose(self) -> ComposeResult:
        """The header, the views, the advice; or what stands in their place."""
        yield PlanHeader()
        yield StateRegion(id="plan-state")
        yield PlanViews()
        yield AdviceList()

    def on_mount(self) -> None:
        """Nothing is there yet."""
        self._show_state(
            Empty("No plan yet.", "F8 plans the statement at the cursor, F9 runs it for its real times; P reads one.")
        )

    async def on_unmount(self) -> None:
        """Let go of the history."""
        await self.store.close()

    # What the shell calls

    def receive(self, request: Message) -> None:
        """Plan, or analyse, a statement; a plan that stands in the editor is read."""
        if not isinstance(request, ExplainStatement):
            return
        if looks_like_a_plan(request.sql):
            self.read(request.sql)
            return
        options = self._asked[1] if self._asked is not None else PlanOptions()
        sql, options = plain_statement(request.sql, replace(options, analyze=request.analyze, local=request.settings))
        self.explain(sql, replace(options, generic=False), settled=options.analyze)

    @property
    def busy(self) -> str:
        """What runs."""
        return self.underway.words

    def cancel_work(self) -> bool:
        """Stop it."""
        return self.underway.cancel()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged."""
        if event.state is WorkerState.ERROR:
            log.error("The plan failed", exc_info=event.worker.error)
            name = type(event.worker.error).__name__
            words = f"This is a fault of the console ({name}); its log has more."
            self._show_state(ErrorState(Failure(words, FailureKind.USAGE)))
        elif event.state is WorkerState.CANCELLED and event.worker is self._worker and self.is_mounted:
            self._show_state(Empty("Cancelled; the server has stopped.", "r asks again."))

    # Asking

    def explain(self, sql: str, options: PlanOptions, *, settled: bool = True) -> None:
        """Ask for the plan of this statement: the generic one where it has parameters, unless all is `settled`."""
        self.cancel_work()
        self._asked = sql, options
        worker = self._worker = self._explain(sql, options, settled)
        self.underway.begin("a plan", lambda: not worker.is_finished, worker.cancel)

    @work(group="plan", exit_on_error=False)
    async def _explain(self, sql: str, options: PlanOptions, settled: bool) -> None:
        try:
            if not settled and (await asyncio.to_thread(bound, sql)).parameters:
                self._asked = sql, (options := replace(options, generic=True))
            run = await ask_for_plan(self.app, self.session, self.host, sql, options, self._show_progress)
            if run is None:
                self._show_state(Empty("Not run.", "F8 plans it without running it."))
                return
            database = self.session.database
            assert database is not None
            analysis = await analyse_with_facts(database, run.plan)
        except Failure as failure:
            self._show_state(ErrorState(failure))
            return
        if run.as_whom and run.as_whom.endswith(")"):
            self.post_message(RanAs(run.as_whom.rpartition("(")[2].rstrip(")")))
        self.show(analysis, run)
        await self._keep(analysis, run)

    async def _keep(self, analysis: Analysis, run: PlanRun) -> None:
        """Put it into the history, and say how its time compares with that of the last time."""
        try:
            self.kept_as = await self.store.add(run, profile=self.session.profile.name)
            before = await self.store.before(run, self.kept_as) if run.options.analyze else None
        except Failure as failure:
            self.post_message(Say(failure.sentence, "warning"))
            return
        if before is not None:
            self.post_message(Say(f"{slowest_words(analysis)} {since_words(before, analysis)}", "done"))

    def progress(self, words: str) -> None:
        """Say how far work has come."""
        self.post_message(Say(f"{words[:1].upper()}{words[1:]}…", "note"))

    @property
    def asked(self) -> tuple[str, PlanOptions] | None:
        """The last statement that was asked about, and with which options."""
        return self._asked

    def _show_progress(self, words: str) -> None:
        found = self.query(Loading)
        if found:
            found.last().words = words
        else:
            self._show_state(Loading(words, way_out="ctrl+g cancels."))

    def remember(self, sql: str, options: PlanOptions) -> None:
        """What the key to ask again asks about."""
        self._asked = sql, options

    @on(ErrorState.Retry)
    def _retry(self, event: ErrorState.Retry) -> None:
        event.stop()
        self.action_again()

    def action_again(self) -> None:
        """Once more, as before."""
        if self._asked is not None:
            self.explain(*self._asked)

    @work(group="plan", exit_on_error=False)
    async def read(self, text: str) -> None:
        """Show a plan that was pasted or opened; two are compared, and of more the user chooses one."""
        try:
            plans = await chosen_of(self.app, await asyncio.to_thread(read_plans, text))
            found = [await asyncio.to_thread(analyse, plan) for plan in plans]
        except Failure as failure:
            self._show_state(ErrorState(failure, can_retry=False))
            return
        if not found:
            return
        self._asked = (plans[-1].query, PlanOptions()) if plans[-1].query else None
        self.show(found[-1], None)
        if len(found) > 1:
            self.query_one(PlanViews).compare(compare(found[0], found[1]), "the first of two plans → the second")
            self._show_header()

    # Showing

    def show(self, analysis: Analysis, run: PlanRun | None) -> None:
        """Put a plan on show."""
        self.analysis, self.run, self.tried, self.kept_as = analysis, run, None, 0
        views = self.query_one(PlanViews)
        self._show_state(None)
        views.show(analysis)
        if self._had_focus:
            self._had_focus = False
            self.call_after_refresh(lambda: views.shown.focus())
        self.query_one(AdviceList).show(analysis.findings)
        self._show_header()
        self.post_message(Say(slowest_words(analysis), "done"))

    def switch(self, name: str) -> None:
        """Put this view on show."""
        self.query_one(PlanViews).switch(name)
        self._show_header()

    def _show_header(self) -> None:
        view = self.query_one(PlanViews).current
        self.set_class(view == "diff", "-comparing")
        self.query_one(PlanHeader).show(self.analysis, self.run, view)

    def _show_state(self, widget: Widget | None) -> None:
        state = self.query_one(StateRegion)
        if not state.is_mounted:  # the console is ending
            return
        self._had_focus = self._had_focus or self.has_focus_within
        state.remove_children()
        self.set_class(widget is not None, "-state")
        if widget is not None:
            state.hold(widget)
