"""CSV that the server makes, held to the same rules as rows that are fetched."""

import asyncio

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.formats import encode
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.query.export import csv_of_copy
from chatly_console.server.database import Database

AWKWARD = r"""
select * from (values (1, '', null), (2, 'a,b', 'say "x"'), (3, E'two\nlines', E'cr\r'), (4, '\.', '"\.,\.'),
  (5, E'\\.\n\\.', ' '),
  (6, 'ü漢', E'\x1b[31m')) as v (n, "the ""name"", here", "?column?") -- the end"""


async def copied(database: Database, sql: str, identity: Identity | None = None) -> tuple[str, str]:
    parts: list[bytes] = []

    async def write(lines: bytes) -> None:
        parts.append(csv_of_copy(lines))

    request = Request(sql) if identity is None else Request(sql, identity=identity)
    result = await database.copy_csv(request, write)
    return b"".join(parts).decode(), result.tag


@pytest.mark.parametrize("sql", [AWKWARD, "values (null)", r"values ('\.'), ('')", "select", "select 1 where false"])
async def test_the_bytes_are_those_of_our_own_encoder(database: Database, sql: str) -> None:
    async with database.open(Request(sql)) as result:
        rows = await result.fetch()
        ours = encode("csv", result.columns, rows)
    text, tag = await copied(database, sql)
    assert text == ours
    assert tag == f"COPY {len(rows)}"


async def test_an_error_points_into_the_statement_as_it_was_written(database: Database) -> None:
    with pytest.raises(Failure) as caught:
        await copied(database, "select 'ä', nothing from pg_class")
    assert caught.value.sqlstate == "42703"
    assert caught.value.position == 13


@pytest.mark.parametrize(
    "sql",
    [
        "select 1) to stdout; create table got_out (); copy (select 2",
        "select 1), (select 2",
        "select $1",
        "select 1; select 2",
        "select (1",
    ],
)
async def test_what_could_leave_its_parentheses_is_never_sent(database: Database, sql: str) -> None:
    with pytest.raises(Failure) as caught:
        await copied(database, sql)
    assert caught.value.kind is FailureKind.USAGE


async def test_it_runs_read_only_and_as_whom_it_should(database: Database) -> None:
    with pytest.raises(Failure, match="read-only transaction"):
        await copied(database, "select lo_create(0)")
    with pytest.raises(Failure):
        await database.copy_csv(Request("select 1", mode=Mode.COMMITTED), lambda lines: asyncio.sleep(0))
    text, _ = await copied(database, "select current_user as who", Identity.of_role("pg_monitor"))
    assert text == "who\npg_monitor\n"


async def test_a_cancelled_copy_ends_on_the_server_and_the_connection_is_clean(database: Database) -> None:
    begun = asyncio.Event()

    async def write(lines: bytes) -> None:
        begun.set()

    endless = "select generate_series(1, 1000000000), repeat('x', 1000)"
    task = asyncio.create_task(database.copy_csv(Request(endless), write))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    found = await database.records(
        "select count(*) as n from pg_stat_activity"
        " where query like 'copy (select generate_series%' and state = 'active'"
    )
    assert found[0]["n"] == 0
    for _ in range(3):
        assert await copied(database, "select 1 as one") == ("one\n1\n", "COPY 1")


async def test_a_writer_that_fails_ends_it_too(database: Database) -> None:
    async def write(lines: bytes) -> None:
        raise Failure("The disk is full.", FailureKind.REFUSED)

    with pytest.raises(Failure, match="disk is full"):
        await database.copy_csv(Request("select i from generate_series(1, 1000000) i"), write)
    assert await copied(database, "select 1 as one") == ("one\n1\n", "COPY 1")
