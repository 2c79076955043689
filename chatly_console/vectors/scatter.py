"""Draws points with braille, eight to a cell; each cell has the colour of the group that most of its points are of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.int64)
_BLANK = 0x2800


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines of characters, and for each cell the number of its group (-1: empty)."""

    lines: list[str]
    groups: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the plane that is drawn: its corners, and the size of the drawing in cells."""

    left: float
    bottom: float
    right: float
    top: float
    columns: int
    rows: int

    @classmethod
    def around(cls, points: NDArray[np.float32], columns: int, rows: int) -> "Window":
        """All of the points with a little room; a few far ones must not squeeze all others into a corner."""
        low, high = np.percentile(points, [0.5, 99.5], axis=0) if len(points) > 200 else (points.min(0), points.max(0))
        room = np.maximum((high - low) * 0.04, 1e-6)
        low, high = low - room, high + room
        return cls(float(low[0]), float(low[1]), float(high[0]), float(high[1]), columns, rows)

    def middle_of(self, column: int, row: int) -> NDArray[np.float32]:
        """The point in the middle of a cell."""
        x = self.left + (column + 0.5) / self.columns * (self.right - self.left)
        y = self.top - (row + 0.5) / self.rows * (self.top - self.bottom)
        return np.array([x, y], dtype=np.float32)

    def cells(self, points: NDArray[np.float32], *, per_column: int = 1, per_row: int = 1) -> NDArray[np.int64]:
        """Column and row (from the top) of each point, those outside on the edge."""
        size = np.array([self.columns * per_column, self.rows * per_row])
        low, high = np.array([self.left, self.top]), np.array([self.right, self.bottom])
        placed = np.floor((points - low) / (high - low) * size).astype(np.int64)
        held: NDArray[np.int64] = np.clip(placed, 0, size - 1)
        return held


def draw(points: NDArray[np.float32], groups: NDArray[np.int64], window: Window) -> Drawing:
    """The points as lines; `groups` has a number from 0 for each point."""
    fine = window.cells(points, per_column=2, per_row=4)
    cells = fine[:, 1] // 4 * window.columns + fine[:, 0] // 2
    dots = _DOTS[fine[:, 1] % 4, fine[:, 0] % 2]
    codes = np.zeros(window.columns * window.rows, dtype=np.int64)
    np.bitwise_or.at(codes, cells, dots)
    kinds = int(groups.max(initial=0)) + 1
    counts = np.bincount(cells * kinds + groups, minlength=len(codes) * kinds).reshape(len(codes), kinds)
    winners = np.where(codes > 0, counts.argmax(axis=1), -1).reshape(window.rows, window.columns)
    text = [[chr(_BLANK + code) if code else " " for code in row] for row in codes.reshape(window.rows, -1).tolist()]
    return Drawing(["".join(line) for line in text], winners)


def grouped(labels: Sequence[str | None], most: int) -> tuple[list[str], NDArray[np.int64]]:
    """The most frequent labels, and for each row its number among them; all others share the last number."""
    names, numbers, counts = np.unique([label or "" for label in labels], return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    place = np.full(len(names), min(most, len(names)), dtype=np.int64)
    place[order] = np.arange(len(order))
    return [str(names[number]) for number in order], place[numbers.reshape(-1)]
