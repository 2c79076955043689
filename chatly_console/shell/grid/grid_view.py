"""The grid: a line-drawn table of any number of rows, with a cell cursor; it shows what is loaded and asks for more."""

import asyncio
from collections.abc import Mapping

from textual.geometry import Size

from chatly_console.core.row_source import RowSource, glimpses
from chatly_console.shell.grid.arrangement import Arrangement, arrange
from chatly_console.shell.grid.column_layout import ColumnLayout
from chatly_console.shell.grid.grid_canvas import GridCanvas
from chatly_console.shell.grid.messages import CursorMoved, RowsWanted

SHOW_ARRANGING_AFTER = 0.15
"""Seconds of sorting or filtering after which it is said."""
LOOK_AHEAD = 500
"""Rows that are asked for before they come into sight."""


class GridView(GridCanvas, can_focus=True, inherit_bindings=False):
    """The grid's data and cursor; `ResultGrid` adds the keys."""

    # data

    def set_source(self, source: RowSource) -> None:
        """Show another result, from its beginning."""
        self.source, self.columns = source, ColumnLayout(source.columns)
        self.links, self.changed = frozenset(), {}
        self.columns.sample(glimpses(source))
        self.cursor_row = self.cursor_place = self.first_place = 0
        self.marked_from, self.marks_rows = None, False
        self.arranged, self._arrangement = None, Arrangement()
        self._note, self._to_last, self._wanted_at = "", False, -1
        self.set_stale(False)
        self.scroll_to(0, 0, animate=False, immediate=True)
        self._rearranged()

    def rows_appended(self) -> None:
        """The source has more rows than before, or knows now that there are no more."""
        if self.columns.wants_samples:
            self.columns.sample(glimpses(self.source))
            self._forget_strips()
        self._wanted_at = -1
        if self._arrangement:
            self._arrange()
        self._grown()
        if self._to_last and self.row_count:
            self._to_last = not self.source.exhausted
            self.move_to(self.row_count - 1, self.cursor_place)
        else:
            self._want_more()

    def renew_source(self, source: RowSource, changed: Mapping[int, frozenset[int]]) -> None:
        """Show the same rows as they are now: place, order and widths stay; `changed` cells are marked."""
        if [c.name for c in source.columns] != [c.name for c in self.source.columns]:
            self.set_source(source)
            return
        self.source, self.changed = source, dict(changed)
        self.columns.sample(glimpses(source))
        self._wanted_at = -1
        if self._arrangement:
            self._arrange()
        self._rearranged()

    def set_links(self, columns: frozenset[int]) -> None:
        """These columns lead to rows elsewhere: say so, and let enter follow them."""
        if columns != self.links:
            self.links = columns
            self._forget_strips()

    def rows_changed(self) -> None:
        """Loaded rows have other values than before."""
        self._forget_strips()

    def set_note(self, note: str) -> None:
        """Say something on the last line of the grid, such as that rows are loading; empty to take it away."""
        if note != self._note:
            self._note = note
            self._grown()

    def say_doing(self, words: str) -> None:
        """Say beside it what goes on in a thread; empty once it is done."""
        if words != self._doing:
            self._doing = words
            self._grown()

    def set_stale(self, stale: bool, age: str = "") -> None:
        """Dim the rows because they are no longer what the server has, and say how old they are."""
        self.set_class(stale, "-stale")
        words = f"as it was {age} ago" if stale and age else ""
        if words != self._age:
            self._age = words
            self._grown()

    @property
    def cursor_column(self) -> int | None:
        """The cursor's column as an index of the source, or None where there are no columns."""
        order = self.columns.order
        return order[self.cursor_place] if self.cursor_place < len(order) else None

    def position(self) -> str:
        """Where the cursor is, in words: `row 2 of 500+ · client`."""
        total = f"{self.row_count:,}{'' if self.source.exhausted else '+'}"
        if not self.row_count:
            return f"{total} rows"
        column = self.cursor_column
        name = "" if column is None else self.source.columns[column].name[:60]
        return f"row {self.cursor_row + 1:,} of {total}" + (f" · {name}" if name else "")

    # arrangement

    @property
    def arrangement(self) -> Arrangement:
        """How the rows are sorted and filtered."""
        return self._arrangement

    def rearrange(self, arrangement: Arrangement) -> None:
        """Sort and filter what is loaded in another way; a large number of rows in a thread."""
        self._arrangement = arrangement
        self.marked_from, self.marks_rows = None, False
        self._arrange()

    def _arrange(self) -> None:
        if not self._arrangement:
            self.arranged = None
            self._rearranged()
        elif not self.source.is_large:
            self.arranged = arrange(self.source, self._arrangement)
            self._rearranged()
        elif not self._arranging:
            self._arranging = True
            self.run_worker(self._arrange_in_thread(), exit_on_error=False)

    async def _arrange_in_thread(self) -> None:
        try:
            while self._arrangement:
                source, by = self.source, self._arrangement
                task = asyncio.create_task(asyncio.to_thread(arrange, source, by, self.arranged))
                if not (await asyncio.wait([task], timeout=SHOW_ARRANGING_AFTER))[0]:
                    self.say_doing(f"{by.doing} {source.count:,} loaded rows…")
                arranged = await task
                if source is self.source and by == self._arrangement:
                    self.arranged = arranged
                    self._rearranged()
                    if arranged.of == source.count:
                        return
        finally:
            self._arranging = False
            self.say_doing("")

    def _rearranged(self) -> None:
        self._forget_strips()
        self.cursor_row = max(0, min(self.cursor_row, self.row_count - 1))
        self._grown()
        self.move_to(self.cursor_row, self.cursor_place)
        self._tell()

    # cursor

    def move_to(self, row: int, place: int) -> None:
        """Put the cursor on a cell and bring it into sight; beyond the edges it stops at them."""
        before = (self.cursor_row, self.cursor_place)
        self.cursor_row = max(0, min(row, self.row_count - 1))
        self.cursor_place = max(0, min(place, len(self.columns.order) - 1))
        first = self.columns.first_to_show(self.cursor_place, self.first_place, self._room)
        if first != self.first_place:
            self.first_place = first
            self._forget_strips()
        self._refresh_row(before[0])
        self._refresh_row(self.cursor_row)
        self._scroll_to_cursor()
        if before != (self.cursor_row, self.cursor_place):
            self._tell()
        self._want_more()

    def _tell(self) -> None:
        row = self.source_row(self.cursor_row) if self.row_count else None
        self.post_message(CursorMoved(self, row, self.cursor_column))

    def _scroll_to_cursor(self) -> None:
        top, height = self.scroll_offset.y, self.page_rows
        if self.cursor_row < top:
            self.scroll_to(y=self.cursor_row, animate=False, immediate=True)
        elif self.cursor_row >= top + height:
            self.scroll_to(y=self.cursor_row - height + 1, animate=False, immediate=True)

    def _want_more(self) -> None:
        """Ask for rows once per state of the source, when what is in sight nears the end of what is loaded."""
        count = self.source.count
        if self.source.exhausted or self._wanted_at == count:
            return
        if self._to_last:
            self._wanted_at = count
            self.post_message(RowsWanted(self, None))
        elif max(self.cursor_row, self.scroll_offset.y) + 2 * self.page_rows >= self.row_count and self.row_count:
            self._wanted_at = count
            self.post_message(RowsWanted(self, count + LOOK_AHEAD))

    # drawing

    @property
    def page_rows(self) -> int:
        """How many rows are in sight."""
        return max(1, self.size.height - 1 - bool(self.note))

    def _grown(self) -> None:
        size = Size(max(1, self.size.width), self.row_count + 1 + bool(self.note))
        if size != self.virtual_size:
            self.virtual_size = size
        self._slots = None
        self.refresh()

    def on_resize(self) -> None:
        """The width decides which columns are drawn."""
        self.first_place = 0
        self._forget_strips()
        self._grown()
        self.move_to(self.cursor_row, self.cursor_place)

    def on_focus(self) -> None:
        """The cursor's colour says that keys go here."""
        self.notify_style_update()

    def on_blur(self) -> None:
        """The cursor is shown without its colour."""
        self.notify_style_update()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolling alone also nears the end."""
        super().watch_scroll_y(old_value, new_value)
        self._widen_for_sight()
        self._want_more()

    def _widen_for_sight(self) -> None:
        """Numbers and names grow further down a result: what is in sight must not be cut for want of a sample."""
        top = self.scroll_offset.y
        in_sight = [row for i in range(top, top + self.page_rows) if (row := self.glimpse(i)) is not None]
        if self.columns.grow(in_sight, self._visible()):
            self._forget_strips()
