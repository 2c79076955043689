"""The Map view: the canvas, its legend, and the rows that lie under the cursor."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import cut, safe_text
from chatly_console.vectors.mapping import VectorMap
from chatly_console.vectors.ui.map_canvas import COLOURS, NEIGHBOUR, QUESTION, REST, MapCanvas
from chatly_console.vectors.ui.views import View


class MapView(View):
    """The plane on the left, rows on the right (or below)."""

    def body(self) -> ComposeResult:
        """Canvas, legend, rows."""
        with Vertical(id="map-left"):
            yield MapCanvas()
            yield Static("", id="map-legend", markup=False)
        yield self.grid

    names: Mapping[str, str] = {}
    """What tenants are called."""

    def focus_body(self) -> None:
        """Keys go to the map."""
        if self.has_class("-no-rows"):
            super().focus_body()
        else:
            self.query_one(MapCanvas).focus()

    def show_map(self, found: VectorMap, question: str | None, neighbours: list[str]) -> None:
        """This map, instead of a state."""
        self.set_class(False, "-no-rows")
        canvas = self.query_one(MapCanvas)
        # The canvas has a size only once it is laid out.
        self.call_after_refresh(self._draw, canvas, found, question, neighbours)

    def _draw(self, canvas: MapCanvas, found: VectorMap, question: str | None, neighbours: list[str]) -> None:
        canvas.show(found, question, neighbours)
        self._legend(canvas, question is not None)
        canvas.focus()

    def _legend(self, canvas: MapCanvas, asked: bool) -> None:
        parts: list[tuple[str, str]] = []
        if asked:
            parts += [(f"{QUESTION} question  ", "bold $bad"), (f"{NEIGHBOUR} its neighbours  ", "bold $warn")]
        named = [name for name in canvas.names if name]
        for name, colour in zip(named, COLOURS, strict=False):
            parts.append((f"⠿ {cut(safe_text(self.names.get(name, name)), 16)}  ", colour))
        if canvas.map is not None and len(set(canvas.map.tenants)) > len(COLOURS):
            parts.append(("⠿ others", REST))
        self.query_one("#map-legend", Static).update(Content.assemble(*parts) if parts else Content(""))

    def show_cell(self, rows: ListedRows) -> None:
        """The rows under the cursor."""
        self.grid.set_source(rows)
