"""The index advisor on planted cases: it finds the index that is known to be best, and none where none pays."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.index_report import details, document, told
from chatly_console.advisor.index_service import Permission, advise_index
from chatly_console.advisor.looking import look_at
from chatly_console.advisor.measuring import measure
from chatly_console.advisor.table_facts import read_tables
from chatly_console.advisor.tried import Asked, IndexAdvice, Tier
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.server.database import Database
from tests.advisor.conftest import ALL, nothing_is_left


async def best(database: Database, sql: str) -> str:
    """The index that is proposed first, measured, without its name; empty where none pays."""
    advice = await advise_index(database, sql, permission=ALL)
    await nothing_is_left(database)
    if not advice.proposals:
        return ""
    first = advice.proposals[0]
    assert first.tier is Tier.MEASURED
    assert first.after.ms is not None and first.before.ms is not None and first.after.ms < first.before.ms
    return first.candidate.sql().partition(" on ")[2]


PLANTED = [
    ("select * from orders where customer = 17", "public.orders (customer)"),
    ("select * from orders where status = 'done' order by made desc limit 5", "public.orders (status, made desc)"),
    ("select * from orders where customer = 17 and total > 900", "public.orders (customer)"),
    ("select id, note from orders where status = 'open' order by made limit 10",
     "public.orders (made) where status = 'open'"),
    ("select sum(customer) from orders where total between 100 and 130",
     "public.orders (total) include (customer)"),
    ("""select id from orders where tags @> '{"k": 7}'""", "public.orders using gin (tags jsonb_path_ops)"),
    ("select count(*) from orders o join tiny t on t.id = o.customer where t.a = 5", "public.orders (customer)"),
    ("select max(kind), count(body) from events where at between '2026-01-05' and '2026-01-07'",
     "public.events using brin (at)"),
    ("select guest from stays where during @> '2010-05-05'::date", "public.stays using gist (during)"),
    ("select id from orders where upper(note) = 'ORDER ' || upper(md5('77'))", "public.orders ((upper(note)))"),
    ("select id from orders where note like 'order c4ca42%'", "public.orders (note text_pattern_ops)"),
    (f"select id from papers order by embedding <=> '[{','.join(['0.5'] * 16)}]' limit 5", "public.papers using "),
    ("select id from places where name like '%c4ca4238a%'", "public.places using gin (name public.gin_trgm_ops)"),
    ("select id from places order by at <-> point '(17, 40)' limit 5", "public.places using gist (at)"),
    ("select total from recent where customer = 17", "public.orders (customer)"),
    ("select id from orders where customer = 17 and note = 'this OR that, a SubPlan 1'", "public.orders (note)"),
    ("select max(total) from orders", "public.orders (total)"),
    ("select id from orders where status <> 'done' and total < 20", "public.orders (total) where status <> 'done'"),
    ("select id from orders order by upper(note) limit 5", "public.orders ((upper(note)))"),
    ("select id from orders where date_trunc('day', made at time zone 'utc') = '2026-01-03'",
     "public.orders ((date_trunc('day'::text, (made AT TIME ZONE 'utc'::text))))"),
    ("select id from orders where (customer, total) in ((17, 3), (18, 5))", "public.orders (customer)"),
    ("select count(*) from logs where customer = 17", "public.logs (customer)"),
    ("select * from logs where customer > 1000 order by at desc limit 5", "public.logs (at desc"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), PLANTED, ids=[sql[:48] for sql, _ in PLANTED])
async def test_the_known_best_index_is_found_and_measured(database: Database, sql: str, expected: str) -> None:
    found = await best(database, sql)
    assert found.startswith(expected), found


@pytest.mark.parametrize(
    "sql",
    [
        "select * from tiny where a = 5",
        "select * from orders where total >= 0",
        "select * from indexed where a = 17",
        "select count(*) from orders",
        "select * from orders where id = 5",
        "select * from orders where made::date = '2026-01-05'",
    ],
)
async def test_none_is_proposed_where_none_pays(database: Database, sql: str) -> None:
    assert await best(database, sql) == ""


async def test_statistics_come_before_any_index(database: Database) -> None:
    sql = "select * from changed where kind > 1 order by id"
    advice = await advise_index(database, sql, permission=ALL)
    assert advice.waits_for_statistics and advice.tried == ()
    assert any(finding.sql == "analyze changed;" for finding in advice.first)
    lines = list(told(advice))
    assert any(line.startswith("first: changed: ") for line in lines)
    assert "no index was looked for: the statistics come first (--anyway goes on)" in lines
    on = await advise_index(database, "select * from changed where kind = 5", permission=replace(ALL, goes_on=True))
    assert [one.candidate.keys for one in on.proposals] == [("kind",)]


REWRITES = [
    ("select * from orders where lower(note) = 'order'", "function-on-column"),
    ("select * from orders order by id offset 50000 limit 10", "large-offset"),
    ("select id from indexed i where i.id <= 2000 and i.a not in (select t.a from tiny t where t.id > i.id % 100)",
     "not-in"),
    ("select id, (select max(t.id) from tiny t where t.a >= i.a) from indexed i where i.id <= 2000",
     "correlated-subquery"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rule"), REWRITES, ids=[rule for _, rule in REWRITES])
async def test_a_rewrite_comes_before_an_index(indexes_dsn: str, database: Database, sql: str, rule: str) -> None:
    advice = await advise_index(database, sql)
    assert rule in {finding.rule for finding in advice.first}
    lines = list(told(advice))
    index = next((at for at, line in enumerate(lines) if line.startswith("create index")), len(lines))
    assert next(at for at, line in enumerate(lines) if line.startswith("first: ")) < index


async def test_an_unwrapped_call_in_a_policy_comes_before_an_index(database: Database) -> None:
    user = Identity("authenticated", '{"sub": "7", "tenant": 17}')
    advice = await advise_index(database, "select count(*) from slow", identity=user)
    assert "rls-per-row" in {finding.rule for finding in advice.first}


async def test_as_a_user_the_policys_column_is_measured_as_that_user(database: Database) -> None:
    user = Identity("authenticated", '{"sub": "7", "tenant": 17}')
    advice = await advise_index(database, "select count(*) from tenants", identity=user, permission=ALL)
    assert [one.candidate.keys for one in advice.proposals] == [("tenant",)]
    best = advice.proposals[0]
    assert best.tier is Tier.MEASURED and best.after.scanned_per_row == 100, "the user's rows, and no others"
    assert any("advisory" in note for note in advice.notes)
    await nothing_is_left(database)


async def test_what_could_leave_the_identity_is_not_measured(database: Database) -> None:
    user = Identity("authenticated", '{"sub": "7", "tenant": 17}')
    sql = "select count(*) from tenants where set_config('x.y', 'z', true) = 'z'"
    with pytest.raises(Failure, match="could leave the role unseen"):
        await advise_index(database, sql, identity=user, permission=ALL)


async def test_without_permission_nothing_is_copied_or_built(database: Database) -> None:
    advice = await advise_index(database, """select id from orders where tags @> '{"k": 7}'""")
    assert advice.tried[0].tier is Tier.ESTIMATED and not advice.proposals
    copied = await advise_index(
        database, """select id from public.orders o where o.tags @> '{"k": 7}'""", permission=Permission(copies=True)
    )
    best = copied.proposals[0]
    assert (best.tier, best.candidate.method) == (Tier.SAMPLED, "gin")
    assert 0.3 < (best.megabytes or 0) < 5
    await nothing_is_left(database)


async def test_a_view_cannot_be_tried_on_a_copy(database: Database) -> None:
    sql = """select id from recent where tags @> '{"k": 7}'"""
    advice = await advise_index(database, sql, permission=Permission(copies=True))
    assert {one.tier for one in advice.tried if one.candidate.method == "gin"} == {Tier.ESTIMATED}
    await nothing_is_left(database)


async def test_several_indexes_are_put_together_where_each_wins(database: Database) -> None:
    sql = "select (select count(*) from orders where customer = 17), (select count(*) from tenants where tenant = 3)"
    advice = await advise_index(database, sql, permission=ALL)
    assert advice.together is not None
    assert [one.keys for one in advice.together.candidates] == [("customer",), ("tenant",)]
    assert advice.together.cost_after < advice.together.cost_before / 5
    words = next(line for line in told(advice) if line.startswith("Together orders_customer_idx and tenants_tenant"))
    before, after = advice.together.before, advice.together.after
    assert before and after and after.blocks and after.blocks < (before.blocks or 0) / 5
    assert " Measured together: " in words and words.endswith(" MB.")
    steps = [line for line in told(advice) if line.startswith("Measured ")]
    assert [len(step.added) for step in advice.together.steps] == [1, 1]
    assert steps[0].startswith("Measured first, orders_customer_idx: ")
    assert steps[1].startswith("Measured with those before it, tenants_tenant_idx: ")
    first, second = (step.after for step in advice.together.steps)
    assert (second.blocks or 0) < (first.blocks or 0), "one after the other"
    assert all((one.after.blocks or 0) > after.blocks for one in advice.proposals), "each alone leaves more to be read"
    assert document(advice)["together_measured"]["after"]["blocks"] == after.blocks
    await nothing_is_left(database)


async def test_before_and_after_stand_side_by_side(database: Database) -> None:
    advice = await advise_index(database, "select * from orders where customer = 17", permission=ALL)
    lines = dict(details(advice.proposals[0]))
    assert lines[""].split() == ["before", "after", "change"]
    assert lines["measured"].startswith("pays") and lines["scanned/row"].split() == ["5,000.0", "1.0", "5,000x", "less"]
    assert lines["now"].startswith("Seq Scan on orders: 12 of 60,000 rows kept, ")
    assert "writers could wait" in lines["size"]
    assert {"cost", "time", "blocks", "scanned/row", "index", "size", "writes", "undo"} <= lines.keys()


async def test_an_older_snapshot_keeps_it_from_being_measured_and_that_is_said(
    database: Database, indexes_dsn: str
) -> None:
    other = await asyncpg.connect(indexes_dsn)
    transaction = other.transaction(isolation="repeatable_read")
    await transaction.start()
    try:
        await other.execute("select 1 from orders limit 1")
        writer = await asyncpg.connect(indexes_dsn)
        await writer.execute("update tiny set a = a")
        await writer.close()
        looked, _ = await look_at(database, Asked("select * from tiny where a = 5"), LOGIN, print, analyze=True)
        table = (await read_tables(database, looked.run.plan))[0]
        with pytest.raises(Failure, match=r"older snapshot .*pid \d+"):
            await measure(database, [looked], [Candidate(table, ("a",), "planted")], LOGIN)
    finally:
        await transaction.rollback()
        await other.close()
    await nothing_is_left(database)


@pytest.mark.parametrize("permission", [Permission(copies=True), ALL])
async def test_a_cancel_leaves_nothing(database: Database, permission: Permission) -> None:
    sql = """select id from orders where tags @> '{"k": 7}' and note like 'order c4%' and customer = 3"""
    reached = asyncio.Event()

    def progress(words: str) -> None:
        if words.startswith(("trying", "building")):
            reached.set()

    advising = asyncio.create_task(advise_index(database, sql, permission=permission, progress=progress))
    waiting = asyncio.create_task(reached.wait())
    await asyncio.wait([advising, waiting], return_when=asyncio.FIRST_COMPLETED)
    assert waiting.done()
    advising.cancel()
    with pytest.raises(asyncio.CancelledError):
        await advising
    await nothing_is_left(database)


async def test_what_writes_is_never_run(database: Database) -> None:
    advice = await advise_index(database, "update orders set total = 0 where customer = 17", permission=ALL)
    assert any("not run" in note for note in advice.notes)
    assert advice.proposals[0].tier is Tier.ESTIMATED
    rows = await database.records("select count(*) as zeros from orders where customer = 17 and total = 0")
    assert rows[0]["zeros"] == 0


async def test_with_permission_what_writes_is_measured_and_rolled_back_each_time(database: Database) -> None:
    sql = "update orders set total = 0 where customer = 17"
    advice = await advise_index(database, sql, permission=replace(ALL, writes=True))
    best = advice.proposals[0]
    assert (best.tier, best.candidate.keys) == (Tier.MEASURED, ("customer",))
    assert best.before.blocks and best.after.blocks and best.after.blocks < best.before.blocks / 2
    assert any("rolled back" in note for note in advice.notes)
    rows = await database.records("select count(*) as zeros from orders where customer = 17 and total = 0")
    assert rows[0]["zeros"] == 0
    gone = await advise_index(
        database, "delete from orders where customer = 17 and total >= 0", permission=replace(ALL, writes=True)
    )
    assert gone.proposals[0].after.scanned_per_row is not None and gone.proposals[0].after.blocks, (
        "each run finds its rows"
    )
    rows = await database.records("select count(*) as n from orders where customer = 17")
    assert rows[0]["n"] == 12
    await nothing_is_left(database)


async def test_for_an_or_both_indexes_are_proposed_together_or_none(database: Database) -> None:
    sql = "select * from orders where customer = 17 or note = 'order x'"
    guessed = await advise_index(database, sql)
    assert {one.candidate.keys for one in guessed.proposals} == {("customer",), ("note",)}
    measured = await advise_index(database, sql, permission=ALL)
    await nothing_is_left(database)
    assert measured.together is not None and measured.together.after is not None
    assert (measured.together.after.blocks or 0) < (measured.together.before.blocks or 0) / 5  # type: ignore[union-attr]
    by_customer = next(one for one in measured.proposals if one.candidate.keys == ("customer",))
    assert by_customer.tier is Tier.MEASURED and [other.keys for other in by_customer.needs] == [("note",)]
    assert dict(details(by_customer))["only with"] == "public.orders (note)"


async def test_a_mistake_is_said(database: Database) -> None:
    with pytest.raises(Failure, match="does not exist"):
        await advise_index(database, "select nothing from nowhere")


async def test_as_json_it_has_stable_keys(database: Database) -> None:
    advice: IndexAdvice = await advise_index(database, "select * from orders where customer = 17")
    made = document(advice)
    assert set(made) == {
        "execution_ms", "cost", "statements", "first", "candidates", "together", "together_measured", "notes",
        "skipped",
    }  # fmt: skip
    one = made["candidates"][0]
    assert one["sql"] == "create index concurrently if not exists orders_customer_idx on public.orders (customer);"
    assert one["undo"] == "drop index concurrently public.orders_customer_idx;"
    assert one["pays"] and one["tier"] == "estimated" and one["after"]["cost"] < one["before"]["cost"] / 2
