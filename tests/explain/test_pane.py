"""The plan below the editor with a real server, by the keys that a person presses."""

from pathlib import Path

import pytest
from textual.widgets import TextArea

from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode
from chatly_console.explain.cells import columns_for, figures_text
from chatly_console.explain.lines import plan_lines
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.running import PlanOptions
from chatly_console.explain.ui.advice_list import AdviceList
from chatly_console.explain.ui.flame_view import FlameView
from chatly_console.explain.ui.node_detail import NodeDetail
from chatly_console.explain.ui.options_screen import OptionsScreen, _with
from chatly_console.explain.ui.paste_screen import PasteScreen
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.ui.views import PlanViews
from chatly_console.server.database import Database
from chatly_console.shell.choose import Choose
from chatly_console.shell.dialogs import AskText, Confirm
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.messages import AdviseIndex, ExplainStatement, OpenRelation, WriteMigration
from chatly_console.shell.states import Empty, ErrorState
from tests.explain.made import node, plan
from tests.explain.stage import PlanStage, until

PLANS = Path(__file__).parent / "plans"
HOSTILE = "\x1b]0;owned\x07[/] [@click=app.bell]x[/]"
ROWS = "select i, i % 10 as k from generate_series(1, 20000) i"
SLOW = "select count(*) from generate_series(1, 200000) g where g % 7 = 3"


def is_there(stage: PlanStage) -> bool:
    views = stage.query_one(PlanViews)
    return stage.pane.analysis is not None and not stage.pane.has_class("-state") and views.shown.size.height > 2


def failure(stage: PlanStage) -> str:
    found = stage.query(ErrorState)
    return found.first().failure.sentence if found else ""


async def shown(stage: PlanStage, name: str) -> None:
    stage.pane.read((PLANS / "18" / f"{name}.text").read_text(encoding="utf-8"))
    await until(lambda: is_there(stage))


async def test_the_slowest_node_has_the_cursor_and_its_share_in_sight(stage: PlanStage) -> None:
    async with stage.run_test(size=(120, 30)):
        stage.pane.receive(ExplainStatement(SLOW, analyze=True))
        await until(lambda: is_there(stage))
        tree = stage.query_one(PlanTree)
        assert tree.node is not None and tree.node.kind == "Function Scan"
        (line,) = [line for line in stage.lines("tree") if "◀ slowest" in line]
        assert line.startswith("▎") and "█" in line and "%" in line and "generate_series" in line
        assert stage.pane.run is not None and len(stage.pane.run.times_ms) == 3
        assert "median of 3 runs" in str(stage.query_one("#plan-header").render())


async def test_settings_that_another_room_names_hold_for_its_statement_alone(stage: PlanStage) -> None:
    async with stage.run_test(size=(120, 30)):
        sql = "select * from pg_class order by oid"
        stage.pane.receive(ExplainStatement(sql, settings=(("enable_indexscan", "off"), ("enable_sort", "off"))))
        await until(lambda: is_there(stage))
        assert stage.pane.run is not None
        assert {"enable_indexscan": "off", "enable_sort": "off"}.items() <= stage.pane.run.plan.settings.items()
        stage.pane.receive(ExplainStatement("select 2"))
        await until(lambda: stage.pane.run is not None and stage.pane.run.sql != sql)
        assert "enable_sort" not in stage.pane.run.plan.settings


async def test_a_plan_alone_runs_nothing_and_is_drawn_by_its_costs(stage: PlanStage) -> None:
    async with stage.run_test(size=(120, 30)):
        stage.pane.receive(ExplainStatement("select pg_sleep(100)"))
        await until(lambda: is_there(stage))
        assert "not run" in str(stage.query_one("#plan-header").render())
        assert "own cost" in stage.lines("tree")[0]


async def test_what_writes_is_run_only_after_a_yes_and_undone(stage: PlanStage, database: Database) -> None:
    await database.records("create table kept (id int)", mode=Mode.COMMITTED)
    async with stage.run_test(size=(120, 30)) as pilot:
        stage.pane.receive(ExplainStatement("insert into kept values (1)", analyze=True))
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("n")
        await until(lambda: bool(stage.query(Empty)) and "Not run" in stage.query(Empty).last().meaning)
        stage.pane.receive(ExplainStatement("insert into kept values (1)", analyze=True))
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: is_there(stage))
        assert "rolled back" in str(stage.query_one("#plan-header").render())
        assert (await database.records("select count(*)::int as n from kept"))[0]["n"] == 0


