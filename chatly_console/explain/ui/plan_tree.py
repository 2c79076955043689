"""The plan as a tree: one line a node, bars for the time of each, the slowest in sight at first."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip

from chatly_console.core.text import cut, safe_text
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.cells import bar_cell, blocks_cell, columns_for, heading_of, rows_cell, time_cell
from chatly_console.explain.lines import PlanLine, plan_lines, quiet_subtrees
from chatly_console.explain.plan import Node
from chatly_console.shell.cursor_list import CursorList

_BANDS = ("plan--quiet", "plan--warm", "plan--hot", "plan--hottest")
_CURSOR = "▎"
_ON = " on "
_NAME_ROOM = 40
"""Cells that a method and its table need."""
_LEAST_NAME, _LEAST_BRANCH, _LEAST_TARGET = 32, 8, 6
"""Cells that are kept for a name in a very deep plan, for its place in the tree, and for the slowest node's table."""


class PlanTree(CursorList):
    """The header stays on top."""

    BINDING_GROUP_TITLE = "Plan"
    BINDINGS = [
        Binding("left,h", "close", "Fold", show=False, id="plan.fold", tooltip="Fold the node, or go to its parent"),
        Binding("right,l", "unfold", "Unfold", show=False, id="plan.unfold", tooltip="Unfold the node, or go into it"),
        Binding("space", "fold", "fold", id="plan.toggle", tooltip="Fold or unfold what is below the node"),
        Binding("asterisk", "toggle_all", "all", show=False, id="plan.all", tooltip="Unfold all, or fold the quiet"),
        Binding("w", "slowest", "slowest", id="plan.slowest", tooltip="Go to the slowest node"),
        Binding("enter", "open", "node", id="plan.detail", tooltip="All that the plan says of this node"),
    ]  # fmt: skip
    COMPONENT_CLASSES = {
        "plan--plain", "plan--head", "plan--muted", "plan--quiet", "plan--warm", "plan--hot", "plan--hottest",
        "plan--cursor", "plan--mark", "plan--method", "plan--target", "plan--heading",
    }  # fmt: skip

    @dataclass
    class Opened(Message):
        """The user wants to read all about a node."""

        node: Node

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.analysis: Analysis | None = None
        self._folded: set[int] = set()
        self._lines: list[PlanLine] = []

    def show(self, analysis: Analysis) -> None:
        """Draw this plan, with the way to its slowest node unfolded and the cursor on it."""
        self.analysis = analysis
        self._folded = quiet_subtrees(analysis)
        self._rebuild()
        self.action_slowest()

    @property
    def node(self) -> Node | None:
        """The node of the cursor."""
        return self._lines[self.at].node if self._lines else None

    def go_to(self, node: Node) -> None:
        """Unfold the way to a node, and go there."""
        self._folded -= {above.id for above in node.ancestors()}
        self._rebuild()
        at = next((index for index, line in enumerate(self._lines) if line.node is node), 0)
        self.action_move(at - self.at)

    def _rebuild(self) -> None:
        if self.analysis is not None:
            self._lines = plan_lines(self.analysis, self._folded, step=self._step)
            self.hold(len(self._lines), head=1)
            self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor in sight; a plan that was shown before there was room for it begins in the middle."""
        self._rebuild()
        self._centre()

    def on_show(self) -> None:
        """As after a change of size."""
        self._centre()

    def _centre(self) -> None:
        self.keep_in_sight(centred=True)
        self.refresh()

    @property
    def _step(self) -> int:
        """Cells by which a level is set in: fewer where a deep plan would not leave room for its names."""
        assert self.analysis is not None
        deepest = max(node.depth for node in self.analysis.plan.nodes)
        room = self.line_width - columns_for(self.line_width, self.analysis).used
        return 2 if deepest * 2 <= max(room - _NAME_ROOM, 0) else 1

    # Keys

    def action_slowest(self) -> None:
        """To the node with most time of its own."""
        if self.analysis is not None:
            self.go_to(self.analysis.hottest[-1])
            self._centre()

    def action_fold(self) -> None:
        """Fold or unfold."""
        node = self.node
        if node is not None and node.children:
            self._folded ^= {node.id}
            self._rebuild()

    def action_close(self) -> None:
        """Fold, or go to the parent."""
        node = self.node
        if node is None:
            return
        if node.children and node.id not in self._folded:
            self.action_fold()
        elif node.parent is not None:
            self.go_to(node.parent)

    def action_unfold(self) -> None:
        """Unfold, or go to the first node below."""
        node = self.node
        if node is not None and node.id in self._folded:
            self.action_fold()
        elif node is not None and node.children:
            self.action_move(1)

    def action_toggle_all(self) -> None:
        """Everything, or only what matters."""
        node = self.node
        if self.analysis is None or node is None:
            return
        self._folded = set() if self._folded else quiet_subtrees(self.analysis)
        shown = next((above for above in node.ancestors() if above.id in self._folded), node)
        self._rebuild()
        self.go_to(shown)

    def action_open(self) -> None:
        """All that the plan says of the node."""
        if self.node is not None:
            self.post_message(self.Opened(self.node))

    # Drawing

    def draw_head(self, y: int) -> Strip:
        """What the columns are."""
        if self.analysis is None:
            return super().draw_head(y)
        width, head = self.line_width, self.get_component_rich_style("plan--head")
        heading = heading_of(columns_for(width, self.analysis), self.analysis)
        return Strip([Segment(heading, head)]).adjust_cell_length(width, head)

    def draw(self, at: int, here: bool) -> Strip:
        """One node."""
        return self._node_strip(self._lines[at], here, self.line_width, self.rich_style)

    def _node_strip(self, line: PlanLine, here: bool, width: int, base: Style) -> Strip:
        analysis = self.analysis
        assert analysis is not None
        columns = columns_for(width, analysis)
        plain = base + self._style("plan--cursor") if here else base
        muted = plain + self._style("plan--muted")
        loud = plain + self._style(_BANDS[line.share_band])
        bars, words = bar_cell(line, analysis, columns)
        rows, mark = rows_cell(line, analysis, columns)
        off = plain + self._style(_BANDS[line.estimate_band])
        segments = [
            Segment(_CURSOR if here else " ", plain + self._style("plan--mark")),
            Segment(time_cell(line, analysis, columns) + " ", loud),
            Segment(bars, loud),
            Segment(f"{words} ", loud),
            Segment(rows, off if line.estimate_band else plain),
            Segment(mark.ljust(max(columns.rows - len(rows), 0)) + " ", off),
        ]
        if columns.blocks:
            segments.append(Segment(blocks_cell(line, analysis, columns) + " ", muted))
        room = width - sum(segment.cell_length for segment in segments)
        return Strip([*segments, *self._words(line, plain, muted, loud, room)]).adjust_cell_length(width, plain)

    def _words(self, line: PlanLine, plain: Style, muted: Style, loud: Style, room: int) -> list[Segment]:
        name = loud if line.share_band else plain
        if line.node.never_executed:
            name = muted
        sign = "▸ " if line.folded else ""
        branch, most = line.branch, max(room - _LEAST_NAME, _LEAST_BRANCH)
        if len(branch) > most:
            branch = f"…{branch[1 - most :]}"
        segments = [Segment(branch, (plain + self._style("plan--warm")) if line.is_hot else muted)]
        if line.heading:
            segments.append(Segment(safe_text(line.heading) + ": ", plain + self._style("plan--heading")))
        segments.append(Segment(sign + safe_text(line.method), name + self._style("plan--method")))
        mark = ("  ◀ slowest" if self._timed else "  ◀ dearest") if line.is_hottest else ""
        if line.target:
            room -= sum(segment.cell_length for segment in segments) + len(_ON) + len(mark)
            target = safe_text(line.target)
            shown = cut(target, max(room, _LEAST_TARGET)) if mark else target
            segments += [Segment(_ON, muted), Segment(shown, name + self._style("plan--target"))]
        if mark:
            segments.append(Segment(mark, loud))
        if line.folded:
            segments.append(Segment(f"  … {line.folded:,} quiet nodes", muted))
        if line.note:
            segments.append(Segment("  " + safe_text(line.note), muted))
        return segments

    @property
    def _timed(self) -> bool:
        return self.analysis is not None and self.analysis.plan.timed

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)
