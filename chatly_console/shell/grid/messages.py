"""What the grid tells the pane around it. Each carries the grid, so that a pane with several can tell them apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from chatly_console.core.values import Column

if TYPE_CHECKING:
    from chatly_console.shell.grid.grid_view import GridView


@dataclass
class GridMessage(Message):
    """A message of one grid."""

    grid: "GridView"

    @property
    def control(self) -> "GridView":
        """The grid, for `@on(..., "#id")`."""
        return self.grid


@dataclass
class RowsWanted(GridMessage):
    """More rows are about to be looked at: load at least `upto` in all; None wants every row.

    Answer by adding them to the source and calling `grid.rows_appended()`.
    """

    upto: int | None


@dataclass
class CursorMoved(GridMessage):
    """The cursor stands on another cell; `row` is the index in the source, None where there are no rows."""

    row: int | None
    column: int | None


@dataclass
class CellOpened(GridMessage):
    """Somebody wants to see this cell whole."""

    row: int
    column: int
    definition: Column
    value: str | None


@dataclass
class RowOpened(GridMessage):
    """Somebody wants to see this row, columns downwards."""

    row: int


@dataclass
class ExportRequested(GridMessage):
    """Somebody wants these rows in a file."""


@dataclass
class LinkFollowed(GridMessage):
    """Somebody wants to see the row that this cell names (see `links` of the grid)."""

    row: int
    column: int