async def test_enter_alone_does_not_run_what_touches_every_row(stage: PlanStage) -> None:
    async with stage.run_test(size=(120, 30)) as pilot:
        stage.pane.receive(ExplainStatement("delete from pg_description", analyze=True))
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("enter")
        assert isinstance(stage.screen, Confirm)
        await pilot.press("n")
        await until(lambda: bool(stage.query(Empty)) and "Not run" in stage.query(Empty).last().meaning)


async def test_on_a_read_only_connection_a_write_is_planned_and_not_analysed(stage: PlanStage) -> None:
    stage.session.profile = stage.session.profile.__class__(
        **{**{f: getattr(stage.session.profile, f) for f in stage.session.profile.__slots__}, "read_only": True}
    )
    async with stage.run_test(size=(120, 30)):
        stage.pane.receive(ExplainStatement("delete from pg_description", analyze=True))
        await until(lambda: "not analysed" in failure(stage))
        stage.pane.receive(ExplainStatement("delete from pg_description"))
        await until(lambda: is_there(stage))


async def test_an_error_is_a_sentence_and_r_tries_again(stage: PlanStage, database: Database) -> None:
    async with stage.run_test(size=(120, 30)) as pilot:
        stage.pane.receive(ExplainStatement("select * from later"))
        await until(lambda: "later" in failure(stage))
        await database.records("create table later (id int)", mode=Mode.COMMITTED)
        stage.query_one(ErrorState).focus()
        await pilot.press("r")
        await until(lambda: is_there(stage))


async def test_a_statement_that_runs_long_is_cancelled(stage: PlanStage, database: Database) -> None:
    async with stage.run_test(size=(120, 30)) as pilot:
        stage.pane.receive(ExplainStatement("select pg_sleep(60)", analyze=True))
        count = "select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active'"
        running = f"{count} and pid <> pg_backend_pid()"
        while not (await database.records(running))[0]["n"]:
            assert stage.pane.busy
        await pilot.press("ctrl+g")
        await until(lambda: bool(stage.query(Empty)) and "Cancelled" in stage.query(Empty).last().meaning)
        assert (await database.records(running))[0]["n"] == 0
        assert not stage.pane.busy


async def test_it_runs_as_the_current_identity(stage: PlanStage, database: Database) -> None:
    await database.records("create role anon", mode=Mode.COMMITTED) if not await database.records(
        "select 1 as x from pg_roles where rolname = 'anon'"
    ) else None
    await database.records("create table secret (id int)", mode=Mode.COMMITTED)
    stage.session.become(Identity.anon())
    async with stage.run_test(size=(120, 30)):
        stage.pane.receive(ExplainStatement("select * from secret", analyze=True))
        await until(lambda: "secret" in failure(stage))
        stage.pane.receive(ExplainStatement("select current_user", analyze=True))
        await until(lambda: is_there(stage))
        assert "as anon" in str(stage.query_one("#plan-header").render())


async def test_views_by_their_keys(paper: PlanStage) -> None:
    async with paper.run_test(size=(120, 30)) as pilot:
        await shown(paper, "hash-join")
        paper.query_one(PlanTree).focus()
        await pilot.press("f")
        assert any("Hash Join" in line for line in paper.lines("flame"))
        await pilot.press("n")
        grid = paper.query_one(ResultGrid)
        assert grid.has_focus and grid.row_count == len(paper.pane.analysis.plan.nodes)  # type: ignore[union-attr]
        await pilot.press("down", "enter")
        await until(lambda: isinstance(paper.screen, NodeDetail))
        await pilot.press("escape", "b")
        assert paper.query_one(PlanViews).grouping == "types"
        await pilot.press("u")
        await until(lambda: any("Hash Cond" in line for line in paper.lines("raw")))
        await pilot.press("p", "enter")
        await until(lambda: isinstance(paper.screen, NodeDetail))
        await pilot.press("escape", "a")
        assert paper.query_one(AdviceList).has_focus


async def test_the_flame_graph_is_walked_and_zoomed(paper: PlanStage) -> None:
    async with paper.run_test(size=(100, 30)) as pilot:
        await shown(paper, "hash-join")
        paper.query_one(PlanTree).focus()
        await pilot.press("f")
        flame = paper.query_one(FlameView)
        deepest = flame.node
        assert deepest is not None
        await pilot.press("up")
        assert flame.node is deepest.parent
        await pilot.press("enter")
        assert flame.top is deepest.parent
        await pilot.press("backspace", "down", "w")
        assert flame.top is paper.pane.analysis.plan.root  # type: ignore[union-attr]


