"""The advisor's checks: how long all of them take on 3,000 tables and on Chatly, and how long they hold the screen."""

import asyncio
import time
from collections.abc import Awaitable

import asyncpg

from chatly_console.advisor.listing import Order
from chatly_console.advisor.service import Advice, advise
from chatly_console.advisor.views import FindingsView, GroupsView
from chatly_console.core.dsn import parse_dsn
from chatly_console.demo.service import build_database
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.pool import Opening

from .big_table import big_table, run

TABLES = 3_000
_ROLES = """
do $$ begin create role anon; exception when duplicate_object then null; end $$;
do $$ begin create role authenticated; exception when duplicate_object then null; end $$;
create function tenant() returns int language sql stable set search_path = '' as 'select 1'
"""
_TABLE = """
create table t_{n} (id int primary key, parent int references t_{parent}, tenant int, made timestamptz, body text);
create index t_{n}_tenant on t_{n} (tenant);
create index t_{n}_tenant_made on t_{n} (tenant, made);
alter table t_{n} enable row level security;
create policy reads on t_{n} for select to authenticated using (tenant = public.tenant());
create policy writes on t_{n} for insert to authenticated with check (tenant = public.tenant());
grant select, insert on t_{n} to authenticated;
"""


def rows() -> list[tuple[str, str, str, bool]]:
    """Measured on databases of their own; each table has two indexes, two policies, grants and a foreign key."""
    return run(_measure())


async def _measure() -> list[tuple[str, str, str, bool]]:
    server = await big_table()
    admin = await asyncpg.connect(server.dsn("postgres"))
    try:
        await admin.execute("drop database if exists bench_advisor with (force)")
        await admin.execute("create database bench_advisor")
        await _fill(server.dsn("bench_advisor"))
        many, findings, lag = await _checks(server.dsn("bench_advisor"))
        await admin.execute("drop database bench_advisor with (force)")
        await build_database(str(server.socket_dir), server.port)
        few, _, few_lag = await _checks(server.dsn("chatly"))
    finally:
        await admin.close()
        server.release()
    held = max(lag, few_lag)
    return [
        (f"all checks on {TABLES:,} tables ({findings:,} findings)", "3 s", f"{many:.2f} s", many <= 3),
        ("all checks on Chatly", "0.5 s", f"{few:.2f} s", few <= 0.5),
        ("longest hold of the event loop meanwhile, findings listed", "50 ms", f"{held:.0f} ms", held <= 50),
    ]


async def _fill(dsn: str) -> None:
    plain = await asyncpg.connect(dsn)
    try:
        await plain.execute(_ROLES)
        for first in range(0, TABLES, 250):
            numbers = range(first, first + 250)
            await plain.execute("".join(_TABLE.format(n=n, parent=max(n - 1, 0)) for n in numbers))
        await plain.execute("analyze")
    finally:
        await plain.close()


async def _checks(dsn: str) -> tuple[float, int, float]:
    """The best of three in seconds, the number of findings, and the longest hold of the loop in milliseconds."""
    arguments = {**connect_arguments(parse_dsn(dsn))}
    del arguments["statement_cache_size"]
    database = await Database.connect(Opening(arguments))
    try:
        await advise(database)
        times, lags, count = [], [], 0
        for _ in range(3):
            begun = time.perf_counter()
            advice, lag = await _watched(advise(database))
            times.append(time.perf_counter() - begun)
            _, listing_lag = await _watched(_listed(advice))
            lags.append(max(lag, listing_lag))
            count = len(advice.findings)
        return min(times), count, min(lags)
    finally:
        await database.close()


async def _listed(advice: Advice) -> None:
    rest = (0, (), "")
    await asyncio.to_thread(FindingsView.of, advice.findings, ("", ""), "", *rest)
    for order in (Order.OBJECT, Order.KIND):
        await asyncio.to_thread(GroupsView.of, advice.findings, order, *rest)


async def _watched(work: Awaitable[Advice | None]) -> tuple[Advice, float]:
    """What it brings, and the longest time in milliseconds that it kept others from the loop."""
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, (time.perf_counter() - begun - 0.001) * 1000)

    ticking = asyncio.create_task(tick())
    try:
        brought = await work
    finally:
        ticking.cancel()
    return brought, longest  # type: ignore[return-value]
