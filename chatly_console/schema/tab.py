"""A tab of the object view: a title, and the rows that it lists."""

from dataclasses import dataclass

from chatly_console.core.row_source import ListedRows

BLANK = " "
"""A cell where there is nothing to say; NULL and the empty text would be drawn as values."""
KEY_WORDS = {"p": "primary", "u": "unique", "f": "foreign", "x": "exclusion", "c": "check", "n": "not null"}
"""The types of constraints in words."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its title, how much is in it, the rows, and what to say where there are none."""

    title: str
    rows: ListedRows | None = None
    empty: str = ""
    targets: tuple[tuple[str, int], ...] = ()
    """For each row the object that it leads to: the catalogue that this is in, and its oid."""
    link: int = 0
    """The column that leads there."""
    number: int | None = None
    """How many there are, where not all are listed."""

    @property
    def count(self) -> int | None:
        """How many there are of what it lists; None where it lists nothing."""
        return self.rows.count if self.rows is not None and self.number is None else self.number


DEFINITION = Tab("definition")
ROWS = Tab("rows")
GRAPH = Tab("graph")
STATEMENTS = Tab("statements")
