"""The catalogue: everything is in it, whatever it is called, whoever asks, and whoever holds a lock."""

import asyncio

import asyncpg

from chatly_console.server.catalogue import load_catalogue, with_system
from chatly_console.server.database import Database
from tests.schema.hostile import HOSTILE_TABLES, NAMES, RICH
from tests.server.conftest import opening_of


async def test_every_hostile_name_arrives_as_it_is(database: Database, database_dsn: str) -> None:
    await _run(database_dsn, HOSTILE_TABLES)
    catalogue = await load_catalogue(database)
    tables = {relation.name: relation for relation in catalogue.relations.values()}
    assert set(tables) == set(NAMES)
    for name in NAMES:
        [column] = catalogue.columns_of(tables[name].oid)
        assert column.name == name
        assert tables[name].comment == "[/] \x1b[2J"
        assert catalogue.relation("public", name) == tables[name]


async def test_kinds_parents_and_keys(database: Database, database_dsn: str) -> None:
    await _run(database_dsn, RICH)
    catalogue = await load_catalogue(database)
    kinds = {r.name: r.kind for r in catalogue.relations.values()}
    assert kinds["customers"] == "table" and kinds["big"] == "view" and kinds["sums"] == "materialised view"
    assert kinds["events"] == "partitioned table" and kinds["numbers"] == "sequence"
    events = catalogue.relation("shop", "events")
    assert events is not None
    [year] = catalogue.partitions(events.oid)
    assert [part.name for part in catalogue.partitions(year.oid)] == ["events_2026_a"]
    orders = catalogue.relation("shop", "orders")
    customers = catalogue.relation("shop", "customers")
    assert orders is not None and customers is not None
    assert (orders.row_security, orders.forces_row_security, orders.policies) == (True, True, 2)
    foreign = [key for key in catalogue.keys_of(orders.oid) if key.type == "f"]
    assert [(key.columns, key.target, key.target_columns, key.on_delete) for key in foreign] == [
        ((2,), customers.oid, (1,), "c")
    ]
    [mood] = [info for info in catalogue.types if info.name == "mood"]
    assert mood.labels == ("sad", "it's ok", "happy")
    assert {info.name for info in catalogue.types} == {"mood", "percentage", "pair"}
    assert any(extension.name == "plpgsql" and extension.installed for extension in catalogue.extensions)
    assert any(role.name == "postgres" and "superuser" in role.attributes for role in catalogue.roles)


async def test_the_systems_own_schemas_are_listed_and_read_when_asked(database: Database) -> None:
    catalogue = await load_catalogue(database)
    assert {schema.name for schema in catalogue.schemas if schema.is_system} >= {"pg_catalog", "information_schema"}
    assert not catalogue.relations
    whole = await with_system(database, catalogue)
    pg_class = whole.relation("pg_catalog", "pg_class")
    assert pg_class is not None
    assert "relname" in [column.name for column in whole.columns_of(pg_class.oid)]
    assert whole.schemas == catalogue.schemas


async def test_a_locked_table_does_not_hold_it_up(database: Database, database_dsn: str) -> None:
    other = await asyncpg.connect(database_dsn)
    try:
        await other.execute("create table held (id int primary key, a int default 3)")
        async with other.transaction():
            await other.execute("lock table held in access exclusive mode")
            async with asyncio.timeout(5):
                catalogue = await load_catalogue(database)
            held = catalogue.relation("public", "held")
            assert held is not None and len(catalogue.columns_of(held.oid)) == 2
    finally:
        await other.close()


async def test_a_login_without_rights_reads_it_too(database_dsn: str) -> None:
    await _run(database_dsn, RICH + "create role poor_reader login; revoke all on schema shop from public;")
    poor = None
    try:
        opening = opening_of(database_dsn)
        opening.arguments["user"] = "poor_reader"  # type: ignore[index]
        poor = await Database.connect(opening)
        assert poor.facts.user == "poor_reader"
        catalogue = await load_catalogue(poor)
        assert catalogue.relation("shop", "orders") is not None
    finally:
        if poor is not None:
            await poor.close()
        await _run(database_dsn, "drop role poor_reader")


async def _run(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
