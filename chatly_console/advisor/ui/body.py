"""The rows of what is on show, or what stands in their place: loading, empty, failed; dimmed where they are stale."""

from __future__ import annotations

from time import monotonic

from textual.app import ComposeResult
from textual.containers import Vertical

from chatly_console.advisor.views import View
from chatly_console.core.row_source import ListedRows
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.states import Empty, ErrorState, Loading, mark_stale


class Body(Vertical):
    """A grid that keeps the focus, and with it the keys, whatever stands in its place."""

    _shown_at = 0.0

    def compose(self) -> ComposeResult:
        """The grid alone."""
        yield ResultGrid(id="advisor-findings", opens_details=False, leaves=("export",))

    def put(self, view: View) -> None:
        """Show the rows of a view, or what it means that there are none."""
        self._shown_at = monotonic()
        self.grid.set_source(ListedRows(view.columns, view.rows))
        self.instead(None if view.rows else Empty(view.empty, view.next_step))
        mark_stale(self, None)

    def instead(self, widget: Loading | ErrorState | Empty | None) -> None:
        """Put this in the place of the rows, or the rows back."""
        self.query("Loading, ErrorState, Empty").remove()
        self.set_class(widget is not None, "-without-rows")
        if widget is not None:
            self.mount(widget)

    def mark(self, *, is_stale: bool) -> None:
        """Dim the rows that cannot be brought up to date, and say how old they are."""
        mark_stale(self, monotonic() - self._shown_at if is_stale else None)

    @property
    def grid(self) -> ResultGrid:
        """The rows."""
        return self.query_one(ResultGrid)

    @property
    def row(self) -> int:
        """The row at the cursor, as the view counts."""
        return self.grid.source_row(self.grid.cursor_row) if self.grid.row_count else 0
