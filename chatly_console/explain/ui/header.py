"""The line above the plan: how long it took, how it was made, as whom; and the names of the views."""

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from chatly_console.core.request import Mode
from chatly_console.core.text import safe_text
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.kept import KeptPlan
from chatly_console.explain.service import PlanRun
from chatly_console.explain.titles import method_of
from chatly_console.explain.ui.keys import VIEWS
from chatly_console.explain.wording import milliseconds, percent, short, times_words


class PlanHeader(Widget):
    """One line, worded anew for each plan and view, and for the room that it has."""

    def __init__(self) -> None:
        super().__init__(id="plan-header")
        self._analysis: Analysis | None = None
        self._run: PlanRun | None = None
        self._view = ""

    def show(self, analysis: Analysis | None, run: PlanRun | None, view: str) -> None:
        """Say what is on show."""
        self._analysis, self._run, self._view = analysis, run, view
        self.set_class(run is not None and bool(run.as_whom), "-impersonating")
        self.refresh()

    def render(self) -> Content:
        """The plan on the left, the views on the right; both get shorter where there is no room."""
        width = self.content_size.width
        left, names = safe_text(summary_words(self._analysis, self._run)), _names(self._view)
        if cell_len(left) + cell_len(names.plain) + 2 > width:
            names = _names(self._view, short=True)
        if cell_len(left) + cell_len(names.plain) + 2 > width:
            left = safe_text(summary_words(self._analysis, self._run, planning=False))
        room = max(width - cell_len(left) - cell_len(names.plain), 2)
        return Content.assemble(left, " " * room, names)


def _names(view: str, *, short: bool = False) -> Content:
    """The views, each with its key; where there is no room, of the others only the keys."""
    parts = []
    for key, name in VIEWS:
        words = (name, "bold $accent") if name == view else ("" if short else name, "$muted")
        parts.append(Content.assemble((f"{key} " if words[0] else key, "$muted"), words))
    return Content(" " if short else "  ").join(parts)


def summary_words(analysis: Analysis | None, run: PlanRun | None, *, planning: bool = True) -> str:
    """`plan ▪ 812 ms ▪ planning 0.3 ms ▪ analysed, median of 3 ▪ as …`."""
    if analysis is None:
        return "plan"
    plan = analysis.plan
    parts = ["plan"]
    if plan.timed or plan.execution_ms is not None:
        parts.append(milliseconds(analysis.timing.whole_ms))
    else:
        parts.append(f"cost {short(analysis.costs[0][0])}")
    if plan.planning_ms is not None and planning:
        parts.append(f"planning {milliseconds(plan.planning_ms)}")
    parts += [how_words(analysis, run)]
    if run is not None and run.mode is Mode.ROLLED_BACK:
        parts.append("rolled back")
    if run is not None and run.in_transaction:
        parts.append("in the open transaction")
    if run is not None and run.as_whom:
        parts.append(f"as {run.as_whom}")
    return " ▪ ".join(part for part in parts if part)


def how_words(analysis: Analysis, run: PlanRun | None) -> str:
    """Whether it was run, and how often."""
    plan = analysis.plan
    if not plan.analyzed:
        generic = run is not None and run.options.generic
        return "generic plan, not run" if generic else "not run: estimates only"
    if run is not None and len(run.times_ms) > 1:
        return f"median of {len(run.times_ms)} runs"
    return "analysed" if plan.timed else "analysed without times"


def slowest_words(analysis: Analysis) -> str:
    """The sentence that names the slowest node."""
    slowest = analysis.hottest[-1]
    where = f"{method_of(slowest.raw)} {slowest.relation}".rstrip()
    which = "slowest" if analysis.plan.timed else "dearest"
    return f"The {which} node is {where} ({percent(analysis.share(slowest))})."


def since_words(before: KeptPlan, analysis: Analysis) -> str:
    """How long it takes beside the last time: `3.1x more time than on 12 Nov 14:03 (812 ms).`"""
    was, now = before.execution_ms or 0.0, analysis.timing.whole_ms
    change = times_words(was, now)
    time = f"{before.at.astimezone():%d %b %H:%M} ({milliseconds(was)})"
    return f"About the time of {time}." if change == "same" else f"{change} time than on {time}."
