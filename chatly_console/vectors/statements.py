"""The SQL that searches a column of vectors: always in the form that keeps its index, or surely past it."""

from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.operators import HAMMING, operator

CANDIDATES = 40
"""Rows that a search over bits takes at least, to put them in order by their full vectors."""

_SNIPPET = 400
_LABEL = 200


def value_sql(column: VectorColumn) -> str:
    """The column, of the table `t`."""
    return f"t.{quote_identifier(column.name)}"


def key_sql(column: VectorColumn) -> str:
    """The row's key as one text: its primary key, or where it lies (for a table without one)."""
    names = [f"t.{quote_identifier(name)}" for name in column.key]
    if not names:
        return "t.tableoid::pg_catalog.text || t.ctid::pg_catalog.text"
    return f"{names[0]}::pg_catalog.text" if len(names) == 1 else f"row({', '.join(names)})::pg_catalog.text"


def distance_sql(column: VectorColumn, vector: str = "$1") -> str:
    """The distance to a vector, by the full values."""
    return f"{value_sql(column)} {operator(column.metric, column.extension_schema)} {vector}::{column.cast}"


def ordering_sql(column: VectorColumn, vector: str = "$1") -> str:
    """What the column's index is sorted by: the distance itself, or that between the shorter forms that it holds."""
    schema = quote_identifier(column.extension_schema)
    value = apart_sql(column, value_sql(column)) if column.apart else value_sql(column)
    symbol = operator(column.metric, column.extension_schema)
    if column.form == "halfvec":
        half = f"{schema}.halfvec({column.dimensions})"
        return f"({value}::{half}) {symbol} {vector}::{column.cast}::{half}"
    if column.form == "binary":
        bits = f"pg_catalog.bit({column.dimensions})"
        return (
            f"({schema}.binary_quantize({value})::{bits}) {operator(HAMMING, column.extension_schema)} "
            f"{schema}.binary_quantize({vector}::{column.cast})::{bits}"
        )
    return f"{value} {symbol} {vector}::{column.cast}"


def apart_sql(column: VectorColumn, value: str) -> str:
    """The same value in other words, over which no index of the table is: only one made for them can serve."""
    schema, length = quote_identifier(column.extension_schema), column.dimensions
    if column.type == "bit":
        return f"(pg_catalog.substring({value}, 1, {length})::pg_catalog.bit({length}))"
    if column.type == "sparsevec":
        return f"({value}::{schema}.vector::{schema}.sparsevec({length}))"
    return f"({schema}.subvector({value}, 1, {length})::{schema}.{column.type}({length}))"


def where_sql(column: VectorColumn, *conditions: str) -> str:
    """The user's filter and what else must hold, as a clause; empty where nothing must."""
    own = [f"(\n{column.filter}\n)"] if column.filter else []
    held = [*own, *conditions]
    return "\n where " + "\n   and ".join(held) if held else ""


def search_sql(
    column: VectorColumn, limit: int, *, exact: bool = False, labels: bool = True, vector: str = "$1"
) -> str:
    """The `limit` rows nearest to `vector`; `exact` sorts by distance + 0, past any index or cached plan."""
    distance = distance_sql(column, vector)
    shown = [f"{key_sql(column)} as key", f"{distance} as distance", *(_shown(column) if labels else ())]
    source = f"select {', '.join(shown)}\n  from {column.relation} t"
    if exact:
        there = where_sql(column, f"{value_sql(column)} is not null")
        return f"{source}{there}\n order by ({distance}) operator(pg_catalog.+) 0\n limit {limit}"
    found = f"{source}{where_sql(column)}\n order by {ordering_sql(column, vector)}\n limit "
    if column.form != "binary":
        return f"{found}{limit}"
    return f"select c.* from (\n{found}{_candidates(column, limit)}\n) c order by c.distance limit {limit}"


def _candidates(column: VectorColumn, limit: int) -> str:
    """How many rows are put in order again: as many as the index gives at once."""
    least = max(CANDIDATES, 4 * limit)
    if column.index is None or column.index.method != "hnsw":
        return str(least)
    return f"greatest({limit}, pg_catalog.current_setting('hnsw.ef_search')::int)"


