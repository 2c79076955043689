"""The flame graph: arrows walk it, enter makes a node as wide as the screen, backspace goes back."""

from __future__ import annotations

from rich.segment import Segment
from textual.binding import Binding
from textual.events import Click
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chatly_console.core.text import fit, safe_text
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.figures import SHARE_BANDS
from chatly_console.explain.flame import Block, blocks
from chatly_console.explain.lines import band
from chatly_console.explain.plan import Node
from chatly_console.explain.titles import method_of, target_of
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.wording import milliseconds, percent

_STYLES = ("flame--quiet", "flame--warm", "flame--hot", "flame--hottest")


class FlameView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws the levels in sight, and one line about the node of the cursor."""

    BINDING_GROUP_TITLE = "Flame graph"
    BINDINGS = [
        Binding("up,k", "parent", "Up", show=False, id="flame.up", tooltip="To the node above"),
        Binding("down,j", "child", "Down", show=False, id="flame.down", tooltip="To the widest node below"),
        Binding("left,h", "beside(-1)", "Left", show=False, id="flame.left", tooltip="To the node on the left"),
        Binding("right,l", "beside(1)", "Right", show=False, id="flame.right", tooltip="To the node on the right"),
        Binding("enter", "zoom", "zoom", id="flame.zoom", tooltip="Make this node as wide as the screen"),
        Binding("backspace", "out", "zoom out", id="flame.out", tooltip="One level out again"),
        Binding("w", "slowest", "slowest", id="flame.slowest", tooltip="To the slowest node"),
        Binding("space", "detail", "node", id="flame.detail", tooltip="All that the plan says of this node"),
    ]
    COMPONENT_CLASSES = {"flame--quiet", "flame--warm", "flame--hot", "flame--hottest", "flame--cursor", "flame--muted"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.analysis: Analysis | None = None
        self.top: Node | None = None
        self.node: Node | None = None
        self._blocks: list[Block] = []
        self._drawn_for = -1

    def show(self, analysis: Analysis) -> None:
        """Draw this plan whole, with the cursor on its slowest node."""
        self.analysis, self.top, self.node = analysis, analysis.plan.root, analysis.hottest[-1]
        self._blocks, self._drawn_for = [], -1
        self._lay_out()

    def on_show(self) -> None:
        """What was shown while there was no room for it is laid out now."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.size.width
        if self.analysis is None or self.top is None or width < 1:
            return
        self._drawn_for = width
        self._blocks = blocks(self.analysis, self.top, width)
        rows = max(block.row for block in self._blocks) + 2
        self.virtual_size = Size(width, rows)
        self._follow()

    def on_resize(self) -> None:
        """The graph is as wide as the screen."""
        if self.size.width != self._drawn_for:
            self._lay_out()

    @property
    def _here(self) -> Block | None:
        return next((block for block in self._blocks if block.node is self.node), None)

    def _follow(self) -> None:
        here = self._here
        if here is None and not self._blocks:
            return
        if here is None:
            self.node, here = self._blocks[0].node, self._blocks[0]
        height = max(self.size.height - 1, 1)
        top = max(here.row - height + 1, min(int(self.scroll_offset.y), here.row))
        self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    # Keys

    def action_parent(self) -> None:
        """Up."""
        if self.node is not None and self.node is not self.top and self.node.parent is not None:
            self.node = self.node.parent
            self._follow()

    def action_child(self) -> None:
        """Down."""
        below = [block for block in self._blocks if block.node.parent is self.node and block.node is not self.node]
        if below:
            self.node = max(below, key=lambda block: block.width).node
            self._follow()

    def action_beside(self, by: int) -> None:
        """Left or right on this level."""
        here = self._here
        if here is None:
            return
        level = [block for block in self._blocks if block.row == here.row]
        at = level.index(here) + by
        if 0 <= at < len(level):
            self.node = level[at].node
            self._follow()

    def action_zoom(self) -> None:
        """In."""
        self.top = self.node
        self._lay_out()

    def action_out(self) -> None:
        """Out."""
        if self.top is not None and self.top.parent is not None:
            self.top = self.top.parent
            self._lay_out()

    def action_slowest(self) -> None:
        """To the slowest node, with the whole plan around it."""
        if self.analysis is not None:
            self.show(self.analysis)

    def action_detail(self) -> None:
        """All about the node."""
        if self.node is not None:
            self.post_message(PlanTree.Opened(self.node))

    def on_click(self, event: Click) -> None:
        """Choose a node; a second click zooms."""
        row = event.y + int(self.scroll_offset.y)
        hit = (b for b in self._blocks if b.row == row and b.start <= event.x < b.start + b.width)
        block = next(hit, None)
        if block is not None:
            self.node = block.node
            if event.chain > 1:
                self.action_zoom()
            self._follow()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One level, or the words about the node of the cursor on the last line."""
        width, base = self.size.width, self.rich_style
        if self.analysis is None:
            return Strip.blank(width, base)
        if y == self.size.height - 1:
            return Strip([Segment(fit(self._words(), width), base)]).adjust_cell_length(width, base)
        row = y + int(self.scroll_offset.y)
        segments, used = [], 0
        for block in self._blocks:
            if block.row != row:
                continue
            if block.start > used:
                segments.append(Segment(" " * (block.start - used), base))
            segments.append(self._segment(block))
            used = block.start + block.width
        return Strip(segments).adjust_cell_length(width, base)

    def _segment(self, block: Block) -> Segment:
        analysis = self.analysis
        assert analysis is not None
        share = analysis.share(block.node)
        name = "flame--cursor" if block.node is self.node else _STYLES[band(share, SHARE_BANDS)]
        style = self.get_component_rich_style(name)
        if block.width < 3:
            return Segment("▏" + " " * (block.width - 1), style)
        title = f"▏{method_of(block.node.raw)} {target_of(block.node.raw)}".rstrip()
        words = f"{title} {percent(share)}" if share >= SHARE_BANDS[0] else title
        return Segment(fit(safe_text(words), block.width).ljust(block.width), style)

    def _words(self) -> str:
        node, analysis = self.node, self.analysis
        if node is None or analysis is None:
            return ""
        here = self._here
        title = safe_text(f"{method_of(node.raw)} {target_of(node.raw)}".rstrip())
        own = milliseconds(analysis.timing.of(node).self_ms) + " of its own, " if analysis.plan.timed else ""
        zoomed = "" if self.top is analysis.plan.root else "  (zoomed, backspace goes out)"
        return f" {title}: {own}{percent(here.share if here else 0)} with all below{zoomed}"
