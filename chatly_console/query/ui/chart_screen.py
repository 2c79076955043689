"""The chart of a result over the whole screen."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from chatly_console.core.text import safe_text
from chatly_console.query.chart import Chart
from chatly_console.query.chart_lines import chart_lines
from chatly_console.shell.grid.line_view import LineView


class ChartScreen(ModalScreen[None]):
    """Shows a chart; bars or lines where both make sense."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="chart.back", tooltip="Back to the rows"),
        Binding("b", "other", "Bars or lines", id="chart.other", tooltip="Draw bars instead of lines, or lines again"),
    ]
    DEFAULT_CSS = """
    ChartScreen {
        align: center middle;
        & > Vertical { width: 94%; height: 92%; background: $surface; padding: 0 1; }
        & .title { height: 1; color: $accent; text-style: bold; }
        & .keys { height: 1; color: $text-muted; }
    }
    """

    def __init__(self, title: str, chart: Chart) -> None:
        super().__init__()
        self._title, self._chart, self._as_bars = title, chart, not chart.is_over_time

    def compose(self) -> ComposeResult:
        """A title, the chart, the keys."""
        other = "b bars or lines   " if self._chart.is_over_time else ""
        with Vertical():
            yield Static(Content(f"▎{safe_text(self._title)}"), classes="title")
            yield LineView()
            yield Static(Content(f"{other}↑ ↓ scroll   esc back"), classes="keys")

    def on_resize(self) -> None:
        """Draw for the size there is."""
        self.call_after_refresh(self._draw)

    def action_other(self) -> None:
        """Bars instead of lines, or lines again."""
        if self._chart.is_over_time:
            self._as_bars = not self._as_bars
            self._draw()

    @work(exclusive=True, exit_on_error=False)
    async def _draw(self) -> None:
        view = self.query_one(LineView)
        width, height = view.size.width - 3, view.size.height
        if width > 20 and height > 4:
            # a bar for each of many rows takes longer than a key may wait
            view.set_lines(await asyncio.to_thread(chart_lines, self._chart, width, height, as_bars=self._as_bars))
            view.focus()
