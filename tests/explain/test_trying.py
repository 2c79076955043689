"""A proposed change, tried on a real server: measured before and after, and nothing of it left."""

from dataclasses import replace

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode
from chatly_console.explain.advice import Finding
from chatly_console.explain.analysis import analyse
from chatly_console.explain.running import PlanOptions
from chatly_console.explain.service import run_plan
from chatly_console.explain.trying import may_try, trial_of, try_change
from chatly_console.explain.ui.advice_list import AdviceList
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.ui.views import PlanViews
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import TypedConfirm
from chatly_console.shell.messages import ExplainStatement
from tests.explain.stage import PlanStage, until

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
    assert (await visits.records(INDEXES))[0]["n"] == 0


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
    assert await visits.records("select 1 as x from pg_statistic_ext") == []


async def test_what_must_not_be_tried_is_refused_with_the_reason(visits: Database) -> None:
    with pytest.raises(Failure, match="cannot be tried"):
        trial_of(finding("vacuum (analyze) t;"))
    with pytest.raises(Failure, match="not there"):
        await may_try(visits, trial_of(finding("create index concurrently on nowhere (a);")))
    await visits.records("create table app.parts (a int) partition by range (a)", mode=Mode.COMMITTED)
    with pytest.raises(Failure, match="partitioned"):
        await may_try(visits, trial_of(finding("create index concurrently on app.parts (a);")))
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
        await until(lambda: any("Tried and rolled back" in said for said in stage.said))
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
