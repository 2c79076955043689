"""What the executor promises: modes, paging, errors, notices, cancelling."""

import asyncio

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.core.values import Notice, Row
from chatly_console.server.database import Database


async def rows_of(database: Database, sql: str, *arguments: str | None, mode: Mode = Mode.READ_ONLY) -> list[Row]:
    async with database.open(Request(sql, arguments, mode=mode)) as result:
        rows: list[Row] = []
        while page := await result.fetch():
            rows += page
        await result.finish()
        return rows


async def refusal(database: Database, sql: str, mode: Mode = Mode.READ_ONLY) -> Failure:
    with pytest.raises(Failure) as caught:
        await rows_of(database, sql, mode=mode)
    return caught.value


async def test_rows_come_page_by_page_with_their_columns(database: Database) -> None:
    sql = "select i as number, repeat('x', i % 3) as word from generate_series(1, 1200) i order by i"
    async with database.open(Request(sql)) as result:
        assert [(c.name, c.type_name, c.is_numeric) for c in result.columns] == [
            ("number", "integer", True),
            ("word", "text", False),
        ]
        sizes = []
        while page := await result.fetch(400):
            sizes.append(len(page))
        assert sizes == [500, 400, 300]
        assert result.exhausted
        assert result.tag == "SELECT 300"


async def test_parameters_are_text_for_every_type(database: Database) -> None:
    sql = "select $1::int + 1, $2::date, $3::text[], $4::jsonb, $5::bytea"
    rows = await rows_of(database, sql, "41", "0044-03-15 BC", '{a,NULL,"b c"}', '{"a":1}', "\\x00ff")
    assert rows == [("42", "0044-03-15 BC", '{a,NULL,"b c"}', '{"a": 1}', "\\x00ff")]


async def test_read_only_is_held_by_the_server(database: Database) -> None:
    await rows_of(database, "create table kept (a int)", mode=Mode.COMMITTED)
    for sql in (
        "insert into kept values (1)",
        "with gone as (insert into kept values (1) returning *) select * from gone",
        "do $$ begin set transaction read write; insert into kept values (1); end $$",
        "do $$ begin perform set_config('transaction_read_only', 'off', false); insert into kept values (1); end $$",
    ):
        failure = await refusal(database, sql)
        assert failure.sqlstate in ("25006", "25001"), sql
    assert await rows_of(database, "select count(*) from kept") == [("0",)]


async def test_rolled_back_shows_the_change_and_keeps_nothing(database: Database) -> None:
    await rows_of(database, "create table kept (a int)", mode=Mode.COMMITTED)
    assert await rows_of(database, "insert into kept values (7) returning a", mode=Mode.ROLLED_BACK) == [("7",)]
    assert await rows_of(database, "select * from kept") == []


async def test_committed_is_kept_only_by_finish(database: Database) -> None:
    await rows_of(database, "create table kept (a int)", mode=Mode.COMMITTED)
    async with database.open(Request("insert into kept values (1)", mode=Mode.COMMITTED)) as result:
        assert result.tag == "INSERT 0 1"
    assert await rows_of(database, "select * from kept") == []
    await rows_of(database, "insert into kept values (2)", mode=Mode.COMMITTED)
    assert await rows_of(database, "select * from kept") == [("2",)]


async def test_what_no_transaction_takes_runs_outside(database: Database) -> None:
    await rows_of(database, "create table kept (a int)", mode=Mode.COMMITTED)
    await rows_of(database, "create index concurrently on kept (a)", mode=Mode.OUTSIDE)
    await rows_of(database, "vacuum kept", mode=Mode.OUTSIDE)
    assert (await refusal(database, "vacuum kept", Mode.COMMITTED)).sqlstate == "25001"


async def test_a_deferred_constraint_fails_at_the_commit(database: Database) -> None:
    await rows_of(database, "create table kept (a int unique deferrable initially deferred)", mode=Mode.COMMITTED)
    failure = await refusal(database, "insert into kept values (1), (1)", Mode.COMMITTED)
    assert failure.sqlstate == "23505"
    assert await rows_of(database, "select * from kept") == []


async def test_an_error_says_what_the_server_said_and_where(database: Database) -> None:
    failure = await refusal(database, "select 'é日本', missing_column from pg_class")
    assert failure.kind is FailureKind.SQL
    assert failure.sqlstate == "42703"
    assert failure.position == len("select 'é日本', ") + 1
    assert failure.sentence.startswith('Column "missing_column" does not exist')


@pytest.mark.parametrize("sql", ["select 1; select 2", "commit; drop table x"])
async def test_two_statements_in_one_are_refused(database: Database, sql: str) -> None:
    assert (await refusal(database, sql)).sqlstate == "42601"


