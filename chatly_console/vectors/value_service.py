"""Reads what the values of a column are like: missing ones, lengths, repetitions, and those far from all others."""

from chatly_console.core.identity import LOGIN
from chatly_console.core.quote import quote_identifier
from chatly_console.server.database import Database
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.health import Counts, Shape
from chatly_console.vectors.service import series_as
from chatly_console.vectors.statements import key_sql, value_sql

_LIMIT = 20.0
_ALL_ROWS = 200_000
"""Up to this many rows every value is looked at; of larger tables a sample of pages is."""
_SHAPE_ROWS = 20_000
_FAR = 4
"""Standard deviations beyond which a distance from the centre is told."""


async def read_counts(database: Database, column: VectorColumn) -> Counts:
    """How many values there are, how many are missing or zero, and their lengths and dimensions."""
    value, schema = value_sql(column), quote_identifier(column.extension_schema)
    norm = {"vector": "vector_norm", "halfvec": "l2_norm", "sparsevec": "l2_norm"}.get(column.type)
    length = f"{schema}.{norm}({value})" if norm else "null::float8"
    dense = column.type in ("vector", "halfvec")
    dimensions = f"{schema}.vector_dims({value})" if dense and column.dimensions is None else "null::int"
    sampled = column.rows > _ALL_ROWS
    sql = (
        "select count(*)::text, count(*) filter (where s.missing)::text, count(*) filter (where s.length = 0)::text,"
        " min(s.length)::text, max(s.length)::text, count(distinct s.dimensions)::text"
        f" from (select {value} is null as missing, {length} as length, {dimensions} as dimensions"
        f" from {column.relation} t{_pages(column, _ALL_ROWS)} offset 0) s"
    )
    async with series_as(database, LOGIN, (), limit=_LIMIT) as series:
        row = (await series.run(sql)).rows[0]
    rows, nulls, zeros = (int(value or 0) for value in row[:3])
    shortest, longest = (None if value is None else float(value) for value in row[3:5])
    return Counts(rows, nulls, zeros, shortest, longest, sampled, int(row[5] or 0))


async def read_shape(database: Database, column: VectorColumn) -> Shape | None:
    """Repetitions and outliers among some of the rows; None for what has no centre (bits, sparse, mixed lengths)."""
    if column.type not in ("vector", "halfvec") or column.dimensions is None:
        return None
    schema, value = quote_identifier(column.extension_schema), value_sql(column)
    some = (
        f"select {key_sql(column)} as key, {value} as v from {column.relation} t{_pages(column, 2 * _SHAPE_ROWS)}"
        f" where {value} is not null limit {_SHAPE_ROWS}"
    )
    sql = (
        f"with s as materialized ({some}), c as materialized (select {schema}.avg(v) as centre from s),"
        f" d as materialized (select key, v operator({schema}.<->) c.centre::{column.cast} as far,"
        f" pg_catalog.md5({schema}.{column.type}_send(v)) as same from s, c),"
        " m as materialized (select avg(far) as mean, coalesce(stddev(far), 0) as spread from d)"
        " select count(*)::text, (count(*) - count(distinct same))::text,"
        f" count(*) filter (where far > mean + {_FAR} * spread and spread > 0)::text,"
        " (array_agg(key order by far desc))[1], max(far)::text, max(mean)::text from d, m"
    )
    async with series_as(database, LOGIN, (), limit=_LIMIT) as series:
        row = (await series.run(sql)).rows[0]
    rows, repeated, far = (int(value or 0) for value in row[:3])
    return Shape(rows, repeated, far, row[3] or "", float(row[4] or 0), float(row[5] or 0))


def _pages(column: VectorColumn, enough: int) -> str:
    share = 100 * enough / column.rows if column.rows > enough else 100
    return f" tablesample system ({max(0.01, share):.4f})" if share < 100 else ""
