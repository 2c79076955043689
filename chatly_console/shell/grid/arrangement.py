"""How the loaded rows are arranged in a grid: sorted by a column, filtered by a text, or as they came."""

from array import array
from dataclasses import dataclass, field

from chatly_console.core.row_order import matching, sorted_order
from chatly_console.core.row_source import RowSource
from chatly_console.core.text import safe_text


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the user asked for."""

    needle: str = ""
    sort_column: int | None = None
    descending: bool = False

    def __bool__(self) -> bool:
        return bool(self.needle) or self.sort_column is not None

    @property
    def doing(self) -> str:
        """What is done to the rows meanwhile."""
        return " and ".join(["filtering"] * bool(self.needle) + ["sorting"] * (self.sort_column is not None))

    def sorted_by(self, column: int) -> "Arrangement":
        """The next of: ascending, descending, not sorted."""
        if self.sort_column != column:
            return Arrangement(self.needle, column)
        return Arrangement(self.needle) if self.descending else Arrangement(self.needle, column, True)

    def filtered_by(self, needle: str) -> "Arrangement":
        """The same order, of the rows that contain `needle`."""
        return Arrangement(needle, self.sort_column, self.descending)


@dataclass(frozen=True, slots=True)
class Arranged:
    """The rows to show: indexes of the source, as it was when it had `of` rows."""

    by: Arrangement
    order: "array[int]" = field(repr=False)
    of: int = 0
    source: RowSource | None = field(default=None, repr=False, compare=False)

    def sentence(self, source: RowSource) -> str:
        """What is shown; before that, where it is so, that it is not of all rows."""
        parts = [] if source.exhausted else [f"only the {self.of:,} loaded rows (G loads all)"]
        if self.by.needle:
            of = f" of {self.of:,}" if source.exhausted else ""
            parts.append(f"{len(self.order):,}{of} contain “{safe_text(self.by.needle[:60])}”")
        if self.by.sort_column is not None:
            name = safe_text(source.columns[self.by.sort_column].name[:60])
            parts.append(f"sorted by {name}{', descending' if self.by.descending else ''}")
        return " · ".join(parts)


def arrange(source: RowSource, by: Arrangement, before: Arranged | None = None) -> Arranged:
    """Arrange what is loaded; takes a while with many rows, so call it in a thread.

    `before` is what the same arrangement made of the rows that were loaded then: a filter looks only at the new ones.
    """
    count, order, start = source.count, None, 0
    if before is not None and before.source is source and before.by == by and by.sort_column is None:
        start = before.of
    if by.needle:
        order = matching(source, by.needle, start=start)
        while order and order[-1] >= count:  # it has come meanwhile
            order.pop()
    if by.sort_column is not None:
        order = sorted_order(source, by.sort_column, descending=by.descending, within=order)
    elif before is not None and order is not None and start:
        order = before.order + order
    return Arranged(by, array("I", range(count)) if order is None else order, count, source)
