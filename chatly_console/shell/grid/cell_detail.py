"""One value, whole: what the grid had to cut."""

import asyncio
from collections.abc import Sequence

from textual.binding import Binding

from chatly_console.core.values import Column
from chatly_console.shell.grid.cell_lines import BYTEA_OID, Line, cell_lines
from chatly_console.shell.grid.cells import EMPTY, NULL
from chatly_console.shell.grid.copying import copy_value
from chatly_console.shell.grid.detail_screen import DetailScreen
from chatly_console.shell.grid.line_view import LineView

_AT_ONCE = 20_000
"""Characters that are made into lines without a thread."""
_COPY, _BACK = ("y", "copy raw"), ("esc", "back")


class CellDetail(DetailScreen):
    """The whole value of one cell, by its type; `y` copies it raw."""

    BINDINGS = [
        Binding("escape,q,v", "dismiss", "Back", id="cell.back", tooltip="Back to the rows"),
        Binding("y", "copy", "Copy", id="cell.copy", tooltip="Copy the raw value"),
    ]

    def __init__(self, column: Column, value: str | None) -> None:
        size = _size(value, column.type_oid == BYTEA_OID)
        self._view = LineView()
        super().__init__(f"{column.name[:80] or '(no name)'}  {column.type_name[:60]} · {size}", self._view)
        self._column, self._value = column, value
        self._shape = (0, 0)

    def on_mount(self) -> None:
        """Nothing is known yet of how long it is."""
        self.show_keys(_COPY, _BACK)

    def on_resize(self) -> None:
        """Wrap to the width there is."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        width = self._view.size.width - 3
        if width < 1 or (width, self.room) == self._shape:
            return
        self._shape = (width, self.room)
        if not self._value:
            words = f"{NULL}: no value is here." if self._value is None else f"{EMPTY}  a text of no characters."
            self._show([Line(((words, "muted"),))])
        elif len(self._value) <= _AT_ONCE:
            self._show(cell_lines(self._value, self._column, width))
        else:
            self.fit_body(self.room)
            self._view.loading = True
            self.run_worker(self._fill_in_thread(self._value, width), exclusive=True, exit_on_error=False)

    async def _fill_in_thread(self, value: str, width: int) -> None:
        lines = await asyncio.to_thread(cell_lines, value, self._column, width)
        self._view.loading = False
        self._show(lines)
        self._view.focus()

    def _show(self, lines: Sequence[Line]) -> None:
        self.fit_body(len(lines))
        self._view.set_lines(lines)
        folds = [("space", "fold")] if any(line.end for line in lines) else []
        more = [("↑ ↓", "scroll")] if len(lines) > self.room and not folds else []
        self.show_keys(*folds, *more, _COPY, _BACK)

    def action_copy(self) -> None:
        """Copy the raw value."""
        self.say(copy_value(self, self._value, self._column.name))


def _size(value: str | None, is_bytes: bool) -> str:
    if not value:
        return NULL if value is None else EMPTY
    if is_bytes:
        count, unit = (len(value) - 2) // 2, "byte"
    else:
        count, unit = len(value), "character"
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
