"""Every kind of object beside tables: found in the tree, read in full, and its definition makes it again."""

import asyncpg
import pytest

from chatly_console.core.catalogue import Catalogue, Extension, Thing, object_path
from chatly_console.schema.required_extensions import Required, required_extensions, version_words
from chatly_console.schema.service import look_at
from chatly_console.schema.subject import Subject
from chatly_console.schema.tabs import extension_tabs
from chatly_console.schema.tree import key_of, rows_of_tree, way_to
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue
from tests.schema.hostile import RICH

KINDS = """
create function shop.on_ddl() returns event_trigger language plpgsql as $$ begin end $$;
create event trigger "watch [/]" on ddl_command_end when tag in ('DROP TABLE', 'CREATE TABLE')
  execute function shop.on_ddl();
alter event trigger "watch [/]" disable;
comment on event trigger "watch [/]" is 'it''s off';
create publication "pub ""x"" !" for table shop.orders (id, total) where (total > 1), shop.customers
  with (publish = 'insert, delete');
create publication everything for all tables;
create rule "quiet one" as on delete to shop.orders do instead nothing;
create schema storage;
create table storage.buckets (id text primary key, name text, public boolean, file_size_limit bigint);
create table storage.objects (id int primary key, bucket_id text);
create policy "only mine" on storage.objects for select using (bucket_id = 'documents');
insert into storage.buckets values ('documents', 'documents', false, 1000);
"""


def kinds(database: Database) -> str:
    """The objects, as far as the server has them: version 14 publishes whole tables only."""
    return KINDS if database.facts.version_number >= 150000 else KINDS.replace(" (id, total) where (total > 1)", "")


async def found(database: Database, kind: str, name: str) -> tuple[Catalogue, Thing]:
    catalogue = await SharedCatalogue.of(database).read()
    [thing] = [one for one in catalogue.things if (one.kind, one.name) == (kind, name)]
    return catalogue, thing


async def looked_at(database: Database, kind: str, name: str) -> Subject:
    catalogue, thing = await found(database, kind, name)
    subject = await look_at(database, catalogue, thing)
    assert subject.failure is None
    return subject


def facts(subject: Subject) -> dict[str | None, str | None]:
    rows = subject.tabs[0].rows
    assert rows is not None
    return {row[0]: row[1] for row in rows.rows()}


async def test_each_kind_is_in_the_tree_and_can_be_gone_to(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(RICH + kinds(database))
    catalogue = await SharedCatalogue.of(database).read()
    found_kinds = {thing.kind for thing in catalogue.things}
    assert found_kinds >= {"event trigger", "publication", "database", "trigger", "rule", "policy", "storage bucket"}
    for thing in catalogue.things:
        rows = rows_of_tree(catalogue, way_to(catalogue, thing))
        assert key_of(thing) in [row.key for row in rows], thing
    assert len({key_of(one) for one in catalogue.objects()}) == len(list(catalogue.objects())), "no two have one key"


@pytest.mark.parametrize(
    ("kind", "name", "drop"),
    [
        ("event trigger", "watch [/]", 'drop event trigger "watch [/]"'),
        ("publication", 'pub "x" !', 'drop publication "pub ""x"" !"'),
        ("publication", "everything", "drop publication everything"),
        ("trigger", "touch", "drop trigger touch on shop.orders"),
        ("rule", "quiet one", 'drop rule "quiet one" on shop.orders'),
        ("policy", "own [/]", 'drop policy "own [/]" on shop.orders'),
        ("storage bucket", "documents", "delete from storage.buckets"),
    ],
)
async def test_its_definition_makes_it_again(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]", kind: str, name: str, drop: str
) -> None:
    await other.execute(RICH + kinds(database))
    before = await looked_at(database, kind, name)
    assert before.sql
    await other.execute(drop)
    await other.execute(before.sql)
    after = await looked_at(database, kind, name)
    assert (after.sql, facts(after)) == (before.sql, facts(before))


async def test_what_there_is_to_know_of_each(database: Database, other: "asyncpg.Connection[asyncpg.Record]") -> None:
    await other.execute(RICH + kinds(database))
    watch = facts(await looked_at(database, "event trigger", "watch [/]"))
    assert watch["state"] == "off" and watch["only for"] == "DROP TABLE, CREATE TABLE"
    publication = await looked_at(database, "publication", 'pub "x" !')
    assert facts(publication)["sends"] == "insert, delete"
    tables = publication.tabs[1].rows
    assert tables is not None
    listed = list(tables.rows())[1]
    assert listed[0] == "shop.orders" and (listed[1] == "id, total" or database.facts.version_number < 150000)
    bucket = await looked_at(database, "storage bucket", "documents")
    assert facts(bucket)["public"] == "false" and facts(bucket)["file_size_limit"] == "1000"
    assert bucket.tabs[1].title == "policies" and bucket.tabs[1].count == 1
    here = await looked_at(database, "database", database.facts.database)
    assert facts(here)["encoding"] == "UTF8" and "this one" in here.object.about  # type: ignore[union-attr]


