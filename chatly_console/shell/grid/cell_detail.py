"""One value, whole: what the grid had to cut."""

import asyncio

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from chatly_console.core.text import safe_text
from chatly_console.core.values import Column
from chatly_console.shell.grid.cell_lines import BYTEA_OID, cell_lines
from chatly_console.shell.grid.cells import EMPTY, NULL
from chatly_console.shell.grid.copying import copy_value
from chatly_console.shell.grid.line_view import LineView

_AT_ONCE = 20_000
"""Characters that are made into lines without a thread."""


class CellDetail(ModalScreen[None]):
    """The whole value of one cell, by its type; `y` copies it raw."""

    BINDINGS = [
        Binding("escape,q,v", "dismiss", "Back", id="cell.back", tooltip="Back to the rows"),
        Binding("y", "copy", "Copy", id="cell.copy", tooltip="Copy the raw value"),
    ]
    DEFAULT_CSS = """
    CellDetail {
        align: center middle;
        & > Vertical { width: 90%; height: 85%; max-width: 140; background: $surface; padding: 0 1; }
        & .title { height: 1; color: $accent; text-style: bold; }
        & .keys { height: 1; color: $text-muted; }
    }
    """

    def __init__(self, column: Column, value: str | None) -> None:
        super().__init__()
        self._column, self._value = column, value
        self._width = 0

    def compose(self) -> ComposeResult:
        """A title, the value, the keys."""
        name = safe_text(self._column.name[:80]) or "(no name)"
        size = _size(self._value, self._column.type_oid == BYTEA_OID)
        with Vertical():
            yield Static(Content(f"▎{name}  {safe_text(self._column.type_name[:60])} · {size}"), classes="title")
            yield LineView()
            yield Static(Content("space fold   y copy raw   esc back"), classes="keys")

    def on_resize(self) -> None:
        """Wrap to the width there is."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        view = self.query_one(LineView)
        width = view.size.width - 3
        if self._value is None or width < 1 or width == self._width:
            return
        self._width = width
        if len(self._value) <= _AT_ONCE:
            view.set_lines(cell_lines(self._value, self._column, width))
        else:
            view.loading = True
            self.run_worker(self._fill_in_thread(self._value, width), exclusive=True, exit_on_error=False)

    async def _fill_in_thread(self, value: str, width: int) -> None:
        lines = await asyncio.to_thread(cell_lines, value, self._column, width)
        view = self.query_one(LineView)
        view.loading = False
        view.set_lines(lines)
        view.focus()

    def action_copy(self) -> None:
        """Copy the raw value."""
        copy_value(self, self._value, self._column.name)


def _size(value: str | None, is_bytes: bool) -> str:
    if not value:
        return NULL if value is None else EMPTY
    if is_bytes:
        count, unit = (len(value) - 2) // 2, "byte"
    else:
        count, unit = len(value), "character"
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
