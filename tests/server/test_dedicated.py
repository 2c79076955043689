"""A connection of its own, outside the pool."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.values import Notice
from chatly_console.server.database import Database


async def test_it_keeps_its_session_and_ends_with_it(database: Database, database_dsn: str) -> None:
    heard: list[Notice] = []
    other = await asyncpg.connect(database_dsn)
    try:
        async with database.dedicated("a test [/]", on_notice=heard.append) as session:
            await session.run("set search_path = 'x'; select pg_advisory_lock(1)")
            assert (await session.run("do $$ begin raise notice 'hello'; end $$")) == "DO"
            assert heard[0].message == "hello"
            names = await other.fetch("select application_name from pg_stat_activity where pid = $1", session.pid)
            assert [row[0] for row in names] == ["a test [/]"]
            await session.run("begin")
            assert session.in_transaction
            assert database.pool_in_use == 0
            pid = session.pid
        while await other.fetchval("select exists (select from pg_stat_activity where pid = $1)", pid):
            await asyncio.sleep(0.01)
        assert await other.fetchval("select pg_try_advisory_lock(1)")
    finally:
        await other.close()


async def test_a_cancelled_statement_stops_and_the_session_can_be_used(database: Database) -> None:
    async with database.dedicated("a test") as session:
        task = asyncio.create_task(session.run("select pg_sleep(60)"))
        await asyncio.sleep(0)
        while not await database.records(
            "select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'", session.pid
        ):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await session.run("select 1") == "SELECT 1"


async def test_a_lost_connection_is_a_failure(database: Database) -> None:
    async with database.dedicated("a test") as session:
        await database.records("select pg_terminate_backend($1)", session.pid)
        with pytest.raises(Failure) as caught:
            await session.run("select 1")
        assert caught.value.kind is FailureKind.LINK


async def test_a_pooler_that_shares_sessions_is_refused(database: Database) -> None:
    database.facts = replace(database.facts, transaction_pooler=True)
    with pytest.raises(Failure, match="keeps no session"):
        async with database.dedicated("a test"):
            pass


async def test_another_database_of_the_server_is_one_step_away(database: Database) -> None:
    beside = await Database.connect(database.beside("postgres"))
    try:
        assert beside.facts.database == "postgres" and beside.facts.user == database.facts.user
    finally:
        await beside.close()


async def test_what_is_asked_again_is_parsed_once_and_goes_on_after_its_table_was_altered(database: Database) -> None:
    async with database.dedicated("a test") as session:
        await session.run("create table asked (id int); insert into asked values (7)")
        for _ in range(3):
            assert [dict(row.items()) for row in await session.repeated("select * from asked")] == [{"id": 7}]
        parsed = await session.records(
            "select count(*) as n from pg_prepared_statements where statement like '%asked%'"
        )
        assert parsed[0]["n"] == 1
        await session.run("alter table asked add column name text default 'x'")
        assert [dict(row.items()) for row in await session.repeated("select * from asked")] == [{"id": 7, "name": "x"}]
        assert [row["id"] for row in await session.repeated("select id from asked where id = $1::int", 7)] == [7]
        with pytest.raises(Failure, match="does not exist"):
            await session.repeated("select nothing from asked")
        assert [row["name"] for row in await session.repeated("select * from asked")] == ["x"]
