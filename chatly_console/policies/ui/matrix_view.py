"""The matrix: tables down, identities across, and in each cell how many rows the command reaches."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import cut
from chatly_console.core.values import Column, Row
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.report import cell_words, name_of
from chatly_console.policies.service import Cell
from chatly_console.shell.grid import ResultGrid

_FIRST = 2
"""Columns before those of the identities."""

_BOUND = "? is a table of which this login may not read all rows, so that nobody knows how many there are."


class MatrixView(Vertical):
    """One command's matrix at a time; enter on a cell opens its rows."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._tables: list[Table] = []
        self._cells: list[list[Cell]] = []

    def compose(self) -> ComposeResult:
        """A line, and the grid."""
        yield Static("", id="matrix-head", markup=False)
        yield ResultGrid(id="matrix-rows", empty="No tables.", opens_details=False)

    def show(self, cells: Sequence[Cell], command: Command) -> None:
        """Show what everybody reaches by this command."""
        own = [c for c in cells if c.command is command]
        identities = list(dict.fromkeys(c.identity for c in own))
        found = {(c.table.oid, c.identity): c for c in own}
        self._tables = list({c.table.oid: c.table for c in own}.values())
        self._cells = [[found[table.oid, identity] for identity in identities] for table in self._tables]
        columns = [
            Column("table"),
            Column("rows", 20, "bigint"),
            *(Column(cut(name_of(i), 14), 20, "bigint") for i in identities),
        ]
        rows: list[Row] = []
        for table, cells_of in zip(self._tables, self._cells, strict=True):
            total = cells_of[0].total
            unknown = "" if command is Command.INSERT else "?"
            rows.append((table.full_name, unknown if total is None else f"{total:,}", *(_words(c) for c in cells_of)))
        bound = command is not Command.INSERT and any(cells[0].total is None for cells in self._cells)
        self.query_one("#matrix-head", Static).update(
            Content.assemble(
                (f"{command}  ", "bold $accent"),
                f"{len(identities)} identities × {len(self._tables)} tables, counted on one snapshot as each role   ",
                ("enter", "bold $accent"),
                " the rows of a cell",
                ("\n▲ ", "bold $warn") if bound else "",
                _BOUND if bound else "",
            )
        )
        grid = self.query_one(ResultGrid)
        grid.set_source(ListedRows(columns, rows))
        grid.columns.frozen = 1

    def cell_at(self, row: int, column: int | None) -> Cell | None:
        """The cell of this row and column of the grid."""
        at = (column or 0) - _FIRST
        if row >= len(self._cells) or not 0 <= at < len(self._cells[row]):
            return None
        return self._cells[row][at]


def _words(cell: Cell) -> str:
    """A cell, short: what needs a word has one, all rows have a mark."""
    words = cell_words(cell)
    if cell.verdict in ("no grant", "no policy"):
        return {"no grant": "– grant", "no policy": "– policy"}[cell.verdict]
    return f"all {words}" if cell.verdict == "all" and cell.visible else words
