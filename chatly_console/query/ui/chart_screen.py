"""The chart of a result over the whole screen."""

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from chatly_console.query.chart import Chart
from chatly_console.query.chart_lines import chart_lines
from chatly_console.shell.grid.detail_screen import DetailScreen
from chatly_console.shell.grid.line_view import LineView


class ChartScreen(DetailScreen):
    """Shows a chart; bars or lines where both make sense."""

    SHARE = 92
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="chart.back", tooltip="Back to the rows"),
        Binding("b", "other", "Bars or lines", id="chart.other", tooltip="Draw bars instead of lines, or lines again"),
    ]
    DEFAULT_CSS = "ChartScreen > Vertical { width: 94%; max-width: 100%; }"

    def __init__(self, title: str, chart: Chart) -> None:
        self._view = LineView()
        super().__init__(title, self._view)
        self._chart, self._as_bars = chart, not chart.is_over_time

    def on_resize(self) -> None:
        """Draw for the size there is."""
        self.fit_body(self.room)
        self.call_after_refresh(self._draw)

    def action_other(self) -> None:
        """Bars instead of lines, or lines again."""
        if self._chart.is_over_time:
            self._as_bars = not self._as_bars
            self._draw()

    @work(exclusive=True, exit_on_error=False)
    async def _draw(self) -> None:
        width, height = self._view.size.width - 3, self._view.size.height
        if width > 20 and height > 4:
            # a bar for each of many rows takes longer than a key may wait
            lines = await asyncio.to_thread(chart_lines, self._chart, width, height, as_bars=self._as_bars)
            self._view.set_lines(lines)
            self._view.focus()
            other = [("b", "lines" if self._as_bars else "bars")] if self._chart.is_over_time else []
            more = [("↑ ↓", "scroll")] if len(lines) > height else []
            self.show_keys(*other, *more, ("esc", "back"))
