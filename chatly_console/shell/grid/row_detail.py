"""One row with its columns downwards, for rows that are wider than any screen."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column
from chatly_console.shell.grid.cell_detail import CellDetail
from chatly_console.shell.grid.copying import copy_value
from chatly_console.shell.grid.grid_view import GridView
from chatly_console.shell.grid.result_grid import ResultGrid

_COLUMNS = ("column", "value", "type")


class FieldGrid(ResultGrid, inherit_bindings=True):
    """The fields of one row; what is opened and copied is always the value, whichever column the cursor is in."""

    def __init__(self) -> None:
        super().__init__(empty="The row has no columns.", opens_details=False)
        self.row: tuple[str | None, ...] = ()
        self.definitions: tuple[Column, ...] = ()

    def show(self, definitions: tuple[Column, ...], row: tuple[str | None, ...]) -> None:
        """Show another row, with the cursor on the same field."""
        at = self.cursor_row
        self.row, self.definitions = row, definitions
        fields = [(c.name, value, c.type_name) for c, value in zip(definitions, row, strict=True)]
        self.set_source(ListedRows(_COLUMNS, fields))
        self.move_to(at, 1)

    def action_open_row(self) -> None:
        """See the value whole."""
        self.action_open_cell()

    def action_open_cell(self) -> None:
        """See the value whole."""
        if self.row_count:
            at = self.source_row(self.cursor_row)
            self.app.push_screen(CellDetail(self.definitions[at], self.row[at]))

    def action_copy_cell(self) -> None:
        """Copy the raw value."""
        if self.row_count:
            at = self.source_row(self.cursor_row)
            copy_value(self, self.row[at], self.definitions[at].name)


class RowDetail(ModalScreen[None]):
    """The fields of the grid's current row; left and right step through the rows."""

    BINDINGS = [
        Binding("escape,q", "dismiss", "Back", id="row.back", tooltip="Back to the rows"),
        Binding("left,h", "step(-1)", "Previous row", id="row.previous", priority=True, tooltip="The row above"),
        Binding("right,l", "step(1)", "Next row", id="row.next", priority=True, tooltip="The row below"),
    ]
    DEFAULT_CSS = """
    RowDetail {
        align: center middle;
        & > Vertical { width: 90%; height: 85%; max-width: 140; background: $surface; padding: 0 1; }
        & .title { height: 1; color: $accent; text-style: bold; }
        & .keys { height: 1; color: $text-muted; }
    }
    """

    def __init__(self, grid: GridView) -> None:
        super().__init__()
        self._grid = grid

    def compose(self) -> ComposeResult:
        """A title, the fields, the keys."""
        with Vertical():
            yield Static(classes="title")
            yield FieldGrid()
            yield Static(Content("enter value   ← → other rows   y copy   / filter   esc back"), classes="keys")

    def on_mount(self) -> None:
        """Show the row of the grid's cursor."""
        self._show()

    def _show(self) -> None:
        grid = self._grid
        row = grid.shown_row(grid.cursor_row)
        if row is None:
            return
        more = "" if grid.source.exhausted else "+"
        title = f"▎row {grid.cursor_row + 1:,} of {grid.row_count:,}{more}"
        self.query_one(".title", Static).update(Content(title))
        self.query_one(FieldGrid).show(tuple(grid.source.columns), row)

    def action_step(self, rows: int) -> None:
        """Show another row; the grid's cursor goes along, and asks for more rows where they end."""
        self._grid.move_to(self._grid.cursor_row + rows, self._grid.cursor_place)
        self._show()
