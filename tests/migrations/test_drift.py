"""Drift of every kind is found, said field by field, and adopted where that is certain."""

from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.migrations.adopt import adopt
from chatly_console.migrations.drift import Drift, read_drift
from chatly_console.migrations.snapshot import Difference, differences
from chatly_console.migrations.snapshot_service import read_snapshot
from chatly_console.migrations.writing import new_pair
from tests.migrations.stage import Run, plain, write

V1 = "20260101000000"
BASE = """
create table a (id int primary key, t text, n int, gone int, k text);
create table "Odd.Name" (id int);
create index a_t on a (t);
create view v as select id from a;
create function f(i int) returns int language sql as 'select 1';
create policy p on a using (true);
create type mood as enum ('ok', 'bad');
create domain d as int;
create sequence s;
create function trg() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on a for each row execute function trg();
create trigger td before insert on a for each row execute function trg();
comment on table a is 'A';
create materialized view m as select 1 as one;
"""
CHANGES = [
    (
        "create table extra (id int primary key, a_id int references a, t text default 'x' not null); "
        "create index on extra (t)",
        "relation public.extra is not expected",
    ),
    ('alter table "Odd.Name" add column x int', 'column public."Odd.Name".x is not expected'),
    ("alter table a add column z int default 5 not null", "column public.a.z is not expected"),
    ("alter table a drop column gone", "column public.a.gone is missing"),
    ("alter table a alter t set default 'q'", "column public.a.t: default is 'q'::text, not nothing"),
    ("alter table a alter t set not null", "column public.a.t: not null is true, not false"),
    ("alter table a alter k type varchar(5)", "column public.a.k: type is character varying(5), not text"),
    ("alter table a add constraint c check (n > 0)", "constraint public.a.c is not expected"),
    ("drop index a_t", "index public.a_t is missing"),
    ("create index by_n on a (n) where n > 3", "index public.by_n is not expected"),
    ("create or replace view v as select id, t from a", "column public.v.t is not expected"),
    (
        "create or replace function f(i int) returns int language sql as 'select 2'",
        "routine public.f(i integer): definition",
    ),
    ("create function g() returns int language sql as 'select 1'", "routine public.g() is not expected"),
    ("drop policy p on a; create policy p on a for select using (id > 0)", "policy public.a.p: command is r, not *"),
    (
        "create policy q on a as restrictive for insert to public with check (id > 0)",
        "policy public.a.q is not expected",
    ),
    ("alter table a enable row level security", "relation public.a: row security is true, not false"),
    ("grant select on a to public", "relation public.a: acl"),
    ("grant update (t) on a to public", "column public.a.t: acl is public:UPDATE, not nothing"),
    ("alter type mood add value 'worse'", "type public.mood: labels is ok, bad, worse, not ok, bad"),
    ("alter domain d set default 3", "type public.d: default is 3, not nothing"),
    ("alter table a disable trigger td", "trigger public.a.td: enabled is D, not O"),
    ("drop trigger tr on a", "trigger public.a.tr is missing"),
    ("comment on table a is 'B'", "comment table public.a: comment is B, not A"),
    ("alter sequence s increment 5", "sequence public.s: increment is 5, not 1"),
    ("create schema other create table t (i int)", "schema other is not expected"),
    ("create statistics st on id, n from a", "statistics public.st is not expected"),
    ("create publication pub for table a", "publication pub is not expected"),
    ("alter table a set (fillfactor = 70)", "relation public.a: options is fillfactor=70, not nothing"),
    ("alter table a replica identity full", "relation public.a: replica identity is f, not d"),
    ("create rule r as on delete to a do instead nothing", "rule public.a.r is not expected"),
    (
        "alter default privileges in schema public grant select on tables to public",
        "default acl of postgres in public for tables is not expected",
    ),
    ("create cast (mood as int) with inout", "cast (public.mood as integer) is not expected"),
    ("create foreign data wrapper w", "foreign data wrapper w is not expected"),
    ("create collation c (provider = libc, locale = 'C')", "collation public.c is not expected"),
]
ADOPTED = (
    "create table extra", "alter table a add column z", "alter table a drop column gone", "alter table a alter t set",
    "alter table a add constraint c", "drop index a_t", "create index by_n", "create or replace function f",
    "create function g", "drop policy p on a", "create policy q", "alter table a enable row", "grant select on a",
    "grant update (t)", "alter table a disable trigger", "drop trigger tr", "comment on table a",
    "alter table a set (fillfactor", 'alter table "Odd.Name"',
)  # fmt: skip


