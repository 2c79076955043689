"""What is known of one migration, below the timeline: its file beside its statements, or one list."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.text import safe_text
from chatly_console.migrations.rows import Row
from chatly_console.migrations.ui.row_list import RowList
from chatly_console.migrations.ui.view_strip import Tab, ViewStrip
from chatly_console.shell.grid.cell_lines import Line
from chatly_console.shell.grid.line_view import LineView
from chatly_console.shell.sql_lines import sql_lines

COLOURED = 48_000
"""Characters of a file that are shown in colour; longer ones are shown plain, so that no key waits for them."""
MOST_LINES = 20_000
_WIDEST = 2_000


class Detail(Vertical):
    """A strip of views, and what the chosen one holds."""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield ViewStrip()
        yield Static(id="detail-title", markup=False)
        with Horizontal():
            yield LineView(id="detail-file")
            yield RowList(id="detail-rows")

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one("#detail-rows", RowList)

    def show_tabs(self, tabs: Sequence[Tab], current: str) -> None:
        """Name the views and their keys."""
        self.query_one(ViewStrip).show(tabs, current)

    def show(self, title: str, rows: Sequence[Row], *, text: str | None = None, empty: str = "") -> None:
        """Show rows, beside the text of a file where it is given."""
        self.query_one("#detail-title", Static).update(Content(safe_text(title)))
        file = self.query_one("#detail-file", LineView)
        if text is not None:
            file.set_lines(file_lines(text))
        self.set_class(text is not None, "-with-file")
        self.set_class(text is not None and not rows, "-only-file")
        self.rows.set_rows(rows, empty=empty)

    def focus_content(self) -> None:
        """Let keys go to what is on show."""
        (self.query_one("#detail-file", LineView) if self.has_class("-only-file") else self.rows).focus()

    def show_line(self, line: int) -> None:
        """Bring a line of the file into sight."""
        file = self.query_one("#detail-file", LineView)
        file.scroll_to(y=max(0, line - 1), animate=False, immediate=True)


def file_lines(text: str) -> list[Line]:
    """The lines of a file, safe to draw, and quick however long it is."""
    if len(text) <= COLOURED:
        return sql_lines(text)
    lines = text.split("\n", MOST_LINES)
    more = [Line((("… the file goes on; o opens all of it", "muted"),))] if len(lines) > MOST_LINES else []
    return [Line(((safe_text(line[:_WIDEST]), "plain"),)) for line in lines[:MOST_LINES]] + more
