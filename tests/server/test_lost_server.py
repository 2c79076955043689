"""A server that goes away, comes back, or stops answering: sentences, and a console that works again by itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.link import LinkState
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database

from .conftest import opening_of
from .stalling_proxy import StallingProxy
from .waiting import LIMIT, until


@pytest.fixture
async def proxy(database_dsn: str) -> AsyncIterator[StallingProxy]:
    place = parse_dsn(database_dsn).places[0]
    async with StallingProxy(host=place.host, port=place.port) as proxy:
        yield proxy


@pytest.fixture
async def database(database_dsn: str, proxy: StallingProxy) -> AsyncIterator[Database]:
    target = parse_dsn(database_dsn)
    dsn = f"postgresql://{target.user}@127.0.0.1:{proxy.port}/{target.database}?sslmode=disable"
    database = await Database.connect(opening_of(dsn, acquire_limit=3.0))
    yield database
    await database.close()


async def one(database: Database) -> str | None:
    async with database.open(Request("select 1")) as result:
        return (await result.fetch())[0][0]


async def test_a_cut_connection_is_seen_at_once_and_mended_by_itself(database: Database, proxy: StallingProxy) -> None:
    assert await one(database) == "1"
    await proxy.refuse()
    await until(database, lambda state: state is LinkState.LOST)
    with pytest.raises(Failure) as caught:
        await one(database)
    assert caught.value.kind is FailureKind.LINK
    await proxy.listen()
    await until(database, lambda state: state is LinkState.CONNECTED)
    assert await one(database) == "1"


async def test_a_statement_cut_while_it_runs_is_lost_and_not_run_again(
    database: Database, proxy: StallingProxy
) -> None:
    async with database.open(Request("create table counted (a int)", mode=Mode.COMMITTED)) as result:
        await result.finish()
    heard = asyncio.Event()
    sql = "do $$ begin insert into counted values (1); raise notice 'in'; perform pg_sleep(60); end $$"

    async def run() -> None:
        async with database.open(Request(sql, mode=Mode.COMMITTED), on_notice=lambda _: heard.set()) as result:
            await result.finish()

    task = asyncio.create_task(run())
    await asyncio.wait_for(heard.wait(), LIMIT)
    await proxy.refuse()
    with pytest.raises(Failure) as caught:
        await task
    assert caught.value.kind is FailureKind.LINK
    await proxy.listen()
    await until(database, lambda state: state is LinkState.CONNECTED)
    async with database.open(Request("select count(*) from counted")) as counted:
        assert await counted.fetch() == [("0",)]


async def test_a_stalled_network_is_said_and_survived(database: Database, proxy: StallingProxy) -> None:
    assert await one(database) == "1"
    proxy.stall()
    running = asyncio.create_task(one(database))
    await until(database, lambda state: state is LinkState.STALLED)
    running.cancel()
    with pytest.raises((Failure, asyncio.CancelledError)):
        await asyncio.wait_for(running, LIMIT)
    with pytest.raises(Failure) as caught:
        await one(database)
    assert "does not answer" in caught.value.sentence
    proxy.resume()
    await until(database, lambda state: state is LinkState.CONNECTED)
    assert await one(database) == "1"


async def test_a_cancel_that_the_server_never_confirms_is_not_called_cancelled(
    database: Database, proxy: StallingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.server.lease.CLEAN_LIMIT", 0.3)
    heard = asyncio.Event()
    sql = "do $$ begin raise notice 'in'; perform pg_sleep(60); end $$"

    async def run() -> None:
        async with database.open(Request(sql), on_notice=lambda _: heard.set()):
            pass

    task = asyncio.create_task(run())
    await asyncio.wait_for(heard.wait(), LIMIT)
    proxy.stall()
    task.cancel()
    with pytest.raises(Failure) as caught:
        await asyncio.wait_for(task, LIMIT)
    assert "did not confirm" in caught.value.sentence


async def test_closing_does_not_hang_on_a_stalled_network(database: Database, proxy: StallingProxy) -> None:
    await one(database)
    proxy.stall()
    await asyncio.wait_for(database.close(limit=0.3), LIMIT)


async def test_nobody_home_is_a_sentence() -> None:
    with pytest.raises(Failure) as caught:
        await Database.connect(opening_of("postgresql://nobody@127.0.0.1:1/none?sslmode=disable"))
    assert (caught.value.kind, caught.value.sentence) == (
        FailureKind.LINK,
        "The server cannot be reached: it refuses connections.",
    )
