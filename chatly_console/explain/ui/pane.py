"""The plan of a statement below the editor: where its time goes, and what could be done about it."""

from pathlib import Path

from textual import on, work

from chatly_console.core.failure import Failure
from chatly_console.explain.ui.advice_list import AdviceList
from chatly_console.explain.ui.flows import FLOWS
from chatly_console.explain.ui.keys import PLAN_BINDINGS
from chatly_console.explain.ui.node_detail import NodeDetail
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.ui.showing_pane import ShowingPane
from chatly_console.explain.ui.views import PlanViews
from chatly_console.shell.grid.messages import ExportRequested, RowOpened
from chatly_console.shell.messages import Report, Say


class PlanPane(ShowingPane):
    """The plan on show with the keys that act on it."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False
    BINDING_GROUP_TITLE = "Plan"
    BINDINGS = PLAN_BINDINGS

    def action_view(self, name: str) -> None:
        """Another view of the plan on show."""
        if self.analysis is not None:
            self.switch(name)

    def action_grouping(self) -> None:
        """The table of nodes, summed up in another way."""
        if self.analysis is not None:
            views = self.query_one(PlanViews)
            if views.current == "nodes":
                self.post_message(Say(f"The table shows {views.next_grouping()}.", "note"))
            else:
                self.switch("nodes")

    def action_to_advice(self) -> None:
        """To the advice, or back to the plan."""
        advice = self.query_one(AdviceList)
        (self.query_one(PlanViews).shown if advice.has_focus else advice).focus()

    @work(group="plan-flow", exclusive=True, exit_on_error=False)
    async def action_flow(self, name: str) -> None:
        """What takes more than a moment."""
        try:
            sentence = await FLOWS[name](self)
        except Failure as failure:
            self.post_message(Report(failure))
            return
        if sentence:
            self.post_message(Say(sentence, "done"))

    @on(ExportRequested)
    def _export_asked(self, event: ExportRequested) -> None:
        event.stop()
        self.action_flow("export")

    @on(RowOpened)
    def _row_opened(self, event: RowOpened) -> None:
        event.stop()
        views = self.query_one(PlanViews)
        if self.analysis is not None and views.grouping == "nodes":
            self.app.push_screen(NodeDetail(self.analysis, self.analysis.plan.nodes[event.row]))

    @on(PlanTree.Opened)
    def _opened(self, event: PlanTree.Opened) -> None:
        event.stop()
        views = self.query_one(PlanViews)
        if self.analysis is not None:
            shown = views.comparison.after if views.current == "diff" and views.comparison else self.analysis
            holder = shown if event.node in shown.plan.nodes or not views.comparison else views.comparison.before
            self.app.push_screen(NodeDetail(holder, event.node))

    @on(AdviceList.Chosen)
    def _chosen(self, event: AdviceList.Chosen) -> None:
        event.stop()
        views = self.query_one(PlanViews)
        if event.finding.node is not None and views.current == "tree":
            views.plan_tree.go_to(event.finding.node)
        if event.opened:
            views.shown.focus()
