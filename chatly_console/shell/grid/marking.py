"""The grid with a marked block of cells, and with the ways to copy: a cell, a row, a column, a block, in any format."""

import asyncio
from collections.abc import Sequence

from textual import work

from chatly_console.core.formats import encode
from chatly_console.core.values import Row
from chatly_console.shell import clipboard
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.grid.copying import copy_text, copy_value
from chatly_console.shell.grid.grid_view import GridView
from chatly_console.shell.messages import Say

_FORMATS = {
    "tsv": "TSV, as COPY writes it", "csv": "CSV", "json": "JSON", "jsonl": "JSON, a line a row",
    "markdown": "Markdown", "insert": "INSERT", "table": "text in columns",
}  # fmt: skip

Copied = tuple[str, str]
"""What is copied (`row`, `column`, `block`, `all`), and in which format."""


class MarkingGrid(GridView, inherit_bindings=False):
    """Adds marking and copying to the view; `ResultGrid` has the keys."""

    table: str | Sequence[str] = "result"
    """The table that INSERT statements name; the pane knows it."""

    def mark(self, rows: int, places: int = 0) -> None:
        """Stretch the marked block to the cell that the cursor goes to."""
        if self.marked_from is None:
            self.marked_from = (self.cursor_row, self.cursor_place)
        self._to_last = False
        self.move_to(self.cursor_row + rows, self.cursor_place + places)
        self._forget_strips()

    def unmark(self) -> None:
        """Nothing is marked any more."""
        if self.marked_from is not None:
            self.marked_from, self.marks_rows = None, False
            self._forget_strips()

    def action_mark_up(self) -> None:
        """Mark upwards."""
        self.mark(-1)

    def action_mark_down(self) -> None:
        """Mark downwards."""
        self.mark(1)

    def action_mark_left(self) -> None:
        """Mark to the left."""
        self.mark(0, -1)

    def action_mark_right(self) -> None:
        """Mark to the right."""
        self.mark(0, 1)

    def action_mark_rows(self) -> None:
        """Mark whole rows: this one, and all up to where the cursor goes next; again lets go."""
        if self.marked_from is not None:
            self.unmark()
            return
        self.marked_from, self.marks_rows = (self.cursor_row, self.cursor_place), True
        self._forget_strips()

    def action_copy_cell(self) -> None:
        """Copy the raw value of the cell; of a marked block, its values between tabs."""
        if self.marked_from is not None:
            self._copy("block", "tsv", header=False)
            return
        row, column = self.shown_row(self.cursor_row), self.cursor_column
        if row is not None and column is not None:
            copy_value(self, row[column], self.source.columns[column].name)

    def action_copy_row(self) -> None:
        """Copy the raw values of the row, as COPY writes them."""
        self._copy("row", "tsv", header=False)

    @work(group="copy", exclusive=True, exit_on_error=False)
    async def action_copy_as(self) -> None:
        """Ask what to copy and in which format."""
        block = self.block()
        things = {"row": "this row", "column": "this column", "all": f"all {self.row_count:,} loaded rows"}
        if block is not None:
            things = {"block": f"the marked {_size(block)}", **things}
        choices = [
            Choice(f"{words} as {format_words}", (thing, name))
            for thing, words in things.items()
            for name, format_words in _FORMATS.items()
        ]
        chosen = await self.app.push_screen_wait(Choose[Copied]("Copy", choices))
        if chosen is not None:
            self._copy(*chosen)

    def _copy(self, thing: str, name: str, *, header: bool = True) -> None:
        if self.row_count and self.columns.order:
            self.run_worker(self._copy_in_thread(thing, name, header), group="copy", exit_on_error=False)

    async def _copy_in_thread(self, thing: str, name: str, header: bool) -> None:
        top, left, bottom, right = self._extent(thing)
        order = self.columns.order[left : right + 1]
        columns = [self.source.columns[column] for column in order]

        def encoded() -> str | None:
            rows: list[Row] = []
            size = 0
            for index in range(top, bottom + 1):
                row = self.shown_row(index)
                if row is None:
                    break
                rows.append(tuple([row[column] for column in order]))
                size += sum(len(value or "") + 1 for value in rows[-1])
                if size > clipboard.LARGEST:
                    return None
            return encode(name, columns, rows, header=header, table=self.table)

        text = await asyncio.to_thread(encoded)
        what = {"row": "the row", "column": "the column", "block": f"the marked {_size((top, left, bottom, right))}",
                "all": "the loaded rows"}[thing]  # fmt: skip
        if text is None:
            sentence = (
                f"Not copied, export it instead: {what} is more than the {clipboard.LARGEST:,} bytes a terminal takes."
            )
            self.app.post_message(Say(sentence, "warning"))
        else:
            copy_text(self, text.removesuffix("\n"), what)

    def _extent(self, thing: str) -> tuple[int, int, int, int]:
        last_row, last_place = self.row_count - 1, len(self.columns.order) - 1
        row, place = self.cursor_row, self.cursor_place
        block = self.block()
        if thing == "block" and block is not None:
            return block
        return {"row": (row, 0, row, last_place), "column": (0, place, last_row, place)}.get(
            thing, (0, 0, last_row, last_place)
        )


def _size(block: tuple[int, int, int, int]) -> str:
    top, left, bottom, right = block
    rows, columns = bottom - top + 1, right - left + 1
    return f"{rows:,} {'row' if rows == 1 else 'rows'} × {columns:,} {'column' if columns == 1 else 'columns'}"
