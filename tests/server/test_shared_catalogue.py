"""The shared catalogue: read once, and again only when the server has something new."""

import asyncio
import gc
import shutil
import tempfile
import weakref
from pathlib import Path

import asyncpg
import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.server import shared_catalogue
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue
from tests.server.conftest import opening_of

CHANGES = [
    "create table added (id int)",
    "alter table kept add column more int",
    "alter table kept rename column a to b",
    "alter table kept alter column a type bigint",
    "drop table kept",
    "comment on table kept is 'new'",
    "create schema fresh",
    "create function f() returns int language sql as 'select 1'",
    "create type mood as enum ('sad')",
    "create index on kept (a)",
    "alter table kept enable row level security",
    "create policy p on kept using (true)",
    "create view v as select 1 as one",
    "begin; create table x (i int); drop table kept; commit",
    "comment on database {here} is 'said of the whole server'",
    "create subscription {here} connection 'host=nowhere' publication p with (connect = false, slot_name = none)",
    "insert into storage.buckets values ('attachments', true)",
    "update storage.buckets set public = true",
]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_elsewhere_is_noticed(database: Database, database_dsn: str, change: str) -> None:
    other = await asyncpg.connect(database_dsn)
    try:
        await other.execute(
            "create table kept (a int); create schema storage; create table storage.buckets (id text, public boolean);"
            "insert into storage.buckets values ('documents', false)"
        )
        shared = SharedCatalogue.of(database)
        before = await shared.get()
        assert not await shared.bring_up_to_date(at_once=True), "nothing has changed yet"
        assert shared.current is before
        await other.execute(change.format(here=database.facts.database))
        assert await shared.bring_up_to_date(at_once=True)
        assert shared.current is not before
        assert not await shared.bring_up_to_date(at_once=True)
    finally:
        await _drop_subscriptions(other)
        await other.close()


async def _drop_subscriptions(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    for [name] in await connection.fetch(
        "select s.subname from pg_subscription s join pg_database d on d.oid = s.subdbid"
        " where d.datname = current_database()"
    ):
        await connection.execute(f"drop subscription {name}")


async def test_another_database_of_the_server_is_noticed(database: Database, database_dsn: str) -> None:
    other = await asyncpg.connect(database_dsn)
    name = f"{database.facts.database}_too"
    try:
        shared = SharedCatalogue.of(database)
        await shared.get()
        await other.execute(f"create database {name}")
        assert await shared.bring_up_to_date(at_once=True)
        catalogue = await shared.get()
        assert ("database", name) in {(thing.kind, thing.name) for thing in catalogue.things}
    finally:
        await other.execute(f"drop database if exists {name}")
        await other.close()


async def test_an_extension_that_the_server_has_begun_to_offer_is_noticed(database_dsn: str) -> None:
    """Its files are put beside the server, as an update of its packages does."""
    other = await asyncpg.connect(database_dsn)
    folder = Path(tempfile.mkdtemp(prefix="chatly-extensions-"))
    try:
        if other.get_server_version() < (18, 0):
            pytest.skip("before PostgreSQL 18 extensions have one place, which a test leaves alone")
        name = await other.fetchval("select current_database()")
        await other.execute(f"alter database {name} set extension_control_path = '{folder}:$system'")
        (folder / "extension").mkdir()
        for path in (folder, folder / "extension"):
            path.chmod(0o755)
        database = await Database.connect(opening_of(database_dsn))
        shared = SharedCatalogue.of(database)
        await shared.get()
        control = folder / "extension" / "newcomer.control"
        for version in ("1.0", "1.1"):
            control.write_text(f"comment = 'it is new'\ndefault_version = '{version}'\n", "utf-8")
            control.chmod(0o644)
            assert await shared.bring_up_to_date(at_once=True)
            catalogue = await shared.get()
            assert [one.offered for one in catalogue.extensions if one.name == "newcomer"] == [version]
        await database.close()
    finally:
        await other.close()
        shutil.rmtree(folder)


async def test_rows_and_statistics_are_no_change(database: Database, database_dsn: str) -> None:
    other = await asyncpg.connect(database_dsn)
    try:
        await other.execute("create table kept (a int)")
        shared = SharedCatalogue.of(database)
        await shared.get()
        await other.execute("insert into kept select generate_series(1, 1000)")
        await other.execute("analyze kept")
        assert not await shared.bring_up_to_date(at_once=True)
    finally:
        await other.close()


async def test_who_asks_at_once_shares_one_reading_and_is_told(database: Database) -> None:
    shared = SharedCatalogue.of(database)
    assert SharedCatalogue.of(database) is shared
    told: list[object] = []
    stop = shared.subscribe(lambda: told.append(shared.current))
    waiting = asyncio.create_task(shared.get())
    others = [asyncio.create_task(shared.get()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting.cancel()
    first, *rest = await asyncio.gather(*others)
    assert all(found is first for found in rest)
    assert told == [first]
    stop()
    await shared.read()
    assert len(told) == 1


async def test_the_system_comes_when_asked_and_is_kept(database: Database) -> None:
    shared = SharedCatalogue.of(database)
    whole = await shared.get_whole()
    assert whole.relation("pg_catalog", "pg_stat_activity") is not None
    by_name = {routine.name: routine for routine in whole.routines if routine.schema == "pg_catalog"}
    assert not by_name["lower"].is_internal and not by_name["count"].is_internal and not by_name["pg_sleep"].is_internal
    assert by_name["int4pl"].is_internal and by_name["textin"].is_internal and by_name["btint4cmp"].is_internal
    assert await shared.get_whole() is whole
    await shared.read()
    assert shared.whole is not None and shared.whole is not whole


async def test_an_identity_sees_its_own_path_and_not_what_it_has_no_right_to(
    database: Database, database_dsn: str
) -> None:
    other = await asyncpg.connect(database_dsn)
    try:
        await other.execute(
            "create schema hidden; create table hidden.a (i int); create table open_one (i int);"
            "create table partly (i int, j int); create table closed (i int);"
            "grant select on open_one to pg_monitor; grant select (j) on partly to pg_monitor"
        )
        shared = SharedCatalogue.of(database)
        catalogue = await shared.get()
        sight = await shared.sight(Identity.of_role("pg_monitor"))
        unreadable = {catalogue.relations[oid].name for oid in sight.unreadable if oid in catalogue.relations}
        assert unreadable == {"a", "closed"}
        assert sight.search_path[:1] == ("pg_catalog",) and "public" in sight.search_path
    finally:
        await other.close()


async def _asks_again(database: Database) -> None:
    """A frame that a failure passes through, and that has the database."""
    await SharedCatalogue.of(database).read()


async def _fails(database: Database) -> None:
    raise Failure("The server is away.", FailureKind.LINK)


async def test_a_database_that_was_left_is_let_go(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left = await Database.connect(opening_of(database_dsn, pool_size=2))
    shared = SharedCatalogue.of(left)
    shared = SharedCatalogue.of(left)
    await shared.get()
    monkeypatch.setattr(shared_catalogue, "load_catalogue", _fails)
    with pytest.raises(Failure, match="The server is away"):
        await _asks_again(left)
    await left.close()
    gone = weakref.ref(left)
    del left
    gc.collect()
    assert gone() is None
    with pytest.raises(Failure, match="closed"):
        await shared.read()
