"""Sorting and filtering what is loaded: each returns the indexes of the rows to show, in their order.

The rows themselves stay as they are. Both take a while with many rows: call them in a thread.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from chatly_console.core.row_source import RowSource
from chatly_console.core.values import Row

_EXACT_IN_A_FLOAT = 15
"""Digits that a float holds without error; longer numbers are compared as decimals."""


def sorted_order(
    source: RowSource, column: int, *, descending: bool = False, within: "Sequence[int] | None" = None
) -> "array[int]":
    """The order of the loaded rows by one column: numbers by value, else text without case; NULLs last.

    Rows with equal values keep their order. `within` restricts it to those rows.
    """
    numeric = source.columns[column].is_numeric
    values = [row[column] for row in source.rows()]
    indexes: Iterable[int] = range(len(values)) if within is None else within
    key: Callable[[str], Any] = _number if numeric else str.casefold
    keys: list[Any] = [None if value is None else key(value) for value in values]
    ordered = [index for index in indexes if keys[index] is not None]
    ordered.sort(key=keys.__getitem__, reverse=descending)
    rest = [index for index in indexes if keys[index] is None]
    nulls = [index for index in rest if values[index] is None]
    not_numbers = [index for index in rest if values[index] is not None]
    return array("I", [*not_numbers, *ordered, *nulls] if descending else [*ordered, *not_numbers, *nulls])


def _number(text: str) -> float | Decimal | None:
    """The value of a number as PostgreSQL prints it; None for NaN, which PostgreSQL puts above all others."""
    if not text[-1:].isdigit():
        return {"Infinity": float("inf"), "-Infinity": float("-inf")}.get(text)
    if len(text) <= _EXACT_IN_A_FLOAT:
        try:
            return float(text)
        except ValueError:
            pass
    try:
        return Decimal(text.replace("$", "").replace(",", ""))
    except InvalidOperation:
        return None


def matching(source: RowSource, needle: str, *, within: "Sequence[int] | None" = None) -> "array[int]":
    """The loaded rows that contain `needle` in any column; capitals count only where `needle` has some."""
    contains = row_matcher(needle)
    if within is None:
        return array("I", [index for index, row in enumerate(source.rows()) if contains(row)])
    found = set(matching(source, needle))
    return array("I", [index for index in within if index in found])


def row_matcher(needle: str) -> Callable[[Row], bool]:
    """A test of one row, by the rule of `matching`."""
    # one joined text a row is far quicker than a test per cell, and no value of PostgreSQL contains a NUL
    if needle != needle.lower():
        return lambda row: needle in "\0".join(filter(None, row))
    lowered = needle.lower()
    return lambda row: lowered in "\0".join(filter(None, row)).lower()
