"""Behind a transaction pooler like Supabase's: recognised by what it does, and nothing of one reaches another."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.request import Mode, Request
from chatly_console.core.values import Row
from chatly_console.server.database import Database

from .conftest import opening_of

pytestmark = pytest.mark.pg17

STATE = """
select current_user, session_user, current_setting('search_path'), current_setting('work_mem'),
       current_setting('statement_timeout'), current_setting('default_transaction_read_only'),
       coalesce(nullif(current_setting('request.jwt.claims', true), ''), 'none'),
       (select count(*) from pg_class where relpersistence = 't' and pg_my_temp_schema() = relnamespace),
       (select count(*) from pg_prepared_statements where from_sql),
       (select count(*) from pg_locks where locktype = 'advisory' and objid = 471104711)
"""
LEAVES_SOMETHING = (
    "set work_mem to '77MB'",
    "set search_path to pg_catalog",
    "set default_transaction_read_only to on",
    "set statement_timeout to '77s'",
    "set role to authenticated",
    "select set_config('request.jwt.claims', '{\"sub\":\"x\"}', false)",
    "create temp table left_behind as select 1 as a",
    "select pg_advisory_lock(471104711)",
    "prepare left_behind as select 1",
    "declare left_behind cursor with hold for select 1",
    "do $$ begin execute 'set work_mem to ''66MB'''; end $$",
)


def through(dsn: str, port: int) -> str:
    return dsn.replace(":55617/", f":{port}/")


@pytest.fixture
async def pooled(pg17_dsn: str) -> AsyncIterator[Database]:
    """Through the transaction pooler, on a port that says nothing."""
    database = await Database.connect(opening_of(through(pg17_dsn, 56617), pool_size=4))
    yield database
    await database.close()


@pytest.fixture
async def other(pg17_dsn: str) -> AsyncIterator[Database]:
    """Another console on the same pooler."""
    database = await Database.connect(opening_of(through(pg17_dsn, 56617), pool_size=4))
    yield database
    await database.close()


async def rows_of(
    database: Database, sql: str, *values: str, mode: Mode = Mode.READ_ONLY, identity: Identity = LOGIN
) -> list[Row]:
    async with database.open(Request(sql, values, identity, mode)) as result:
        rows: list[Row] = []
        while page := await result.fetch():
            rows += page
        await result.finish()
        return rows


@pytest.mark.parametrize(("port", "shared"), [(55617, False), (56617, True), (56618, True), (56619, False)])
async def test_a_pooler_is_known_by_what_it_does(pg17_dsn: str, port: int, shared: bool) -> None:
    database = await Database.connect(opening_of(through(pg17_dsn, port)))
    try:
        assert database.facts.transaction_pooler is shared
    finally:
        await database.close()


async def test_forty_statements_at_once_are_all_right(pooled: Database, other: Database) -> None:
    async def call(number: int) -> None:
        database = (pooled, other)[number % 2]
        sql = f"select $1::int * 2, {number}, (select count(*) from generate_series(1, {number})), pg_sleep(0.01)"
        for _ in range(5):
            rows = await rows_of(database, sql, str(number))
            assert [row[:3] for row in rows] == [(str(number * 2), str(number), str(number))]

    async with asyncio.timeout(60):
        await asyncio.gather(*(call(number) for number in range(40)))
    assert (pooled.pool_in_use, other.pool_in_use) == (0, 0)


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.ROLLED_BACK, Mode.COMMITTED])
@pytest.mark.parametrize("sql", LEAVES_SOMETHING)
async def test_nothing_of_a_statement_reaches_another_client(
    pooled: Database, other: Database, sql: str, mode: Mode
) -> None:
    clean = await rows_of(other, STATE)
    try:
        await rows_of(pooled, sql, mode=mode)
    except Failure as failure:
        assert failure.kind is FailureKind.SQL, failure
    # Enough at once that each server connection of the pooler is asked.
    found = await asyncio.gather(*(rows_of(database, STATE) for database in (pooled, other) * 6))
    assert all(rows == clean for rows in found), sql


async def test_a_cancelled_statement_stops_on_the_server(pooled: Database, other: Database) -> None:
    running = "select count(*) from pg_locks where locktype = 'advisory' and objid = 471104712"
    task = asyncio.create_task(rows_of(pooled, "select pg_advisory_xact_lock(471104712), pg_sleep(60)"))
    async with asyncio.timeout(10):
        while await rows_of(other, running) == [("0",)]:
            await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while await rows_of(other, running) != [("0",)]:
            await asyncio.sleep(0.05)
    assert await rows_of(pooled, "select 1") == [("1",)]


async def test_results_stay_open_side_by_side(pooled: Database) -> None:
    sql = "select i from generate_series(1, 2000) i"
    async with pooled.open(Request(sql)) as first, pooled.open(Request(sql)) as second:
        pages = [await result.fetch(500) for result in (first, second) * 4]
    assert [page[0][0] for page in pages] == ["1", "1", "501", "501", "1001", "1001", "1501", "1501"]


async def test_impersonation_holds_for_its_statement_only(pooled: Database, other: Database) -> None:
    sub = (await rows_of(pooled, "select id from auth.users order by id limit 1"))[0][0]
    assert sub is not None
    user = Identity.authenticated(sub)
    asked = "select current_user, auth.uid()::text"
    calls = [rows_of(pooled, asked, identity=user, mode=Mode.ROLLED_BACK) for _ in range(10)]
    calls += [rows_of(database, asked) for database in (pooled, other) * 10]
    found = await asyncio.gather(*calls)
    assert all(rows == [("authenticated", sub)] for rows in found[:10])
    assert all(rows == [("postgres", None)] for rows in found[10:])
