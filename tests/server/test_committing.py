"""A commit that is broken off: what is said of it is what the server did."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database
from tests.server.waiting import until_true

Write = Callable[[Database, list[bool]], Awaitable[None]]
INSERT = Request("insert into t values (1)", mode=Mode.COMMITTED)
SLOW = (
    "create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$",
    "create constraint trigger slow after insert on t initially deferred for each row execute function slow()",
)
"""What makes a commit take a minute."""


@pytest.fixture
async def table(database: Database) -> AsyncIterator[None]:
    """A table, and a server that has its own ways again at the end."""
    await database.records("create table t (id int)", mode=Mode.COMMITTED)
    yield
    await standby(database, "")


async def standby(database: Database, name: str) -> None:
    """Let every commit wait for a standby of this name; it is made on the server itself before it waits."""
    async with database.open(Request(f"alter system set synchronous_standby_names to '{name}'", mode=Mode.OUTSIDE)):
        pass
    await database.records("select pg_reload_conf()")
    await until_true(database, "select current_setting('synchronous_standby_names') = $1::text", name)


async def insert(database: Database, kept: list[bool]) -> None:
    async with database.open(INSERT) as result:
        try:
            await result.finish()
        finally:
            kept.append(result.was_kept)


async def insert_in_transaction(database: Database, kept: list[bool]) -> None:
    transaction = database.transaction(INSERT)
    await transaction.begin()
    async with transaction.open(INSERT) as result:
        await result.finish()
    try:
        await transaction.commit()
    finally:
        kept.append(transaction.was_kept)


@pytest.mark.parametrize("write", [insert, insert_in_transaction])
async def test_cancelled_too_late_it_is_known_to_be_kept(database: Database, table: None, write: Write) -> None:
    await standby(database, "nobody")
    kept: list[bool] = []
    task = asyncio.ensure_future(write(database, kept))
    await until_true(database, "select exists (select from pg_stat_activity where wait_event = 'SyncRep')")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept == [True]
    assert (await database.records("select count(*)::int as n from t"))[0]["n"] == 1
    assert database.pool_in_use == 0


@pytest.mark.parametrize("write", [insert, insert_in_transaction])
async def test_cancelled_in_time_it_is_known_to_be_undone(database: Database, table: None, write: Write) -> None:
    for statement in SLOW:
        await database.records(statement, mode=Mode.COMMITTED)
    kept: list[bool] = []
    task = asyncio.ensure_future(write(database, kept))
    await until_true(database, "select exists (select from pg_stat_activity where wait_event = 'PgSleep')")
    for _ in range(5):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept == [False]
    assert (await database.records("select count(*)::int as n from t"))[0]["n"] == 0
    assert database.pool_in_use == 0


async def test_a_limit_of_the_server_at_the_commit_keeps_nothing_and_is_no_lost_connection(
    database: Database, table: None
) -> None:
    for statement in SLOW:
        refusing = statement.replace("perform pg_sleep(60)", "raise lock_not_available")
        await database.records(refusing, mode=Mode.COMMITTED)
    for write in (insert, insert_in_transaction):
        with pytest.raises(Failure) as caught:
            await write(database, [])
        assert caught.value.kind is FailureKind.TIMEOUT and caught.value.sqlstate == "55P03"
    assert (await database.records("select count(*)::int as n from t"))[0]["n"] == 0
