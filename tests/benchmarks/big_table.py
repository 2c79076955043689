"""A server with the table that the benchmarks read: 1,000,000 rows of ten columns of the usual types."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import asyncpg

from chatly_console.server.embedded import EmbeddedServer, start

from .servers import server_folder

Answer = TypeVar("Answer")

_MAKE = """
create unlogged table big as
select i as id, 'name ' || i as name, md5(i::text) as digest, (i % 10000)::numeric / 100 as amount, i % 3 = 0 as flag,
       timestamptz '2026-01-01' + i * interval '1 second' as at, date '2026-01-01' + i % 365 as day,
       md5(i::text)::uuid as key, jsonb_build_object('n', i) as doc, i::float8 / 7 as ratio
  from generate_series(1, 1000000) i
"""


async def big_table() -> EmbeddedServer:
    """The running server, with the table in its database `bench`; made by the first file that asks for it."""
    server = await start(server_folder("big"))
    if await must_be_filled(server, "bench", "big"):
        connection = await asyncpg.connect(server.dsn("bench"))
        await connection.execute(_MAKE)
        await connection.execute("vacuum analyze big")
        await connection.close()
    return server


async def must_be_filled(server: EmbeddedServer, database: str, table: str) -> bool:
    """Make the database anew, unless it is there with rows in its table: what is not logged is empty after a crash."""
    admin = await asyncpg.connect(server.dsn("postgres"))
    try:
        if await admin.fetchval("select exists (select from pg_database where datname = $1)", database):
            connection = await asyncpg.connect(server.dsn(database))
            known = await connection.fetchval("select to_regclass($1) is not null", table)
            filled = known and await connection.fetchval(f"select exists (select from {table})")
            await connection.close()
            if filled:
                return False
        await admin.execute(f"drop database if exists {database} with (force)")
        await admin.execute(f"create database {database}")
        return True
    finally:
        await admin.close()


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a benchmark's coroutine to its end."""
    return asyncio.run(work)
