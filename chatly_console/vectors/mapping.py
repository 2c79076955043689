"""Fetches vectors for the map as they lie in memory, many at once, and puts them on a plane in a thread."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import numpy as np

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.core.request import Request
from chatly_console.server.database import Database
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.projection import Plane, Points, principal_plane
from chatly_console.vectors.statements import key_sql, value_sql, where_sql

MOST_POINTS = 50_000
_PAGE = 250
"""Rows that come at once: few enough that taking them in never holds the screen."""
_LIMIT = 60.0
_SIZES = {"vector": (">f4", 4), "halfvec": (">f2", 4)}
"""The numbers on the wire and the bytes before them (pgvector's vector_send and halfvec_send)."""


@dataclass(frozen=True, slots=True)
class VectorMap:
    """Rows on the plane: keys and labels in the order of the points."""

    keys: list[str]
    tenants: list[str | None]
    points: Points
    plane: Plane
    whole: bool


@dataclass(slots=True)
class _Fetched:
    keys: list[str] = field(default_factory=list)
    tenants: list[str | None] = field(default_factory=list)
    parts: list[Points] = field(default_factory=list)


def _sampled(column: VectorColumn, most: int) -> bool:
    """Whether only some pages are read; where a filter or a policy holds, few of their rows might pass."""
    return column.rows > max(2 * most, 100_000) and not (column.filter or column.row_security)


def map_sql(column: VectorColumn, most: int = MOST_POINTS) -> str:
    """Keys, tenants and vectors in the binary form that numpy reads; a part of the rows where there are more."""
    schema, value = quote_identifier(column.extension_schema), value_sql(column)
    tenant = f"t.{quote_identifier(column.tenant)}::text" if column.tenant else "null::text"
    pages = f" tablesample system ({130 * most / column.rows:.4f})" if _sampled(column, most) else ""
    there = where_sql(column, f"{value} is not null")
    return (
        f"select {key_sql(column)} as key, {tenant} as tenant,"
        f" pg_catalog.encode({schema}.{column.type}_send({value}), 'hex') as v"
        f"\n  from {column.relation} t{pages}{there}\n limit {most}"
    )


async def map_of(
    database: Database, column: VectorColumn, identity: Identity, *, most: int = MOST_POINTS
) -> VectorMap | None:
    """The rows that `identity` sees on a plane; None where there is none. Raises `Failure` for bits and sparse ones."""
    if column.type not in _SIZES:
        raise Failure(f"A map needs dense vectors, and {column.title} is {column.type_words}.", FailureKind.USAGE)
    fetched = _Fetched()
    async for keys, tenants, part in _pages(database, column, identity, most):
        fetched.keys += keys
        fetched.tenants += tenants
        fetched.parts.append(part)
    if not fetched.keys:
        return None
    points, plane = await asyncio.to_thread(_place, fetched.parts)
    whole = len(fetched.keys) < most and not _sampled(column, most)
    return VectorMap(fetched.keys, fetched.tenants, points, plane, whole)


async def _pages(
    database: Database, column: VectorColumn, identity: Identity, most: int
) -> AsyncIterator[tuple[list[str], list[str | None], Points]]:
    request = Request(map_sql(column, most), identity=identity, statement_timeout=_LIMIT, lock_timeout=2.0)
    length: int | None = None
    async with database.open(request, first_page=_PAGE) as result:
        while True:
            rows = await result.fetch(_PAGE)
            if not rows:
                return
            part = await asyncio.to_thread(_numbers, [row[2] or "" for row in rows], column.type)
            if length is not None and part.shape[1] != length:
                raise _mixed(column)
            length = part.shape[1]
            yield [row[0] or "" for row in rows], [row[1] for row in rows], part


def _numbers(encoded: list[str], type_name: str) -> Points:
    kind, before = _SIZES[type_name]
    lengths = {len(text) for text in encoded}
    if len(lengths) != 1:
        raise Failure("The vectors have different lengths, so there is no map of them.", FailureKind.USAGE)
    data = np.frombuffer(bytes.fromhex("".join(encoded)), dtype=np.uint8).reshape(len(encoded), -1)
    found: Points = np.ascontiguousarray(data[:, before:]).view(kind).astype(np.float32)
    return found


def _mixed(column: VectorColumn) -> Failure:
    return Failure(f"{column.title} has vectors of different lengths: there is no map of them.", FailureKind.USAGE)


def _place(parts: list[Points]) -> tuple[Points, Plane]:
    vectors = np.concatenate(parts)
    vectors[~np.isfinite(vectors)] = 0
    plane = principal_plane(vectors)
    return plane.project(vectors), plane


def place_vector(plane: Plane, vector: str) -> Points:
    """Where a vector, as text, lies on the plane."""
    numbers = np.array([float(number) for number in vector.strip("[]").split(",")], dtype=np.float32)
    placed: Points = plane.project(numbers[np.newaxis, :])[0]
    return placed
