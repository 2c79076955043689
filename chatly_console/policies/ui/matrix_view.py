"""The matrix: tables down, identities across, and in each cell how many rows the command reaches."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column, Row
from chatly_console.policies.policy import Command
from chatly_console.policies.report import cell_words, name_of
from chatly_console.policies.service import Cell
from chatly_console.shell.grid import ResultGrid


class MatrixView(Vertical):
    """One command's matrix at a time."""

    def compose(self) -> ComposeResult:
        """A line, and the grid."""
        yield Static("", id="matrix-head", markup=False)
        yield ResultGrid(id="matrix-rows", empty="No tables.", opens_details=False)

    def show(self, cells: Sequence[Cell], command: Command) -> None:
        """Show what everybody reaches by this command."""
        own = [c for c in cells if c.command is command]
        identities = list(dict.fromkeys(c.identity for c in own))
        found = {(c.table.oid, c.identity): c for c in own}
        tables = list({c.table.oid: c.table for c in own}.values())
        columns = [
            Column("table"),
            Column("rows", 20, "bigint"),
            *(Column(name_of(i), 20, "bigint") for i in identities),
        ]
        rows: list[Row] = []
        for table in tables:
            total = found[table.oid, identities[0]].total
            cells_of = [found[table.oid, identity] for identity in identities]
            rows.append((table.full_name, "" if total is None else f"{total:,}", *(cell_words(c) for c in cells_of)))
        self.query_one("#matrix-head", Static).update(
            Content.assemble(
                (f"{command}  ", "bold $accent"),
                f"{len(identities)} identities × {len(tables)} tables, counted on one snapshot   ",
                ("c", "bold $accent"),
                " next command",
            )
        )
        self.query_one(ResultGrid).set_source(ListedRows(columns, rows))
