"""Definitions of what is in no schema are run, and the catalogues compared: databases, publications, roles, …"""

from typing import TYPE_CHECKING

import asyncpg
import pytest

from chatly_console.core.catalogue import object_path
from chatly_console.schema.service import look_at
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_DATABASE = """
select d.datdba::regrole::text, d.encoding, d.datcollate, d.datctype, d.datistemplate, d.datallowconn, d.datconnlimit,
       d.dattablespace, shobj_description(d.oid, 'pg_database'), to_jsonb(d) ->> 'datlocprovider',
       coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
       (select string_agg(g::text, ' ' order by g::text)
          from aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) g),
       (select string_agg(concat(c.setrole::regrole, c.setconfig), ' ' order by c.setrole)
          from pg_db_role_setting c where c.setdatabase = d.oid)
  from pg_database d where d.datname = $1
"""
_SUBSCRIPTION = """
select (to_jsonb(s) - 'oid' - 'subconninfo' - 'subskiplsn')::text, obj_description(s.oid, 'pg_subscription')
  from pg_subscription s where s.subname = $1
"""
_PUBLICATION = """
select (to_jsonb(p) - 'oid')::text,
       (select string_agg(concat(t.tablename, to_jsonb(t) ->> 'attnames', to_jsonb(t) ->> 'rowfilter'), ';'
          order by t.tablename) from pg_publication_tables t where t.pubname = p.pubname),
       (select string_agg(concat(r.prrelid::regclass, to_jsonb(r) ->> 'prattrs', to_jsonb(r) ->> 'prqual' is null), ';'
          order by r.prrelid) from pg_publication_rel r where r.prpubid = p.oid),
       obj_description(p.oid, 'pg_publication')
  from pg_publication p where p.pubname = $1
"""
_ROLE = """
select (to_jsonb(r) - 'oid')::text, shobj_description(r.oid, 'pg_authid'),
       (select string_agg(concat(a.defaclobjtype, grantor::regrole, g.grantee::regrole, g.privilege_type, is_grantable)
                          , ' '
          order by a.defaclobjtype, g.grantee::regrole::text, g.privilege_type)
          from pg_default_acl a, aclexplode(a.defaclacl) g where a.defaclrole = r.oid and a.defaclnamespace = 0)
  from pg_roles r where r.rolname = $1
"""


async def definition(database: Database, kind: str, name: str) -> str:
    """The definition that the object view shows."""
    catalogue = await SharedCatalogue.of(database).read()
    everything = [*catalogue.objects(), *catalogue.schemas]
    [one] = [one for one in everything if object_path(one)[0] == kind and one.name == name]
    subject = await look_at(database, catalogue, one)
    assert subject.failure is None
    return subject.sql


async def run(connection: "Connection", sql: str) -> None:
    """Each statement by itself: CREATE DATABASE wants no other beside it."""
    for statement in sql.split(";\n"):
        if statement.strip():
            await connection.execute(statement)


@pytest.mark.parametrize("locale", ["", "icu", "builtin"])
async def test_a_database_is_made_again(database: Database, other: "Connection", locale: str) -> None:
    since = {"": 0, "icu": 150000, "builtin": 170000}
    if database.facts.version_number < since[locale]:
        pytest.skip(f"PostgreSQL {since[locale] // 10000} begins to have the locale provider {locale}")
    name = f"again [/] '{locale}"
    quoted = f'"{name}"'
    provider = {
        "": "", "icu": "locale_provider icu icu_locale 'de-DE'",
        "builtin": "locale_provider builtin builtin_locale 'C.UTF-8'",
    }[locale]  # fmt: skip
    await other.execute("create role keeper; create role guest; create role cousin")
    try:
        await run(
            other,
            f"create database {quoted} owner keeper template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
            f" {provider};\n"
            f"alter database {quoted} connection limit 7;\nalter database {quoted} set work_mem = '7MB';\n"
            f'alter database {quoted} set search_path = a, "B c";\n'
            f"alter role guest in database {quoted} set jit = off;\n"
            f"comment on database {quoted} is 'it''s there';\nrevoke temporary on database {quoted} from public;\n"
            f"revoke create on database {quoted} from keeper;\n"
            f"grant create on database {quoted} to guest with grant option;\n",
        )
        before = await other.fetchrow(_DATABASE, name)
        sql = await definition(database, "database", name)
        await other.execute(f"drop database {quoted}")
        await run(other, sql)
        assert await other.fetchrow(_DATABASE, name) == before
    except asyncpg.FeatureNotSupportedError:
        pytest.skip("this server was built without ICU")
    finally:
        await other.execute(f"drop database if exists {quoted}")
        await other.execute("drop role keeper, guest, cousin")


