"""The tables on the left, each with the state of its row level security and how many policies it has."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from chatly_console.core.text import safe_text
from chatly_console.policies.policy import RlsState, Table
from chatly_console.policies.ui.policies_view import STATE_STYLE

_MARK = {RlsState.OFF: "○ off", RlsState.CLOSED: "● none", RlsState.ON: "● on", RlsState.FORCED: "◉ forced"}


class TableList(OptionList, inherit_bindings=False):
    """One line a table; the one under the cursor is the one that the views on the right are about."""

    BINDING_GROUP_TITLE = "Tables"
    BINDINGS = [
        Binding("up,k", "cursor_up", "Up", show=False, id="list.up", tooltip="A line up"),
        Binding("down,j", "cursor_down", "Down", show=False, id="list.down", tooltip="A line down"),
        Binding("pageup", "page_up", "Page up", show=False, id="list.page-up", tooltip="A screenful up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="list.page-down", tooltip="A screenful down"),
        Binding("home,g", "first", "First", show=False, id="list.first", tooltip="To the first line"),
        Binding("end,G", "last", "Last", show=False, id="list.last", tooltip="To the last line"),
    ]

    def __init__(self) -> None:
        super().__init__(id="policies-tables", markup=False)
        self.tables: list[Table] = []
        self._findings: Mapping[tuple[str, str], int] = {}

    def show(self, tables: Sequence[Table], wanted: Table | None = None) -> None:
        """List these tables, with the cursor on `wanted` where it is still there."""
        self.tables = list(tables)
        self._fill()
        if self.tables:
            oids = [t.oid for t in self.tables]
            self.highlighted = oids.index(wanted.oid) if wanted is not None and wanted.oid in oids else 0

    def mark(self, findings: Mapping[tuple[str, str], int]) -> None:
        """Show how many findings the advisor has on each table (schema, name)."""
        self._findings = findings
        self.on_resize()

    @property
    def chosen(self) -> Table | None:
        """The table under the cursor."""
        at = self.highlighted
        return self.tables[at] if at is not None and at < len(self.tables) else None

    def choose(self, schema: str, name: str) -> None:
        """Put the cursor on this table."""
        for at, table in enumerate(self.tables):
            if (table.schema, table.name) == (schema, name):
                self.highlighted = at

    def on_resize(self) -> None:
        """The badges stand at the right edge."""
        at = self.highlighted
        self._fill()
        self.highlighted = at

    def _fill(self) -> None:
        width = max(16, self.size.width - 3)
        self.clear_options()
        self.add_options([Option(self._line(table, width)) for table in self.tables])

    def _line(self, table: Table, width: int) -> Content:
        badge = _MARK[table.state]
        count = f"{len(table.policies):>2}" if table.policies else " ·"
        found = self._findings.get((table.schema, table.name), 0)
        warned = f"▲{min(found, 99)} " if found else ""
        room = width - 8 - 2 - len(warned)
        shown = Content(safe_text(table.full_name)).truncate(room - 1, ellipsis=True)
        gap = room - cell_len(shown.plain)
        return Content.assemble(
            shown, " " * max(1, gap), (warned, "$warn"), (f"{badge:<8}", STATE_STYLE[table.state]), (count, "$muted")
        )
