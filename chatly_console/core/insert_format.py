"""Rows as INSERT statements, with the quoting of names and values that they need."""

import re
from collections.abc import Sequence

from chatly_console.core.values import Column, Row


def unique_names(columns: Sequence[Column]) -> list[str]:
    """The names of the columns, made different where a format cannot take two that are equal, or an empty one."""
    names: list[str] = []
    taken = {column.name for column in columns}
    seen: set[str] = set()
    for position, column in enumerate(columns, 1):
        name = wanted = column.name or f"column_{position}"
        number = 2
        while name in seen or (name != column.name and name in taken):
            name, number = f"{wanted}_{number}", number + 1
        seen.add(name)
        names.append(name)
    return names


_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def sql_identifier(name: str) -> str:
    """A name as SQL takes it in any case, always in quotes."""
    return '"' + name.replace('"', '""') + '"'


def sql_literal(value: str | None) -> str:
    """A value as SQL takes it, whatever `standard_conforming_strings` says."""
    if value is None:
        return "NULL"
    quoted = "'" + value.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in value else quoted


def _numbers(values: Sequence[str | None]) -> list[str]:
    """One column of numbers: bare, but for what SQL would not take so (NaN, infinity, money)."""
    plain = _PLAIN_NUMBER.fullmatch
    return [value if value is not None and plain(value) else sql_literal(value) for value in values]


def _literals(values: Sequence[str | None]) -> list[str]:
    """One column of texts; one look at all of them together shows whether there is anything to be escaped."""
    text = "\0".join([value for value in values if value is not None])
    if "'" in text or "\\" in text:
        return [sql_literal(value) for value in values]
    return ["NULL" if value is None else f"'{value}'" for value in values]


class InsertEncoder:
    """INSERT statements, one for each page; numbers bare, all else quoted, NULL as NULL."""

    def __init__(self, table: str | Sequence[str] = "result") -> None:
        parts = [table] if isinstance(table, str) else table
        self._table = ".".join(sql_identifier(part) for part in parts)
        self._start = ""
        self._numeric: list[bool] = []

    def header(self, columns: Sequence[Column]) -> str:
        """Nothing; each statement names the columns."""
        names = ", ".join(sql_identifier(name) for name in unique_names(columns))
        self._start = f"INSERT INTO {self._table} ({names}) VALUES\n  "
        self._numeric = [column.is_numeric for column in columns]
        return ""

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows in one statement."""
        if not rows:
            return ""
        if not rows[0]:
            return f"INSERT INTO {self._table} DEFAULT VALUES;\n" * len(rows)
        columns = [
            _numbers(values) if numeric else _literals(values)
            for values, numeric in zip(zip(*rows, strict=True), self._numeric, strict=True)
        ]
        lines = [f"({line})" for line in map(", ".join, zip(*columns, strict=True))]
        return self._start + ",\n  ".join(lines) + ";\n"

    def footer(self) -> str:
        """Nothing."""
        return ""
