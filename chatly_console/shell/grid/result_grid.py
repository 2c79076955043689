"""The grid with its keys: moving, finding, sorting, arranging columns, copying, opening."""

from collections.abc import Collection

from textual import events

from chatly_console.shell.grid.bindings import GRID_BINDINGS
from chatly_console.shell.grid.cell_detail import CellDetail
from chatly_console.shell.grid.finding import FindingGrid
from chatly_console.shell.grid.messages import CellOpened, ExportRequested, LinkFollowed, RowOpened


class ResultGrid(FindingGrid, inherit_bindings=False):
    """Rows of any number, of any source, with a cursor on one cell.

    The pane gives it a source, answers `RowsWanted` by adding rows and calling `rows_appended`, and hears
    `CursorMoved`, `CellOpened`, `RowOpened` and `ExportRequested`. Details open by themselves unless
    `opens_details` is False, for panes to which a row means something else. `leaves` are actions whose keys the pane
    has another use for, or that mean nothing there: `export`, where nothing is exported.
    """

    BINDINGS = GRID_BINDINGS
    BINDING_GROUP_TITLE = "Rows"
    DEFAULT_CSS = """
    ResultGrid {
        height: 1fr;
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        &.-stale { text-opacity: 55%; }
        & > .grid--header { color: $text-muted; text-style: bold; }
        & > .grid--muted { color: $text-muted; text-style: italic; }
        & > .grid--row { background: $surface; }
        & > .grid--cell { background: $surface-lighten-2; text-style: underline; }
        & > .grid--block { background: $primary-muted; color: $foreground; }
        & > .grid--changed { color: $warning; text-style: bold reverse; }
        & > .grid--mark { color: $text-muted; }
        & > .grid--match { text-style: underline; color: $warning; }
        & > .grid--note { color: $text-muted; text-style: italic; }
        &:focus {
            & > .grid--header { color: $accent; text-style: bold; }
            & > .grid--cell { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
            & > .grid--mark { color: $accent; }
        }
    }
    """

    def __init__(
        self,
        *,
        empty: str = "No rows.",
        opens_details: bool = True,
        leaves: Collection[str] = (),
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(empty=empty, id=id, classes=classes)
        self.opens_details = opens_details
        self.leaves = frozenset(leaves)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """`escape` is the grid's only while there is something to undo; what it leaves to the pane never is."""
        if action in self.leaves:
            return False
        undoes = bool(self.arrangement) or self.marked_from is not None or self.is_searching
        return undoes if action == "as_it_came" else True

    # moving

    def _move(self, rows: int, places: int = 0) -> None:
        self._to_last = False
        if not self.marks_rows:
            self.unmark()
        self.move_to(self.cursor_row + rows, self.cursor_place + places)

    def action_up(self) -> None:
        """One row up."""
        self._move(-1)

    def action_down(self) -> None:
        """One row down."""
        self._move(1)

    def action_left(self) -> None:
        """One column to the left."""
        self._move(0, -1)

    def action_right(self) -> None:
        """One column to the right."""
        self._move(0, 1)

    def action_page_up(self) -> None:
        """A screenful up."""
        self._move(-self.page_rows)

    def action_page_down(self) -> None:
        """A screenful down."""
        self._move(self.page_rows)

    def action_first(self) -> None:
        """To the first row."""
        self._move(-self.cursor_row)

    def action_last(self) -> None:
        """To the last row; what is not loaded is asked for, and the cursor follows it."""
        self._to_last = not self.source.exhausted
        self._wanted_at = -1
        self.move_to(self.row_count - 1, self.cursor_place)

    def action_first_column(self) -> None:
        """To the first column."""
        self._move(0, -self.cursor_place)

    def action_last_column(self) -> None:
        """To the last column."""
        self._move(0, len(self.columns.order))

    # sorting

    def action_sort(self) -> None:
        """Sort by the cursor's column: ascending, descending, as it came."""
        if self.cursor_column is not None:
            self.rearrange(self.arrangement.sorted_by(self.cursor_column))

    def action_as_it_came(self) -> None:
        """Stop a search, or let go of what is marked; else undo filter and sort, with the cursor on the same row."""
        if self.is_searching:
            self.stop_searching()
            return
        if self.marked_from is not None:
            self.unmark()
            return
        row = self.source_row(self.cursor_row) if self.row_count else 0
        self.rearrange(type(self.arrangement)())
        self.move_to(row, self.cursor_place)

    # columns

    def _columns_changed(self) -> None:
        self._forget_strips()
        self._grown()
        self.move_to(self.cursor_row, self.cursor_place)

    def _resize_column(self, change: int) -> None:
        if self.cursor_column is not None:
            self.columns.resize(self.cursor_place, change, self._room)
            self._columns_changed()

    def action_wider(self) -> None:
        """Make the column wider."""
        self._resize_column(4)

    def action_narrower(self) -> None:
        """Make the column narrower."""
        self._resize_column(-4)

    def action_move_left(self) -> None:
        """Swap the column with the one on its left."""
        self.cursor_place = self.columns.move(self.cursor_place, -1)
        self._columns_changed()

    def action_move_right(self) -> None:
        """Swap the column with the one on its right."""
        self.cursor_place = self.columns.move(self.cursor_place, 1)
        self._columns_changed()

    def action_hide_column(self) -> None:
        """Leave the column out."""
        if self.cursor_column is not None:
            self.columns.hide(self.cursor_place)
            self._columns_changed()

    def action_show_columns(self) -> None:
        """Show the hidden columns again."""
        self.columns.show_all()
        self._columns_changed()

    def action_freeze(self) -> None:
        """Keep the columns up to this one in sight, or let them go."""
        wanted = self.cursor_place + 1
        self.columns.frozen = 0 if self.columns.frozen == wanted else wanted
        self.first_place = 0
        self._columns_changed()

    # what is under the cursor

    def action_open_row(self) -> None:
        """See the row with its columns downwards; on a value that names a row elsewhere, that row."""
        column, shown = self.cursor_column, self.shown_row(self.cursor_row)
        if column is not None and column in self.links and shown is not None and shown[column] is not None:
            self.post_message(LinkFollowed(self, self.source_row(self.cursor_row), column))
            return
        if self.row_count:
            self.post_message(RowOpened(self, self.source_row(self.cursor_row)))
            if self.opens_details:
                # the row's fields are a grid themselves
                from chatly_console.shell.grid.row_detail import RowDetail

                self.app.push_screen(RowDetail(self))

    def action_open_cell(self) -> None:
        """See the whole value."""
        row, column = self.shown_row(self.cursor_row), self.cursor_column
        if row is None or column is None:
            return
        definition = self.source.columns[column]
        self.post_message(CellOpened(self, self.source_row(self.cursor_row), column, definition, row[column]))
        if self.opens_details:
            self.app.push_screen(CellDetail(definition, row[column]))

    def action_export(self) -> None:
        """Ask the pane to write the rows to a file."""
        self.post_message(ExportRequested(self))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there; on a header, sort by it; twice, open the cell."""
        place = next((s.place for s in self._visible() if event.x - self._gutter < s.x + s.width), None)
        place = self.cursor_place if place is None else place
        if event.y == 0:
            self.move_to(self.cursor_row, place)
            self.action_sort()
            return
        row = self.scroll_offset.y + event.y - 1
        if event.y <= self.page_rows and row < self.row_count:
            self._to_last = False
            self.move_to(row, place)
            if event.chain == 2:
                self.action_open_cell()
