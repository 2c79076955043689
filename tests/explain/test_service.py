"""Plans from real servers: read only, as the identity that is asked for, within limits, for unknown values."""

from collections.abc import AsyncIterator

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode
from chatly_console.explain.functions import called_functions
from chatly_console.explain.running import PlanOptions, mode_for
from chatly_console.explain.service import read_table_facts, read_unsafe_functions, run_plan
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

ANALYZE = PlanOptions(analyze=True, runs=1)


@pytest.fixture
async def supabase_like(pg17_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(pg17_dsn))
    yield database
    await database.close()


async def generic_plan(database: Database) -> None:
    sql = "select relname from pg_class where oid = $1 and relpages > $2"
    run = await run_plan(database, sql, PlanOptions())
    assert run.options.generic and not run.plan.analyzed
    conditions = " ".join(node.text("Index Cond") + node.text("Filter") for node in run.plan.nodes)
    assert "$1" in conditions and "$2" in conditions
    left = await database.records("select count(*)::int as n from pg_prepared_statements where name like 'chatly%'")
    assert left[0]["n"] == 0


async def every_option(database: Database) -> None:
    options = PlanOptions(analyze=True, wal=True, serialize=True, memory=True, runs=1)
    run = await run_plan(database, "select relname from pg_class order by relname", options)
    assert run.plan.timed and run.plan.planning_ms is not None
    if database.facts.version_number >= 170000:
        assert run.plan.section("Serialization")["Format"] == "text"
        assert run.plan.section("Planning")["Memory Used"] > 0
    timed = await run_plan(database, "select 1", PlanOptions(analyze=True, timing=False, runs=1))
    assert timed.plan.analyzed and not timed.plan.timed


async def test_the_plan_for_unknown_values(database: Database) -> None:
    await generic_plan(database)


async def test_the_plan_for_unknown_values_as_somebody_whom_only_the_role_makes(database: Database) -> None:
    """Advisory: the login takes on the role, and what the statement says is looked at first."""
    await database.records("create role anon", mode=Mode.COMMITTED) if not await database.records(
        "select 1 as x from pg_roles where rolname = 'anon'"
    ) else None
    sql = "select relname from pg_class where oid = $1"
    run = await run_plan(database, sql, PlanOptions(), identity=Identity.anon())
    assert run.options.generic and "advisory" in run.as_whom
    assert "$1" in run.plan.root.text("Index Cond") + run.plan.root.text("Filter")
    with pytest.raises(Failure) as refused:
        await run_plan(database, "select set_config('role', 'none', true), $1::int", PlanOptions(),
                       identity=Identity.anon())  # fmt: skip
    assert refused.value.kind is FailureKind.REFUSED


async def test_every_option_that_the_server_knows(database: Database) -> None:
    await every_option(database)


@pytest.mark.pg17
async def test_on_seventeen_as_on_supabase(supabase_like: Database) -> None:
    await generic_plan(supabase_like)
    await every_option(supabase_like)


async def test_a_select_that_writes_is_refused_by_the_server(database: Database) -> None:
    await database.records("create table kept (id int)", mode=Mode.COMMITTED)
    function = "create function sneaky() returns int language sql as 'insert into kept values (1) returning id'"
    await database.records(function, mode=Mode.COMMITTED)
    with pytest.raises(Failure, match="read-only") as refused:
        await run_plan(database, "select sneaky()", ANALYZE)
    assert refused.value.sqlstate == "25006"
    assert (await database.records("select count(*)::int as n from kept"))[0]["n"] == 0


async def test_a_write_that_was_agreed_to_is_rolled_back(database: Database) -> None:
    await database.records("create table kept (id int)", mode=Mode.COMMITTED)
    run = await run_plan(database, "insert into kept select generate_series(1, 5)", ANALYZE, mode=Mode.ROLLED_BACK)
    assert run.plan.root.kind == "ModifyTable" and run.times_ms
    assert (await database.records("select count(*)::int as n from kept"))[0]["n"] == 0


async def test_a_statement_that_takes_too_long_ends(database: Database) -> None:
    with pytest.raises(Failure) as ended:
        await run_plan(database, "select pg_sleep(30)", PlanOptions(analyze=True, limit=0.2))
    assert ended.value.sqlstate == "57014"


async def test_values_are_those_that_are_planned_with(database: Database) -> None:
    run = await run_plan(database, "select * from pg_class where relname = $1", ANALYZE, arguments=("pg_class",))
    assert run.plan.root.rows == 1
    with pytest.raises(Failure) as missing:
        await run_plan(database, "select $1::int", ANALYZE)
    assert missing.value.kind is FailureKind.USAGE


async def test_what_the_statistics_say_of_the_tables(database: Database) -> None:
    await database.records("create table fresh as select generate_series(1, 5000) i", mode=Mode.COMMITTED)
    await database.records("create table never as select generate_series(1, 5000) i", mode=Mode.COMMITTED)
    await database.records("analyze fresh", mode=Mode.COMMITTED)
    run = await run_plan(database, "select * from fresh, never", PlanOptions())
    facts = await read_table_facts(database, run.plan)
    assert facts["public", "fresh"].rows == 5000
    assert facts["public", "never"].analysed_days is None
    nothing = await run_plan(database, "select 1", PlanOptions())
    assert await read_table_facts(database, nothing.plan) == {}


async def test_functions_that_keep_a_plan_from_being_parallel_are_named(database: Database) -> None:
    for function in ("score", '"Odd (name"', "safe"):
        kept = "parallel safe" if function == "safe" else ""
        await database.records(
            f"create function {function}(int) returns int language plpgsql {kept} as 'begin return $1; end'",
            mode=Mode.COMMITTED,
        )
    sql = """select score(relpages), lower('drop(x)'), safe(1) from pg_class where "Odd (name"(relpages) > 3"""
    run = await run_plan(database, sql, PlanOptions())
    assert ("", "score") in called_functions(run.plan) and ("", "drop") not in called_functions(run.plan)
    found = await read_unsafe_functions(database, run.plan)
    assert [one.name for one in found] == ['"Odd (name"(integer)', "score(integer)"]
    assert await read_unsafe_functions(database, (await run_plan(database, "select 1", PlanOptions())).plan) == ()
    builtin = await run_plan(database, "select lo_create(0) from pg_class", PlanOptions())
    (server,) = await read_unsafe_functions(database, builtin.plan)
    assert server.is_builtin and server.name == "lo_create(oid)"


def test_what_may_be_run_and_after_which_question() -> None:
    assert mode_for("select 1", analyze=True, read_only=True) == (Mode.READ_ONLY, "")
    assert mode_for("delete from t", analyze=False, read_only=True) == (Mode.READ_ONLY, "")
    mode, question = mode_for("delete from t", analyze=True, read_only=False)
    assert mode is Mode.ROLLED_BACK and question
    for sql, read_only in (("delete from t", True), ("commit", False), ("vacuum t", False), ("", False)):
        with pytest.raises(Failure):
            mode_for(sql, analyze=True, read_only=read_only)
