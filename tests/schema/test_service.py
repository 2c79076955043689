"""One object in full, and its definition: SQL that makes the same object again."""

import asyncio

import asyncpg
import pytest

from chatly_console.core.catalogue import Relation, Routine, TypeInfo
from chatly_console.schema.service import look_at, relation_details
from chatly_console.schema.subject import Subject
from chatly_console.server.catalogue import load_catalogue
from chatly_console.server.database import Database
from tests.schema.hostile import HOSTILE_TABLES, NAMES, RICH

Other = asyncpg.Connection
ORDER = ("numbers", "customers", "orders", "big", "sums", "events", "events_2026", "events_2026_a")


async def _subjects(database: Database) -> dict[str, Subject]:
    catalogue = await load_catalogue(database)
    own = [o for o in catalogue.objects() if isinstance(o, Relation | Routine | TypeInfo)]
    return {found.name: await look_at(database, catalogue, found) for found in own}


async def test_definitions_make_the_same_objects_again(database: Database, other: Other) -> None:
    await other.execute(RICH)
    before = await _subjects(database)
    assert not [subject.failure for subject in before.values() if subject.failure]
    await other.execute("drop schema shop cascade; create schema shop")
    for name in ("mood", "percentage", "pair", "touch", *ORDER):
        await other.execute(before[name].sql)
    after = await _subjects(database)
    assert set(after) == set(before)
    for name in before:
        assert after[name].sql == before[name].sql, name


async def test_hostile_names_survive_their_definition(database: Database, other: Other) -> None:
    await other.execute(HOSTILE_TABLES)
    before = await _subjects(database)
    for name in NAMES:
        await other.execute(f"drop table {before[name].name}")
        await other.execute(before[name].sql)
    after = await _subjects(database)
    assert {name: subject.sql for name, subject in after.items()} == {n: s.sql for n, s in before.items()}


async def test_what_is_said_of_a_table(database: Database, other: Other) -> None:
    await other.execute(RICH)
    await other.execute("insert into shop.customers (email, mood) select i::text, 'sad' from generate_series(1, 50) i")
    await other.execute("analyze shop.customers; create index again on shop.orders (at desc) where total > 0")
    subjects = await _subjects(database)
    customers, orders = subjects["customers"].details, subjects["orders"].details
    assert customers is not None and orders is not None
    mood = next(column for column in customers.columns if column.name == "mood")
    assert mood.common_values == ("sad",) and mood.common_fractions == (1.0,)
    assert [reference.source for reference in customers.referenced_by] == ["shop.orders"]
    assert {index.name: index.duplicates for index in orders.indexes}["again"] == "shop.orders_at"
    assert {(policy.name, policy.command_words, policy.is_permissive) for policy in orders.policies} == {
        ("own [/]", "SELECT", True), ("writes", "INSERT", False),
    }  # fmt: skip
    assert [trigger.name for trigger in orders.triggers] == ["touch"]
    assert ("needed by", "shop.big") in [(d.way, d.object) for d in orders.dependencies]


async def test_an_object_that_is_being_changed_is_said_to_be(database: Database, other: Other) -> None:
    await other.execute("create table held (id int primary key, a int default 3)")
    catalogue = await load_catalogue(database)
    held = catalogue.relation("public", "held")
    assert held is not None
    async with other.transaction():
        await other.execute("lock table held in access exclusive mode")
        async with asyncio.timeout(5):
            subject = await look_at(database, catalogue, held)
    assert subject.failure is not None and "being changed" in subject.failure.sentence
    assert [row[0] for row in subject.tabs[0].rows.rows()] == ["id", "a"] if subject.tabs[0].rows else pytest.fail()
    await other.execute("drop table held")
    gone = await look_at(database, catalogue, held)
    assert gone.failure is not None and "gone" in gone.failure.sentence


async def test_a_table_of_1600_columns_and_an_invalid_index(database: Database, other: Other) -> None:
    columns = ", ".join(f"c{i} int" for i in range(1600))
    await other.execute(f"create table wide ({columns}); insert into wide (c1) values (1), (1)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await other.execute("create unique index concurrently broken on wide (c1)")
    catalogue = await load_catalogue(database)
    wide = catalogue.relation("public", "wide")
    assert wide is not None
    details = await relation_details(database, wide.oid)
    assert len(details.columns) == 1600
    assert [(index.name, index.is_valid) for index in details.indexes] == [("broken", False)]