async def test_a_subscription_is_made_again_but_for_its_secret(database: Database, other: "Connection") -> None:
    version = database.facts.version_number
    more = "binary = true, synchronous_commit = 'local', streaming = on"
    more += ", two_phase = true, disable_on_error = true" if version >= 150000 else ""
    more += ", origin = none, password_required = false, run_as_owner = true" if version >= 160000 else ""
    more += ", failover = true" if version >= 170000 else ""
    try:
        for name, options in (("sub", f"slot_name = own_slot, {more}"), ("plain [/]", "slot_name = none")):
            await other.execute(
                f"""create subscription "{name}" connection 'host=nowhere password=hunter2' publication p, "q [/]" """
                f"with (connect = false, {options}); comment on subscription \"{name}\" is 'it''s far'"
            )
            before = await other.fetchrow(_SUBSCRIPTION, name)
            sql = await definition(database, "subscription", name)
            assert "hunter2" not in sql and "nowhere" not in sql
            await drop_subscription(other, name)
            await other.execute(sql.replace("'…'", "'host=nowhere'"))
            assert await other.fetchrow(_SUBSCRIPTION, name) == before
    finally:
        for name in ("sub", "plain [/]"):
            await drop_subscription(other, name)


async def drop_subscription(connection: "Connection", name: str) -> None:
    if await connection.fetchval("select count(*) from pg_subscription where subname = $1", name):
        await connection.execute(f'alter subscription "{name}" set (slot_name = none)')
        await connection.execute(f'drop subscription "{name}"')


async def test_publications_are_made_again_with_columns_filters_and_generated_columns(
    database: Database, other: "Connection"
) -> None:
    version = database.facts.version_number
    await other.execute(
        'create schema s; create table s.whole (id int primary key, "n [/]" int,'
        "  twice int generated always as (id * 2) stored);"
        "create table s.days (id int, at date, primary key (id, at)) partition by range (at);"
        "create table s.days_1 partition of s.days for values from ('2026-01-01') to ('2026-02-01');"
    )
    made = [
        "create publication p for table s.whole, s.days"
        " with (publish = 'insert, truncate', publish_via_partition_root)",
        "create publication none",
    ]
    if version >= 150000:
        made[0] = made[0].replace("s.whole, s.days", 's.whole (id, "n [/]") where (id > 1), s.days where (id <> 7)')
        made.append("create publication of_schema for tables in schema s, table s.whole")
    if version >= 180000:
        made.append("create publication generated for table s.whole with (publish_generated_columns = stored)")
    for statement in made:
        name = statement.split()[2]
        await other.execute(f"{statement}; comment on publication {name} is 'it''s sent'")
        before = await other.fetchrow(_PUBLICATION, name)
        sql = await definition(database, "publication", name)
        await other.execute(f"drop publication {name}")
        await other.execute(sql)
        assert await other.fetchrow(_PUBLICATION, name) == before, sql


async def test_the_rights_that_a_role_gives_to_what_it_will_make(database: Database, other: "Connection") -> None:
    try:
        await other.execute(
            "create role giver; create role taker; comment on role giver is 'gives';"
            "alter default privileges for role giver grant select, insert on tables to taker with grant option;"
            "alter default privileges for role giver revoke execute on functions from public;"
            "alter default privileges for role giver grant usage on sequences to public;"
        )
        before = await other.fetchrow(_ROLE, "giver")
        sql = await definition(database, "role", "giver")
        await other.execute("drop owned by giver; drop role giver")
        await other.execute(sql)
        assert await other.fetchrow(_ROLE, "giver") == before
    finally:
        await other.execute("drop owned by giver; drop role giver; drop role taker")


