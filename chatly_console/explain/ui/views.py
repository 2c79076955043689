"""The views of a plan, one of which is on show; each is filled when it is first looked at."""

import asyncio

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from chatly_console.core.values import Column
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.diff import Comparison
from chatly_console.explain.tables_of_nodes import GROUPINGS, node_rows
from chatly_console.explain.text_export import as_text
from chatly_console.explain.ui.diff_view import DiffView
from chatly_console.explain.ui.flame_view import FlameView
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.grid.cell_lines import cell_lines
from chatly_console.shell.grid.line_view import LineView

_JSON = Column("plan", 114, "json")
_TEXT = Column("plan", 0, "")
_WIDEST = 10_000


class PlanViews(Vertical):
    """Tree, flame graph, table of nodes, the plan as it was read, and two plans side by side."""

    def __init__(self) -> None:
        super().__init__(id="plan-views")
        self.current = "tree"
        self.grouping = "nodes"
        self.comparison: Comparison | None = None
        self._analysis: Analysis | None = None
        self._words = ""
        self._stale: set[str] = set()

    def compose(self) -> ComposeResult:
        """All views; those not on show are hidden."""
        yield PlanTree(id="plan-tree")
        yield FlameView(id="plan-flame")
        yield ResultGrid(id="plan-nodes", opens_details=False, leaves=("freeze", "next_match"))
        yield LineView(id="plan-raw")
        yield DiffView(id="plan-diff")

    def on_mount(self) -> None:
        """The tree first."""
        self._display()

    @property
    def plan_tree(self) -> PlanTree:
        """The tree."""
        return self.query_one(PlanTree)

    @property
    def shown(self) -> Widget:
        """The view on show."""
        return self.query_one(f"#plan-{self.current}")

    def show(self, analysis: Analysis) -> None:
        """Another plan."""
        self._analysis = analysis
        self._stale = {"tree", "flame", "nodes", "raw"}
        if self.current == "diff":
            self.current = "tree"
        self._display()

    def compare(self, comparison: Comparison, words: str) -> None:
        """Put two plans side by side."""
        self.comparison, self._words = comparison, words
        self._stale.add("diff")
        self.switch("diff")

    def switch(self, name: str) -> None:
        """Put another view on show, and the focus into it where the views had it."""
        had_focus = self.shown.has_focus
        self.current = name
        self._display()
        if had_focus:
            self.shown.focus()

    def next_grouping(self) -> str:
        """The table of nodes summed up in another way; returns how."""
        self.grouping = GROUPINGS[(GROUPINGS.index(self.grouping) + 1) % len(GROUPINGS)]
        self._stale.add("nodes")
        self._display()
        return self.grouping

    def _display(self) -> None:
        for view in self.children:
            view.display = view.id == f"plan-{self.current}"
        if self.current in self._stale:
            self._stale.discard(self.current)
            self._fill()

    def _fill(self) -> None:
        analysis = self._analysis
        if self.current == "diff" and self.comparison is not None:
            self.query_one(DiffView).show(self.comparison, self._words)
        elif analysis is None:
            return
        elif self.current == "tree":
            self.plan_tree.show(analysis)
        elif self.current == "flame":
            self.query_one(FlameView).show(analysis)
        elif self.current == "nodes":
            self.query_one(ResultGrid).set_source(node_rows(analysis, self.grouping))
        elif self.current == "raw":
            self._fill_raw(analysis)

    @work(group="raw", exclusive=True)
    async def _fill_raw(self, analysis: Analysis) -> None:
        """Break the text into lines in a thread: it may be of many megabytes."""
        source = analysis.plan.source or await asyncio.to_thread(as_text, analysis.plan)
        column = _JSON if source.lstrip()[:1] in ("{", "[") else _TEXT
        self.query_one(LineView).set_lines(await asyncio.to_thread(cell_lines, source, column, _WIDEST))
