"""Two plans side by side: each node with its time, rows and blocks before and after, what changed marked."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chatly_console.core.text import fit, safe_text
from chatly_console.explain.diff import NOTABLE, Change, Comparison, summary
from chatly_console.explain.titles import method_of, target_of
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.wording import milliseconds, short, times_words

_MARKS = {"same": " ", "method": "≠", "new": "+", "gone": "−"}


class DiffView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws only the lines in sight: the summary, and below it the nodes."""

    BINDING_GROUP_TITLE = "Comparison"
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, id="diff.up", tooltip="To the node above"),
        Binding("down,j", "move(1)", "Down", show=False, id="diff.down", tooltip="To the node below"),
        Binding("pageup", "move(-15)", "Page up", show=False, id="diff.page-up", tooltip="A screenful up"),
        Binding("pagedown", "move(15)", "Page down", show=False, id="diff.page-down", tooltip="A screenful down"),
        Binding("home,g", "move(-1000000)", "First", show=False, id="diff.first", tooltip="To the first node"),
        Binding("end,G", "move(1000000)", "Last", show=False, id="diff.last", tooltip="To the last node"),
        Binding("enter", "detail", "node", id="diff.detail", tooltip="All that the plan says of this node"),
    ]
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
        self.cursor = 0
        self._head: list[list[tuple[str, str]]] = []

    def show(self, comparison: Comparison, words: str) -> None:
        """Draw this comparison; `words` say what the two plans are."""
        self.comparison, self.cursor = comparison, 0
        self._head = [[(f" {words}", "diff--muted")], *_summary_lines(comparison), [(_columns(), "diff--head")]]
        self.virtual_size = Size(max(self.size.width, 1), len(self._head) + len(comparison.changes))
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if self.comparison is None:
            return
        self.cursor = max(0, min(self.cursor + by, len(self.comparison.changes) - 1))
        room = max(self.size.height - len(self._head), 1)
        top = max(self.cursor - room + 1, min(int(self.scroll_offset.y), self.cursor))
        self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    def action_detail(self) -> None:
        """All about the node as it is after."""
        if self.comparison is not None:
            self.post_message(PlanTree.Opened(self.comparison.changes[self.cursor].node))

    def render_line(self, y: int) -> Strip:
        """A line of the head, which stays, or a node."""
        width, base = self.size.width, self.rich_style
        if self.comparison is None:
            return Strip.blank(width, base)
        if y < len(self._head):
            parts = [Segment(safe_text(words), base + self._style(name)) for words, name in self._head[y]]
            return Strip(parts).adjust_cell_length(width, base)
        at = int(self.scroll_offset.y) + y - len(self._head)
        if at >= len(self.comparison.changes):
            return Strip.blank(width, base)
        return self._line(self.comparison.changes[at], at == self.cursor, base).adjust_cell_length(width, base)

    def _line(self, change: Change, here: bool, base: Style) -> Strip:
        plain = base + self._style("diff--cursor") if here else base
        faster = change.is_faster
        tone = plain + self._style({None: "diff--muted", True: "diff--better", False: "diff--worse"}[faster])
        mark = _MARKS[change.kind]
        changed = plain + self._style("diff--changed") if change.kind != "same" else plain
        before = f", before {change.method_before}" if change.method_before else ""
        target = target_of(change.node.raw)
        indent = "  " * min(change.node.depth, 30) if change.kind != "gone" else ""
        return Strip(
            [
                Segment("▎" if here else " ", changed),
                Segment(f"{mark} ", changed),
                Segment(_pair(milliseconds(change.before_ms), milliseconds(change.after_ms), 9), tone),
                Segment(_pair(_short(change.before_rows), _short(change.after_rows), 7), plain),
                Segment(_pair(_short(change.before_blocks), _short(change.after_blocks), 7), plain),
                Segment(f"{indent}{safe_text(method_of(change.node.raw))}", changed),
                Segment(f" {safe_text(target)}" if target else "", changed),
                Segment(safe_text(before), plain + self._style("diff--muted")),
            ]
        )

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)


def _short(value: float | None) -> str:
    return "" if value is None else short(value)


def _pair(before: str, after: str, width: int) -> str:
    return f"{before:>{width}} → {after:<{width}} "


def _columns() -> str:
    return f"   {'self ms':^21} {'rows':^17} {'blocks':^17} node   ≠ another method  + new  − gone"


def _summary_lines(comparison: Comparison) -> list[list[tuple[str, str]]]:
    """Two figures a line; what changed notably in colour."""
    figures = []
    for name, before, after in summary(comparison):
        low, high = sorted((before, after))
        tone = "diff--muted"
        if high > low * NOTABLE:
            tone = "diff--worse" if after > before else "diff--better"
        values = f"{fit(f' {name}', 15)}{short(before):>8} → {short(after):<8}"
        figures.append([(values, "diff--plain"), (f"{times_words(before, after):<12}", tone)])
    shape = " same plan, other figures" if comparison.same_shape else " another plan"
    lines = [[part for pair in figures[at : at + 2] for part in pair] for at in range(0, len(figures), 2)]
    lines[-1].append((f" {shape}", "diff--changed"))
    return lines
