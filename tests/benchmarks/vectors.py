"""The recall lab against a plain asyncpg loop of the same statements, its first point, and the map."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import asyncpg
import numpy as np
from pgvector.asyncpg import register_vector

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.identity import LOGIN
from chatly_console.core.request import Request
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from chatly_console.server.pool import Opening
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.mapping import map_of
from chatly_console.vectors.measuring import MEASURING, Sampled, measure, sample
from chatly_console.vectors.service import find_columns, prepare
from chatly_console.vectors.statements import search_sql

from .big_table import big_table, must_be_filled, run

_NAME = "bench_vectors"
_ROWS, _DIMENSIONS, _K, _QUESTIONS = 50_000, 384, 10, 100
_SWEEP = [(("ivfflat.probes", str(probes)),) for probes in (1, 2, 4, 8, 12, 16, 24, 32)]


def rows() -> list[tuple[str, str, str, bool]]:
    """Measured on 50,000 x 384 vectors: 100 questions at 8 settings, and a map of all rows."""
    return run(_measure())


async def _measure() -> list[tuple[str, str, str, bool]]:
    server = await big_table()
    dsn = await _filled(server)
    arguments = {**connect_arguments(parse_dsn(dsn))}
    del arguments["statement_cache_size"]
    database = await Database.connect(Opening(arguments))
    plain = await asyncpg.connect(dsn, statement_cache_size=0)
    try:
        column = (await find_columns(database)).columns[0]
        async with database.series(Request("", settings=MEASURING)) as series:
            await prepare(series, column, ())
            asked = await sample(series, column, _QUESTIONS)
        pairs = []
        blocks: list[float] = []
        for _ in range(4):
            loop_seconds = await _seconds(lambda: _plainly(plain, column, asked))
            lab_seconds, block = await _watched(lambda: _lab(database, column, asked))
            pairs.append((lab_seconds, loop_seconds))
            blocks.append(block)
        firsts = [await _seconds(lambda: _first_point(database, column)) for _ in range(4)]
        maps = [await _watched(lambda: _map(database, column)) for _ in range(4)]
    finally:
        await plain.close()
        await database.close()
        server.release()
    ratio = min(lab for lab, _ in pairs) / min(loop for _, loop in pairs)
    first, drawn = min(firsts) * 1000, min(seconds for seconds, _ in maps)
    # The machine itself may stop for a moment: a block that is ours is there in every run.
    block, map_block = min(blocks) * 1000, min(block for _, block in maps) * 1000
    return [
        ("recall lab, 100 questions x 8 settings / plain asyncpg loop", "1.15x", f"{ratio:.2f}x", ratio <= 1.15),
        ("recall lab, first point on 50,000 vectors", "300 ms", f"{first:.0f} ms", first <= 300),
        ("longest block of the loop while the lab measures", "50 ms", f"{block:.0f} ms", block <= 50),
        ("map of 50,000 vectors of 384 dimensions", "1.5 s", f"{drawn:.2f} s", drawn <= 1.5),
        ("longest block of the loop while the map is made", "50 ms", f"{map_block:.0f} ms", map_block <= 50),
    ]


async def _filled(server: EmbeddedServer) -> str:
    """A database with clustered vectors and an IVFFlat index, kept between runs."""
    if await must_be_filled(server, _NAME, "docs"):
        connection = await asyncpg.connect(server.dsn(_NAME))
        table = f"create unlogged table docs (id int primary key, tenant_id int, embedding vector({_DIMENSIONS}))"
        await connection.execute(f"create extension vector; {table}")
        await register_vector(connection)
        vectors = _vectors()
        records = ((number, number % 40, vector) for number, vector in enumerate(vectors))
        await connection.copy_records_to_table("docs", records=records)
        await connection.execute("set maintenance_work_mem = '256MB'")
        await connection.execute("create index on docs using ivfflat (embedding vector_cosine_ops) with (lists = 224)")
        await connection.execute("vacuum analyze docs")
        await connection.close()
    return server.dsn(_NAME)


def _vectors() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    random = np.random.default_rng(11)
    topics = random.normal(size=(1000, 48)) @ random.normal(size=(48, _DIMENSIONS))
    near = random.normal(size=(_ROWS, 20)) @ random.normal(size=(20, _DIMENSIONS)) * 0.5
    found = topics[random.integers(0, 1000, _ROWS)] + near
    unit: np.ndarray[tuple[int, int], np.dtype[np.float32]] = (
        found / np.linalg.norm(found, axis=1, keepdims=True)
    ).astype(np.float32)
    return unit


async def _lab(database: Database, column: VectorColumn, asked: list[Sampled]) -> None:
    async for _ in measure(database, column, _SWEEP, k=_K, questions=_QUESTIONS, identity=LOGIN, own=asked):
        pass


async def _first_point(database: Database, column: VectorColumn) -> None:
    """As the pane measures: rows are taken by chance first."""
    async for curve in measure(database, column, _SWEEP, k=_K, questions=_QUESTIONS, identity=LOGIN):
        assert curve.points
        return


async def _plainly(
    connection: "asyncpg.Connection[asyncpg.Record]", column: VectorColumn, asked: list[Sampled]
) -> None:
    """The same searches as a script would run them: no plans looked at, nothing counted."""
    async with connection.transaction(readonly=True):
        for name, value in MEASURING:
            await connection.execute(f"set local {name} to '{value}'")
        exact = await connection.prepare(search_sql(column, _K + 1, exact=True, labels=False))
        for question in asked:
            await exact.fetch(question.vector)
        for ((name, value),) in _SWEEP:
            await connection.execute(f"set local {name} to '{value}'")
            search = await connection.prepare(search_sql(column, _K + 1, labels=False))
            for question in asked:
                await search.fetch(question.vector)


async def _map(database: Database, column: VectorColumn) -> None:
    found = await map_of(database, column, LOGIN)
    assert found is not None and len(found.keys) == _ROWS


async def _seconds(work: Callable[[], Awaitable[None]]) -> float:
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun


async def _watched(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """How long the work takes, and for how long at most it held the loop."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.002)
            longest = max(longest, time.perf_counter() - before - 0.002)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    seconds = await _seconds(work)
    watcher.cancel()
    return seconds, longest