@pytest.mark.parametrize("sql", ["commit", "rollback", "end", "abort"])
async def test_a_statement_that_ends_its_transaction_is_refused(database: Database, sql: str) -> None:
    assert (await refusal(database, sql)).kind is FailureKind.REFUSED


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.COMMITTED])
@pytest.mark.parametrize("sql", ["", "-- nothing but a remark", ";"])
async def test_a_text_without_a_statement_ends_at_once(database: Database, sql: str, mode: Mode) -> None:
    async with asyncio.timeout(10), database.open(Request(sql, mode=mode)) as result:
        assert await result.fetch() == [] and result.exhausted
        await result.finish()


async def test_of_an_endless_message_as_much_is_kept_as_anybody_reads(database: Database) -> None:
    heard: list[Notice] = []
    sql = """do $$ begin
        raise notice '%', repeat('n', 1000000);
        raise exception '%', repeat('e', 1000000) using detail = repeat('d', 1000000);
    end $$"""
    with pytest.raises(Failure) as caught:
        async with database.open(Request(sql), on_notice=heard.append):
            pass
    assert caught.value.sentence.startswith("Ee") and caught.value.sentence.endswith("(1,000,000 characters in all)")
    assert len(caught.value.sentence + caught.value.detail + heard[0].message) < 70_000


async def test_an_encoding_that_is_not_understood_here_is_said_and_does_not_stay(database: Database) -> None:
    failure = await refusal(database, "select set_config('client_encoding', 'EUC_TW', false), 'x'")
    assert "was set to EUC_TW, which is not understood here" in failure.sentence
    assert await rows_of(database, "select current_setting('client_encoding'), 'é'") == [("UTF8", "é")]


async def test_a_nul_character_is_refused_in_a_sentence_with_its_place(database: Database) -> None:
    failure = await refusal(database, "select '\0'")
    assert (failure.kind, failure.position) == (FailureKind.USAGE, 9)


async def test_a_lone_surrogate_is_refused_in_a_sentence(database: Database) -> None:
    assert (await refusal(database, "select '\ud800'")).kind is FailureKind.USAGE


async def test_the_statement_timeout_is_the_servers(database: Database) -> None:
    with pytest.raises(Failure) as caught:
        async with database.open(Request("select pg_sleep(30)", statement_timeout=0.1)):
            pass
    assert (caught.value.kind, caught.value.sqlstate) == (FailureKind.TIMEOUT, "57014")


async def test_notices_arrive_while_the_statement_runs(database: Database) -> None:
    heard: asyncio.Queue[Notice] = asyncio.Queue()
    sql = "do $$ begin raise notice 'first' using hint = 'look'; perform pg_sleep(30); end $$"

    async def run() -> None:
        async with database.open(Request(sql), on_notice=heard.put_nowait):
            pass

    task = asyncio.create_task(run())
    notice = await asyncio.wait_for(heard.get(), 10)
    assert (notice.severity, notice.message, notice.hint) == ("NOTICE", "first", "look")
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_series_hears_what_the_server_remarks(database: Database) -> None:
    async with database.series(Request("", mode=Mode.ROLLED_BACK)) as series:
        await series.run("do $$ begin raise notice 'out of memory, on disk now'; end $$")
        assert [notice.message for notice in series.notices] == ["out of memory, on disk now"]
        with pytest.raises(Failure, match="NUL"):
            await series.run("select '\0'")


async def test_cancelling_stops_the_servers_work_before_it_is_said(database: Database) -> None:
    heard = asyncio.Event()
    sql = "do $$ begin raise notice 'running'; perform pg_sleep(60); end $$"

    async def run() -> None:
        async with database.open(Request(sql), on_notice=lambda _: heard.set()):
            pass

    task = asyncio.create_task(run())
    await asyncio.wait_for(heard.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    active = (
        "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(60)%' and pid <> $1"
    )
    assert await rows_of(database, active.replace("$1", "pg_backend_pid()")) == [("0",)]
    assert database.pool_in_use == 0


async def test_cancelling_between_pages_frees_the_connection(database: Database) -> None:
    async with database.open(Request("select i from generate_series(1, 100000) i")) as result:
        await result.fetch()
        assert database.pool_in_use == 1
    assert database.pool_in_use == 0
    with pytest.raises(Failure) as caught:
        await result.fetch()
    assert caught.value.kind is FailureKind.REFUSED


async def test_a_full_pool_is_said(database_dsn: str) -> None:
    from .conftest import opening_of

    database = await Database.connect(opening_of(database_dsn, pool_size=1, acquire_limit=0.2))
    try:
        async with database.open(Request("select i from generate_series(1, 1000) i")):
            assert (await refusal(database, "select 1")).kind is FailureKind.FULL
        assert await rows_of(database, "select 1") == [("1",)]
    finally:
        await database.close()


async def test_records_have_python_values(database: Database) -> None:
    rows = await database.records("select $1::int as n, '{\"a\": [1]}'::jsonb as doc, null::text as none", 3)
    assert dict(rows[0]) == {"n": 3, "doc": {"a": [1]}, "none": None}