async def test_a_plan_is_kept_reopened_and_compared(stage: PlanStage, database: Database) -> None:
    await database.records(f"create table t as {ROWS}", mode=Mode.COMMITTED)
    async with stage.run_test(size=(120, 40)) as pilot:
        stage.pane.receive(ExplainStatement("select * from t where i = 7", analyze=True))
        await until(lambda: stage.pane.kept_as > 0)
        stage.query_one(PlanTree).focus()
        await pilot.press("d")
        await until(lambda: any("No other plan is kept yet" in words for words in stage.said))
        await database.records("create index on t (i)", mode=Mode.COMMITTED)
        await database.records("analyze t", mode=Mode.COMMITTED)
        stage.pane.receive(ExplainStatement("select * from t where i = 7", analyze=True))
        await until(lambda: stage.pane.kept_as > 1)
        stage.query_one(PlanTree).focus()
        await pilot.press("d")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press("enter")
        await until(lambda: stage.query_one(PlanViews).current == "diff")
        text = "\n".join(stage.lines("diff"))
        assert "another plan" in text and "before Seq Scan" in text and "less" in text
        await pilot.press("H")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press("enter")
        await until(lambda: stage.pane.run is None and is_there(stage))
        assert stage.pane.asked == ("select * from t where i = 7", stage.pane.asked[1])  # type: ignore[index]


async def test_a_second_run_is_set_beside_the_first_and_two_identities_beside_each_other(
    stage: PlanStage, database: Database
) -> None:
    async with stage.run_test(size=(160, 40)) as pilot:
        stage.pane.receive(ExplainStatement(SLOW, analyze=True))
        await until(lambda: stage.pane.kept_as == 1)
        stage.pane.receive(ExplainStatement(SLOW, analyze=True))
        await until(lambda: any("time than on" in said or "About the time of" in said for said in stage.said))
        await database.records("create role anon", mode=Mode.COMMITTED) if not await database.records(
            "select 1 as x from pg_roles where rolname = 'anon'"
        ) else None
        stage.session.become(Identity.anon())
        stage.pane.receive(ExplainStatement(SLOW, analyze=True))
        await until(lambda: stage.pane.kept_as == 3)
        stage.query_one(PlanTree).focus()
        await pilot.press("d")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press("enter")
        await until(lambda: stage.query_one(PlanViews).current == "diff")
        words = stage.lines("diff")[0].partition(" ▪ ")[2]
        before, _, after = words.partition(" → ")
        assert database.facts.database in before and "anon" not in before
        assert database.facts.database in after and "as anon" in after


async def test_two_plans_pasted_are_compared(paper: PlanStage) -> None:
    text = (PLANS / "15" / "hash-join.text").read_text() + (PLANS / "18" / "hash-join.text").read_text()
    async with paper.run_test(size=(120, 40)) as pilot:
        await shown(paper, "hash-join")
        paper.query_one(PlanTree).focus()
        await pilot.press("P")
        await until(lambda: isinstance(paper.screen, PasteScreen))
        paper.screen.query_one(TextArea).load_text(text)
        await pilot.press("f8")
        await until(lambda: paper.query_one(PlanViews).current == "diff")
        assert "execution" in "\n".join(paper.lines("diff"))


async def test_of_the_many_plans_of_a_log_one_is_chosen_the_slowest_first(paper: PlanStage) -> None:
    text = (Path(__file__).parent / "logs" / "stderr.log").read_text(encoding="utf-8")
    async with paper.run_test(size=(120, 40)) as pilot:
        paper.pane.read(text)
        await until(lambda: isinstance(paper.screen, Choose))
        await pilot.press("enter")
        await until(lambda: is_there(paper))
        slowest = max(plan.execution_ms or 0.0 for plan in read_plans(text))
        assert paper.pane.analysis is not None and paper.pane.analysis.plan.execution_ms == slowest
        assert "count(*)" in paper.pane.asked[0]  # type: ignore[index]
        paper.pane.read(text)
        await until(lambda: isinstance(paper.screen, Choose))
        shown = paper.pane.analysis
        await pilot.press("escape")
        await pilot.pause()
        assert paper.pane.analysis is shown


async def test_without_a_plan_the_keys_work_already(paper: PlanStage) -> None:
    async with paper.run_test(size=(100, 30)) as pilot:
        await until(lambda: paper.query_one("#plan-state").size.height > 2)
        await pilot.press("tab")
        assert paper.query_one("#plan-state").has_focus
        await pilot.press("d")
        await until(lambda: any("no plan to compare" in text for text in paper.said))
        await pilot.press("P")
        await until(lambda: isinstance(paper.screen, PasteScreen))
        await pilot.press("escape", "O")
        await until(lambda: isinstance(paper.screen, AskText))
        await pilot.press(*"/no/such/file", "enter")
        await until(lambda: any("cannot be read" in text for text in paper.said))


