"""The tab with the columns: what each is, and what the planner knows of its values."""

from collections.abc import Mapping

from chatly_console.core.relation_details import ColumnDetail, RelationDetails
from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Row
from chatly_console.schema.tab import BLANK, KEY_WORDS, Tab


def columns_tab(details: RelationDetails) -> Tab:
    """The columns of a relation."""
    keys = _column_marks(details)
    rows: list[Row] = [
        (
            c.name, c.type, _null(c), c.origin.removeprefix("default ") or BLANK,
            keys.get(c.name, BLANK), c.comment or BLANK, _percent(c.null_fraction), _distinct(c), _common(c),
        )
        for c in details.columns
    ]  # fmt: skip
    names = ("column", "type", "null", "default", "key", "comment", "nulls", "distinct", "most common")
    return Tab("columns", ListedRows(names, rows), "It has no columns.")


def _column_marks(details: RelationDetails) -> Mapping[str, str]:
    """Which keys a column is in, from the definitions that begin with their list of columns."""
    marks: dict[str, list[str]] = {}
    for constraint in details.constraints:
        if constraint.type in "puf":
            listed = constraint.definition.partition("(")[2].partition(")")[0]
            for column in details.columns:
                if column.name in listed.split(", ") or f'"{column.name}"' in listed.split(", "):
                    marks.setdefault(column.name, []).append(KEY_WORDS[constraint.type])
    return {name: ", ".join(dict.fromkeys(words)) for name, words in marks.items()}


def _null(column: ColumnDetail) -> str:
    if not column.not_null:
        return BLANK
    return "not null" if column.null_is_valid else "not null, NOT VALID"


def _percent(fraction: float | None) -> str:
    return BLANK if fraction is None else "<1%" if 0 < fraction < 0.005 else f"{fraction:.0%}"


def _distinct(column: ColumnDetail) -> str:
    """How many values differ: a number, or a share of the rows where it grows with them."""
    found = column.distinct_values
    if found is None or found == 0:
        return BLANK
    return "unique" if found == -1 else f"{-found:.0%} of rows" if found < 0 else f"{found:,.0f}"


def _common(column: ColumnDetail) -> str:
    """The most common values with a bar for each one's share."""
    pairs = zip(column.common_values[:4], column.common_fractions, strict=False)
    return "  ".join(f"{bar(share)} {_percent(share)} {(value or '')[:24]}" for value, share in pairs) or BLANK


def bar(share: float) -> str:
    """A share as one of eight heights."""
    return "▁▂▃▄▅▆▇█"[max(0, min(7, int(share * 8)))]