async def test_tablespaces_of_tables_indexes_and_views(database: Database, other: "Connection") -> None:
    await other.execute("set allow_in_place_tablespaces = on")
    await other.execute("create tablespace \"far [/]\" location ''")
    where = (
        "select relname, (select spcname from pg_tablespace t where t.oid = c.reltablespace) from pg_class c"
        " where relnamespace = 'public'::regnamespace order by 1"
    )
    try:
        await other.execute(
            'create table kept (id int primary key using index tablespace "far [/]", b int unique)'
            ' tablespace "far [/]";'
            'create index kept_b on kept (b) tablespace "far [/]";'
            'create table split (a int) partition by list (a) tablespace "far [/]";'
            "create table split_1 partition of split for values in (1);"
            'create materialized view seen tablespace "far [/]" as select b from kept'
        )
        before = await other.fetch(where)
        assert {row[0] for row in before if row[1] == "far [/]"} == {
            "kept", "kept_pkey", "kept_b", "split", "split_1", "seen",
        }  # fmt: skip
        kinds = {"kept": "table", "split": "partitioned table", "split_1": "table", "seen": "materialised view"}
        texts = [await definition(database, kind, name) for name, kind in kinds.items()]
        await other.execute("drop table kept, split cascade")
        for text in texts:
            await other.execute(text)
        assert await other.fetch(where) == before
    finally:
        await other.execute("drop table if exists kept, split cascade")
        await other.execute('drop tablespace "far [/]"')


async def test_security_labels_are_written_for_the_module_that_gave_them(
    database: Database, other: "Connection"
) -> None:
    """No module that labels comes with the server: its catalogue gets the labels, and it asks for the module."""
    await other.execute(
        'create table labelled ("a [/]" int); create function f() returns int language sql return 1;'
        "create type t as enum ();"
        "create role marked; create schema s; create publication p; create view v as select 1 as one"
    )
    try:
        await other.execute(
            "insert into pg_seclabel (objoid, classoid, objsubid, provider, label) values"
            " ('labelled'::regclass, 'pg_class'::regclass, 0, 'anon', 'it''s [/]'),"
            " ('labelled'::regclass, 'pg_class'::regclass, 1, 'anon', 'MASKED WITH VALUE 1'),"
            " ('v'::regclass, 'pg_class'::regclass, 0, 'anon', 'x'),"
            " ('f()'::regprocedure, 'pg_proc'::regclass, 0, 'anon', 'x'),"
            " ('t'::regtype, 'pg_type'::regclass, 0, 'anon', 'x'),"
            " ('s'::regnamespace, 'pg_namespace'::regclass, 0, 'anon', 'x');"
            "insert into pg_seclabel select oid, 'pg_publication'::regclass, 0, 'anon', 'x' from pg_publication;"
            "insert into pg_shseclabel values ('marked'::regrole, 'pg_authid'::regclass, 'anon', 'MASKED')"
        )
        for kind, name, label in (
            ("table", "labelled", "table public.labelled is 'it''s [/]'"),
            ("table", "labelled", "column public.labelled.\"a [/]\" is 'MASKED WITH VALUE 1'"),
            ("view", "v", "view public.v is 'x'"),
            ("function", "f", "function public.f() is 'x'"),
            ("enum", "t", "type public.t is 'x'"),
            ("schema", "s", "schema s is 'x'"),
            ("publication", "p", "publication p is 'x'"),
            ("role", "marked", "role marked is 'MASKED'"),
        ):
            statement = f"security label for anon on {label};"
            assert statement in await definition(database, kind, name)
            with pytest.raises(asyncpg.PostgresError, match='provider "anon" is not loaded'):
                await other.execute(statement)
    finally:
        await other.execute("delete from pg_seclabel; delete from pg_shseclabel; drop role marked")