async def test_a_plan_in_the_editor_is_read(paper: PlanStage) -> None:
    async with paper.run_test(size=(120, 30)):
        paper.pane.receive(ExplainStatement((PLANS / "18" / "sort-disk.json").read_text() if False else
                                            (PLANS / "18" / "sort-disk.text").read_text()))  # fmt: skip
        await until(lambda: is_there(paper))
        assert paper.pane.analysis is not None and paper.pane.analysis.plan.root.kind == "Sort"
        paper.pane.receive(ExplainStatement("Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n  ->  oops\n-> x"))
        await until(lambda: "Line" in failure(paper))


async def test_hostile_text_is_shown_as_text(paper: PlanStage) -> None:
    filter_text = HOSTILE.replace("\x07", "").replace("'", "''")
    figures = "(cost=0.00..9.00 rows=1 width=4) (actual time=1.000..5.000 rows=1 loops=1)"
    text = f"Seq Scan on t  {figures}\n  Filter: (a = '{filter_text}')\n"
    async with paper.run_test(size=(200, 30)) as pilot:
        paper.pane.read(text)
        await until(lambda: is_there(paper))
        assert all("\x1b" not in line for line in paper.lines("tree"))
        assert any("␛" in line for line in paper.lines("tree"))
        paper.query_one(PlanTree).focus()
        await pilot.press("enter")
        await until(lambda: isinstance(paper.screen, NodeDetail))
        await pilot.press("escape", "f", "n", "u", "p")


async def test_a_large_plan_is_folded_but_for_the_way_to_its_slowest_node(paper: PlanStage) -> None:
    scans = "".join(
        f"  ->  Append  (cost=0.00..9.00 rows=1 width=4) (actual time=0.001..0.00{1 + at % 2} rows=1 loops=1)\n"
        f"        ->  Seq Scan on part_{at}  (cost=0.00..9.00 rows=1 width=4)"
        " (actual time=0.000..0.001 rows=1 loops=1)\n"
        for at in range(60)
    )
    slow = "  ->  Seq Scan on big  (cost=0.00..9.00 rows=1 width=4) (actual time=1.000..90.000 rows=1 loops=1)\n"
    top = "Append  (cost=0.00..9.00 rows=1 width=4) (actual time=1.000..95.000 rows=1 loops=1)\n"
    async with paper.run_test(size=(120, 24)) as pilot:
        paper.pane.read(top + scans + slow)
        await until(lambda: is_there(paper))
        tree = paper.query_one(PlanTree)
        await until(lambda: any("big" in line and "◀ slowest" in line for line in paper.lines("tree")))
        assert tree.virtual_size.height == 63
        tree.focus()
        await pilot.press("*")
        assert tree.virtual_size.height == 123
        await pilot.press("home")
        assert tree.at == 0


def test_a_generic_plan_is_not_run_and_a_run_is_of_values() -> None:
    screen = OptionsScreen(PlanOptions(generic=True))
    assert _with(screen.options, "analyze", True) == PlanOptions(analyze=True)
    assert _with(PlanOptions(analyze=True), "generic", True) == PlanOptions(generic=True)
    assert _with(PlanOptions(analyze=True), "analyze", False) == PlanOptions()


async def test_options_are_asked_with(stage: PlanStage) -> None:
    async with stage.run_test(size=(120, 30)) as pilot:
        stage.pane.receive(ExplainStatement("select 1"))
        await until(lambda: is_there(stage))
        stage.query_one(PlanTree).focus()
        await pilot.press("o")
        await until(lambda: isinstance(stage.screen, OptionsScreen))
        await pilot.press("space", "enter")
        await until(lambda: stage.pane.run is not None and stage.pane.run.options.analyze)


async def test_the_report_and_an_export_are_written(paper: PlanStage, tmp_path: Path) -> None:
    async with paper.run_test(size=(120, 30)) as pilot:
        await shown(paper, "sort-disk")
        paper.query_one(PlanTree).focus()
        await pilot.press("R")
        await until(lambda: any("report is in" in text for text in paper.said))
        (path,) = Path.home().glob("plan-*.md")
        report = path.read_text(encoding="utf-8")
        assert "## Bottlenecks" in report and "## Recommendations" in report and "expected impact" in report
        await pilot.press("E")
        await until(lambda: isinstance(paper.screen, Choose))
        await pilot.press(*"text anon", "enter")
        await until(lambda: isinstance(paper.screen, AskText))
        await pilot.press("enter")
        await until(lambda: any("without names" in text for text in paper.said))
        text = (Path.home() / "plan.txt").read_text(encoding="utf-8")
        assert "orders" not in text and "table_1" in text


