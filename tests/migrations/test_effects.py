"""The table of locks, rewrites and scans, measured anew: what we say of a statement is what the server does."""

import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from chatly_console.core.classify import LOCK_BLOCKS, strongest
from chatly_console.core.classify.column_type import change_rewrites
from chatly_console.core.classify.effects import effects
from chatly_console.migrations.tracing import mode_words
from chatly_console.server.sql_files import load_sql

SETUP = """
create schema eff; set search_path = eff;
create table p (id int primary key, e int unique);
create table t (
  id int not null, a int, c varchar(50), x text, n numeric(10, 2), ts timestamp, j json, pid int,
  g int generated always as (a * 2) stored,
  constraint fk foreign key (pid) references p (id));
create unique index t_u on t (id);
insert into p select i, i from generate_series(1, 50) i;
insert into t (id, a, c, x, n, ts, j, pid)
select i, i, 'x', 'y', 1, '2026-01-01', '{}', i from generate_series(1, 50) i;
alter table t add constraint nv check (a > -1) not valid;
create table part (id int, k int) partition by range (k);
create table part1 partition of part for values from (0) to (10);
create table loose (id int, k int);
create function trg() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on t for each row execute function trg();
create domain dom as int; create table td (v dom);
create sequence s;
create materialized view m as select id from p;
create view vw as select id from p;
create policy pol on t using (true);
"""

EVERYWHERE = [
    "alter table t add column z int",
    "alter table t add column z int default 5",
    "alter table t add column z timestamptz default now()",
    "alter table t add column z float default random()",
    "alter table t add column z uuid default gen_random_uuid()",
    "alter table t add column z int generated always as identity",
    "alter table t add column z serial",
    "alter table t add column z int generated always as (a + 1) stored",
    "alter table t add column z int default 3 check (z > 2)",
    "alter table t add column z int unique",
    "alter table t add column z int references p",
    "alter table t drop column a cascade",
    "alter table t alter a set default 4",
    "alter table t alter a set not null",
    "alter table t alter id drop not null",
    "alter table t rename column a to b",
    "alter table t rename to u",
    "alter table t alter c type varchar(100)",
    "alter table t alter c type text",
    "alter table t alter c type varchar(20)",
    "alter table t alter x type varchar(90)",
    "alter table t alter x type varchar",
    "alter table t alter n type numeric(12,2)",
    "alter table t alter n type numeric(12,3)",
    "alter table t alter n type numeric",
    "alter table t alter id type bigint",
    "alter table t alter j type jsonb",
    "alter table t alter j type jsonb using j::jsonb",
    "alter table t alter c type varchar(60), add column z int",
    "alter table t add check (a > 0)",
    "alter table t add constraint k check (a > 0) not valid",
    "alter table t validate constraint nv",
    "alter table t add foreign key (a) references p",
    "alter table t add foreign key (a) references p not valid",
    "alter table t drop constraint fk",
    "alter table t add unique (a)",
    "alter table t add primary key (id)",
    "alter table t add constraint u unique using index t_u",
    "alter table t alter constraint fk deferrable",
    "create index on t (a)",
    "create unique index on t (a)",
    "drop index t_u",
    "reindex table t",
    "create trigger n before update on t for each row execute function trg()",
    "drop trigger tr on t",
    "alter table t disable trigger tr",
    "alter table t enable row level security",
    "alter table t force row level security",
    "create policy q on t using (true)",
    "alter policy pol on t using (false)",
    "drop policy pol on t",
    "alter table t alter a set statistics 500",
    "alter table t alter x set storage external",
    "alter table t set (fillfactor = 70)",
    "alter table t set unlogged",
    "alter table t replica identity full",
    "cluster t using t_u",
    "truncate t",
    "drop table t cascade",
    "lock table t in share mode",
    "create table o (i int references p)",
    "create table part2 partition of part for values from (10) to (20)",
    "alter table part attach partition loose for values from (10) to (20)",
    "alter table part detach partition part1",
    "alter domain dom add check (value > -5)",
    "refresh materialized view m",
    "analyze t",
    "create statistics st on a, n from t",
    "insert into t (id) values (0)",
    "update t set a = 1",
    "create view w as select * from t",
    "create or replace view vw as select id from p",
    "alter table t set schema public",
    "alter index t_u rename to t_v",
]
FROM_17 = ["alter table t alter g set expression as (a * 3)"]
FROM_18 = [
    "alter table t add column z int generated always as (a + 1) virtual",
    "alter table t add constraint nn not null a not valid",
    "alter table t add constraint ne check (a > 0) not enforced",
]
WEAK = {"", "ACCESS SHARE", "ROW SHARE"}
TYPES = {
    "t": {"id": "integer", "a": "integer", "c": "character varying(50)", "x": "text", "n": "numeric(10,2)", "j": "json"}
}


