"""Searches vectors as somebody, through the executor, and says what served the search."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.core.request import Mode, Request
from chatly_console.core.values import Row
from chatly_console.server.database import Database
from chatly_console.server.series import Series
from chatly_console.server.sql_files import load_sql
from chatly_console.vectors.column import VectorColumn, columns_of
from chatly_console.vectors.plan import ServedBy, rows_removed, served_by
from chatly_console.vectors.recall import Neighbour
from chatly_console.vectors.statements import count_sql, rows_of_keys_sql, search_sql, vector_of_row_sql

PACKAGE = "chatly_console.vectors"
SEARCH_LIMIT = 30.0
Settings = tuple[tuple[str, str], ...]
# A cached generic plan would go on using the index where a setting says otherwise.
CUSTOM_PLAN: Settings = (("plan_cache_mode", "force_custom_plan"),)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What there is to search here; no version means that pgvector is not installed."""

    version: str
    schema: str
    offered: str
    columns: tuple[VectorColumn, ...]

    @property
    def scans_on(self) -> bool:
        """Whether an index can go on scanning until enough rows have passed the filter (0.8.0)."""
        return version_of(self.version) >= (0, 8, 0)


@dataclass(frozen=True, slots=True)
class Hit:
    """One row that a search found."""

    key: str
    distance: float
    similarity: float | None
    snippet: str | None
    tenant: str | None
    labels: tuple[str | None, ...] = ()

    @property
    def neighbour(self) -> Neighbour:
        """What recall needs of it."""
        return Neighbour(self.key, self.distance)


@dataclass(frozen=True, slots=True)
class Found:
    """What one search brought, and how."""

    hits: tuple[Hit, ...]
    k: int
    milliseconds: float
    node: ServedBy
    settings: Settings
    identity: Identity


def version_of(text: str) -> tuple[int, ...]:
    """`0.8.6` as numbers that compare."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


async def find_columns(database: Database) -> Catalogue:
    """The extension and every column of vectors, most rows first."""
    extension = await database.records(load_sql(PACKAGE, "extension"))
    if not extension:
        return Catalogue("", "", "", ())
    schema = str(extension[0]["schema"])
    records = cast(list[dict[str, Any]], await database.records(load_sql(PACKAGE, "columns")))
    return Catalogue(
        str(extension[0]["version"]), schema, str(extension[0]["offered"] or ""), tuple(columns_of(records, schema))
    )


def series_as(database: Database, identity: Identity, settings: Settings, *, limit: float = SEARCH_LIMIT) -> Series:
    """One read-only transaction for searches as `identity`."""
    return database.series(
        Request("", (), identity, Mode.READ_ONLY, statement_timeout=limit, lock_timeout=2.0, settings=settings)
    )


async def prepare(series: Series, column: VectorColumn, settings: Settings) -> None:
    """Load the library, then set its settings: before that the server knows neither their names nor their ranges."""
    await series.run(f"select '[1]'::{quote_identifier(column.extension_schema)}.vector")
    await series.set(*settings)


async def node_of(series: Series, column: VectorColumn, sql: str, vector: str) -> ServedBy:
    """Which node of the plan serves this search, under the settings that hold now."""
    explained = await series.run(f"explain (format json) {sql}", vector)
    plan = json.loads("\n".join(row[0] or "" for row in explained.rows))[0]["Plan"]
    return served_by(plan, await vector_indexes(series, column))


async def vector_indexes(series: Series, column: VectorColumn) -> set[str]:
    """The names of the vector indexes, those of partitions too."""
    found = await series.run(load_sql(PACKAGE, "vector_indexes"), column.schema, column.table)
    return {row[0] for row in found.rows if row[0] is not None}


async def search(
    database: Database,
    column: VectorColumn,
    vector: str,
    k: int,
    identity: Identity,
    *,
    settings: Settings = (),
    without: str | None = None,
    exact: bool = False,
    limit: float = SEARCH_LIMIT,
) -> Found:
    """The `k` nearest rows that `identity` may see; `without` leaves out the row that was asked about."""
    sql = search_sql(column, k + (without is not None), exact=exact)
    async with series_as(database, identity, CUSTOM_PLAN, limit=limit) as series:
        await prepare(series, column, settings)
        node = await node_of(series, column, sql, vector)
        timed = await series.run(sql, vector)
    hits = [hit_of(row, column) for row in timed.rows if row[1] is not None]
    # A relaxed scan gives rows nearly in order, and a search over halves in the order of the halves.
    hits.sort(key=lambda hit: (math.isnan(hit.distance), hit.distance))
    kept = tuple(hit for hit in hits if hit.key != without)[:k]
    return Found(kept, k, timed.seconds * 1000, node, settings, identity)


async def removed_by_filter(
    database: Database, column: VectorColumn, vector: str, k: int, identity: Identity, settings: Settings = ()
) -> int:
    """How many rows the search finds and its filter or the row policies throw away."""
    sql = f"explain (analyze, timing off, format json) {search_sql(column, k)}"
    async with series_as(database, identity, CUSTOM_PLAN) as series:
        await prepare(series, column, settings)
        explained = await series.run(sql, vector)
    return rows_removed(json.loads("\n".join(row[0] or "" for row in explained.rows))[0]["Plan"])


def hit_of(row: Row, column: VectorColumn) -> Hit:
    """One row of a search; a distance that is no number (a zero vector has none) sorts last."""
    distance = float(row[1] or "nan")
    return Hit(row[0] or "", distance, column.metric.similarity(distance), row[2], row[3], row[4:])


async def vector_of_row(database: Database, column: VectorColumn, key: str, identity: Identity) -> str:
    """The vector of one row, if `identity` may see it; raises `Failure` (USAGE) where there is none."""
    try:
        async with series_as(database, identity, ()) as series:
            rows = (await series.run(vector_of_row_sql(column), key)).rows
    except Failure as failure:
        if not failure.sqlstate.startswith("22"):
            raise
        rows = []  # a key of another type is nobody's
    if not rows:
        raise Failure(f"There is no row {key} in {column.title} that can be seen.", FailureKind.USAGE)
    if rows[0][0] is None:
        raise Failure(f"The row {key} has no vector yet.", FailureKind.USAGE)
    return rows[0][0]


async def visible_rows(
    database: Database, column: VectorColumn, identity: Identity, *, limit: float = 10.0
) -> int | None:
    """How many rows of the table the identity sees (and the filter lets pass); None where counting takes too long."""
    try:
        async with series_as(database, identity, (), limit=limit) as series:
            rows = (await series.run(count_sql(column))).rows
    except Failure as failure:
        if failure.sqlstate == "57014":
            return None
        raise
    return int(rows[0][0] or 0)


def array_literal(values: Sequence[str]) -> str:
    """An array as the server reads it; every value in quotes."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


async def rows_of_keys(database: Database, column: VectorColumn, keys: Sequence[str], identity: Identity) -> list[Row]:
    """What is shown beside these rows, of those that `identity` sees; the key is the last of each."""
    async with series_as(database, identity, ()) as series:
        return (await series.run(rows_of_keys_sql(column), array_literal(keys))).rows


async def models_of(database: Database, column: VectorColumn, identity: Identity) -> Sequence[str]:
    """The models that made some of the column's vectors, where a column says so."""
    if column.model_column is None:
        return ()
    name = quote_identifier(column.model_column)
    async with series_as(database, identity, ()) as series:
        found = await series.run(
            f"select distinct s.m from (select t.{name}::text as m from {column.relation} t"
            f" where t.{name} is not null limit 1000) s limit 20"
        )
    return [row[0] for row in found.rows if row[0]]