async def test_the_advice_becomes_a_migration(paper: PlanStage) -> None:
    async with paper.run_test(size=(120, 30)) as pilot:
        plan = (
            "Seq Scan on orders o  (cost=0.00..9.00 rows=10 width=4) (actual time=1.000..90.000 rows=10 loops=1)\n"
            "  Filter: (amount = 5)\n  Rows Removed by Filter: 500000\n"
        )
        paper.pane.read(plan)
        await until(lambda: is_there(paper))
        paper.query_one(PlanTree).focus()
        await pilot.press("m")
        await until(lambda: any(isinstance(message, WriteMigration) for message in paper.heard))
        (asked,) = [message for message in paper.heard if isinstance(message, WriteMigration)]
        assert asked.up == "create index concurrently if not exists orders_amount_idx on orders (amount);"
        assert asked.down == "drop index concurrently if exists orders_amount_idx;"


async def test_other_rooms_are_asked_for_the_table_and_for_an_index(stage: PlanStage) -> None:
    async with stage.run_test(size=(120, 30)) as pilot:
        stage.pane.receive(ExplainStatement("select * from pg_class"))
        await until(lambda: is_there(stage))
        stage.query_one(PlanTree).focus()
        await pilot.press("S", "i")
        await until(lambda: any(isinstance(message, AdviseIndex) for message in stage.heard))
        (table,) = [message for message in stage.heard if isinstance(message, OpenRelation)]
        (index,) = [message for message in stage.heard if isinstance(message, AdviseIndex)]
        assert (table.schema, table.name) == ("pg_catalog", "pg_class")
        assert index.sql == "select * from pg_class"


async def test_the_slowest_node_is_named_however_deep_it_is_and_however_long_its_name(paper: PlanStage) -> None:
    figures = "(cost=0.00..9.00 rows=1 width=4) (actual time=0.000..{} rows=1 loops=1)"
    lines = [f"{'  ' * depth}{'->  ' if depth else ''}Materialize  {figures.format('9.000')}" for depth in range(60)]
    name = "a_very_long_name_" * 4
    lines.append(f"{'  ' * 60}->  Seq Scan on {name}  {figures.format('8.900')}")
    async with paper.run_test(size=(80, 24)):
        paper.pane.read("\n".join(lines))
        await until(lambda: any("◀ slowest" in line for line in paper.lines("tree")))
        (line,) = [line for line in paper.lines("tree") if "◀ slowest" in line]
        assert "Seq Scan" in line and "a_ver" in line and len(line) <= 80


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_figures_of_any_size_leave_the_tree_where_it_is(width: int) -> None:
    sizes = [(1, 9), (1, 90_000), (40_000, 18_500_000), (123_456_789, 1), (2, 1_234_567_890), (99_999, 99_999)]
    parts = [node("Seq Scan", ms=0.001 + rows / 1e5, rows=rows, planned=planned) for planned, rows in sizes]
    made = plan(node("Append", *parts, ms=99_999))
    columns = columns_for(width, made)
    lines = [figures_text(line, made, columns) for line in plan_lines(made)]
    assert {len(line) for line in lines} == {columns.used - 2}
    assert "18.5M" in lines[3]


async def test_on_a_short_screen_what_to_do_is_in_sight(paper: PlanStage) -> None:
    name = "a_really_long_table_name_" * 8
    text = (
        f"Seq Scan on {name}  (cost=0.00..9.00 rows=10 width=4) (actual time=1.000..90.000 rows=10 loops=1)\n"
        "  Filter: (amount = 5)\n  Rows Removed by Filter: 500000\n"
    )
    async with paper.run_test(size=(80, 24)):
        paper.pane.read(text)
        await until(lambda: is_there(paper))
        advice = paper.query_one(AdviceList)
        await until(lambda: advice.size.height > 2)
        shown = "\n".join(advice.render_line(y).text for y in range(advice.size.height))
        assert "→ create index" in shown and "…" in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)])
async def test_nothing_is_cut_that_matters(paper: PlanStage, size: tuple[int, int]) -> None:
    async with paper.run_test(size=size):
        await shown(paper, "hash-join")
        await until(lambda: any("Hash Join" in line for line in paper.lines("tree")))
        await until(lambda: any("◀ slowest" in line for line in paper.lines("tree")))
