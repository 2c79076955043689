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


def arrange(source: RowSource, by: Arrangement) -> Arranged:
    """Arrange what is loaded; takes a while with many rows, so call it in a thread."""
    count = source.count
    order = matching(source, by.needle) if by.needle else None
    if by.sort_column is not None:
        order = sorted_order(source, by.sort_column, descending=by.descending, within=order)
    if order is None:
        order = array("I", range(count))
    return Arranged(by, order, count)
