"""Results beside each other: each statement has its tab, earlier ones stay, and nothing is held for ever."""

import asyncpg
import pytest

from chatly_console.query.run import Phase
from chatly_console.query.ui import result_tabs, results
from chatly_console.query.ui.result_tabs import TabStrip
from chatly_console.server.database import Database
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, write


async def run(stage: Stage, sql: str) -> None:
    write(stage, sql)
    before = stage.pane.run
    stage.pane.action_run()
    await until(lambda: stage.pane.run is not before and not stage.pane.busy)


def strip(stage: Stage) -> str:
    return str(stage.query_one(TabStrip).render())


async def test_each_statement_of_a_run_has_its_tab_and_keys_go_between(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select 'one' as a;\nselect relname from pg_class limit 3;\nselect 3 as c;\n")
        await pilot.press("alt+a")
        await until(lambda: len(stage.pane.results.views) == 3 and phase(stage) is Phase.DONE)
        await until(lambda: strip(stage).split() == ["1", "select", "2", "select", "pg_class", "▎3", "select"])
        await pilot.press("escape", "[")
        assert stage.pane.result.grid.columns.order == [0] and stage.pane.result.grid.has_focus
        assert stage.pane.result.grid.source.columns[0].name == "relname"
        await pilot.press("[")
        assert stage.pane.result.grid.shown_row(0) == ("one",)


async def test_the_same_statement_comes_back_to_its_tab_unless_that_is_pinned(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select 1")
        await run(stage, "select 1")
        assert len(stage.pane.results.views) == 1
        await run(stage, "select 2")
        assert len(stage.pane.results.views) == 2
        await pilot.press("escape", "p")
        assert "⌖" in strip(stage)
        await run(stage, "select 2")
        assert len(stage.pane.results.views) == 3
        stage.pane.result.focus_rows()
        await pilot.press("X")
        await until(lambda: len(stage.pane.results.views) == 2)


async def test_old_results_go_and_their_cursors_before_them(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_tabs, "KEPT", 4)
    async with stage.run_test(size=(120, 40)):
        for number in range(6):
            await run(stage, f"select i, {number} from generate_series(1, 3000) i")
        views = stage.pane.results.views
        assert len(views) == 4
        assert database.pool_in_use <= 2
        states = [view.run.state.phase for view in views if view.run is not None]
        assert states[-1] is Phase.OPEN and states[0] is Phase.CLOSED
        assert views[0].run is not None and views[0].run.rows is not None and views[0].run.rows.count == 500


async def test_rows_of_the_run_before_stay_in_sight_until_there_are_new_ones(
    stage: Stage, database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "SHOW_LOADING_AFTER", 60)
    gate = await asyncpg.connect(database_dsn)
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select clock_timestamp()::text as at from pg_advisory_xact_lock(7)")
        grid = stage.pane.result.grid
        await until(lambda: grid.shown_row(0) is not None)
        before = grid.shown_row(0)
        await gate.execute("select pg_advisory_lock(7)")
        stage.pane.action_run()
        await until(lambda: bool(stage.pane.busy))
        await pilot.pause()
        assert grid.shown_row(0) == before
        await gate.close()
        await until(lambda: grid.shown_row(0) not in (None, before) and phase(stage) is Phase.DONE)
