"""The statements by which a cell is changed and rows are added and deleted: shown to the user before they run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from chatly_console.core.quote import quote_identifier, quote_literal


class Special(Enum):
    """A new value that is no text."""

    DEFAULT = "DEFAULT"


Value = str | None | Special


@dataclass(frozen=True, slots=True)
class Named:
    """A column by name, and the value that it has."""

    name: str
    value: str | None


def literal(value: Value) -> str:
    """A value as SQL."""
    if isinstance(value, Special):
        return value.value
    return quote_literal(value).strip()


def update(table: str, key: Sequence[Named], cell: Named, new: Value, returning: Sequence[str]) -> str:
    """Change one cell of one row, if it still has the value that is on the screen.

    Values are compared as text, which every type has; `table` is quoted already.
    """
    old = f"{quote_identifier(cell.name)}::text is not distinct from {literal(cell.value)}"
    return (
        f"update {table}\n   set {quote_identifier(cell.name)} = {literal(new)}\n where {_named(key)}\n   and {old}\n"
        f"returning {_columns(returning)}"
    )


def delete(table: str, key: Sequence[Named], row: Sequence[Named]) -> str:
    """Delete one row, if its other values still are those on the screen."""
    names = {named.name for named in key}
    checks = [
        f"\n   and {quote_identifier(named.name)}::text is not distinct from {literal(named.value)}"
        for named in row
        if named.name not in names and len(named.value or "") <= 200
    ]
    return f"delete from {table}\n where {_named(key)}{''.join(checks)}"


def insert(table: str, values: Mapping[str, Value]) -> str:
    """Add one row; columns that are left out get their defaults."""
    if not values:
        return f"insert into {table} default values"
    return f"insert into {table} ({_columns(list(values))})\nvalues ({', '.join(map(literal, values.values()))})"


def _named(key: Sequence[Named]) -> str:
    return "\n   and ".join(f"{quote_identifier(named.name)} = {literal(named.value)}" for named in key)


def _columns(names: Sequence[str]) -> str:
    return ", ".join(quote_identifier(name) for name in names)
