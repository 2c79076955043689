"""Reads what the catalogue and the statistics say of the tables in a plan."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chatly_console.advisor.indexes.table_info import ColumnFacts, IndexFacts, Partition, TableInfo
from chatly_console.explain.plan import Plan
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql


async def read_tables(database: Database, plan: Plan) -> list[TableInfo]:
    """Size, columns, indexes and writes of each table that the plan reads; of a partition also those of the whole."""
    names = sorted({f"{node.text('Schema')}.{node.relation}" for node in plan.nodes if node.relation})
    if not names:
        return []
    rows = await _rows(database, names)
    roots = sorted({row["root"] for row in rows if row["root"]})
    whole = {f"{row['schema']}.{row['name']}": row for row in await _rows(database, roots)} if roots else {}
    return [_table(row, whole.get(row["root"])) for row in rows]


async def read_named(database: Database, names: Sequence[str]) -> list[TableInfo]:
    """The same of tables by their names, as the catalogue spells them: schema.name."""
    return [_table(row) for row in await _rows(database, names)]


async def _rows(database: Database, names: Sequence[str]) -> Sequence[Any]:
    return await database.records(load_sql("chatly_console.advisor", "index_tables"), "\n".join(names))


def _table(row: Any, whole: Any = None) -> TableInfo:
    columns = {name: _column(facts) for name, facts in row["columns"].items()}
    root = _table(whole) if whole is not None else None
    if root is not None and not any(column.distinct for column in root.columns.values()):
        # autovacuum does not analyse the whole: one of its parts tells more than nothing
        root = replace(root, columns=columns)
    return TableInfo(
        row["schema"], row["name"], row["rows"], row["pages"], columns, tuple(map(_index, row["indexes"])),
        row["writes"], row["hours"], row["hot_share"], row["all_visible"], row["extensions"],
        tuple(map(_partition, row["partitions"])), row["hidden"], root,
    )  # fmt: skip


def _partition(facts: dict[str, Any]) -> Partition:
    return Partition(
        facts["schema"], facts["name"], facts["parent"], facts["leaf"], facts["foreign"], tuple(facts["indexes"] or ())
    )


def _index(facts: dict[str, Any]) -> IndexFacts:
    return IndexFacts(
        facts["name"], facts["method"], tuple(facts["columns"]), facts["valid"], facts["plain"],
        tuple(facts["include"] or ()), facts["where"] or "", tuple(facts["options"] or ()),
        tuple(facts["opclasses"]), tuple(facts["standard"]), tuple(facts["orders"]), facts["attached"],
    )  # fmt: skip


def _column(facts: dict[str, Any]) -> ColumnFacts:
    common = dict(zip(facts["values"] or (), facts["shares"] or (), strict=False))
    return ColumnFacts(
        facts["type"], facts["type_schema"], facts["distinct"] or 0.0, facts["nulls"] or 0.0,
        facts["correlation"] or 0.0, facts["width"] or 8.0, common, facts["middle"] or "", facts["last"] or "",
        facts["category"], facts["dimensions"],
    )  # fmt: skip
