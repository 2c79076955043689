"""The tab with the statements on record that touch a relation."""

from collections.abc import Iterable

from chatly_console.core.catalogue import Relation
from chatly_console.core.row_source import ListedRows
from chatly_console.core.sql import tokens
from chatly_console.core.values import Column, Record, Row
from chatly_console.schema.tab import Tab

_MOST = 50


def statements_tab(relation: Relation, records: Iterable[Record]) -> Tab:
    """Those that name the relation as a word of its own, and not as a part of another or in a text."""
    rows: list[Row] = []
    for record in records:
        query = str(record["query"])
        if names_it(query, relation.name) and len(rows) < _MOST:
            numbers = (
                f"{record['calls']:,}",
                f"{record['total_ms']:,.1f}",
                f"{record['mean_ms']:,.2f}",
                f"{record['rows']:,}",
            )
            rows.append((*numbers, str(record["role"]), query))
    columns = (Column("calls", 20), Column("total ms", 20), Column("mean ms", 20), Column("rows", 20))
    return Tab(
        "statements", ListedRows((*columns, Column("role"), Column("statement")), rows),
        "No statement on record names it.",
    )  # fmt: skip


def names_it(query: str, name: str) -> bool:
    """Whether a statement has this name as a word, quoted or not."""
    wanted = {name, '"' + name.replace('"', '""') + '"'}
    return any(query[t.start : t.end] in wanted or query[t.start : t.end].lower() == name for t in tokens(query))
