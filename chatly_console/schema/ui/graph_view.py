"""The foreign-key graph around a table, walked with the arrow keys: enter makes a neighbour the centre."""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chatly_console.core.catalogue import Relation
from chatly_console.schema.neighbours import Neighbour, Neighbourhood, Piece, draw


class GraphView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws a neighbourhood. It knows where the cursor is; the pane says what is around the next table."""

    BINDING_GROUP_TITLE = "Foreign keys"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="graph.up", tooltip="The neighbour above"),
        Binding("down,j", "move(1)", "Down", show=False, id="graph.down", tooltip="The neighbour below"),
        Binding("left,h", "side(-1)", "Left", show=False, id="graph.left", tooltip="To the tables that point here"),
        Binding("right,l", "side(1)", "Right", show=False, id="graph.right", tooltip="To the tables it points at"),
        Binding("enter", "walk", "go there", id="graph.walk", tooltip="Make this table the centre"),
        Binding("backspace", "back", "go back", id="graph.back", tooltip="Back to the table before"),
    ]
    COMPONENT_CLASSES = {
        "graph--name", "graph--quiet", "graph--line", "graph--frame", "graph--centre", "graph--cursor",
    }  # fmt: skip
    DEFAULT_CSS = """
    GraphView {
        height: 1fr; background: $background; color: $foreground; scrollbar-size-vertical: 1; overflow-x: hidden;
        & > .graph--quiet { color: $muted; }
        & > .graph--line { color: $muted; }
        & > .graph--frame { color: $accent; }
        & > .graph--centre { color: $accent; text-style: bold; }
        & > .graph--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    @dataclass
    class Walked(Message):
        """Another table is to be the centre."""

        relation: Relation

    class WentBack(Message):
        """The table that was the centre before is to be it again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.around: Neighbourhood | None = None
        self.cursor = (0, 0)
        self._lines: list[list[Piece]] = []

    def show(self, around: Neighbourhood) -> None:
        """Show the graph around a table, with the cursor on the table."""
        if self.around is None or around.centre != self.around.centre:
            self.cursor = (0, 0)
        self.around = around
        self._draw()

    def on_resize(self) -> None:
        """Lines are as wide as there is room."""
        self._draw()

    def _draw(self) -> None:
        if self.around is not None and self.size.width:
            self._lines = draw(self.around, self.size.width - 2)
            self.virtual_size = Size(self.size.width, len(self._lines) + 2)
            self.refresh()

    @property
    def neighbour(self) -> Neighbour | None:
        """The neighbour that the cursor is on."""
        side, place = self.cursor
        listed = self._side(side)
        return listed[place] if place < len(listed) else None

    def _side(self, side: int) -> tuple[Neighbour, ...]:
        if self.around is None or not side:
            return ()
        return self.around.pointing if side < 0 else self.around.pointed

    # keys

    def action_move(self, by: int) -> None:
        """Another neighbour on the same side; from the table itself, one on the side that has some."""
        side, place = self.cursor
        if not side:
            side = 1 if self._side(1) else -1
            place = -1 if by > 0 else len(self._side(side))
        count = len(self._side(side))
        if count:
            self._put((side, max(0, min(place + by, count - 1))))

    def action_side(self, by: int) -> None:
        """To the other side, through the table."""
        side = max(-1, min(1, self.cursor[0] + by))
        if not side:
            self._put((0, 0))
        elif self._side(side):
            self._put((side, min(len(self._side(side)) // 2, len(self._side(side)) - 1)))

    def action_walk(self) -> None:
        """Make the neighbour at the cursor the centre."""
        if self.neighbour is not None:
            self.post_message(self.Walked(self.neighbour.relation))

    def action_back(self) -> None:
        """Back to the table before."""
        self.post_message(self.WentBack())

    def _put(self, cursor: tuple[int, int]) -> None:
        self.cursor = cursor
        line = next((y for y, line in enumerate(self._lines) if any(piece.node == cursor for piece in line)), 0)
        top, height = self.scroll_offset.y, max(1, self.size.height - 2)
        if line < top:
            self.scroll_to(y=line, animate=False, immediate=True)
        elif line >= top + height:
            self.scroll_to(y=line - height + 1, animate=False, immediate=True)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """The cursor goes there; a second click walks."""
        y, x = self.scroll_offset.y + event.y - 1, event.x - 1
        for piece in self._lines[y] if 0 <= y < len(self._lines) else ():
            if 0 <= x < len(piece.text) and piece.node is not None:
                self._put(piece.node)
                if event.chain == 2:
                    self.action_walk()
                return
            x -= len(piece.text)

    # drawing

    def _style(self, tone: str) -> Style:
        return self.get_component_rich_style(f"graph--{tone}", partial=True)

    def render_line(self, y: int) -> Strip:
        """One line of the drawing, with the neighbour at the cursor marked."""
        base, width = self.rich_style, self.size.width
        at = self.scroll_offset.y + y - 1
        if not 0 <= at < len(self._lines):
            return Strip.blank(width, base)
        segments = [Segment(" ", base)]
        for piece in self._lines[at]:
            style = base + self._style(piece.tone)
            if piece.node is not None and piece.node == self.cursor and piece.node[0] and self.has_focus:
                style = base + self._style("cursor")
            segments.append(Segment(piece.text, style))
        return Strip(segments).adjust_cell_length(width, base)
