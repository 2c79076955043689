"""How wide the columns of an evidence table are: as wide as they need, the last as wide as is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, overload

from chatly_console.core.text import cell_text, cell_width, fit, safe_text

GAP = 2
Tone = Literal["plain", "muted", "good", "warn", "bad", "strong"]


@dataclass(frozen=True, slots=True)
class Heading:
    """One column; those with the highest `wish` go first where there is no room.

    One with `least` cells gives way down to these until the last column has half of the line.
    """

    title: str
    most: int = 12
    right: bool = False
    wish: int = 0
    least: int = 0


class Cell(NamedTuple):
    """One value and how it is meant. The text is raw: the table cleans it.

    It is a tuple, as rows are, since each tick makes hundreds and compares them.
    """

    text: str
    tone: Tone = "plain"


class TableRow(NamedTuple):
    """One line, known from tick to tick by its key."""

    key: object
    cells: tuple[Cell, ...]


class LazyRows(Sequence[TableRow]):
    """Rows that are made when they are looked at: of hundreds of sessions only those on the screen are."""

    def __init__(self, keys: Sequence[object], make: Callable[[int], TableRow]) -> None:
        self.keys = keys
        self._make = make
        self._made: dict[int, TableRow] = {}

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, place: int) -> TableRow: ...

    @overload
    def __getitem__(self, place: slice) -> list[TableRow]: ...

    def __getitem__(self, place: int | slice) -> TableRow | list[TableRow]:
        if isinstance(place, slice):
            return [self[index] for index in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        if place not in self._made:
            self._made[place] = self._make(place)
        return self._made[place]


def keys_of(rows: Sequence[TableRow]) -> Sequence[object]:
    """The keys, without making the rows."""
    return rows.keys if isinstance(rows, LazyRows) else [row.key for row in rows]


_MEASURED = 60
"""So many rows say how wide the columns are: more than a screen shows."""
_LEAST_REST = 24
"""The cells that the last column wants before others are left out for it."""


def widths(headings: Sequence[Heading], rows: Sequence[TableRow], width: int) -> list[int]:
    """A width for every column, 0 for those that are left out."""
    if not headings:
        return []
    last = len(headings) - 1
    measured = [rows[at].cells for at in range(min(len(rows), _MEASURED))]
    found = [
        min(h.most, max([cell_width(h.title), *(_need(cells[place].text) for cells in measured)]))
        for place, h in enumerate(headings[:last])
    ]
    found.append(0)
    for place in sorted(range(last), key=lambda one: -headings[one].wish):
        if _taken(found) + _LEAST_REST <= width or headings[place].wish == 0:
            break
        found[place] = 0
    for place, heading in enumerate(headings[:last]):
        lack = max(_taken(found) + width // 2 - width, 0)
        if heading.least and found[place]:
            found[place] = max(found[place] - lack, min(found[place], heading.least))
    found[last] = max(width - _taken(found) - 1, 1)
    return found


def fits(headings: Sequence[Heading], row: TableRow, found: Sequence[int]) -> bool:
    """Whether columns as wide as this show as much of the row as new ones would, so that none need be measured."""
    return all(
        min(heading.most, _need(cell.text)) <= width
        for heading, cell, width in zip(headings[:-1], row.cells, found, strict=False)
        if width
    )


@lru_cache(1024)
def padded(text: str, width: int, right: bool) -> str:
    """A cell's text as it stands in a column of this width, with the gap behind it; most are the same at each tick."""
    return fit(cell_text(text, width), width, right=right) + " " * GAP


def _need(text: str) -> int:
    text = text[:64]
    return len(text) if text.isascii() and text.isprintable() else cell_width(safe_text(text))


def _taken(found: Sequence[int]) -> int:
    return sum(one + GAP for one in found if one)
