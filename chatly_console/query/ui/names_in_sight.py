"""Which of the names on one line have room there: the active one always has."""

from collections.abc import Sequence


def names_in_sight(widths: Sequence[int], active: int, room: int) -> range:
    """The places of those that fit into `room` cells: as many as can be before the active one, then those behind it.

    >>> names_in_sight([10, 10, 10], 2, 25)
    range(1, 3)
    >>> names_in_sight([10, 10, 10], 0, 25)
    range(0, 2)
    >>> names_in_sight([10, 90, 10], 1, 25)
    range(1, 2)
    """
    first, used = active, widths[active]
    while first > 0 and used + widths[first - 1] <= room:
        first -= 1
        used += widths[first]
    end = active + 1
    while end < len(widths) and used + widths[end] <= room:
        used += widths[end]
        end += 1
    return range(first, end)