def _shown(column: VectorColumn) -> list[str]:
    snippet, tenant = column.snippet, column.tenant
    return [
        f"pg_catalog.left(t.{quote_identifier(snippet)}::text, {_SNIPPET}) as snippet" if snippet else "null::text",
        f"t.{quote_identifier(tenant)}::text as tenant" if tenant else "null::text",
        *(f"pg_catalog.left(t.{quote_identifier(name)}::text, {_LABEL}) as label" for name in column.labels),
    ]


def sample_sql(column: VectorColumn) -> str:
    """Rows by chance with their vectors: `$1` of them. Of a large table some pages are looked at, not all."""
    value = value_sql(column)
    chosen = (
        f"select {key_sql(column)} as key, {value} as v from {column.relation} t{_some_pages(column)}"
        f"{where_sql(column, f'{value} is not null')} order by pg_catalog.random() limit $1::pg_catalog.int4"
    )
    return f"select s.key, s.v::pg_catalog.text from ({chosen}) s"


def _some_pages(column: VectorColumn, enough: int = 100_000) -> str:
    share = 100 * enough / column.rows if column.rows > 2 * enough else 100
    # Under row level security or a filter, most of the rows that are looked at may not pass.
    if share >= 100 or column.row_security or column.filter:
        return ""
    return f" tablesample system ({share:.4f})"


def vector_of_row_sql(column: VectorColumn) -> str:
    """The vector of the row whose key is `$1`: in the key's own type, so that its index serves."""
    key = f"t.{quote_identifier(column.key[0])}" if len(column.key) == 1 else key_sql(column)
    return f"select {value_sql(column)}::pg_catalog.text from {column.relation} t where {key} = $1"


def rows_of_keys_sql(column: VectorColumn) -> str:
    """What is shown beside the rows whose keys are in the array `$1`, their key last."""
    shown = [words for words in _shown(column) if not words.startswith("null")]
    key = f"t.{quote_identifier(column.key[0])}" if len(column.key) == 1 else key_sql(column)
    there = f"{key} = any ($1)"
    return f"select {', '.join([*shown, key_sql(column)])} from {column.relation} t where {there}"


def count_sql(column: VectorColumn) -> str:
    """How many rows there are to search."""
    return f"select pg_catalog.count(*)::text from {column.relation} t{where_sql(column)}"


def tenants_sql(column: VectorColumn, most: int) -> str:
    """Up to `most` different tenants among the rows that are seen."""
    name = f"t.{quote_identifier(column.tenant or '')}"
    return f"select distinct {name}::text from {column.relation} t{where_sql(column)} limit {most}"


def text_sql(column: VectorColumn, limit: int, words: str = "$1") -> str:
    """The `limit` best rows for some words, best first; the column must have full text."""
    assert column.full_text is not None
    query = column.full_text.query_sql(words)
    rank = f"pg_catalog.ts_rank_cd({column.full_text.expression}, {query})"
    shown = [f"{key_sql(column)} as key", f"{rank} as rank", *_shown(column)]
    matches = f"{column.full_text.expression} operator(pg_catalog.@@) {query}"
    there = where_sql(column, matches)
    return f"select {', '.join(shown)}\n  from {column.relation} t{there}\n order by rank desc, key\n limit {limit}"


def copyable_sql(
    column: VectorColumn, limit: int, vector: str, settings: tuple[tuple[str, str], ...], *, like_row: str | None = None
) -> str:
    """The search to paste elsewhere: its vector, its settings, and the form that keeps the index.

    A search like a row reads that row's vector on the server, by a scalar subquery: a join would lose the index.
    """
    asked = f"{quote_literal(vector)}"
    if like_row is not None:
        asked = (
            f"(select {value_sql(column)} from {column.relation} t where {key_sql(column)} = {quote_literal(like_row)})"
        )
    sql = search_sql(column, limit + (like_row is not None), vector=asked)
    if any(name.endswith(".iterative_scan") and value == "relaxed_order" for name, value in settings):
        # PostgreSQL 17 would take a plain ORDER BY distance for done: the + 0 makes it sort.
        sql = f"with found as materialized (\n{sql}\n)\nselect * from found order by distance + 0"
    if not settings:
        return f"{sql};"
    local = "\n".join(f"set local {name} = {quote_literal(value)};" for name, value in settings)
    return f"begin read only;\n{local}\n{sql};\ncommit;"
