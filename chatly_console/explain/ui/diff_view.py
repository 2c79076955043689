"""Two plans side by side: each node with its time, rows and blocks before and after, what changed marked."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.strip import Strip

from chatly_console.core.text import fit, safe_text
from chatly_console.explain.diff import NOTABLE, Change, Comparison, summary
from chatly_console.explain.titles import method_of, target_of
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.wording import milliseconds, short, times_words
from chatly_console.shell.cursor_list import CursorList

_MS = " ms"
_WIDE = 100
_MARKS = {"same": " ", "method": "≠", "new": "+", "gone": "−"}


class DiffView(CursorList):
    """The summary, which stays on top, and below it the nodes."""

    BINDING_GROUP_TITLE = "Comparison"
    BINDINGS = [Binding("enter", "open", "node", id="diff.detail", tooltip="All that the plan says of this node")]
    COMPONENT_CLASSES = {
        "diff--head",
        "diff--muted",
        "diff--better",
        "diff--worse",
        "diff--changed",
        "diff--cursor",
        "diff--plain",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.comparison: Comparison | None = None
        self._summary: list[list[tuple[str, str]]] = []

    def show(self, comparison: Comparison, words: str) -> None:
        """Draw this comparison; `words` say what the two plans are."""
        self.comparison = comparison
        shape = "same plan, other figures" if comparison.same_shape else "another plan"
        self._summary = [
            [(f" {shape}", "diff--changed"), (f" ▪ {words}", "diff--muted")],
            *_summary_lines(comparison),
            [],
        ]
        self.hold(len(comparison.changes), head=len(self._summary), at=0)
        self.refresh()

    def action_open(self) -> None:
        """All about the node as it is after."""
        if self.comparison is not None:
            self.post_message(PlanTree.Opened(self.comparison.changes[self.at].node))

    def draw_head(self, y: int) -> Strip:
        """A line of the summary."""
        base = self.rich_style
        timed = self.comparison is not None and self.comparison.timed
        parts = self._summary[y] or [(_columns("self" if timed else "own cost", self._is_narrow), "diff--head")]
        return self.strip([(safe_text(words), base + self._style(name)) for words, name in parts])

    @property
    def _is_narrow(self) -> bool:
        """Whether there is no room for rows beside times and blocks."""
        return self.line_width < _WIDE

    def draw(self, at: int, here: bool) -> Strip:
        """A node."""
        assert self.comparison is not None
        strip = self._line(self.comparison.changes[at], here, self.rich_style)
        return strip.adjust_cell_length(self.line_width, self.rich_style)

    def _line(self, change: Change, here: bool, base: Style) -> Strip:
        plain = base + self._style("diff--cursor") if here else base
        faster = change.is_faster
        tone = plain + self._style({None: "diff--muted", True: "diff--better", False: "diff--worse"}[faster])
        mark = _MARKS[change.kind]
        changed = plain + self._style("diff--changed") if change.kind != "same" else plain
        before = f", before {change.method_before}" if change.method_before else ""
        target = target_of(change.node.raw)
        rows = "" if self._is_narrow else _pair(_short(change.before_rows), _short(change.after_rows), 7)
        indent = "  " * min(change.node.depth, 30) if change.kind != "gone" else ""
        return Strip(
            [
                Segment("▎" if here else " ", changed),
                Segment(f"{mark} ", changed),
                Segment(self._time(change), tone),
                Segment(rows, plain),
                Segment(_pair(_short(change.before_blocks), _short(change.after_blocks), 7), plain),
                Segment(f"{indent}{safe_text(method_of(change.node.raw))}", changed),
                Segment(f" {safe_text(target)}" if target else "", changed),
                Segment(safe_text(before), plain + self._style("diff--muted")),
            ]
        )

    def _time(self, change: Change) -> str:
        """The node's own time, or its own cost where one of the plans was not run."""
        if self.comparison is not None and self.comparison.timed:
            return _pair(milliseconds(change.before_ms), milliseconds(change.after_ms), 9)
        return _pair(_short(change.before_cost), _short(change.after_cost), 9)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)


def _short(value: float | None) -> str:
    return "" if value is None else short(value)


def _pair(before: str, after: str, width: int) -> str:
    return f"{before:>{width}} → {after:<{width}} "


def _columns(first: str, narrow: bool) -> str:
    rows = "" if narrow else f"{'rows':^17} "
    return f"   {first:^21} {rows}{'blocks':^17} node   ≠ another method  + new  − gone"


def _summary_lines(comparison: Comparison) -> list[list[tuple[str, str]]]:
    """Two figures a line; what changed notably in colour."""
    figures = []
    for name, before, after in summary(comparison):
        low, high = sorted((before, after))
        tone = "diff--muted"
        if high > low * NOTABLE:
            tone = "diff--worse" if after > before else "diff--better"
        was, now = (milliseconds(value) if name.endswith(_MS) else short(value) for value in (before, after))
        values = f"{fit(f' {name.removesuffix(_MS)}', 10)}{was:>8} → {now:<8}"
        figures.append([(values, "diff--plain"), (f"{times_words(before, after):<11}", tone)])
    return [[part for pair in figures[at : at + 2] for part in pair] for at in range(0, len(figures), 2)]
