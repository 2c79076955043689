"""Row level security on Chatly's data: running as a user, the proof, the matrix and the reasons of a page of rows."""

import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import asyncpg

from chatly_console.connections.identity_option import resolve
from chatly_console.core.dsn import parse_dsn
from chatly_console.core.identity import Identity
from chatly_console.core.request import Request
from chatly_console.demo.service import build_database
from chatly_console.policies.isolation.proving import prove_isolation
from chatly_console.policies.people import read_personas
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.service import count_matrix, find_table, read_tables
from chatly_console.server import embedded
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.impersonation import BOUNDARY_LOGIN
from chatly_console.server.pool import Opening

from .big_table import run

Row = tuple[str, str, str, bool]
_SQL = "select id, subject from conversations order by id limit 50"
_PAGE = 500


def rows() -> list[Row]:
    """Measured on a database built for this run."""
    return run(_measure())


async def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        server = await embedded.start(Path(folder) / "server")
        try:
            await build_database(str(server.socket_dir), server.port)
            return await _measure_on(server.dsn("chatly"))
        finally:
            await server.stop()
            await embedded.reset(Path(folder) / "server")


async def _measure_on(dsn: str) -> list[Row]:
    arguments = {**connect_arguments(parse_dsn(dsn))}
    del arguments["statement_cache_size"]
    held = await Database.connect(Opening(arguments, boundary={"user": BOUNDARY_LOGIN}))
    loose = await Database.connect(Opening(arguments))
    plain = await asyncpg.connect(dsn)
    try:
        ada = await resolve("ada@nordlicht.example", held)
        claims = json.dumps(ada.claim_values())
        found = [await _as_user(name, database, plain, ada, claims) for name, database in
                 (("boundary", held), ("advisory", loose))]  # fmt: skip
        tables = await read_tables(held)
        people = [person.identity for person in await read_personas(held)]
        proof = await _best(lambda: prove_isolation(held), 3)
        matrix = await _best(lambda: count_matrix(held, people, [t for t in tables if t.enabled or t.grants]), 3)
        conversations = find_table(tables, "conversations")
        number = count()
        pairs = [
            (
                await _seconds(lambda: explain_rows(held, conversations, ada, limit=_PAGE, tally=False)),
                await _seconds(lambda: _page(held, ada, next(number))),
            )
            for _ in range(30)
        ]
        why = statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)
        return [
            *found,
            ("isolation proof, 40 tenants, all tables, 4 commands", "5 s", f"{proof:.1f} s", proof <= 5),
            (f"matrix of {len(people)} identities x all tables", "2 s", f"{matrix:.1f} s", matrix <= 2),
            ("why, a page of 500 rows / the same page as the user", "3x", f"{why:.1f}x", why <= 3),
        ]
    finally:
        await plain.close()
        await held.close()
        await loose.close()


async def _as_user(
    name: str, database: Database, plain: "asyncpg.Connection[asyncpg.Record]", ada: Identity, claims: str
) -> Row:
    """Ours against role, claims and query by plain asyncpg, in turn; each query is a new one, as what people type."""
    number = count()

    async def ours() -> None:
        async with database.open(Request(f"{_SQL} -- {next(number)}", identity=ada)) as result:
            await result.fetch()

    async def theirs() -> None:
        async with plain.transaction(readonly=True):
            await plain.execute("set local role authenticated")
            await plain.fetchval("select set_config('request.jwt.claims', $1, true)", claims)
            await plain.fetch(f"{_SQL} -- {next(number)}")

    for _ in range(30):
        await ours()
        await theirs()
    pairs = [(await _seconds(ours), await _seconds(theirs)) for _ in range(300)]
    ratio = statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)
    what = f"a statement as a user ({name}) / role, claims and statement by plain asyncpg"
    return (what, "1.5x", f"{ratio:.2f}x", ratio <= 1.5)


async def _page(database: Database, identity: Identity, number: int) -> None:
    """The first rows of the table as the user sees them; each query is a new one, as above."""
    sql = f"select * from conversations order by id limit {_PAGE} -- {number}"
    async with database.open(Request(sql, identity=identity)) as result:
        await result.fetch(_PAGE)


async def _seconds(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun


async def _best(work: Callable[[], Awaitable[object]], times: int) -> float:
    return min([await _seconds(work) for _ in range(times)])
