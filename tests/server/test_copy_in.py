"""COPY from this machine to the server: whole or not at all, alone or in a transaction, and as somebody else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.server.copying import CopyIn, CopyOut
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

LOAD = "copy t (id, words) from stdin (format csv)"


def lines(*parts: bytes) -> CopyIn:
    async def give() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    return CopyIn(give)


async def make(database: Database) -> None:
    async with database.open(Request("create table t (id int primary key, words text)", mode=Mode.COMMITTED)) as made:
        await made.finish()


async def count(database: Database) -> object:
    return (await database.records("select count(*)::int as n from t"))[0]["n"]


async def test_rows_are_kept_only_by_finish(database: Database) -> None:
    await make(database)
    request = Request(LOAD, mode=Mode.COMMITTED)
    async with database.open(request, copying=lines(b"1,one\n2,", b'"t\nwo"\n')) as result:
        assert result.tag == "COPY 2" and result.columns == []
    assert await count(database) == 0
    async with database.open(request, copying=lines(b"1,one\n")) as result:
        await result.finish()
    assert await count(database) == 1


async def test_a_bad_line_undoes_all_and_says_where(database: Database) -> None:
    await make(database)
    with pytest.raises(Failure) as caught:
        async with database.open(Request(LOAD, mode=Mode.COMMITTED), copying=lines(b"1,one\nx,two\n3,three\n" * 9000)):
            pass
    assert caught.value.sqlstate == "22P02" and "line 2" in caught.value.context
    assert await count(database) == 0
    await at_rest(database)


async def at_rest(database: Database) -> None:
    while database.pool_in_use:
        await asyncio.sleep(0.01)


async def test_a_source_that_fails_or_is_cancelled_leaves_a_good_connection(database: Database) -> None:
    await make(database)
    begun = asyncio.Event()

    async def broken() -> AsyncIterator[bytes]:
        yield b"1,one\n"
        raise Failure("The file is gone.", FailureKind.USAGE)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"1,one\n"
            begun.set()
            await asyncio.sleep(0)

    async def load(copying: CopyIn) -> None:
        async with database.open(Request(LOAD, mode=Mode.COMMITTED), copying=copying) as result:
            await result.finish()

    with pytest.raises(Failure, match="file is gone"):
        await load(CopyIn(broken))
    task = asyncio.create_task(load(CopyIn(endless)))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await count(database) == 0
    await at_rest(database)


async def test_it_joins_a_transaction_and_a_failure_undoes_only_itself(database: Database) -> None:
    await make(database)
    transaction = database.transaction(Request("", mode=Mode.COMMITTED))
    await transaction.begin()
    request = Request(LOAD, mode=Mode.COMMITTED)
    async with transaction.open(request, copying=lines(b"1,one\n")) as result:
        await result.finish()
    with pytest.raises(Failure):
        async with transaction.open(request, copying=lines(b"1,twice\n")):
            pass
    out: list[bytes] = []

    async def write(data: bytes) -> None:
        out.append(data)

    async with transaction.open(Request("select * from t"), copying=CopyOut(write, "with csv delimiter '|'")) as result:
        await result.finish()
    assert b"".join(out) == b"1|one\n"
    await transaction.commit()
    assert await count(database) == 1


@pytest.mark.parametrize(
    "sql", ["copy t from stdin; drop table t", "copy t from stdin;\ndrop table t", "select 1", "copy t to stdout"]
)
async def test_nothing_else_is_sent_as_a_copy(database: Database, sql: str) -> None:
    await make(database)
    with pytest.raises(Failure) as caught:
        async with database.open(Request(sql, mode=Mode.COMMITTED), copying=lines(b"")) as result:
            await result.finish()
    assert caught.value.kind is FailureKind.USAGE
    assert await count(database) == 0


async def test_another_user_cannot_where_the_identity_is_only_advisory(chatly_dsn: str) -> None:
    database = await Database.connect(opening_of(chatly_dsn))
    identity = Identity.authenticated("02ab7c1e-5a57-4a8f-9f0e-3f6b2f1e77aa")
    request = Request("copy conversations (subject) from stdin", (), identity, Mode.ROLLED_BACK)
    try:
        with pytest.raises(Failure, match="cannot run as another user"):
            async with database.open(request, copying=lines(b"hello\n")):
                pass
    finally:
        await database.close()


@pytest.mark.parametrize("sql", ["-- c\ncopy t from stdin", "copy (select 1) to stdout with csv", "COPY t FROM STDIN;"])
async def test_a_copy_that_nobody_tends_is_refused_and_holds_nothing(database: Database, sql: str) -> None:
    await make(database)
    with pytest.raises(Failure, match="nobody at its other end") as caught:
        async with database.open(Request(sql, mode=Mode.COMMITTED)) as result:
            await result.finish()
    assert "\\copy TABLE" in caught.value.hint
    transaction = database.transaction(Request("", mode=Mode.COMMITTED))
    await transaction.begin()
    with pytest.raises(Failure, match="nobody at its other end"):
        transaction.open(Request(sql, mode=Mode.COMMITTED))
    await transaction.roll_back()
    await at_rest(database)