MADE = """
create role "of [/]" login noinherit connection limit 3 valid until '2030-01-01 00:00:00+00';
create role group_of_it; grant group_of_it to "of [/]" with admin option;
alter role "of [/]" set search_path = "$user", public; alter role "of [/]" set work_mem = '7MB';
comment on role "of [/]" is 'it''s a role';
create schema "s [/]"; comment on schema "s [/]" is 'a schema';
grant usage on schema "s [/]" to group_of_it with grant option;
alter default privileges in schema "s [/]" grant select, insert on tables to group_of_it;
create foreign data wrapper nothing_at_all;
create server "far [/]" type 't' version '1' foreign data wrapper nothing_at_all options (host 'it''s');
comment on server "far [/]" is 'a server'; grant usage on foreign server "far [/]" to group_of_it;
create user mapping for public server "far [/]" options (name 'n', password 'hunter2');
"""
CLEAN = """
drop schema if exists "s [/]"; drop foreign data wrapper if exists nothing_at_all cascade;
drop role if exists "of [/]"; drop owned by group_of_it; drop role if exists group_of_it;
"""


@pytest.mark.parametrize(
    ("kind", "name", "drop"),
    [
        ("role", "of [/]", 'drop role "of [/]"'),
        ("schema", "s [/]", 'drop schema "s [/]"'),
        ("foreign server", "far [/]", 'drop server "far [/]" cascade'),
    ],
)
async def test_roles_schemas_and_servers_are_made_again_in_full(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]", kind: str, name: str, drop: str
) -> None:
    async def definition() -> str:
        catalogue = await SharedCatalogue.of(database).read()
        everything = [*catalogue.objects(), *catalogue.schemas]
        [one] = [one for one in everything if object_path(one)[0] == kind and one.name == name]
        subject = await look_at(database, catalogue, one)
        assert subject.failure is None and subject.tabs[-1].title == "definition"
        return subject.sql

    try:
        await other.execute(MADE)
        before = await definition()
        assert "hunter2" not in before
        for words in {
            "role": ["connection limit 3", "valid until", '"$user", public', "admin option", "'it''s a role'"],
            "schema": ["authorization", "with grant option", "alter default privileges", "'a schema'"],
            "foreign server": ["user mapping for public", "grant usage", "options (host 'it''s')"],
        }[kind]:
            assert words in before
        await other.execute(drop)
        await other.execute(before)
        assert await definition() == before
    finally:
        await other.execute(CLEAN)


async def test_a_database_is_written_with_its_settings_and_grants(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    here = database.facts.database
    await other.execute(f"alter database {here} connection limit 77; alter database {here} set work_mem = '7MB'")
    await other.execute(
        f'alter database {here} set search_path = a, "B c"; revoke temporary on database {here} from public'
    )
    sql = (await looked_at(database, "database", here)).sql
    assert "connection limit 77" in sql and f"alter database {here} set work_mem to '7MB';" in sql
    assert 'set search_path to a, "B c";' in sql and f"grant connect on database {here} to public;" in sql


async def test_a_subscription_shows_no_secret(database: Database, other: "asyncpg.Connection[asyncpg.Record]") -> None:
    await other.execute(
        "create subscription sub connection 'host=nowhere password=hunter2' publication p"
        " with (connect = false, slot_name = none)"
    )
    try:
        subject = await looked_at(database, "subscription", "sub")
        assert facts(subject)["publications"] == "p"
        assert "hunter2" not in str(subject) and "nowhere" not in str(subject)
    finally:
        await other.execute("drop subscription sub")


def test_versions_of_an_extension_stand_side_by_side() -> None:
    required = required_extensions()["vector"]
    assert required.version == "0.8.0" and required.faults
    old = Extension(1, "public", "vector", "me", "", "0.7.0", "0.9.9")
    assert version_words(old) == "0.7.0, needs 0.8.0"
    assert version_words(old._replace(installed="")) == "0.9.9, required"
    rows = extension_tabs(old)[0].rows
    assert rows is not None
    listed = list(rows.rows())
    assert [row[1] for row in listed[:3]] == ["0.8.0", "0.9.9", "0.7.0"]
    assert any(row[0] == "known fault of 0.7.0" for row in listed)
    assert Required("1", faults=(("1.10", "bad"),)).faults_of("1.9") == ["bad (mended in 1.10)"]
    assert not Required("1", faults=(("1.10", "bad"),)).faults_of("1.11")
