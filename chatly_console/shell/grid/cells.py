"""How one cell is written: NULL, the empty text, numbers and long values, in a given number of terminal cells."""

from chatly_console.core.text import cell_text, fit
from chatly_console.core.values import Column

NULL = "∅ null"
EMPTY = "''"


def written(value: str | None, column: Column, width: int) -> tuple[str, bool]:
    """The value in exactly `width` cells, and whether it is muted (not a value of its own, but a sign for one)."""
    if value is None:
        return fit(NULL, width, right=column.is_numeric), True
    if value == "":
        return fit(EMPTY, width), True
    return fit(cell_text(value, width), width, right=column.is_numeric), False


def heading(column: Column, width: int, mark: str) -> str:
    """A column's name in exactly `width` cells, with the mark of a sort; a number's stands on the right."""
    name = column.name if column.name.strip() else f'"{column.name}"' if column.name else "(no name)"
    name = cell_text(name, width - len(mark))
    return fit(f"{name}{mark}", width, right=column.is_numeric)
