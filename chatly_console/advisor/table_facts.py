"""Reads what the catalogue and the statistics say of the tables in a plan."""

from collections.abc import Sequence
from typing import Any

from chatly_console.advisor.table_info import ColumnFacts, IndexFacts, TableInfo
from chatly_console.explain.plan import Plan
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql


async def read_tables(database: Database, plan: Plan) -> list[TableInfo]:
    """Size, columns, indexes and writes of each table that the plan reads."""
    names = sorted({f"{node.text('Schema')}.{node.relation}" for node in plan.nodes if node.relation})
    if not names:
        return []
    rows: Sequence[Any] = await database.records(load_sql("chatly_console.advisor", "index_tables"), "\n".join(names))
    return [_table(row) for row in rows]


def _table(row: Any) -> TableInfo:
    return TableInfo(
        row["schema"], row["name"], row["rows"], row["pages"],
        {name: _column(facts) for name, facts in row["columns"].items()},
        tuple(
            IndexFacts(
                i["name"], i["method"], tuple(i["columns"]), i["partial"], i["valid"], i["plain"], i["definition"]
            )
            for i in row["indexes"]
        ),
        row["writes"], row["hours"], row["hot_share"], row["all_visible"], row["extensions"],
    )  # fmt: skip


def _column(facts: dict[str, Any]) -> ColumnFacts:
    common = dict(zip(facts["values"] or (), facts["shares"] or (), strict=False))
    return ColumnFacts(
        facts["type"], facts["type_schema"], facts["distinct"] or 0.0, facts["nulls"] or 0.0,
        facts["correlation"] or 0.0, facts["width"] or 8.0, common, facts["middle"] or "", facts["last"] or "",
        facts["category"], facts["dimensions"],
    )  # fmt: skip
