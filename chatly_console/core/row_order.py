"""Sorting and filtering what is loaded: each returns the indexes of the rows to show, in their order.

The rows themselves stay as they are. Both take a while with many rows: call them in a thread.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from chatly_console.core.row_source import RowSource
from chatly_console.core.values import Row

_EXACT_IN_A_FLOAT = 15
"""Digits that a float holds without error; longer numbers are compared as decimals."""
_SORTED_AT_ONCE = 20_000
_SAMPLED = 8
"""Keys that are looked at for each part of so many, to part them evenly."""


def sorted_order(
    source: RowSource, column: int, *, descending: bool = False, within: "Sequence[int] | None" = None
) -> "array[int]":
    """The order of the loaded rows by one column: numbers by value, else text without case; NULLs last.

    Rows with equal values keep their order. `within` restricts it to those rows.
    """
    key: Callable[[str], Any] = _number if source.columns[column].is_numeric else str.casefold
    keys: list[Any] = []
    not_numbers: set[int] = set()
    for row in source.rows():
        value = row[column]
        found = None if value is None else key(value)
        if found is None and value is not None:
            not_numbers.add(len(keys))
        keys.append(found)
    indexes = range(len(keys)) if within is None else within
    rest = [index for index in indexes if keys[index] is None]
    parts = _parted([index for index in indexes if keys[index] is not None], keys)
    for part in parts:
        part.sort(key=keys.__getitem__, reverse=descending)
    odd = [index for index in rest if index in not_numbers]
    parts = [odd, *reversed(parts)] if descending else [*parts, odd]
    order = array("I")
    for part in (*parts, [index for index in rest if index not in not_numbers]):
        order.extend(part)
    _throw_away(keys)
    return order


def _parted(indexes: list[int], keys: list[Any]) -> list[list[int]]:
    """The indexes in parts, each of lower keys than the next: no other thread runs while Python sorts one list.

    Between two bounds is a part, and each bound has one of its own: a key that many rows have is a bound.
    """
    if len(indexes) <= _SORTED_AT_ONCE:
        return [indexes]
    sample = sorted([keys[index] for index in indexes[:: len(indexes) // (_SAMPLED * len(indexes) // _SORTED_AT_ONCE)]])
    bounds = [bound for bound, _ in groupby(sample[::_SAMPLED])]
    parts: list[list[int]] = [[] for _ in range(2 * len(bounds) + 1)]
    for index in indexes:
        key = keys[index]
        at = bisect_left(bounds, key)
        parts[2 * at + (at < len(bounds) and bounds[at] == key)].append(index)
    return parts


def _throw_away(values: list[Any]) -> None:
    """Free a long list piece by piece: to free it at once takes long, and no other thread runs meanwhile."""
    while values:
        del values[-_SORTED_AT_ONCE:]


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


def matching(source: RowSource, needle: str, *, start: int = 0) -> "array[int]":
    """The loaded rows from `start` on that contain `needle` in any column; capitals count only where it has some."""
    contains = row_matcher(needle)
    return array("I", [index for index, row in enumerate(source.rows(start), start) if contains(row)])


def row_matcher(needle: str) -> Callable[[Row], bool]:
    """A test of one row, by the rule of `matching`."""
    # one joined text a row is far quicker than a test per cell, and no value of PostgreSQL contains a NUL
    if needle != needle.lower():
        return lambda row: needle in "\0".join(filter(None, row))
    lowered = needle.lower()
    return lambda row: lowered in "\0".join(filter(None, row)).lower()
