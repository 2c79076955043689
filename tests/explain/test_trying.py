"""A proposed change, tried on a real server: measured before and after, and nothing of it left."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode, Request
from chatly_console.explain import rounds
from chatly_console.explain.advice import Finding
from chatly_console.explain.analysis import analyse
from chatly_console.explain.export import export
from chatly_console.explain.hypothetical import can_be_pretended, hypopg_schema, suppose
from chatly_console.explain.markdown import as_comparison
from chatly_console.explain.running import PlanOptions
from chatly_console.explain.service import run_plan
from chatly_console.explain.trying import may_try, trial_of, try_change
from chatly_console.explain.ui.advice_list import AdviceList
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.ui.views import PlanViews
from chatly_console.server.database import Database
from chatly_console.server.series import Series, Timed
from chatly_console.shell.choose import Choose
from chatly_console.shell.dialogs import TypedConfirm
from chatly_console.shell.messages import ExplainStatement
from tests.explain.stage import PlanStage, session_without_server, until
from tests.server.conftest import opening_of

SQL = "select * from app.visits where visitor = 77"
INDEXES = "select count(*)::int as n from pg_index where indrelid = 'app.visits'::regclass"


@pytest.fixture
async def visits(database: Database) -> Database:
    for statement in (
        "create schema app",
        "create table app.visits as select i as id, i % 5000 as visitor from generate_series(1, 120000) i",
        "analyze app.visits",
    ):
        await database.records(statement, mode=Mode.COMMITTED)
    return database


def finding(sql: str = "", fix: str = "") -> Finding:
    return Finding("rule", "warn", None, 0.5, 10.0, "slow", fix or sql, "perhaps", sql)


async def test_an_index_is_measured_before_and_after_and_nothing_is_left(visits: Database) -> None:
    run = await run_plan(visits, SQL, PlanOptions(analyze=True))
    advice = [found for found in analyse(run.plan).findings if found.rule == "seq-scan-filter"]
    trial = trial_of(advice[0])
    assert (trial.table, trial.blocks_writers) == ("app.visits", True)
    assert "writers of the table wait" in await may_try(visits, trial)
    outcome = await try_change(visits, run, trial)
    assert outcome.is_used
    before, after = outcome.comparison.before, outcome.comparison.after
    assert before.plan.root.kind == "Seq Scan" and after.plan.root.kind != "Seq Scan"
    assert after.plan.root.number("Shared Hit Blocks") < before.plan.root.number("Shared Hit Blocks") / 2
    assert outcome.index_mb > 0.5 and "blocks" in outcome.sentence
    assert (outcome.rounds.changes, len(outcome.rounds.before), len(outcome.rounds.after)) == (3, 3, 3)
    assert "3 rounds in turn" in outcome.comparison.words
    report = export(before, "markdown", {}, outcome.comparison)
    assert "create index" in report and "3 rounds in turn" in report
    assert (await visits.records(INDEXES))[0]["n"] == 0


async def test_an_index_for_each_side_of_an_or_is_tried_together(visits: Database) -> None:
    run = await run_plan(visits, "select * from app.visits where id = 7 or visitor = 77", PlanOptions(analyze=True))
    (advice,) = [found for found in analyse(run.plan).findings if found.rule == "seq-scan-filter"]
    trial = trial_of(advice)
    assert trial.names == ("app.visits_id_idx", "app.visits_visitor_idx")
    outcome = await try_change(visits, run, trial)
    assert {node.index for node in outcome.comparison.after.plan.nodes} >= {"visits_id_idx", "visits_visitor_idx"}
    assert outcome.index_mb > 2
    assert (await visits.records(INDEXES))[0]["n"] == 0


async def test_runs_without_and_with_the_change_alternate(visits: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await run_plan(visits, SQL, PlanOptions(analyze=True))
    trial = trial_of(finding("create index concurrently on app.visits (visitor);"))
    order: list[str] = []
    once = Series.run

    async def noted(series: Series, sql: str, *arguments: str | None) -> Timed:
        order.append(" ".join(sql.split()[:2]))
        return await once(series, sql, *arguments)

    monkeypatch.setattr(Series, "run", noted)
    await try_change(visits, run, trial)
    assert [words for words in order if words in ("create index", "rollback to")] == ["create index", "rollback to"] * 3


async def test_a_trial_that_is_cancelled_leaves_no_index_no_lock_and_no_transaction(visits: Database) -> None:
    slow = "select *, pg_sleep(0.05) from app.visits where visitor = 77"
    run = await run_plan(visits, slow, PlanOptions(analyze=True, runs=1))
    trial = trial_of(finding("create index concurrently on app.visits (visitor);"))
    task = asyncio.create_task(try_change(visits, run, trial))
    held = "select 1 as x from pg_locks where relation = 'app.visits'::regclass and mode = 'ShareLock' and granted"
    while not await visits.records(held):
        assert not task.done()
    task.cancel()
    with pytest.raises((asyncio.CancelledError, Failure)):
        await task
    open_ones = "select 1 as x from pg_stat_activity where state like 'idle in%' and datname = current_database()"
    async with asyncio.timeout(30):  # the server hears of a cancelled statement's end a moment after its client
        while await visits.records(held) or await visits.records(open_ones):
            await asyncio.sleep(0.02)
    assert (await visits.records(INDEXES))[0]["n"] == 0


async def test_a_change_that_takes_long_is_made_once_between_the_runs_without_it(
    visits: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "SLOW_CHANGE", 0.0)
    run = await run_plan(visits, SQL, PlanOptions(analyze=True))
    outcome = await try_change(visits, run, trial_of(finding("create index concurrently on app.visits (visitor);")))
    assert (outcome.rounds.changes, len(outcome.rounds.before), len(outcome.rounds.after)) == (1, 3, 3)
    assert {plan.root.kind for plan in outcome.rounds.before} == {"Seq Scan"}
    assert "Seq Scan" not in {plan.root.kind for plan in outcome.rounds.after}
    assert "both sides" in outcome.comparison.words


async def test_an_index_that_must_wait_for_an_older_snapshot_is_not_said_to_be_useless(visits: Database) -> None:
    await visits.records("alter table app.visits set (fillfactor = 50)", mode=Mode.COMMITTED)
    await visits.records("insert into app.visits select 1, 1 from generate_series(1, 500)", mode=Mode.COMMITTED)
    run = await run_plan(visits, SQL, PlanOptions(analyze=True))
    trial = trial_of(finding("create index concurrently on app.visits (visitor);"))
    older = visits.transaction(Request(""))
    await older.begin("repeatable read")
    try:
        async with older.open(Request("select count(*) from app.visits")) as result:
            await result.fetch()
            await result.finish()
        await visits.records("update app.visits set id = -id where visitor = 1", mode=Mode.COMMITTED)
        outcome = await try_change(visits, run, trial)
    finally:
        await older.roll_back()
    assert not outcome.is_used and "older transaction (pid " in outcome.sentence
    assert "did not use" not in outcome.sentence
    assert (await try_change(visits, run, trial)).is_used


async def test_settings_and_statistics_can_be_tried_too(visits: Database) -> None:
    run = await run_plan(visits, "select * from app.visits order by visitor, id", PlanOptions(analyze=True))
    settings = trial_of(finding(fix="set local work_mem = '64MB';"))
    assert settings.settings == (("work_mem", "64MB"),) and not settings.blocks_writers
    outcome = await try_change(visits, run, settings)
    assert outcome.comparison.after.plan.root.text("Sort Space Type") == "Memory"
    together = trial_of(
        finding("create statistics (dependencies) on id, visitor from app.visits;\nanalyze app.visits;")
    )
    assert len(together.statements) == 2
    await try_change(visits, run, together)
    await try_change(
        visits, run, trial_of(finding("create statistics on (abs(id)) from app.visits;\nanalyze app.visits;"))
    )
    assert await visits.records("select 1 as x from pg_statistic_ext") == []


async def test_what_must_not_be_tried_is_refused_with_the_reason(visits: Database) -> None:
    with pytest.raises(Failure, match="cannot be tried"):
        trial_of(finding("vacuum (analyze) t;"))
    with pytest.raises(Failure, match="not there"):
        await may_try(visits, trial_of(finding("create index concurrently on nowhere (a);")))
    await visits.records("create table app.parts (a int) partition by range (a)", mode=Mode.COMMITTED)
    assert "0 MB" in await may_try(visits, trial_of(finding("create index concurrently on app.parts (a);")))
    await visits.records("update pg_class set relpages = 100000 where relname = 'visits'", mode=Mode.COMMITTED)
    with pytest.raises(Failure, match="too long"):
        await may_try(visits, trial_of(finding("create index concurrently on app.visits (visitor);")))


async def test_t_asks_by_name_then_shows_before_and_after(stage: PlanStage, visits: Database) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        stage.pane.receive(ExplainStatement(SQL, analyze=True))
        await until(lambda: stage.pane.kept_as > 0)
        advice = stage.query_one(AdviceList)
        advice.highlighted = next(at for at, one in enumerate(advice.findings) if one.rule == "seq-scan-filter")
        stage.query_one(PlanTree).focus()
        await pilot.press("t")
        await until(lambda: isinstance(stage.screen, TypedConfirm))
        await pilot.press(*"app.visits", "enter")
        await until(lambda: stage.query_one(PlanViews).current == "diff")
        await until(lambda: any("Measured (rolled back)" in said for said in stage.said))
        assert stage.pane.tried is not None
        assert "before Seq Scan" in "\n".join(stage.lines("diff"))
        assert (await visits.records(INDEXES))[0]["n"] == 0


async def test_a_plan_of_another_database_is_not_tried_here(stage: PlanStage, visits: Database) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        stage.pane.receive(ExplainStatement(SQL, analyze=True))
        await until(lambda: stage.pane.kept_as > 0)
        assert stage.pane.run is not None
        stage.pane.run = replace(stage.pane.run, database="elsewhere")
        stage.query_one(PlanTree).focus()
        await pilot.press("t")
        await until(lambda: any("another database" in said for said in stage.said))


async def test_a_plan_that_was_not_run_has_nothing_to_be_measured_against(stage: PlanStage, visits: Database) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        stage.pane.receive(ExplainStatement("select * from app.visits order by visitor limit 3"))
        await until(lambda: stage.pane.kept_as > 0)
        advice = stage.query_one(AdviceList)
        advice.show((finding("create index concurrently on app.visits (visitor);"),))
        stage.query_one(PlanTree).focus()
        await pilot.press("t")
        await until(lambda: any("was not run" in said for said in stage.said))
        assert (await visits.records(INDEXES))[0]["n"] == 0


async def test_without_hypopg_nothing_is_pretended(visits: Database) -> None:
    assert await hypopg_schema(visits) == ""
    assert not can_be_pretended(trial_of(finding("create index concurrently on app.visits using gin (visitor);")))
    assert not can_be_pretended(trial_of(finding(fix="set local work_mem = '64MB';")))


@pytest.fixture
async def with_hypopg(pg17_dsn: str) -> AsyncIterator[Database]:
    """A schema of its own on the server that offers hypopg."""
    database = await Database.connect(opening_of(pg17_dsn))
    for statement in (
        "drop schema if exists app cascade",
        "create schema app",
        "create table app.visits as select i as id, i % 5000 as visitor from generate_series(1, 120000) i",
        "analyze app.visits",
    ):
        await database.records(statement, mode=Mode.COMMITTED)
    yield database
    await database.records("drop schema app cascade", mode=Mode.COMMITTED)
    await database.close()


@pytest.mark.pg17
async def test_a_hypothetical_index_costs_nobody_anything(with_hypopg: Database) -> None:
    run = await run_plan(with_hypopg, SQL, PlanOptions())
    trial = trial_of(finding("create index concurrently on app.visits (visitor);"))
    found = await suppose(with_hypopg, run, trial, await hypopg_schema(with_hypopg))
    assert found.is_used and found.index_mb > 0.5
    assert found.sentence.startswith("Hypothetical (hypopg): cost ") and "Nothing was built" in found.sentence
    assert found.comparison.after.costs[0][0] < found.comparison.before.costs[0][0] / 10
    assert "hypothetical" in "\n".join(as_comparison(found.comparison))
    assert (await with_hypopg.records(INDEXES))[0]["n"] == 0
    again = await suppose(with_hypopg, run, trial, await hypopg_schema(with_hypopg))
    assert again.comparison.before.plan.root.kind == "Seq Scan", "what was pretended before is forgotten"


@pytest.mark.pg17
async def test_t_offers_both_ways_and_where_building_is_refused_the_hypothetical_one(
    with_hypopg: Database, tmp_path: Path
) -> None:
    session = session_without_server()
    session.database = with_hypopg
    stage = PlanStage(session, tmp_path)
    async with stage.run_test(size=(120, 40)) as pilot:
        stage.pane.receive(ExplainStatement(SQL, analyze=True))
        await until(lambda: stage.pane.kept_as > 0)
        advice = stage.query_one(AdviceList)
        advice.highlighted = next(at for at, one in enumerate(advice.findings) if one.rule == "seq-scan-filter")
        stage.query_one(PlanTree).focus()
        await pilot.press("t")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press("enter")
        await until(lambda: any(said.startswith("Hypothetical (hypopg)") for said in stage.said))
        assert "hypothetical" in "\n".join(stage.lines("diff"))
        session.profile = replace(session.profile, read_only=True)
        await pilot.press("p", "t")
        await until(lambda: any("Not built" in said and "read-only" in said for said in stage.said))
