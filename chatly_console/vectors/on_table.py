"""Tries an index on the table itself, while it is in use: built concurrently under a scratch name, measured, removed.

Whatever ends the trial, the index goes: at a cancel and a failure at once, and what a console that died has left (the
server would end the build for it, and keep the index up for ever) when the next trial begins.
"""

import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from time import monotonic

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN
from chatly_console.core.quote import quote_identifier
from chatly_console.core.values import Notice
from chatly_console.server.database import Database
from chatly_console.server.dedicated import Dedicated
from chatly_console.server.lease import in_any_case
from chatly_console.server.sql_files import load_sql
from chatly_console.vectors.advice import Trial, memory_remark
from chatly_console.vectors.build_watch import watched
from chatly_console.vectors.candidates import Candidate, as_index, create_sql
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.lab import Curve, Point, sweep_of_index
from chatly_console.vectors.measuring import MEASURING, Lab, sample
from chatly_console.vectors.service import PACKAGE, prepare, series_as, version_of

NAME = "chatly-console scratch index"
QUESTIONS = 20
LOCK_CLASS = 1_128_813_684
"""The first number of the advisory lock that says that somebody is at a scratch index; the second is a hash of its
name."""
_DROP_LIMIT = 20.0
_MEASURE_LIMIT = 60.0

_HAS_SUBVECTOR = (0, 7, 0)
_MOST_DENSE = 16_000
"""Dimensions that a vector has at most; a sparsevec may have more."""
_OTHERS_DEAR = {"hnsw": {"ivfflat.probes": "32768"}, "ivfflat": {"hnsw.ef_search": "1000"}}
"""Settings under which the planner finds an index of the other method dear, so that it takes the one that is tried."""

Tell = Callable[[str], None]


async def try_on_table(
    database: Database,
    column: VectorColumn,
    candidate: Candidate,
    *,
    k: int,
    questions: int = QUESTIONS,
    tell: Tell = lambda words: None,
) -> AsyncGenerator[Trial, None]:
    """The trial as it grows, point by point; when it has ended, or is closed, the index is gone. Raises `Failure`.

    It runs as the login. Where the table has an index that could serve as well, the trial is over the same values in
    other words, which only its own index matches. A point that something else served all the same says so.
    """
    if database.facts.standby:
        raise Failure("This server is a standby: nothing can be built on it.", FailureKind.REFUSED,
                      hint="Connect to the primary.")  # fmt: skip
    notices: list[Notice] = []
    name = f"chatly_scratch_{secrets.token_hex(4)}"
    async with database.dedicated(NAME, on_notice=notices.append) as session:
        await _remove_left(session, column)
        await session.records("select pg_catalog.pg_advisory_lock($1, pg_catalog.hashtext($2))", LOCK_CLASS, name)
        column = await _set_apart(session, column, candidate)
        memory = str((await session.records("select pg_catalog.current_setting('maintenance_work_mem') as m"))[0]["m"])
        try:
            trial = await _built(database, session, column, candidate, name, tell)
            remark = memory_remark([notice.message for notice in notices], column.rows, memory)
            trial = replace(trial, remark=remark, memory=memory)
            yield trial
            tell("searching exactly, for the truth")
            async with aclosing(_points(database, column, candidate, name, k, questions, tell)) as grown:
                async for points in grown:
                    trial = replace(trial, points=points, remark=" · ".join(filter(None, (remark, _others(points)))))
                    yield trial
        finally:
            tell("removing the index again")
            await in_any_case(_remove(database, session, column, name))


async def _set_apart(session: Dedicated, column: VectorColumn, candidate: Candidate) -> VectorColumn:
    """The column in words of the trial's own, where an index of the table could serve its searches."""
    if not any(index.serves(column.metric, candidate.form) for index in column.indexes):
        return column
    version = await session.records("select extversion from pg_catalog.pg_extension where extname = 'vector'")
    fits = version_of(str(version[0]["extversion"])) >= _HAS_SUBVECTOR if version else False
    if column.type == "sparsevec":
        fits = (column.dimensions or 0) <= _MOST_DENSE
    return replace(column, apart=fits or column.type == "bit")


