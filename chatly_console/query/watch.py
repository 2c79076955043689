"""What changes from one run of a statement to the next: which cells, and how the numbers went."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatly_console.core.text import cut, safe_text
from chatly_console.core.values import Column, Row
from chatly_console.query.chart import short_number

FOLLOWED_ROWS = 200
"""Rows whose numbers are remembered."""
REMEMBERED = 60
"""Runs of which the numbers are remembered."""
_BARS = "▁▂▃▄▅▆▇█"

Cell = tuple[int, int]


@dataclass
class Watched:
    """The last rows of a statement that is repeated, and the way of its numbers."""

    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    runs: int = 0
    changed: frozenset[Cell] = frozenset()
    _numbers: dict[Cell, deque[float]] = field(default_factory=dict)

    def saw(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Take in the rows of another run."""
        same = [(c.name, c.type_oid) for c in columns] == [(c.name, c.type_oid) for c in self.columns]
        if not same:
            self._numbers.clear()
        self.changed = frozenset(_changes(self.rows, rows)) if same and self.runs else frozenset()
        numeric = [index for index, column in enumerate(columns) if column.is_numeric]
        for row, values in enumerate(rows[:FOLLOWED_ROWS]):
            for index in numeric:
                number = _number(values[index])
                if number is not None:
                    self._numbers.setdefault((row, index), deque(maxlen=REMEMBERED)).append(number)
        self.columns, self.rows, self.runs = columns, rows, self.runs + 1

    def series(self, cell: Cell) -> list[float]:
        """The numbers that this cell had, the newest last."""
        return list(self._numbers.get(cell, ()))

    def changed_by_row(self) -> dict[int, frozenset[int]]:
        """The changed cells, as columns by row."""
        by_row: dict[int, set[int]] = {}
        for row, column in self.changed:
            by_row.setdefault(row, set()).add(column)
        return {row: frozenset(columns) for row, columns in by_row.items()}

    def first_number(self) -> Cell | None:
        """The first cell that is a number."""
        return min(self._numbers, default=None)


def _changes(before: Sequence[Row], after: Sequence[Row]) -> list[Cell]:
    found = [
        (row, column)
        for row, (old, new) in enumerate(zip(before, after, strict=False))
        if old != new
        for column, (one, other) in enumerate(zip(old, new, strict=True))
        if one != other
    ]
    return found + [(row, column) for row in range(len(before), len(after)) for column in range(len(after[row]))]


def _number(value: str | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def sparkline(numbers: Sequence[float], width: int) -> str:
    """The newest of these numbers as bars, from the smallest to the largest.

    >>> sparkline([1, 2, 3], 10), sparkline([5, 5], 10)
    ('▁▅█', '▄▄')
    """
    shown = [number for number in numbers[-width:] if abs(number) != float("inf") and number == number]
    if not shown:
        return ""
    low, high = min(shown), max(shown)
    if low == high:
        return _BARS[3] * len(shown)
    return "".join(_BARS[round((number - low) / (high - low) * (len(_BARS) - 1))] for number in shown)


def watching_words(watched: Watched, at: Cell | None, every: float) -> list[str]:
    """That a statement is repeated, and how its number `at` (else its first one) goes: the longer wordings first."""
    cell = at if at is not None and watched.series(at) else watched.first_number()
    run = f"run {watched.runs:,} · w stops"
    plain = [f"every {every:g} s · {run}", run]
    if cell is None or len(numbers := watched.series(cell)) < 2:
        return plain
    name = cut(safe_text(watched.columns[cell[1]].name), 20)
    way = [f"{name} {sparkline(numbers, width)} {_step(numbers)}" for width in (24, 12, 8, 4)]
    return [*(f"{words}   {plain[0]}" for words in way[:2]), *(f"{words}   {run}" for words in way[1:]), *plain]


def _step(numbers: Sequence[float]) -> str:
    change = numbers[-1] - numbers[-2]
    return "=" if change == 0 else f"{'+' if change > 0 else '-'}{short_number(abs(change))}"
