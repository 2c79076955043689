"""Hybrid search: by vector and by the words themselves, each leg with a limit of its own, put together by rank."""

from dataclasses import dataclass, replace

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_literal
from chatly_console.server.database import Database
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.fusion import SMOOTHING, Fused, fuse
from chatly_console.vectors.plan import ServedBy
from chatly_console.vectors.service import (
    CUSTOM_PLAN,
    SEARCH_LIMIT,
    Found,
    Hit,
    Settings,
    hit_of,
    node_of,
    prepare,
    series_as,
)
from chatly_console.vectors.statements import search_sql, text_sql

LEG = 2
"""Each leg brings this many times k rows."""


@dataclass(frozen=True, slots=True)
class HybridFound:
    """The fused rows in order, and how each leg was served."""

    rows: tuple[tuple[Fused, Hit], ...]
    by_vector: Found
    text_rows: int
    text_milliseconds: float
    text_node: ServedBy


async def hybrid_search(
    database: Database,
    column: VectorColumn,
    vector: str,
    words: str,
    k: int,
    identity: Identity,
    *,
    settings: Settings = (),
    limit: float = SEARCH_LIMIT,
) -> HybridFound:
    """The `k` best rows of both legs; raises `Failure` (USAGE) where the table has no words to search."""
    if column.full_text is None:
        raise Failure(f"{column.title} has no text beside it that words could be looked for in.", FailureKind.USAGE)
    sql, by_words = search_sql(column, LEG * k), text_sql(column, LEG * k)
    async with series_as(database, identity, CUSTOM_PLAN, limit=limit) as series:
        await prepare(series, column, settings)
        node = await node_of(series, column, sql, vector)
        timed = await series.run(sql, vector)
        text_node = await node_of(series, column, by_words, words)
        text = await series.run(by_words, words)
        hits = {hit.key: hit for hit in (hit_of(row, column) for row in timed.rows if row[1] is not None)}
        ordered = sorted(hits.values(), key=lambda hit: (hit.distance, hit.key))
        texts = {row[0] or "": hit_of((row[0], "nan", *row[2:]), column) for row in text.rows}
        fused = fuse([hit.key for hit in ordered], list(texts), k)
        rows = [(one, hits.get(one.key) or texts[one.key]) for one in fused]
    found = Found(tuple(ordered), k, timed.seconds * 1000, node, settings, identity)
    return HybridFound(tuple(rows), found, len(texts), text.seconds * 1000, text_node)


def hybrid_sql(column: VectorColumn, k: int, vector: str, words: str, settings: Settings) -> str:
    """The same as one statement to paste elsewhere; the LIMIT stands inside each leg, where the indexes are."""
    bare = replace(column, snippet=None, tenant=None, labels=())
    by_vector = search_sql(bare, LEG * k, labels=False, vector=quote_literal(vector))
    by_text = text_sql(bare, LEG * k, words=quote_literal(words))
    local = "".join(f"set local {name} = {quote_literal(value)};\n" for name, value in settings)
    return (
        f"{'begin read only;' + chr(10) + local if local else ''}"
        f"with by_vector as materialized (\n{by_vector}\n), by_text as materialized (\n{by_text}\n)\n"
        "select key, v.place as vector_place, w.place as text_place,\n"
        f"       coalesce(1.0 / ({SMOOTHING} + v.place), 0) + coalesce(1.0 / ({SMOOTHING} + w.place), 0) as score\n"
        "  from (select key, row_number() over (order by distance + 0, key) as place from by_vector) v\n"
        "  full join (select key, row_number() over (order by rank desc, key) as place from by_text) w using (key)\n"
        f" order by score desc, key\n limit {k};{chr(10) + 'commit;' if local else ''}"
    )
