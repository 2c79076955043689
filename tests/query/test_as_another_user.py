"""As another user: edits are tried and rolled back, and following, watching, drawing and exporting stay that user's."""

from pathlib import Path

import pytest

from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.request import Mode, Request
from chatly_console.query.run import Phase
from chatly_console.query.ui.cell_editor import CellEditor
from chatly_console.query.ui.chart_screen import ChartScreen
from chatly_console.query.ui.parameter_form import ValueInput
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import Confirm
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, write
from tests.query.test_row_verbs import SCHEMA, run
from tests.query.test_transactions import dialog

RIGHTS = """
grant usage on schema public to pg_monitor;
grant select, update, delete on letter, client to pg_monitor;
alter table letter enable row level security;
create policy seen on letter for select using (id <> 12);
create policy changed on letter for update using (id = 10)
"""


@pytest.fixture
async def somebody(stage: Stage, database: Database) -> None:
    for statement in f"{SCHEMA};{RIGHTS}".split(";"):
        async with database.open(Request(statement, mode=Mode.COMMITTED)) as result:
            await result.finish()
    stage.session.identity = Identity.of_role("pg_monitor")


def header(stage: Stage) -> str:
    return str(stage.pane.result.query_one("#result-header").render())


async def edit_first(stage: Stage, pilot: object, text: str) -> None:
    press = pilot.press  # type: ignore[attr-defined]
    await press("e")
    await until(lambda: isinstance(stage.screen, CellEditor) and bool(stage.screen.query(ValueInput)))
    await press(*text, "enter")
    await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
    assert "Try this as pg_monitor, and roll it back?" in dialog(stage)
    await press("y")


async def test_an_edit_is_tried_and_rolled_back(stage: Stage, database: Database, somebody: None) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select body, id from letter order by id")
        assert "2 rows" in header(stage) and "as pg_monitor (advisory)" in header(stage)
        await edit_first(stage, pilot, "mine")
        await until(lambda: any("It would change this row; rolled back" in say.text for say in stage.said))
        assert stage.pane.result.grid.shown_row(0) == ("first", "10")
        await pilot.press("down")
        await edit_first(stage, pilot, "mine")
        await until(lambda: any("the policies hide it from this user" in say.text for say in stage.said))
        await until(lambda: database.pool_in_use == 0)
    assert (await database.records("select count(*)::int as n from letter where body = 'mine'"))[0]["n"] == 0


async def test_what_follows_from_a_result_is_the_same_users(
    stage: Stage, database: Database, somebody: None, tmp_path: Path
) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select * from letter order by id")
        await pilot.press("right", "enter")
        await until(lambda: len(stage.pane.results.views) == 2 and phase(stage) is Phase.DONE)
        assert "as pg_monitor" in header(stage)
        await pilot.press("R")
        await until(lambda: len(stage.pane.results.views) == 3 and phase(stage) is Phase.DONE)
        assert "2 rows" in header(stage) and "as pg_monitor" in header(stage)
        await pilot.press("w")
        await until(lambda: (watched := stage.pane.result.watched) is not None and watched.runs > 0)
        await until(lambda: "as pg_monitor" in header(stage) and "every" in header(stage))
        await pilot.press("w")
        await until(lambda: not stage.pane.watching.is_on)
        await pilot.press("b")
        await until(lambda: isinstance(stage.screen, ChartScreen))
        await pilot.press("escape")
        stage.pane.exporting.start(stage.pane.run, tmp_path / "out.csv")
        await until(lambda: any("2 rows written" in say.text and "as pg_monitor" in say.text for say in stage.said))
        assert (tmp_path / "out.csv").read_text().count("\n") == 3


async def test_rows_of_another_identity_are_dimmed_until_they_are_run_again(stage: Stage, somebody: None) -> None:
    """The banner says that the rows below are what that user sees: these are not."""
    somebody_else = stage.session.identity
    async with stage.run_test(size=(120, 40)):
        stage.session.identity = LOGIN
        await run(stage, "select body, id from letter order by id")
        grid = stage.pane.result.grid
        assert not grid.has_class("-stale")
        stage.session.identity = somebody_else
        stage.pane.on_identity_changed()
        assert grid.has_class("-stale")
        await run(stage, "select body, id from letter order by id")
        await until(lambda: not stage.pane.result.grid.has_class("-stale"))
        assert "as pg_monitor" in header(stage)


async def test_a_script_runs_as_one_and_is_rolled_back(stage: Stage, database: Database, somebody: None) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "update letter set body = 'a'; update letter set body = body || 'b'; select body from letter")
        await pilot.press("alt+a")
        await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
        assert "All of it is rolled back at its end." in dialog(stage)
        await pilot.press("y")
        await until(lambda: any("3 statements run, 2 rows changed, rolled back." in say.text for say in stage.said))
        run = stage.pane.run
        assert run is not None and run.rows is not None
        assert ("ab",) in [run.rows.row(index) for index in range(run.rows.count)], "each saw what was done before it"
        await until(lambda: database.pool_in_use == 0)
        write(stage, "begin; delete from letter; commit")
        await pilot.press("alt+a")
        await until(lambda: any("BEGIN commits, and as another user nothing is kept" in say.text for say in stage.said))
    assert (await database.records("select count(*)::int as n from letter where body = 'ab'"))[0]["n"] == 0