async def _built(
    database: Database, session: Dedicated, column: VectorColumn, candidate: Candidate, name: str, tell: Tell
) -> Trial:
    tell("building, concurrently")
    await session.run("set lock_timeout to 0; set statement_timeout to 0")
    began = monotonic()
    async with watched(database, str(session.pid), lambda phase: tell(str(phase))):
        await session.run(create_sql(column, candidate, name, concurrently=True))
    seconds = monotonic() - began
    size = await session.records(
        "select pg_catalog.pg_relation_size($1::text::pg_catalog.regclass) as bytes", _qualified(column, name)
    )
    return Trial(candidate, seconds, int(str(size[0]["bytes"])), rows=column.rows)


async def _points(
    database: Database, column: VectorColumn, candidate: Candidate, name: str, k: int, questions: int, tell: Tell
) -> AsyncGenerator[tuple[Point, ...], None]:
    searched = as_index(column, candidate, name)
    index = searched.index
    assert index is not None
    async with series_as(database, LOGIN, MEASURING, limit=_MEASURE_LIMIT) as series:
        await prepare(series, column, ())
        asked = await sample(series, column, questions)
        if not asked:
            return
        lab, curve = Lab(series, searched, k, _OTHERS_DEAR[candidate.method]), Curve(k, len(asked))
        truth = await lab.truth(asked)
        for settings in sweep_of_index(index.method, index.options, k, scans_on=False):
            tell("measuring")
            curve = await lab.point(curve, settings, asked, truth)
            yield tuple(_own(point, name) for point in curve.points)


def _own(point: Point, name: str) -> Point:
    """A point that another index served is none of this one: it counts as not approximate."""
    if name in point.node.words or not point.node.approximate:
        return point
    return replace(point, node=replace(point.node, approximate=False))


def _others(points: tuple[Point, ...]) -> str:
    """What the planner took instead, where it did."""
    other = [point for point in points if not point.node.approximate]
    if not other:
        return ""
    return f"▲ at {len(other)} of {len(points)} settings the planner takes {other[-1].node.words} instead"


async def _remove_left(session: Dedicated, column: VectorColumn) -> None:
    """Remove what consoles that died have left on the table."""
    for row in await session.records(
        load_sql(PACKAGE, "scratch_indexes"), column.schema, column.table, str(LOCK_CLASS)
    ):
        if not row["in_use"]:
            await session.run(f"drop index concurrently if exists {_qualified(column, str(row['name']))}")


async def _remove(database: Database, session: Dedicated, column: VectorColumn, name: str) -> None:
    """Remove the index, over another connection where ours is gone. Raises `Failure` where it stays."""
    sql = f"drop index concurrently if exists {_qualified(column, name)}"
    limit = f"set lock_timeout to 0; set statement_timeout to '{_DROP_LIMIT:.0f}s'"
    try:
        try:
            await session.run(limit)
            await session.run(sql)
        except Failure as failure:
            if failure.kind is not FailureKind.LINK:
                raise
            async with database.dedicated(NAME) as other:
                await other.run(limit)
                await other.run(sql)
    except Failure as failure:
        raise Failure(
            f"The scratch index {name} could not be removed: {failure.sentence}",
            failure.kind,
            failure.sqlstate,
            hint=f"{sql}; removes it; so does the next trial.",
        ) from failure


def _qualified(column: VectorColumn, name: str) -> str:
    return f"{quote_identifier(column.schema)}.{quote_identifier(name)}"


async def left_indexes(database: Database, column: VectorColumn) -> list[str]:
    """Scratch indexes on the table that nobody is at: a console that died has left them. Raises `Failure`."""
    rows = await database.records(load_sql(PACKAGE, "scratch_indexes"), column.schema, column.table, str(LOCK_CLASS))
    return [str(row["name"]) for row in rows if not row["in_use"]]
