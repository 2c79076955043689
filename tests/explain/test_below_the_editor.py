"""The plan where the user meets it, below the Query pane's editor, with the values and the transaction of its runs."""

from pathlib import Path

import pytest

from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode
from chatly_console.explain.advice import Finding
from chatly_console.explain.ui.advice_list import AdviceList
from chatly_console.explain.ui.pane import PlanPane
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.panes import RESULT_TABS
from chatly_console.query.run import Phase
from chatly_console.query.transaction_words import Control
from chatly_console.query.ui import asking
from chatly_console.query.ui.parameter_form import ParameterForm
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import Confirm
from chatly_console.shell.states import Empty, ErrorState
from tests.explain.stage import COLOURS
from tests.query.stage import Stage, session_without_server, until

BY_NAME = "select * from generate_series(1, :upto::int) g where g > :least"


class WholeStage(Stage):
    """The Query pane with the tabs that the program has."""

    result_tabs = RESULT_TABS

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return COLOURS


@pytest.fixture
def whole(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WholeStage:
    monkeypatch.setattr(asking, "QUIET", 0.02)
    session = session_without_server()
    session.database = database
    return WholeStage(session, tmp_path)


def plan(stage: Stage) -> PlanPane:
    return stage.query_one(PlanPane)


def is_there(stage: Stage) -> bool:
    return bool(stage.query(PlanPane)) and plan(stage).analysis is not None and not plan(stage).has_class("-state")


def header(stage: Stage) -> str:
    return str(stage.query_one("#plan-header").render())


def failure(stage: Stage) -> str:
    found = stage.query(ErrorState)
    return found.first().failure.sentence if found else ""


async def test_values_are_asked_for_by_name_and_remembered_for_the_next_time(whole: WholeStage) -> None:
    async with whole.run_test(size=(120, 40)) as pilot:
        whole.pane.editing.editor.load_text(BY_NAME)
        await pilot.press("f8")
        await until(lambda: is_there(whole))
        assert "generic plan" in header(whole)
        await pilot.press("f9")
        await until(lambda: isinstance(whole.screen, ParameterForm))
        await pilot.press(*"500", "enter", *"490", "enter")
        await until(lambda: is_there(whole) and plan(whole).run is not None and plan(whole).run.options.analyze)  # type: ignore[union-attr]
        run = plan(whole).run
        assert run is not None and run.arguments == ("500", "490") and run.plan.root.rows == 10
        await pilot.press("f9")
        await until(lambda: isinstance(whole.screen, ParameterForm))
        await pilot.press("enter", "enter")
        await until(lambda: plan(whole).run is not run and is_there(whole))
        assert plan(whole).run.arguments == ("500", "490")  # type: ignore[union-attr]


async def test_keys_go_from_the_rows_to_the_plan_in_their_place_and_back(whole: WholeStage) -> None:
    async with whole.run_test(size=(120, 40)) as pilot:
        whole.pane.editing.editor.load_text("select 1 as one")
        await pilot.press("f5")
        await until(lambda: whole.pane.run is not None and whole.pane.run.state.phase is Phase.DONE)
        await pilot.press("escape")
        await until(lambda: whole.pane.result.grid.has_focus)
        await pilot.press("f9")
        await until(lambda: is_there(whole) and whole.query_one(PlanTree).has_focus)
        await pilot.press("f5")
        await until(lambda: not whole.pane.shows_hosted and whole.pane.result.grid.has_focus)
        await pilot.press("alt+p")
        await until(lambda: whole.pane.shows_hosted and whole.query_one(PlanTree).has_focus)
        await pilot.press("escape", "x")
        await until(lambda: whole.pane.editing.editor.text.count("x") == 1)


async def test_who_gives_no_values_gets_no_run(whole: WholeStage) -> None:
    async with whole.run_test(size=(120, 40)) as pilot:
        whole.pane.editing.editor.load_text(BY_NAME)
        await pilot.press("f9")
        await until(lambda: isinstance(whole.screen, ParameterForm))
        await pilot.press("escape")
        await until(lambda: any("Not run" in state.meaning for state in whole.query(Empty)))


async def test_a_plan_is_of_the_open_transaction_and_leaves_it_as_it_was(whole: WholeStage, database: Database) -> None:
    await database.records("create table kept as select generate_series(1, 5) as id", mode=Mode.COMMITTED)
    async with whole.run_test(size=(120, 40)) as pilot:
        editor, held = whole.pane.editing.editor, whole.pane.runner.held
        await whole.pane.runner.begin(begin())
        editor.load_text("insert into kept select generate_series(6, 2000)")
        await pilot.press("f5")
        await until(lambda: whole.pane.run is not None and whole.pane.run.state.phase is Phase.DONE)
        editor.load_text("select * from kept")
        await pilot.press("f5")
        await until(lambda: whole.pane.run is not None and whole.pane.run.state.phase is Phase.OPEN)
        await pilot.press("f9")
        await until(lambda: is_there(whole))
        assert "in the open transaction" in header(whole)
        assert plan(whole).run.plan.root.rows == 2000  # type: ignore[union-attr]
        editor.load_text("delete from kept where id > 2")
        await pilot.press("f9")
        await until(lambda: isinstance(whole.screen, Confirm))
        await pilot.press("y")
        await until(lambda: "rolled back" in header(whole) and is_there(whole))
        assert held.current is not None and held.current.is_open
        await whole.pane.runner.end(commit=True)
    assert (await database.records("select count(*)::int as n from kept"))[0]["n"] == 2000


async def test_a_plan_for_unknown_values_is_of_the_open_transaction_too(whole: WholeStage) -> None:
    async with whole.run_test(size=(120, 40)) as pilot:
        editor = whole.pane.editing.editor
        await whole.pane.runner.begin(begin())
        editor.load_text("create table made as select generate_series(1, 900) as id")
        await pilot.press("f5")
        await until(lambda: whole.pane.run is not None and whole.pane.run.state.phase is Phase.DONE)
        editor.load_text("select * from made where id = :id")
        for _ in range(2):
            await pilot.press("f8")
            await until(lambda: is_there(whole))
            assert "generic plan, not run ▪ in the open transaction" in header(whole)
        assert plan(whole).run.plan.root.relation == "made"  # type: ignore[union-attr]


async def test_a_trial_is_not_made_beside_a_transaction_whose_changes_it_does_not_see(whole: WholeStage) -> None:
    async with whole.run_test(size=(120, 40)) as pilot:
        await whole.pane.runner.begin(begin())
        whole.pane.editing.editor.load_text("select 1")
        await pilot.press("f9")
        await until(lambda: is_there(whole))
        advice = Finding("rule", "warn", None, 0.5, 10.0, "slow", "set local work_mem = '64MB';", "perhaps")
        whole.query_one(AdviceList).show((advice,))
        whole.query_one(PlanTree).focus()
        await pilot.press("t")
        await until(lambda: any("of the open transaction" in said.text for said in whole.said))


async def test_nothing_is_planned_as_somebody_else_than_the_open_transaction(whole: WholeStage) -> None:
    async with whole.run_test(size=(120, 40)) as pilot:
        await whole.pane.runner.begin(begin())
        whole.session.become(Identity.anon())
        whole.pane.editing.editor.load_text("select 1")
        await pilot.press("f9")
        await until(lambda: "run as somebody else" in failure(whole))


def begin() -> Control:
    return Control("begin")