@pytest.fixture
async def base(run: Run) -> Run:
    write(run.folder, V1, "base", BASE)
    await run.go()
    return run


async def drift_of(run: Run) -> Drift:
    return await read_drift(run.database, run.database, run.folder)


async def test_a_database_as_its_files_make_it_has_no_drift(base: Run) -> None:
    drift = await drift_of(base)
    assert drift.differences == () and drift.summary == "no drift"


async def test_every_kind_of_change_is_found_and_named(base: Run, database_dsn: str) -> None:
    expected = await read_snapshot(base.database)
    async with plain(database_dsn) as other:
        for change, _ in CHANGES:
            await other.execute(change)
    found = [str(one) for one in differences(expected, await read_snapshot(base.database))]
    missed = [words for _, words in CHANGES if not any(one.startswith(words) for one in found)]
    assert not missed, "\n".join([*missed, "found:", *found])


async def test_rights_to_parameters_of_the_server_are_compared_with_its_roles(base: Run, database_dsn: str) -> None:
    if base.database.facts.version_number < 150_000:
        pytest.skip("rights to parameters are known from version 15 on")
    before = await read_snapshot(base.database)
    async with plain(database_dsn) as other:
        await other.execute("grant set on parameter log_min_messages to public")
        try:
            found = await read_snapshot(base.database)
        finally:
            await other.execute("revoke set on parameter log_min_messages from public")
    told = [str(one) for one in differences(before, found, roles=True) if one.kind == "parameter"]
    assert told == ["parameter log_min_messages is not expected"]
    assert not any(one.kind == "parameter" for one in differences(before, found))


async def test_what_is_adopted_makes_the_files_agree_and_goes_back(base: Run, database_dsn: str) -> None:
    adopted = [change for change, _ in CHANGES if any(change.startswith(one) for one in ADOPTED)]
    assert len(adopted) >= len(ADOPTED)
    async with plain(database_dsn) as other:
        before = await read_snapshot(base.database)
        for change in adopted:
            await other.execute(change)
        drift = await drift_of(base)
        adoption = adopt(drift.telling, drift.expected, drift.found)
        assert adoption.left == []
        await other.execute(adoption.down_sql)
        assert telling(differences(before, await read_snapshot(base.database))) == []
        await other.execute(adoption.up_sql)
        assert telling(differences(drift.found, await read_snapshot(base.database))) == []


def telling(found: list[Difference]) -> list[str]:
    return [str(one) for one in found if not one.is_cosmetic]


async def test_what_is_not_certain_is_left_to_a_person(base: Run, database_dsn: str) -> None:
    async with plain(database_dsn) as other:
        await other.execute("alter table a alter k type varchar(5); alter type mood add value 'x'")
    drift = await drift_of(base)
    adoption = adopt(drift.telling, drift.expected, drift.found)
    assert adoption.up == [] and len(adoption.left) == 2


async def test_an_adopted_migration_is_written_as_a_pair(base: Run, database_dsn: str, tmp_path: Path) -> None:
    async with plain(database_dsn) as other:
        await other.execute("create index by_n on a (n)")
    drift = await drift_of(base)
    adoption = adopt(drift.telling, drift.expected, drift.found)
    pair = new_pair(base.folder, "adopt drift", adoption.up_sql, adoption.down_sql)
    assert "CREATE INDEX by_n ON public.a" in pair.up.read_text()
    assert "drop index public.by_n;" in pair.down.read_text()


async def test_a_table_that_is_being_changed_is_a_sentence(base: Run, database_dsn: str) -> None:
    async with plain(database_dsn) as other:
        await other.execute("begin; lock table a in access exclusive mode")
        with pytest.raises(Failure, match="being changed"):
            await read_snapshot(base.database)
