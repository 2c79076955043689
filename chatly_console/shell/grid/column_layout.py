"""Which columns of a grid are drawn, where, and how wide: pure arithmetic, in terminal cells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from chatly_console.core.text import cell_width, safe_text
from chatly_console.core.values import Column, Row

SAMPLED_ROWS = 200
SAMPLED_CELLS = 20_000
"""However many columns there are, measuring them costs no more than this."""
MINIMUM = 4
USUAL = 36
"""A column is not made wider than this while another still needs room."""
GAP = 2
"""Cells before each column; the last of them takes the cursor's mark."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One column on the screen: its index in the source, its place among the shown ones, and its cells."""

    column: int
    place: int
    x: int
    width: int


class ColumnLayout:
    """The order, widths and visibility of the columns of one source."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.order = list(range(len(columns)))
        """The shown columns, as indexes of the source, from left to right."""
        self.frozen = 0
        """How many of them stay when the others scroll."""
        self._total = len(columns)
        self._headers = [max(MINIMUM, cell_width(safe_text(column.name[:200])) + 1) for column in columns]
        self._natural = list(self._headers)
        self._chosen: dict[int, int] = {}
        self._sampled = 0
        self._known: tuple[int, list[int]] | None = None
        """The widths for a room, until something changes: with 1,600 columns they take a while."""

    @property
    def hidden(self) -> int:
        """How many columns are not shown."""
        return self._total - len(self.order)

    @property
    def wants_samples(self) -> bool:
        """Whether the widths rest on fewer rows than they could."""
        return bool(self._total) and self._sampled < self._sample_size

    @property
    def _sample_size(self) -> int:
        return max(1, min(SAMPLED_ROWS, SAMPLED_CELLS // max(1, self._total)))

    def sample(self, rows: Iterable[Row]) -> None:
        """Measure the first of these rows, and forget what was measured before."""
        self._natural = list(self._headers)
        measured = list(islice(rows, self._sample_size))
        self._sampled = len(measured)
        self._measure(measured, range(self._total))
        self._known = None

    def grow(self, rows: Iterable[Row], slots: Iterable[Slot]) -> bool:
        """Make the drawn columns wide enough for these rows too; whether any has changed."""
        changed = self._measure(rows, [slot.column for slot in slots])
        if changed:
            self._known = None
        return changed

    def _measure(self, rows: Iterable[Row], columns: Sequence[int]) -> bool:
        most = max(64, 1500 // max(1, self._total))
        changed = False
        for row in rows:
            for index in columns:
                value = row[index]
                width = 6 if value is None else min(most, cell_width(safe_text(value[:most])))
                if width > self._natural[index]:
                    self._natural[index], changed = width, True
        return changed

    def widths(self, room: int) -> list[int]:
        """The width of each shown column in `room` cells: what it needs, if the others leave it."""
        if self._known is None or self._known[0] != room:
            self._known = (room, self._widths(room))
        return self._known[1]

    def _widths(self, room: int) -> list[int]:
        widths = [self._chosen.get(c) or min(self._natural[c], max(USUAL, self._headers[c])) for c in self.order]
        spare = room - sum(widths) - GAP * len(widths)
        for place, column in enumerate(self.order):
            if spare <= 0:
                break
            more = min(spare, self._natural[column] - widths[place])
            if column not in self._chosen and more > 0:
                widths[place] += more
                spare -= more
        return widths

    def slots(self, first: int, room: int) -> list[Slot]:
        """The columns to draw in `room` cells when the scrolling ones begin with the place `first`."""
        widths = self.widths(room)
        drawn: list[Slot] = []
        x = 0
        for place in [*range(min(self.frozen, len(widths))), *range(max(first, self.frozen), len(widths))]:
            width = min(widths[place], room - x - GAP)
            if width < min(MINIMUM, widths[place]):
                break
            drawn.append(Slot(self.order[place], place, x + GAP, width))
            x += GAP + width
            if width < widths[place]:
                break
        return drawn

    def first_to_show(self, place: int, first: int, room: int) -> int:
        """Where the scrolling columns must begin for `place` to be seen whole; `first` if it already is."""
        if place < self.frozen or room <= 0 or not self.order:
            return first
        if place < first:
            return place
        widths = self.widths(room)
        room -= sum(widths[: self.frozen]) + GAP * self.frozen
        first = max(first, self.frozen)
        earliest = place
        room -= widths[place] + GAP
        while earliest > first and room >= widths[earliest - 1] + GAP:
            earliest -= 1
            room -= widths[earliest] + GAP
        return earliest

    def resize(self, place: int, change: int, room: int) -> None:
        """Make a column wider or narrower than it came out by itself."""
        self._chosen[self.order[place]] = max(MINIMUM, min(400, self.widths(room)[place] + change))
        self._known = None

    def move(self, place: int, change: int) -> int:
        """Swap a column with its neighbour; returns its new place."""
        other = place + change
        if not 0 <= other < len(self.order):
            return place
        self.order[place], self.order[other] = self.order[other], self.order[place]
        self._known = None
        return other

    def hide(self, place: int) -> None:
        """Leave a column out, unless it is the last one."""
        if len(self.order) > 1:
            del self.order[place]
            self._known = None
            self.frozen = min(self.frozen, len(self.order) - 1)

    def show_all(self) -> None:
        """Show every column again, each hidden one after the one that it came after in the result."""
        self._known = None
        for column in sorted(set(range(self._total)).difference(self.order)):
            before = [place for place, shown in enumerate(self.order) if shown == column - 1]
            self.order.insert(before[0] + 1 if before else 0, column)
