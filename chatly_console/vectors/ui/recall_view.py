"""The recall lab on screen: the plot beside (or above) its points."""

from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import safe_text
from chatly_console.vectors.lab import Curve
from chatly_console.vectors.plot import CHOSEN, EXACT, INDEX, OTHER, Mark, draw
from chatly_console.vectors.ui.views import View


class RecallPlot(Widget):
    """Recall against time: one mark for each setting, the one under the cursor ringed, a saved curve beside it."""

    can_focus = False
    curve: reactive[Curve | None] = reactive(None)
    other: reactive[Curve | None] = reactive(None)
    chosen: reactive[int] = reactive(-1)

    def render(self) -> Content:
        """The plot in the colours of the theme, which only repeat what the glyphs say."""
        curve = self.curve
        if curve is None:
            return Content("")
        marks = [
            Mark(p.figures.p50_ms, p.figures.recall, p.node.approximate, number == self.chosen, late=p.figures.p95_ms)
            for number, p in enumerate(curve.points)
            if p.figures.recall is not None
        ]
        others = self.other.points if self.other is not None else ()
        marks += [
            Mark(p.figures.p50_ms, p.figures.recall, p.node.approximate, other=True)
            for p in others
            if p.figures.recall is not None
        ]
        lines = draw(marks, self.size.width, self.size.height, k=curve.k)
        styles = {INDEX: "$accent", EXACT: "$good", CHOSEN: "bold $warn", OTHER: "$null"}
        return Content("\n").join(
            Content.assemble(*((character, styles.get(character, "$muted")) for character in safe_text(line)))
            for line in lines
        )


class RecallView(View):
    """Plot and points; or, instead of the points, the questions that fare worst."""

    def body(self) -> ComposeResult:
        """Plot and points."""
        yield RecallPlot()
        yield self.grid

    def show_curve(self, curve: Curve, rows: ListedRows) -> None:
        """What has been measured so far."""
        self.query_one(RecallPlot).curve = curve
        self.show_rows(rows)

    def compare(self, other: Curve | None) -> None:
        """Lay this curve beside the measured one."""
        self.query_one(RecallPlot).other = other

    def choose(self, row: int | None) -> None:
        """Ring the point under the cursor."""
        self.query_one(RecallPlot).chosen = -1 if row is None else row
