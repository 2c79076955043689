"""A transaction that is held open: statements join it, and each that fails undoes only itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database
from chatly_console.server.transaction import Transaction
from tests.server.conftest import opening_of

WRITES = Request("", mode=Mode.COMMITTED)


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    async with database.open(Request("create table t (id int primary key)", mode=Mode.COMMITTED)) as result:
        await result.finish()
    yield database
    await database.close()


async def run(transaction: Transaction, sql: str, mode: Mode = Mode.COMMITTED) -> str:
    async with transaction.open(Request(sql, mode=mode)) as result:
        while await result.fetch():
            pass
        await result.finish()
        return result.tag


async def count(database: Database) -> object:
    return (await database.records("select count(*)::int as n from t"))[0]["n"]


async def test_what_joins_is_seen_by_others_once_it_is_committed(database: Database) -> None:
    transaction = database.transaction(WRITES)
    await transaction.begin()
    assert await run(transaction, "insert into t values (1), (2)") == "INSERT 0 2"
    assert await run(transaction, "select * from t", Mode.READ_ONLY) == "SELECT 2"
    assert await count(database) == 0
    await transaction.commit()
    assert await count(database) == 2 and not transaction.is_open
    assert database.pool_in_use == 0


async def test_a_statement_that_fails_or_is_cancelled_undoes_only_itself(database: Database) -> None:
    transaction = database.transaction(WRITES)
    await transaction.begin()
    await run(transaction, "insert into t values (1)")
    with pytest.raises(Failure, match=r"(?i)duplicate key"):
        await run(transaction, "insert into t values (2), (1)")
    slow = asyncio.create_task(run(transaction, "insert into t select 3 from pg_sleep(60)"))
    while not await database.records(
        "select 1 as x from pg_stat_activity where query like 'insert%' and wait_event = 'PgSleep'"
    ):
        await asyncio.sleep(0.01)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    await run(transaction, "insert into t values (4)")
    await transaction.commit()
    rows = await database.records("select id from t order by 1")
    assert [row["id"] for row in rows] == [1, 4]


async def test_reading_inside_is_guarded_by_the_server_and_writing_goes_on_after_it(database: Database) -> None:
    transaction = database.transaction(WRITES)
    await transaction.begin()
    with pytest.raises(Failure) as caught:
        await run(transaction, "insert into t values (1)", Mode.READ_ONLY)
    assert caught.value.sqlstate == "25006"
    await run(transaction, "insert into t values (2)")
    await transaction.roll_back()
    assert await count(database) == 0
    assert database.pool_in_use == 0


async def test_an_open_result_pages_and_must_be_left_before_the_next(database: Database) -> None:
    transaction = database.transaction(WRITES)
    await transaction.begin()
    async with transaction.open(Request("select generate_series(1, 2000)"), first_page=500) as result:
        assert len(await result.fetch(500)) == 500 and len(await result.fetch(500)) == 500
        with pytest.raises(Failure, match="still open"):
            await run(transaction, "select 1")
    assert await run(transaction, "select 1") == "SELECT 1"
    await transaction.roll_back()


async def test_a_commit_that_is_refused_is_said_and_keeps_nothing(database: Database) -> None:
    transaction = database.transaction(WRITES)
    await transaction.begin()
    await run(transaction, "create table u (id int references t deferrable initially deferred)")
    await run(transaction, "insert into u values (7)")
    with pytest.raises(Failure) as caught:
        await transaction.commit()
    assert caught.value.sqlstate == "23503" and not transaction.is_open
    assert database.pool_in_use == 0


async def test_a_killed_backend_loses_the_transaction_and_says_so(database: Database) -> None:
    transaction = database.transaction(WRITES)
    await transaction.begin()
    async with transaction.open(Request("select pg_backend_pid()")) as result:
        pid = (await result.fetch())[0][0]
    await database.records(f"select pg_terminate_backend({pid})")
    async with asyncio.timeout(10):
        while transaction.is_open:
            await asyncio.sleep(0.01)
    with pytest.raises(Failure) as caught:
        await transaction.commit()
    assert caught.value.kind is FailureKind.LINK and "nothing of it was kept" in caught.value.sentence
    await transaction.roll_back()
    assert database.pool_in_use == 0


async def test_as_another_role_it_stays_that_role_and_keeps_only_what_it_may(database: Database) -> None:
    transaction = database.transaction(Request("", identity=Identity.of_role("pg_monitor"), mode=Mode.ROLLED_BACK))
    await transaction.begin()
    async with transaction.open(Request("select current_user")) as result:
        assert await result.fetch() == [("pg_monitor",)]
    with pytest.raises(Failure, match="could only be rolled back"):
        await transaction.commit()
    assert database.pool_in_use == 0


async def test_what_is_prepared_in_it_sees_its_tables_and_ends_with_it(database: Database) -> None:
    transaction = database.transaction(WRITES)
    await transaction.begin()
    await run(transaction, "create table made as select 1 as id")
    await transaction.prepare("known", "select id from made where id = $1")
    settings = (("plan_cache_mode", "force_generic_plan"),)
    request = Request("explain execute known(1)", mode=Mode.READ_ONLY, settings=settings)
    async with transaction.open(request) as result:
        assert any("$1" in (row[0] or "") for row in await result.fetch())
    async with transaction.open(Request("show plan_cache_mode")) as result:
        assert [list(row) for row in await result.fetch()] == [["auto"]]
    with pytest.raises(Failure, match="does not exist"):
        await transaction.prepare("other", "select * from nowhere")
    await transaction.roll_back()
    assert await database.records("select name from pg_prepared_statements where name = 'known'") == []


async def asked(transaction: Transaction, sql: str) -> object:
    async with transaction.open(Request(sql)) as result:
        rows = await result.fetch()
        await result.finish()
    return rows[0][0]


async def test_the_session_of_a_script_outlives_its_commits_and_is_clean_afterwards(database: Database) -> None:
    transaction = database.transaction(WRITES, of_script=True)
    await transaction.begin()
    await run(transaction, "set search_path = pg_catalog")
    await run(transaction, "create temp table mine as select 7 as n")
    await run(transaction, "insert into public.t values (1)")
    await transaction.go_on(keep=True)
    assert await count(database) == 1
    assert await run(transaction, "vacuum public.t", Mode.OUTSIDE) == "VACUUM"
    with pytest.raises(Failure, match="VACUUM option"):
        await run(transaction, "vacuum (no_such_option) public.t", Mode.OUTSIDE)
    assert (await asked(transaction, "show search_path"), await asked(transaction, "select n from mine")) == (
        "pg_catalog", "7",
    )  # fmt: skip
    await transaction.control("savepoint a")
    await run(transaction, "insert into public.t values (2)")
    await transaction.control("rollback to a")
    await run(transaction, "insert into public.t values (3)")
    await transaction.go_on(keep=False, isolation="serializable")
    assert await asked(transaction, "show transaction_isolation") == "serializable"
    await transaction.commit()
    assert await count(database) == 1
    row = (await database.records("select current_setting('search_path') as s, to_regclass('mine')::text as m"))[0]
    assert "public" in str(row["s"]) and row["m"] is None


async def test_only_the_session_of_a_script_commits_on_the_way_and_no_guard_is_lifted(database: Database) -> None:
    held = database.transaction(WRITES)
    await held.begin()
    for doing in (held.go_on(keep=True), run(held, "vacuum t", Mode.OUTSIDE), held.control("commit")):
        with pytest.raises(Failure):
            await doing
    await held.roll_back()
    reading = database.transaction(Request("", mode=Mode.READ_ONLY), of_script=True)
    await reading.begin()
    with pytest.raises(Failure, match="not for here"):
        await reading.control("set transaction read write")
    await reading.go_on(keep=True)
    with pytest.raises(Failure, match="read-only transaction"):
        await run(reading, "insert into t values (1)")
    await reading.roll_back()
    trying = database.transaction(Request("", mode=Mode.ROLLED_BACK), of_script=True)
    await trying.begin()
    with pytest.raises(Failure, match="cannot be committed"):
        await trying.go_on(keep=True)
    await trying.roll_back()
    assert database.pool_in_use == 0


async def test_a_script_sends_what_returns_nothing_in_one_round_trip(database: Database) -> None:
    heard: list[str] = []
    transaction = database.transaction(WRITES, of_script=True)
    await transaction.begin()
    assert await transaction.run("insert into t values (1), (2)", lambda notice: None) == "INSERT 0 2"
    await transaction.run("do $$ begin raise notice 'so'; end $$", lambda notice: heard.append(notice.message))
    slow = asyncio.create_task(transaction.run("select pg_sleep(60)", lambda notice: None))
    while not await database.records("select 1 as x from pg_stat_activity where wait_event = 'PgSleep'"):
        await asyncio.sleep(0.01)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert heard == ["so"]
    assert not await database.records("select 1 as x from pg_stat_activity where wait_event = 'PgSleep'")
    with pytest.raises(Failure, match="aborted"):
        await transaction.run("insert into t values (3)", lambda notice: None)
    await transaction.roll_back()
    assert await count(database) == 0 and database.pool_in_use == 0
    held = database.transaction(WRITES)
    await held.begin()
    with pytest.raises(Failure, match="needs a savepoint"):
        await held.run("select 1", lambda notice: None)
    await held.roll_back()
