"""One row with its columns downwards, for rows that are wider than any screen."""

from textual.binding import Binding

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column
from chatly_console.shell.grid.cell_detail import CellDetail
from chatly_console.shell.grid.copying import copy_value
from chatly_console.shell.grid.detail_screen import DetailScreen
from chatly_console.shell.grid.grid_view import GridView
from chatly_console.shell.grid.result_grid import ResultGrid

_COLUMNS = ("column", "value", "type")


class FieldGrid(ResultGrid, inherit_bindings=True):
    """The fields of one row; what is opened and copied is always the value, whichever column the cursor is in."""

    DEFAULT_CSS = "FieldGrid { background: $surface; & > .grid--row { background: $surface-lighten-1; } }"

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
            said = copy_value(self, self.row[at], self.definitions[at].name)
            if isinstance(self.screen, DetailScreen):
                self.screen.say(said)


class RowDetail(DetailScreen):
    """The fields of the grid's current row; left and right step through the rows."""

    BINDINGS = [
        Binding("escape,q", "dismiss", "Back", id="row.back", tooltip="Back to the rows"),
        Binding("left,h", "step(-1)", "Previous row", id="row.previous", priority=True, tooltip="The row above"),
        Binding("right,l", "step(1)", "Next row", id="row.next", priority=True, tooltip="The row below"),
    ]

    def __init__(self, grid: GridView) -> None:
        self._fields = FieldGrid()
        super().__init__("", self._fields)
        self._grid = grid

    def on_mount(self) -> None:
        """Show the row of the grid's cursor."""
        self.show_keys(("enter", "value"), ("← →", "other rows"), ("y", "copy"), ("/", "filter"), ("esc", "back"))
        self._show()

    def on_resize(self) -> None:
        """As high as there is room for."""
        self.fit_body(len(self._grid.source.columns) + 1)

    def _show(self) -> None:
        grid = self._grid
        row = grid.shown_row(grid.cursor_row)
        if row is None:
            return
        more = "" if grid.source.exhausted else "+"
        self.set_title(f"row {grid.cursor_row + 1:,} of {grid.row_count:,}{more}")
        self._fields.show(tuple(grid.source.columns), row)

    def action_step(self, rows: int) -> None:
        """Show another row; the grid's cursor goes along, and asks for more rows where they end."""
        self._grid.move_to(self._grid.cursor_row + rows, self._grid.cursor_place)
        self._show()
