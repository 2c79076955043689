"""The executor against plain asyncpg, in turn, on the same server."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import asyncpg

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.page_store import PageStore
from chatly_console.core.request import Request
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.pool import Opening

from .big_table import big_table, run

_BIG = "select * from big"


def rows() -> list[tuple[str, str, str, bool]]:
    """Measured: one small statement, the first page of a large result, and the loop while all of it is paged."""
    return run(_measure())


async def _measure() -> list[tuple[str, str, str, bool]]:
    server = await big_table()
    arguments = {**connect_arguments(parse_dsn(server.dsn("bench")))}
    del arguments["statement_cache_size"]
    database = await Database.connect(Opening(arguments))
    pool = await asyncpg.create_pool(server.dsn("bench"), min_size=1, max_size=2)

    async def ours(sql: str) -> None:
        async with database.open(Request(sql)) as result:
            await result.fetch()

    async def plain(sql: str) -> None:
        async with pool.acquire() as connection, connection.transaction(readonly=True):
            await connection.fetch(sql)

    async def plain_page(sql: str) -> None:
        async with pool.acquire() as connection, connection.transaction(readonly=True):
            await (await connection.cursor(sql)).fetch(500)

    try:
        small = await _ratio(lambda: ours("select 1"), lambda: plain("select 1"), 400)
        page, more = await _page(lambda: ours(_BIG), lambda: plain_page(_BIG))
        block = await _longest_block(database)
    finally:
        await pool.close()
        await database.close()
        server.release()
    return [
        ("select 1 through the executor / plain asyncpg, read-only", "1.5x", f"{small:.2f}x", small <= 1.5),
        ("first page of 1,000,000 rows / plain asyncpg cursor", "2x, +100 ms", f"{page:.2f}x, {more:+.1f} ms",
         page <= 2 and more <= 100),
        ("longest block of the loop, 1,000,000 rows x 10 paged to the end", "50 ms", f"{block:.0f} ms", block <= 50),
    ]  # fmt: skip


async def _seconds(work: Callable[[], Awaitable[None]]) -> float:
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun


async def _ratio(ours: Callable[[], Awaitable[None]], plain: Callable[[], Awaitable[None]], times: int) -> float:
    for _ in range(30):
        await ours()
        await plain()
    pairs = [(await _seconds(ours), await _seconds(plain)) for _ in range(times)]
    return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)


async def _page(ours: Callable[[], Awaitable[None]], plain: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    pairs = [(await _seconds(ours), await _seconds(plain)) for _ in range(60)][10:]
    a, b = statistics.median(x for x, _ in pairs), statistics.median(y for _, y in pairs)
    return a / b, (a - b) * 1000


async def _longest_block(database: Database) -> float:
    """Milliseconds by which a 1 ms tick came late at the most, while all rows were fetched and stored."""
    longest = 0.0
    done = False

    async def tick() -> None:
        nonlocal longest
        while not done:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - before - 0.001)

    ticking = asyncio.create_task(tick())
    store = PageStore()
    async with database.open(Request(_BIG)) as result:
        while page := await result.fetch(2000):
            store.append(page)
            await asyncio.sleep(0)
    done = True
    await ticking
    store.close()
    return longest * 1000
