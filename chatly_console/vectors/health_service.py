"""Reads what the health rules judge: values, indexes and their use, functions and statements that search, versions."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from chatly_console.core.failure import Failure
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.function_lint import Searching, lint, searches
from chatly_console.vectors.health import (
    Finding,
    extension_findings,
    index_findings,
    known_faults,
    left_findings,
    shape_findings,
    staleness_findings,
    usage_findings,
    value_findings,
)
from chatly_console.vectors.on_table import left_indexes
from chatly_console.vectors.search_plans import plan_findings, plans_of
from chatly_console.vectors.service import PACKAGE, Catalogue
from chatly_console.vectors.value_service import read_counts, read_shape

_LEVELS = ("ERROR", "WARN", "INFO", "OK")


async def examine(database: Database, catalogue: Catalogue, column: VectorColumn) -> list[Finding]:
    """Everything that is known about a column's health, the worst first. It is read as the login itself.

    What cannot be read (poor rights, too slow) is told in a finding of its own, and the rest goes on.
    """
    found = extension_findings(catalogue.version, catalogue.offered, known_faults())
    parts: tuple[tuple[str, Callable[[Database, VectorColumn], Awaitable[list[Finding]]]], ...] = (
        ("values", _values), ("indexes", _indexes), ("functions", _functions), ("statements", _statements),
    )  # fmt: skip
    for name, part in parts:
        try:
            found += await part(database, column)
        except Failure as failure:
            found.append(Finding(name, "INFO", column.title, f"could not be read: {failure.sentence}"))
    return sorted(found, key=lambda finding: _LEVELS.index(finding.level))


async def _values(database: Database, column: VectorColumn) -> list[Finding]:
    found = value_findings(column, await read_counts(database, column))
    shape = await read_shape(database, column)
    return found + (shape_findings(column, shape) if shape is not None else [])


async def _indexes(database: Database, column: VectorColumn) -> list[Finding]:
    records = await database.records(load_sql(PACKAGE, "index_scans"), column.schema, column.table)
    scans = {str(record["name"]): int(str(record["scans"])) for record in records}
    changes = await database.records(load_sql(PACKAGE, "changes_since"), column.schema, column.table)
    left = left_findings(column, await left_indexes(database, column))
    return left + index_findings(column, scans) + staleness_findings(column, changes[0] if changes else None)


async def _functions(database: Database, column: VectorColumn) -> list[Finding]:
    records = await database.records(load_sql(PACKAGE, "searching_functions"))
    found: list[Finding] = []
    checked = 0
    for record in records:
        body = str(record["body"])
        if searches(body, column):
            settings = tuple(map(str, cast(list[Any], record["settings"] or [])))
            checked += 1
            found += lint(Searching(str(record["name"]), body, bool(record["definer"]), settings), column)
    if checked and not found:
        words = f"{checked} functions search it, each in a form that keeps the index"
        found.append(Finding("functions", "OK", column.title, words))
    return found


async def _statements(database: Database, column: VectorColumn) -> list[Finding]:
    """What pg_stat_statements says of the searches of this column; nothing where it is not installed."""
    schema = await database.records(load_sql(PACKAGE, "statements_schema"))
    if not schema:
        return []
    sql = load_sql(PACKAGE, "searching_statements").replace("{schema}", str(schema[0]["schema"]))
    records = [r for r in await database.records(sql) if searches(str(r["query"]), column)]
    findings = [finding for record in records for finding in lint(_statement(record), column)]
    planned = plan_findings(column, await plans_of(database, column, records))
    return findings + usage_findings(column, records) + planned


def _statement(record: Mapping[str, Any]) -> Searching:
    words = " ".join(str(record["query"]).split())
    return Searching(words[:120], str(record["query"]), calls=int(record["calls"]))
