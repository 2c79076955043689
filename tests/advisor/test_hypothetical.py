"""The tier of hypopg, on the server that has the extension: its costs, for whom they are, and that it forgets."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from chatly_console.advisor.indexes.costing import Costing
from chatly_console.advisor.indexes.looking import look_at
from chatly_console.advisor.indexes.pretending import pretended_costs
from chatly_console.advisor.indexes.service import advise_index
from chatly_console.advisor.indexes.tried import Asked, Looked, Tier
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

pytestmark = pytest.mark.pg17

_MADE = """
create schema {s};
create table {s}.orders (id int primary key, customer int, status text, made timestamptz)
  with (autovacuum_enabled = false);
insert into {s}.orders select i, i % 5000, case when i % 100 = 0 then 'open' else 'done' end,
       '2026-01-01'::timestamptz + i * interval '1 minute' from generate_series(1, 60000) i;
create table {s}.owned (id int primary key, tenant int, body text) with (autovacuum_enabled = false);
insert into {s}.owned select i, i % 400, repeat('x', 60) from generate_series(1, 40000) i;
alter table {s}.owned enable row level security;
create policy of_tenant on {s}.owned for select to authenticated
  using (tenant = (select nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'tenant', '')::int));
create table {s}.logs (id int, at date, customer int) partition by range (at);
create table {s}.logs_a partition of {s}.logs for values from ('2025-01-01') to ('2025-07-01');
create table {s}.logs_b partition of {s}.logs for values from ('2025-07-01') to ('2026-01-01');
insert into {s}.logs select i, '2025-01-01'::date + i % 365, i % 4000 from generate_series(1, 80000) i;
analyze {s}.logs;
grant usage on schema {s} to authenticated;
grant select on {s}.owned to authenticated;
analyze {s}.orders;
analyze {s}.owned
"""


@pytest.fixture(scope="module")
def schema() -> str:
    return f"advised_{uuid.uuid4().hex[:12]}"


@pytest.fixture
async def database(pg17_dsn: str, schema: str) -> AsyncIterator[Database]:
    """With a pool of one, so that what was left behind would be met again."""
    connection = await asyncpg.connect(pg17_dsn)
    await connection.execute(_MADE.format(s=schema))
    database = await Database.connect(opening_of(pg17_dsn, pool_size=1))
    try:
        yield database
    finally:
        await database.close()
        await connection.execute(f"drop schema {schema} cascade")
        await connection.close()


async def nothing_is_pretended(database: Database) -> None:
    rows = await database.records(
        "select (select count(*) from extensions.hypopg()) as pretended,"
        " (select count(*) from pg_prepared_statements where name = 'chatly_advised') as prepared"
    )
    assert (rows[0]["pretended"], rows[0]["prepared"]) == (0, 0)


async def looked_at(database: Database, sql: str) -> Looked:
    return (await look_at(database, Asked(sql), LOGIN, lambda words: None, analyze=False))[0]


async def test_costs_and_sizes_are_the_planners(database: Database, schema: str) -> None:
    advice = await advise_index(database, f"select * from {schema}.orders where customer = 17")
    best = advice.proposals[0]
    assert (best.tier, best.candidate.keys) == (Tier.HYPOTHETICAL, ("customer",))
    assert best.after.cost < best.before.cost / 10 and 0.5 < (best.megabytes or 0) < 5
    await nothing_is_pretended(database)


async def test_indexes_are_put_together(database: Database, schema: str) -> None:
    wanted = ("orders where customer = 17", "owned where tenant = 3")
    counts = [f"(select count(*) from {schema}.{of})" for of in wanted]
    advice = await advise_index(database, f"select {', '.join(counts)}")
    assert advice.together is not None
    assert [one.keys for one in advice.together.candidates] == [("customer",), ("tenant",)]
    await nothing_is_pretended(database)


async def test_of_a_partitioned_table_an_index_on_each_part_is_pretended(database: Database, schema: str) -> None:
    advice = await advise_index(database, f"select count(*) from {schema}.logs where customer = 17")
    best = advice.proposals[0]
    assert (best.tier, best.candidate.on) == (Tier.HYPOTHETICAL, f"{schema}.logs (customer)")
    assert best.is_used and best.after.cost < best.before.cost / 10 and (best.megabytes or 0) > 0.5
    await nothing_is_pretended(database)


async def test_the_arms_of_an_or_are_pretended_together(database: Database, schema: str) -> None:
    sql = f"select * from {schema}.orders where customer = 17 or made = '2026-01-02'"
    advice = await advise_index(database, sql)
    assert {one.candidate.keys for one in advice.proposals} == {("customer",), ("made",)}
    assert all(one.needs and one.after.cost < one.before.cost / 5 for one in advice.proposals)
    await nothing_is_pretended(database)


async def test_a_user_gets_the_cost_under_his_policies(database: Database, schema: str) -> None:
    user = Identity("authenticated", '{"sub": "7", "tenant": 17}')
    advice = await advise_index(database, f"select count(*) from {schema}.owned", identity=user)
    assert [(one.tier, one.candidate.keys) for one in advice.proposals] == [(Tier.HYPOTHETICAL, ("tenant",))]
    await nothing_is_pretended(database)


async def test_a_kept_plan_does_not_serve_for_the_next_index(database: Database, schema: str) -> None:
    sql = f"select * from {schema}.orders where customer = $1 and made > $2"
    looked = await looked_at(database, sql)
    first = looked.candidates[0]
    useless = replace(first, keys=("status",))
    costs = await pretended_costs(database, "extensions", LOGIN, looked, [(first,), (useless,), ()])
    assert [sorted(cost.used) if cost else None for cost in costs] == [[first.name], [], []]
    await nothing_is_pretended(database)


async def test_after_a_failure_and_a_cancel_nothing_is_pretended(database: Database, schema: str) -> None:
    looked = await looked_at(database, f"select * from {schema}.orders where customer = 17")
    wrong = replace(looked.candidates[0], keys=("no_such_column",))
    costs = await pretended_costs(database, "extensions", LOGIN, looked, [(wrong,), (looked.candidates[0],)])
    assert costs[0] is None and costs[1] is not None and costs[1].used
    await nothing_is_pretended(database)
    for turns in (5, 20, 60):
        many = [(looked.candidates[0],)] * 200
        costing = asyncio.create_task((await Costing.of(database, LOGIN)).costs(looked, many))
        for _ in range(turns):
            await asyncio.sleep(0)
        costing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await costing
        await nothing_is_pretended(database)
