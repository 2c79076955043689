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
        self._headers = [max(MINIMUM, cell_width(safe_text(column.name[:200]))) for column in columns]
        self._natural = list(self._headers)
        self._chosen: dict[int, int] = {}
        self._sampled = 0

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
        """Measure the first of these rows."""
        most = max(64, 1500 // max(1, self._total))
        self._natural = list(self._headers)
        self._sampled = 0
        for row in islice(rows, self._sample_size):
            self._sampled += 1
            for index, value in enumerate(row):
                width = 6 if value is None else cell_width(safe_text(value[:most]))
                if width > self._natural[index]:
                    self._natural[index] = min(width, most)

    def widths(self, room: int) -> list[int]:
        """The width of each shown column in `room` cells: what it needs, if the others leave it."""
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
        if place < self.frozen:
            return first
        if place < first:
            return place
        widths = self.widths(room)
        room -= sum(widths[: self.frozen]) + GAP * self.frozen
        first = max(first, self.frozen)
        while first < place and sum(widths[first : place + 1]) + GAP * (place + 1 - first) > room:
            first += 1
        return first

    def resize(self, place: int, change: int, room: int) -> None:
        """Make a column wider or narrower than it came out by itself."""
        self._chosen[self.order[place]] = max(MINIMUM, min(400, self.widths(room)[place] + change))

    def move(self, place: int, change: int) -> int:
        """Swap a column with its neighbour; returns its new place."""
        other = place + change
        if not 0 <= other < len(self.order):
            return place
        self.order[place], self.order[other] = self.order[other], self.order[place]
        return other

    def hide(self, place: int) -> None:
        """Leave a column out, unless it is the last one."""
        if len(self.order) > 1:
            del self.order[place]
            self.frozen = min(self.frozen, len(self.order) - 1)

    def show_all(self) -> None:
        """Show every column again, the hidden ones at the end of those before which they stood."""
        for column in range(self._total):
            if column not in self.order:
                before = [place for place, shown in enumerate(self.order) if shown < column]
                self.order.insert(before[-1] + 1 if before else 0, column)
