"""The index advisor on planted cases: it finds the index that is known to be best, and none where none pays."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.advisor.conditions import Atom, atoms_of, conjuncts, sort_keys
from chatly_console.advisor.index_report import document, told
from chatly_console.advisor.index_service import IndexAdvice, Tier, advise_index
from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

MADE = r"""
do $$ begin create role authenticated; exception when duplicate_object then null; end $$;
create table orders (id int primary key, customer int, status text, made timestamptz, total int, note text, tags jsonb)
  with (autovacuum_enabled = false);
insert into orders
select i, i % 5000, case when i % 100 = 0 then 'open' else 'done' end,
       '2026-01-01'::timestamptz + i * interval '1 minute', (i * 7919) % 1000,
       'order ' || md5(i::text), jsonb_build_object('k', i % 3000)
  from generate_series(1, 60000) i;
create table tiny (id int primary key, a int);
insert into tiny select i, i from generate_series(1, 200) i;
create table tenants (id int primary key, tenant int, body text) with (autovacuum_enabled = false);
insert into tenants select i, i % 400, repeat('x', 60) from generate_series(1, 40000) i;
alter table tenants enable row level security;
create policy of_tenant on tenants for select to authenticated
  using (tenant = (select nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'tenant', '')::int));
grant select on tenants to authenticated;
grant usage on schema public to authenticated;
create table indexed (id int primary key, a int) with (autovacuum_enabled = false);
insert into indexed select i, i % 5000 from generate_series(1, 40000) i;
create index indexed_a on indexed (a);
create table changed (id int primary key, kind int) with (autovacuum_enabled = false);
insert into changed select i, 1 from generate_series(1, 2000) i;
"""


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    connection = await asyncpg.connect(database_dsn)
    later = "insert into changed select i, i % 2000 from generate_series(2001, 80000) i"
    for sql in (MADE, "analyze orders, tiny, tenants, indexed, changed", later):
        await connection.execute(sql)
        await connection.execute("select pg_stat_force_next_flush()")
    await connection.close()
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()


async def best(database: Database, sql: str) -> str:
    """The index that is proposed first, measured, without its name; empty where none pays."""
    advice = await advise_index(database, sql, measure=True)
    await nothing_is_left(database)
    if not advice.proposals:
        return ""
    first = advice.proposals[0]
    assert first.tier is Tier.MEASURED
    assert first.ms_after is not None and first.ms_before is not None and first.ms_after < first.ms_before
    return first.candidate.sql().partition(" on ")[2]


async def nothing_is_left(database: Database) -> None:
    rows = await database.records(
        "select count(*) filter (where i.indexrelid::regclass::text !~ 'pkey|indexed_a') as indexes,"
        " (select count(*) from pg_locks l where l.relation >= 16384 and l.pid <> pg_backend_pid()"
        "  and l.database = (select oid from pg_database where datname = current_database())) as locks"
        " from pg_index i where i.indrelid >= 16384 and i.indrelid::regclass::text !~ '^pg_toast'"
    )
    assert (rows[0]["indexes"], rows[0]["locks"]) == (0, 0)


PLANTED = [
    ("select * from orders where customer = 17", "public.orders (customer)"),
    ("select * from orders where status = 'done' order by made desc limit 5", "public.orders (status, made desc)"),
    ("select * from orders where customer = 17 and total > 900", "public.orders (customer)"),
    ("select id, note from orders where status = 'open' order by made limit 10",
     "public.orders (made) where status = 'open'"),
    ("select sum(total) from orders where made between '2026-01-05' and '2026-01-06'",
     "public.orders (made) include (total)"),
    ("""select id from orders where tags @> '{"k": 7}'""", "public.orders using gin (tags jsonb_path_ops)"),
    ("select count(*) from orders o join tiny t on t.id = o.customer where t.a = 5", "public.orders (customer)"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), PLANTED, ids=[sql[:48] for sql, _ in PLANTED])
async def test_the_known_best_index_is_found_and_measured(database: Database, sql: str, expected: str) -> None:
    found = await best(database, sql)
    assert found.startswith(expected.partition(" include")[0]), found


@pytest.mark.parametrize(
    "sql",
    [
        "select * from tiny where a = 5",
        "select * from orders where total >= 0",
        "select * from indexed where a = 17",
        "select count(*) from orders",
        "select * from orders where id = 5",
    ],
)
async def test_none_is_proposed_where_none_pays(database: Database, sql: str) -> None:
    assert await best(database, sql) == ""


async def test_statistics_come_before_any_index(database: Database) -> None:
    advice = await advise_index(database, "select * from changed where kind > 1 order by id")
    assert any("statistics" in note for note in advice.notes)
    assert any(line.startswith("first: ") for line in told(advice))


async def test_a_rewrite_comes_before_an_index(database: Database) -> None:
    advice = await advise_index(database, "select * from orders where lower(note) = 'order'")
    assert "function-on-column" in {finding.rule for finding in advice.first}
    assert not advice.proposals


async def test_as_a_user_the_policys_column_is_what_an_index_is_proposed_for(database: Database) -> None:
    user = Identity("authenticated", '{"sub": "7", "tenant": 17}')
    advice = await advise_index(database, "select count(*) from tenants", identity=user, measure=True)
    assert [one.candidate.keys for one in advice.proposals] == [("tenant",)]
    assert advice.proposals[0].tier is Tier.ESTIMATED
    assert any("nothing is built" in note for note in advice.notes)
    await nothing_is_left(database)


async def test_what_writes_is_never_run(database: Database) -> None:
    advice = await advise_index(database, "update orders set total = 0 where customer = 17", measure=True)
    assert any("not run" in note for note in advice.notes)
    assert advice.proposals[0].tier is Tier.ESTIMATED
    rows = await database.records("select count(*) as zeros from orders where customer = 17 and total = 0")
    assert rows[0]["zeros"] == 0


async def test_a_mistake_is_said(database: Database) -> None:
    with pytest.raises(Failure, match="does not exist"):
        await advise_index(database, "select nothing from nowhere")


async def test_as_json_it_has_stable_keys(database: Database) -> None:
    advice: IndexAdvice = await advise_index(database, "select * from orders where customer = 17")
    made = document(advice)
    assert set(made) == {"execution_ms", "cost", "first", "candidates", "notes"}
    one = made["candidates"][0]
    assert one["sql"] == "create index concurrently orders_customer_idx on public.orders (customer);"
    assert one["undo"] == "drop index concurrently public.orders_customer_idx;"
    assert one["pays"] and one["tier"] == "estimated" and one["after"]["cost"] < one["before"]["cost"] / 2


def test_conditions_are_taken_apart_at_the_top_only() -> None:
    assert conjuncts("((o.a = 1) AND ((o.b = 2) OR (o.c = 3)) AND (o.d = 'x AND (y'::text))") == [
        "o.a = 1", "(o.b = 2) OR (o.c = 3)", "o.d = 'x AND (y'::text",
    ]  # fmt: skip
    assert conjuncts("") == [""]


@pytest.mark.parametrize(
    ("condition", "atoms"),
    [
        ("(o.status = 'open'::text)", [("equal", "status", "=")]),
        ("((o.status)::text = 'open'::text)", [("equal", "status", "=")]),
        ("($0 = o.tenant)", [("equal", "tenant", "=")]),
        ("(o.tenant = ANY ((InitPlan 1).col1))", [("equal", "tenant", "=")]),
        ("(o.made >= '2026-01-01 00:00:00+00'::timestamp with time zone)", [("range", "made", ">=")]),
        ("((o.gone IS NULL) AND (NOT o.hidden) AND (o.a = o.b))", [("null", "gone", "is"), ("flag", "hidden", "not")]),
        ("(o.tags @> '{\"k\": 1}'::jsonb)", [("gin", "tags", "@>")]),
        ("(o.note ~~* '%x%'::text)", [("pattern", "note", "~~*")]),
        ("(to_tsvector('simple'::regconfig, o.body) @@ '''a'''::tsquery)",
         [("gin", "(to_tsvector('simple'::regconfig, body))", "@@")]),
        ('(o."Odd name" = 5)', [("equal", '"Odd name"', "=")]),
        ("((o.a = 1) OR (o.b = 2))", []),
        ("(other.a = 1)", []),
        ("(NOT (hashed SubPlan 1))", []),
    ],
)  # fmt: skip
def test_what_an_index_could_serve(condition: str, atoms: list[tuple[str, str, str]]) -> None:
    assert [(atom.kind, atom.expression, atom.operator) for atom in atoms_of(condition, "o")] == atoms


def test_constants_and_sort_keys() -> None:
    assert Atom("equal", "a", "=", "'it''s'::text").constant == "'it''s'"
    assert Atom("equal", "a", "=", "$1").constant == ""
    assert sort_keys("o.made DESC NULLS LAST, o.id", "o") == ("made desc nulls last", "id")
    assert sort_keys("lower(o.name)", "o") == ()
