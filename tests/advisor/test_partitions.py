"""Indexes of a partitioned table: tried on all its parts, built on each of them, put together, and nothing left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.advisor.building import Building, build_index, is_left, may_build, remove_remains
from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.index_service import advise_index
from chatly_console.advisor.partitions import script_of, script_text
from chatly_console.advisor.table_facts import read_named
from chatly_console.advisor.tried import Tier
from chatly_console.core.failure import Failure
from chatly_console.server.database import Database
from tests.advisor.conftest import ALL
from tests.server.conftest import opening_of

_MADE = """
create table logs (id int, at date, customer int) partition by range (at);
create table logs_a partition of logs for values from ('2025-01-01') to ('2025-07-01');
create table logs_b partition of logs for values from ('2025-07-01') to ('2026-01-01') partition by list (customer);
create table "Odd part" partition of logs_b for values in (1, 2, 3);
create table logs_b_rest partition of logs_b default;
insert into logs select i, '2025-01-01'::date + i % 365, i % 4000 from generate_series(1, 40000) i;
analyze logs
"""


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    connection = await asyncpg.connect(database_dsn)
    await connection.execute(_MADE)
    await connection.close()
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()


@pytest.fixture
async def admin(database: Database, database_dsn: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(database_dsn)
    yield connection
    await connection.close()


async def by_customer(database: Database) -> Candidate:
    return Candidate((await read_named(database, ["public.logs"]))[0], ("customer",), "planted")


async def indexes(admin: asyncpg.Connection[asyncpg.Record]) -> dict[str, tuple[str, bool]]:
    """Each index with its table, and whether it can be used and belongs to the whole."""
    rows = await admin.fetch(
        "select c.relname, x.indrelid::regclass::text as of,"
        " x.indisvalid and (c.relispartition or c.relname = $1) as ok"
        " from pg_index x join pg_class c on c.oid = x.indexrelid where c.relnamespace = 'public'::regnamespace",
        "logs_customer_idx",
    )
    return {row["relname"]: (row["of"], row["ok"]) for row in rows}


WHOLE = {
    "logs_customer_idx": ("logs", True), "logs_a_customer_idx": ("logs_a", True),
    "logs_b_customer_idx": ("logs_b", True),
    "Odd part_customer_idx": ('"Odd part"', True), "logs_b_rest_customer_idx": ("logs_b_rest", True),
}  # fmt: skip


async def test_an_index_of_all_parts_is_proposed_and_measured_on_them_together(database: Database) -> None:
    advice = await advise_index(database, "select count(*) from logs l where l.customer = 17", permission=ALL)
    best = advice.proposals[0]
    assert (best.tier, best.candidate.on, best.is_used) == (Tier.MEASURED, "public.logs (customer)", True)
    assert best.after.blocks is not None and best.after.blocks < (best.before.blocks or 0) / 5
    assert best.candidate.undo == "drop index public.logs_customer_idx"


async def test_its_script_makes_the_same_as_the_build(
    database: Database, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    candidate = await by_customer(database)
    script = script_of(candidate)
    assert [words.split(" on ")[0] for words in script[:3]] == [
        'create index concurrently if not exists logs_a_customer_idx',
        'create index concurrently if not exists "Odd part_customer_idx"',
        'create index concurrently if not exists logs_b_rest_customer_idx',
    ]  # fmt: skip
    assert script_text(candidate).count(";\n") == len(script) - 1
    for statement in (*script, *script):
        await admin.execute(statement)
    assert await indexes(admin) == WHOLE, "also when it is run again"
    await admin.execute(candidate.undo)
    assert await indexes(admin) == {}


async def test_it_is_built_part_by_part_and_what_is_there_is_taken(
    database: Database, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await admin.execute(
        "create index by_hand on logs_b_rest (customer); create index logs_a_customer_idx on logs_a (id)"
    )
    candidate = await by_customer(database)
    assert "on each of the 3 partitions" in await may_build(database, candidate)
    told: list[Building] = []
    built = await build_index(database, candidate, told.append)
    assert built.megabytes > 0
    assert any(at.part == "partition 2 of 3, Odd part" for at in told)
    assert any(at.part.startswith("partition 3 of 3") and at.phase == "is there already" for at in told)
    found = await indexes(admin)
    assert found.pop("logs_a_customer_idx") == ("logs_a", False), "that of somebody else is left alone"
    assert found.pop("by_hand") == ("logs_b_rest", True)
    assert found["logs_customer_idx"] == ("logs", True) and len(found) == 4
    assert await read_named(database, ["public.logs"])
    advice = await advise_index(database, "select count(*) from logs where customer = 17")
    assert not advice.proposals, "it is there"


async def test_a_cancel_between_two_parts_leaves_nothing(
    database: Database, admin: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.advisor.building.CLEAN_LIMIT", 0.5)
    candidate = await by_customer(database)
    await admin.execute("begin; insert into logs_b_rest values (1, '2025-08-01', 77)")
    reached = asyncio.Event()

    def tell(at: Building) -> None:
        if at.part.startswith("partition 3") and at.waits_for:
            reached.set()

    building = asyncio.create_task(build_index(database, candidate, tell))
    async with asyncio.timeout(20):
        await reached.wait()
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert await is_left(database, candidate), "the writer keeps the third from being dropped"
    removing = asyncio.create_task(remove_remains(database, candidate))
    await admin.execute("commit")
    await removing
    assert await indexes(admin) == {} and not await is_left(database, candidate)


async def test_the_next_build_goes_on_where_one_was_killed(
    database: Database, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    first, second = script_of(await by_customer(database))[:2]
    await admin.execute(first)
    await admin.execute(second)
    await admin.execute(
        "update pg_index set indisvalid = false where indexrelid = '\"Odd part_customer_idx\"'::regclass"
    )
    told: list[Building] = []
    await build_index(database, await by_customer(database), told.append)
    assert [at.phase for at in told if at.part.startswith("partition 1")] == ["is there already"]
    assert await indexes(admin) == WHOLE, "also the invalid one is mended"


async def test_a_foreign_partition_is_named_as_the_reason(
    database: Database, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    await admin.execute("create extension postgres_fdw; create server elsewhere foreign data wrapper postgres_fdw")
    await admin.execute(
        "create foreign table far partition of logs for values from ('2026-01-01') to ('2027-01-01') server elsewhere"
    )
    with pytest.raises(Failure, match="far is a foreign table"):
        await may_build(database, await by_customer(database))


async def test_where_somebody_holds_the_table_writers_are_let_past(
    database: Database, admin: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.advisor.building.JOIN_LIMIT", "50ms")
    candidate = await by_customer(database)
    for statement in script_of(candidate)[:3]:
        await admin.execute(statement)
    await admin.execute("begin; insert into logs values (1, '2025-08-01', 77)")
    waits = asyncio.Event()

    def tell(at: Building) -> None:
        if at.phase == "putting the parts together" and at.waits_for:
            waits.set()

    building = asyncio.create_task(build_index(database, await by_customer(database), tell))
    async with asyncio.timeout(20):
        await waits.wait()
    await admin.execute("commit")
    await building
    assert await indexes(admin) == WHOLE
