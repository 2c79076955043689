"""Draws recall against time with characters: pure text, so that any terminal can show it and any test can read it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

INDEX, EXACT, CHOSEN, OTHER = "●", "○", "◉", "△"
JOIN, LATE = "·", "╌"
_LABEL = 6
_TICKS = (1, 2, 5)
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.7)


@dataclass(frozen=True, slots=True)
class Mark:
    """One point: where it lies, whether an index (and not an exact scan) served it, whether it is of another curve."""

    milliseconds: float
    recall: float
    approximate: bool = True
    chosen: bool = False
    other: bool = False
    late: float = 0.0
    """The time within which nineteen of twenty are done; a line leads there from the chosen point."""


def draw(marks: Sequence[Mark], width: int, height: int, *, k: int) -> list[str]:
    """The plot in `height` lines of at most `width` characters: recall upwards, time (by powers) to the right."""
    rows, columns = height - 3, width - _LABEL - 2
    if not marks or rows < 2 or columns < 10:
        return []
    bottom = _bottom(min(mark.recall for mark in marks))
    left, right = _span([mark.milliseconds for mark in marks])
    cells = [[" "] * columns for _ in range(rows)]
    placed = []
    for mark in sorted(marks, key=lambda mark: (mark.chosen, not mark.other)):
        x = round((math.log10(max(mark.milliseconds, 1e-3)) - left) / (right - left) * (columns - 1))
        y = round((1 - (mark.recall - bottom) / (1 - bottom)) * (rows - 1))
        placed.append((mark, min(max(x, 0), columns - 1), min(max(y, 0), rows - 1)))
    _frontier(cells, [(x, y) for mark, x, y in placed if mark.approximate and not mark.other])
    for mark, x, y in placed:
        if mark.chosen and mark.late > mark.milliseconds:
            end = round((math.log10(mark.late) - left) / (right - left) * (columns - 1))
            for column in range(x + 1, min(end, columns - 1) + 1):
                cells[y][column] = LATE
    for mark, x, y in placed:
        cells[y][x] = CHOSEN if mark.chosen else OTHER if mark.other else INDEX if mark.approximate else EXACT
    lines = [f"recall@{k}"]
    for number, row in enumerate(cells):
        share = 1 - number / (rows - 1) * (1 - bottom)
        label = f"{share:.3f}" if number in (0, rows - 1) or (rows > 5 and number == (rows - 1) // 2) else ""
        lines.append(f"{label:>{_LABEL}}{'┤' if label else '│'}{''.join(row)}".rstrip())
    return [*lines, *_axis(left, right, columns)]


def _frontier(cells: list[list[str]], points: Sequence[tuple[int, int]]) -> None:
    """Join the points that are the best for their time: those to the upper left of which there is no other."""
    best: list[tuple[int, int]] = []
    for x, y in sorted(points):
        if not best or y < best[-1][1]:
            best.append((x, y))
    for (x0, y0), (x1, y1) in pairwise(best):
        steps = max(x1 - x0, y0 - y1)
        for step in range(1, steps):
            cells[round(y0 + (y1 - y0) * step / steps)][round(x0 + (x1 - x0) * step / steps)] = JOIN


def _bottom(lowest: float) -> float:
    """Where the axis begins: near enough to the lowest point that small differences are seen."""
    missing = max(1 - lowest, 0.0) * 1.1
    return 1 - next((step for step in _STEPS if missing <= step), 1.0)


def _span(milliseconds: Sequence[float]) -> tuple[float, float]:
    """The ends of the time axis as powers of ten, with a little room at both."""
    logs = [math.log10(max(value, 1e-3)) for value in milliseconds]
    low, high = min(logs), max(logs)
    room = max((high - low) * 0.06, 0.08)
    return low - room, high + room


def _axis(left: float, right: float, columns: int) -> list[str]:
    line, words = ["─"] * columns, [" "] * columns
    free = 0
    for exponent in range(math.floor(left), math.ceil(right) + 1):
        for digit in _TICKS:
            value = digit * 10.0**exponent
            at = round((math.log10(value) - left) / (right - left) * (columns - 1))
            text = f"{value:g}"
            start = at - len(text) // 2
            if 0 <= at < columns and start >= free and start + len(text) <= columns - 7:
                line[at] = "┬"
                words[start : start + len(text)] = text
                free = start + len(text) + 1
    words[columns - 6 :] = "p50 ms"
    return [f"{'':>{_LABEL}}└{''.join(line)}", f"{'':>{_LABEL}} {''.join(words)}"]
