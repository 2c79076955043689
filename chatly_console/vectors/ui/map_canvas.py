"""The map itself: points in braille, groups in colour, the question and its neighbours marked, and a cursor."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from chatly_console.core.text import safe_text
from chatly_console.vectors.mapping import VectorMap, place_vector
from chatly_console.vectors.projection import Points
from chatly_console.vectors.scatter import Drawing, Window, draw, grouped

COLOURS = ("$accent", "$good", "$warn", "$keyword", "$string", "$number")
REST = "$muted"
QUESTION, NEIGHBOUR = "◆", "●"


@dataclass
class CellMarked(Message):
    """The cursor stands on another cell: these rows of the map are in it."""

    rows: list[int]


class MapCanvas(Widget, can_focus=True):
    """Draws what it is given; the arrows move the cursor, + and - bring it nearer and farther."""

    BINDINGS = [
        Binding("left,h", "move(-1,0)", "Left", show=False, id="map.left", tooltip="The cell on the left"),
        Binding("right,l", "move(1,0)", "Right", show=False, id="map.right", tooltip="The cell on the right"),
        Binding("up,k", "move(0,-1)", "Up", show=False, id="map.up", tooltip="The cell above"),
        Binding("down,j", "move(0,1)", "Down", show=False, id="map.down", tooltip="The cell below"),
        Binding("plus,equals_sign", "zoom(0.5)", "Nearer", id="map.nearer", tooltip="Look closer, around the cursor",
                key_display="+"),
        Binding("minus", "zoom(2.0)", "Farther", id="map.farther", tooltip="Look from farther away", key_display="-"),
        Binding("enter", "rows", "Rows", id="map.rows", tooltip="To the rows under the cursor"),
        Binding("n", "neighbour", "Question", show=False, id="map.question", tooltip="To the question that was asked"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="map-canvas")
        self.map: VectorMap | None = None
        self.names: list[str] = []
        self.cursor = (0, 0)
        self._groups = np.zeros(0, dtype=np.int64)
        self._question: Points | None = None
        self._neighbours: list[int] = []
        self._window: Window | None = None
        self._drawing: Drawing | None = None

    def show(self, found: VectorMap, question: str | None, neighbours: list[str]) -> None:
        """Draw this map; `question` is a vector, `neighbours` are keys."""
        self.map = found
        self.names, self._groups = grouped(found.tenants, len(COLOURS))
        self._question = None if question is None else place_vector(found.plane, question)
        places = {key: place for place, key in enumerate(found.keys)} if neighbours else {}
        self._neighbours = [places[key] for key in neighbours if key in places]
        self._window = None
        self._draw()
        self.cursor = self._cell_of(self._question) if self._question is not None else self._fullest()
        self._tell()

    def _cells(self) -> tuple[int, int]:
        return max(self.size.width, 2), max(self.size.height, 2)

    def _draw(self) -> None:
        if self.map is None or self.size.width < 2 or self.size.height < 2:
            return
        columns, rows = self._cells()
        window = self._window or Window.around(self.map.points, columns, rows)
        self._window = replace(window, columns=columns, rows=rows)
        inside = self._inside(self._window)
        self._drawing = draw(self.map.points[inside], self._groups[inside], self._window)
        self.refresh()

    def _inside(self, window: Window) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """The points that a closer look shows; from farthest away those beyond the edges lie on them."""
        assert self.map is not None
        if window == Window.around(self.map.points, window.columns, window.rows):
            return np.ones(len(self.map.points), dtype=np.bool_)
        x, y = self.map.points[:, 0], self.map.points[:, 1]
        return (x >= window.left) & (x <= window.right) & (y >= window.bottom) & (y <= window.top)

    def _cell_of(self, point: Points) -> tuple[int, int]:
        assert self._window is not None
        column, row = self._window.cells(point[np.newaxis, :])[0]
        return int(column), int(row)

    def _fullest(self) -> tuple[int, int]:
        """The cell with the most points."""
        if self.map is None or self._window is None:
            return 0, 0
        cells = self._window.cells(self.map.points)
        column, row = divmod(
            int(np.bincount(cells[:, 0] * self._window.rows + cells[:, 1]).argmax()), self._window.rows
        )
        return column, row

    def on_resize(self, event: events.Resize) -> None:
        """The same part of the plane in another size, the cursor on the same place of it."""
        here = None if self._window is None else self._window.middle_of(*self.cursor)
        self._draw()
        if here is not None and self._window is not None:
            self.cursor = self._cell_of(here)
            self._tell()

    def on_click(self, event: events.Click) -> None:
        """Mark the cell that was clicked."""
        self.cursor = (event.x, event.y)
        self.refresh()
        self._tell()

    def action_move(self, columns: int, rows: int) -> None:
        """Mark a cell beside."""
        most_columns, most_rows = self._cells()
        x, y = self.cursor
        self.cursor = (min(max(x + columns, 0), most_columns - 1), min(max(y + rows, 0), most_rows - 1))
        self.refresh()
        self._tell()

    def action_zoom(self, factor: float) -> None:
        """Show half or twice as much of the plane, around the cursor; from farther away than all there is all."""
        if self.map is None or self._window is None:
            return
        columns, rows = self._cells()
        everything, now = Window.around(self.map.points, columns, rows), self._window
        width, height = (now.right - now.left) * factor, (now.top - now.bottom) * factor
        if width >= everything.right - everything.left:
            self._window = everything
        else:
            x, y = (float(number) for number in now.middle_of(*self.cursor))
            self._window = Window(x - width / 2, y - height / 2, x + width / 2, y + height / 2, columns, rows)
            self.cursor = (columns // 2, rows // 2)
        self._draw()
        self._tell()

    def action_neighbour(self) -> None:
        """Mark the question's cell."""
        if self._question is not None and self._window is not None:
            self.cursor = self._cell_of(self._question)
            self.refresh()
            self._tell()

    def action_rows(self) -> None:
        """To the rows under the cursor, which stand beside the map."""
        self.screen.focus_next()

    def _tell(self) -> None:
        if self.map is None or self._window is None:
            return
        cells = self._window.cells(self.map.points)
        here = (cells[:, 0] == self.cursor[0]) & (cells[:, 1] == self.cursor[1]) & self._inside(self._window)
        self.post_message(CellMarked([int(row) for row in np.flatnonzero(here)]))

    def render(self) -> Content:
        """The drawing with the marks and the cursor over it."""
        drawing = self._drawing
        if drawing is None or self.map is None:
            return Content("")
        marks = self._marks()
        lines = []
        for y, line in enumerate(drawing.lines):
            groups = drawing.groups[y].tolist()
            parts: list[tuple[str, str]] = []
            for x, character in enumerate(safe_text(line)):
                character, style = marks.get((x, y), (character, _colour(groups[x])))
                if (x, y) == self.cursor:
                    character = character if character.strip() else "·"
                    style = "bold reverse" if self.has_focus else "reverse"
                if parts and parts[-1][1] == style:
                    parts[-1] = (parts[-1][0] + character, style)
                else:
                    parts.append((character, style))
            lines.append(Content.assemble(*parts))
        return Content("\n").join(lines)

    def _marks(self) -> dict[tuple[int, int], tuple[str, str]]:
        assert self.map is not None
        found = {self._cell_of(self.map.points[row]): (NEIGHBOUR, "bold $warn") for row in self._neighbours}
        if self._question is not None:
            found[self._cell_of(self._question)] = (QUESTION, "bold $bad")
        return found


def _colour(group: int) -> str:
    return "" if group < 0 else COLOURS[group] if group < len(COLOURS) else REST
