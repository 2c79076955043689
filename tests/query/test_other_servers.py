"""The Query room's own statements and its transactions on PostgreSQL 17, as on Supabase, also behind its pooler."""

from collections.abc import AsyncIterator

import pytest

from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN
from chatly_console.core.request import Mode, Request
from chatly_console.query.meta_commands import MetaCommand, meaning
from chatly_console.query.table_service import Tables
from chatly_console.query.would_go import what_would_go
from chatly_console.server.copying import CopyIn, CopyOut
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql
from tests.server.conftest import opening_of

POOLER = ("55617", "56617")
LISTS = ("dt", "dv", "df", "dn", "du", "l", "dx", "dT", "dp", "di", "sf", "sv")


@pytest.fixture(params=["direct", "transaction pooler"])
async def seventeen(request: pytest.FixtureRequest, pg17_dsn: str) -> AsyncIterator[Database]:
    pooled = request.param != "direct"
    dsn = pg17_dsn.replace(*POOLER) if pooled else pg17_dsn
    database = await Database.connect(opening_of(dsn, transaction_pooler=True) if pooled else opening_of(dsn))
    yield database
    await database.close()


@pytest.mark.pg17
async def test_psqls_lists_run_there(seventeen: Database) -> None:
    for name in LISTS:
        meant = meaning(MetaCommand(name))
        sql = load_sql("chatly_console.query", meant.text, seventeen.facts.version_number)
        async with seventeen.open(Request(sql, meant.values)) as result:
            assert result.columns
            await result.fetch(10)


@pytest.mark.pg17
async def test_a_transaction_is_held_and_rolled_back_there(seventeen: Database) -> None:
    transaction = seventeen.transaction(Request("", mode=Mode.COMMITTED))
    await transaction.begin()
    for sql, mode in (
        ("create table query_room_t (id int)", Mode.COMMITTED),
        ("insert into query_room_t values (1), (2)", Mode.COMMITTED),
        ("select * from query_room_t", Mode.READ_ONLY),
    ):
        async with transaction.open(Request(sql, mode=mode)) as result:
            rows = await result.fetch()
            await result.finish()
    assert len(rows) == 2
    with pytest.raises(Failure):
        async with transaction.open(Request("select nowhere")):
            pass
    assert transaction.is_open
    await transaction.roll_back()
    assert await seventeen.records("select 1 as x from pg_class where relname = 'query_room_t'") == []


@pytest.mark.pg17
async def test_copy_goes_both_ways_there(seventeen: Database) -> None:
    async def lines() -> AsyncIterator[bytes]:
        yield b"1,one\n2,\n"

    async def write(data: bytes) -> None:
        written.append(data)

    written: list[bytes] = []
    transaction = seventeen.transaction(Request("", mode=Mode.COMMITTED))
    await transaction.begin()
    async with transaction.open(Request("create table query_room_c (id int, w text)", mode=Mode.COMMITTED)) as result:
        await result.finish()
    load = Request("copy query_room_c from stdin (format csv)", mode=Mode.COMMITTED)
    async with transaction.open(load, copying=CopyIn(lines)) as result:
        await result.finish()
        assert result.tag == "COPY 2"
    async with transaction.open(Request("table query_room_c"), copying=CopyOut(write, "csv")) as result:
        await result.finish()
    await transaction.roll_back()
    assert b"".join(written) == b"1,one\n2,\n"


@pytest.mark.pg17
async def test_types_of_parameters_and_tables_are_known_there(seventeen: Database) -> None:
    async with seventeen.series(Request("")) as series:
        assert await series.parameter_types("select $1::int, $2::timestamptz") == [
            "integer",
            "timestamp with time zone",
        ]
    sql = "select oid, relname from pg_catalog.pg_class"
    async with seventeen.open(Request(sql)) as result:
        found = await Tables().rows_of(seventeen, sql, result.columns, LOGIN)
    assert found.editable is None and found.why_not
    assert "about" in await what_would_go(seventeen, classify("delete from auth.users"))
