"""The grid with its ways to find: a filter of the loaded rows, and the next cell that contains a text."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence

from textual import work

from chatly_console.core.row_order import row_matcher
from chatly_console.core.text import safe_text
from chatly_console.core.values import Row
from chatly_console.shell.grid.filter_prompt import FilterPrompt
from chatly_console.shell.grid.marking import MarkingGrid
from chatly_console.shell.messages import Say

_AT_ONCE = 0.1
"""Seconds after which a search in a thread can be stopped."""


class Search:
    """The way from a cell to the next that contains a text: on (1) or back (-1), around the ends, to where it began."""

    def __init__(
        self, row_at: Callable[[int], Row | None], rows: int, order: Sequence[int], needle: str,
        begin: tuple[int, int], step: int,
    ) -> None:  # fmt: skip
        self._row_at, self._rows, self._order, self._step = row_at, rows, order, step
        self._needle, self._exact = needle, needle != needle.lower()
        self._in_row = row_matcher(needle)
        self._row, self._place = begin
        self._left = rows + 1

    @property
    def is_over(self) -> bool:
        """Whether every row has been looked at."""
        return self._left <= 0

    def go(self, seconds: float) -> tuple[int, int] | None:
        """Look for so long; the row and place of the first cell that contains the text."""
        places, step = len(self._order), self._step
        end = time.monotonic() + seconds
        while self._left > 0:
            row = self._row_at(self._row) or ()
            if self._in_row(row):
                for at in range(self._place + step, places if step > 0 else -1, step):
                    value = row[self._order[at]] or ""
                    if self._needle in (value if self._exact else value.lower()):
                        return self._row, at
            self._left -= 1
            self._row = (self._row + step) % max(1, self._rows)
            self._place = -1 if step > 0 else places
            if time.monotonic() > end:
                break
        return None


class FindingGrid(MarkingGrid, inherit_bindings=False):
    """Adds finding to the grid that marks and copies."""

    _needle = ""
    _search: Search | None = None

    @property
    def is_searching(self) -> bool:
        """Whether a search goes on in a thread."""
        return self._search is not None

    def action_filter(self) -> None:
        """Ask for a text, and show the loaded rows that contain it."""

        def answered(needle: str | None) -> None:
            if needle is not None:
                self._needle = needle
                self.rearrange(self.arrangement.filtered_by(needle))

        self.app.push_screen(FilterPrompt(self.arrangement.needle), answered)

    def action_next_match(self) -> None:
        """To the next cell that contains the text."""
        self._find(1)

    def action_previous_match(self) -> None:
        """To the previous cell that contains the text."""
        self._find(-1)

    def stop_searching(self) -> None:
        """Look no further."""
        if self._search is not None:
            self._search = None
            self.say_doing("")

    def _find(self, step: int) -> None:
        if not self._needle:
            self.post_message(Say("Nothing to find yet: / asks for a text."))
            return
        begin = (self.cursor_row, self.cursor_place)
        search = Search(self.shown_row, self.row_count, [*self.columns.order], self._needle, begin, step)
        if self.source.is_large:
            self._search_on(search)
        else:
            self.stop_searching()
            self._go_to(search.go(math.inf))

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _search_on(self, search: Search) -> None:
        """Look in a thread, until something is found or the cursor is moved."""
        self._search, source, begin = search, self.source, (self.cursor_row, self.cursor_place)
        self.say_doing(f"looking for “{safe_text(self._needle)}” in the loaded rows · esc stops")
        found = None
        while found is None and not search.is_over and self._search is search:
            found = await asyncio.to_thread(search.go, _AT_ONCE)
            if source is not self.source or begin != (self.cursor_row, self.cursor_place):
                self.stop_searching()
        if self._search is search:
            self.stop_searching()
            self._go_to(found)

    def _go_to(self, found: tuple[int, int] | None) -> None:
        if found is None:
            self.post_message(Say("No other loaded cell contains this text."))
        else:
            self.move_to(*found)
