"""Reads what the health rules judge: the values of a column, the use of its indexes, the extension's version."""

from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN
from chatly_console.core.quote import quote_identifier
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.health import (
    Counts,
    Finding,
    extension_findings,
    index_findings,
    known_faults,
    value_findings,
)
from chatly_console.vectors.service import PACKAGE, Catalogue, series_as

_COUNT_LIMIT = 20.0
_ALL_ROWS = 200_000
"""Up to this many rows every value is looked at; of larger tables a sample of pages is."""


async def examine(database: Database, catalogue: Catalogue, column: VectorColumn) -> list[Finding]:
    """Everything that is known about a column's health, the worst first. It is read as the login itself."""
    found = extension_findings(catalogue.version, catalogue.offered, known_faults())
    try:
        found += value_findings(column, await _counts(database, column))
    except Failure as failure:
        found.append(Finding("values", "INFO", column.title, f"the values could not be read: {failure.sentence}"))
    found += index_findings(column, await _scans(database, column))
    order = ("ERROR", "WARN", "INFO", "OK")
    return sorted(found, key=lambda finding: order.index(finding.level))


async def _counts(database: Database, column: VectorColumn) -> Counts:
    value = f"t.{quote_identifier(column.name)}"
    function = {"vector": "vector_norm", "halfvec": "l2_norm", "sparsevec": "l2_norm"}.get(column.type)
    length = f"{quote_identifier(column.extension_schema)}.{function}({value})" if function else "null::float8"
    sampled = column.rows > _ALL_ROWS
    share = f" tablesample system ({max(0.01, 100 * _ALL_ROWS / column.rows):.4f})" if sampled else ""
    sql = (
        "select count(*)::text, count(*) filter (where s.missing)::text, count(*) filter (where s.length = 0)::text,"
        " min(s.length)::text, max(s.length)::text"
        f" from (select {value} is null as missing, {length} as length from {column.relation} t{share} offset 0) s"
    )
    async with series_as(database, LOGIN, (), limit=_COUNT_LIMIT) as series:
        row = (await series.run(sql)).rows[0]
    rows, nulls, zeros = (int(value or 0) for value in row[:3])
    shortest, longest = (None if value is None else float(value) for value in row[3:])
    return Counts(rows, nulls, zeros, shortest, longest, sampled)


async def _scans(database: Database, column: VectorColumn) -> dict[str, int]:
    records = await database.records(load_sql(PACKAGE, "index_scans"), column.schema, column.table)
    return {str(record["name"]): int(str(record["scans"])) for record in records}