async def measured(connection: "asyncpg.Connection[asyncpg.Record]", sql: str) -> dict[str, tuple[str, bool, bool]]:
    """Lock, rewrite and scan of each table of ours, as the server says; everything is rolled back."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("set local search_path = eff")
        before = json.loads(await connection.fetchval(load_sql("chatly_console.migrations", "relations_before")))
        await connection.execute(sql)
        rows: list[Any] = json.loads(
            await connection.fetchval(load_sql("chatly_console.migrations", "locks_held")) or "[]"
        )
    finally:
        await transaction.rollback()
    found: dict[str, list[Any]] = {}
    names = {row["oid"]: row["relation"] for row in rows}
    for row in rows:
        if row["kind"] in ("r", "p", "m", "v") and row["oid"] in before:
            found.setdefault(row["oid"], []).append(row)
    return {
        names[oid].partition(".")[2]: (
            strongest([mode_words(one["mode"]) for one in several]),
            several[0]["kind"] in ("r", "m") and several[0]["file"] != before[oid]["file"],
            several[0]["scanned"] > before[oid]["scanned"],
        )
        for oid, several in found.items()
    }


@pytest.fixture
async def here(database_dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_dsn)
    await connection.execute(SETUP)
    yield connection
    await connection.close()


@pytest.fixture
async def seventeen(pg17_dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(pg17_dsn)
    await connection.execute("drop schema if exists eff cascade")
    await connection.execute(SETUP)
    yield connection
    await connection.execute("drop schema eff cascade")
    await connection.close()


def differences(sql: str, real: dict[str, tuple[str, bool, bool]]) -> list[str]:
    """Where what we say is not what the server does."""
    said = {effect.relation.removeprefix("eff."): effect for effect in effects(sql, TYPES)}
    wrong = []
    for name, (lock, rewritten, scanned) in real.items():
        new_name = {"u": "t"}.get(name, name)
        effect = said.get(new_name) or said.get("")
        if effect is None:
            if lock not in WEAK and not _is_noted(said):
                wrong.append(f"{sql}: {lock} on {name} is not told of")
            continue
        if lock != effect.lock and new_name in said:
            wrong.append(f"{sql}: {name} is locked {lock}, not {effect.lock}")
        for what, told, real_one in (("rewrites", effect.rewrites, rewritten), ("scans", effect.scans, scanned)):
            if sql.startswith("truncate"):
                continue  # a new file, and nothing is written into it
            if told is not None and new_name in said and told != real_one:
                wrong.append(f"{sql}: {what} {name} is {real_one}, not {told}")
    wrong += [f"{sql}: {name} is not locked at all" for name in said if name and name not in real and name != "t"]
    return wrong


def _is_noted(said: dict[str, Any]) -> bool:
    """A note tells of relations that only the server knows."""
    return any("foreign key" in effect.note for effect in said.values())


async def test_what_we_say_of_locks_is_what_postgresql_does(here: "asyncpg.Connection[asyncpg.Record]") -> None:
    version = here.get_server_version().major
    newer = [*(FROM_17 if version >= 17 else ()), *(FROM_18 if version >= 18 else ())]
    wrong = [one for sql in [*EVERYWHERE, *newer] for one in differences(sql, await measured(here, sql))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.pg17
async def test_what_we_say_of_locks_is_what_postgresql_17_does(
    seventeen: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    wrong = [one for sql in [*EVERYWHERE, *FROM_17] for one in differences(sql, await measured(seventeen, sql))]
    assert not wrong, "\n".join(wrong)


def test_a_type_whose_present_form_is_not_known_may_rewrite() -> None:
    (effect,) = effects("alter table t alter column c type bigint")
    assert (effect.lock, effect.rewrites, effect.scans) == ("ACCESS EXCLUSIVE", None, None)


@pytest.mark.parametrize(
    ("old", "new", "rewrites"),
    [
        ("timestamp without time zone", "timestamptz", None),
        ("timestamp(3) without time zone", "timestamp(6)", False),
        ("character varying(5)[]", "text[]", False),
        ("integer", "integer[]", True),
        ("character(5)", "text", True),
        ("cidr", "inet", False),
        ('"MyType"', "text", True),
    ],
)
def test_changes_of_type(old: str, new: str, rewrites: bool | None) -> None:
    assert change_rewrites(old, new) is rewrites


@pytest.mark.parametrize(
    "sql",
    [
        "alter table only s.t add column a int, add constraint b unique (a)",
        "alter table t",
        "alter table",
        "alter table t add",
        "",
    ],
)
def test_half_a_statement_is_no_reason_to_fail(sql: str) -> None:
    assert all(effect.lock in {"", *LOCK_BLOCKS} for effect in effects(sql))
