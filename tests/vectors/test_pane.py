"""The Vectors pane with a real server, by the keys that a person presses."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.widgets import Input, OptionList, Static

from chatly_console.connections.identity_option import resolve
from chatly_console.explain.running import PlanOptions
from chatly_console.explain.service import run_plan
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import AskText, Confirm
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.key_footer import footer_keys
from chatly_console.vectors.providers import Lexical
from chatly_console.vectors.saved import read_curves, read_questions
from chatly_console.vectors.ui import pane, work_recall
from chatly_console.vectors.ui.filter_line import FilterLine
from chatly_console.vectors.ui.header import Header
from chatly_console.vectors.ui.map_canvas import MapCanvas
from tests.vectors.stage import Stage


async def until(condition: Callable[[], bool], limit: float = 20) -> None:
    async with asyncio.timeout(limit):
        while not condition():
            await asyncio.sleep(0.02)


def rows(stage: Stage, view: str) -> list[tuple[str | None, ...]]:
    grid = stage.query_one(f"#{view}-rows", ResultGrid)
    return [row for n in range(grid.row_count) if (row := grid.shown_row(n)) is not None]


def names(stage: Stage, view: str) -> list[str]:
    return [column.name for column in stage.query_one(f"#{view}-rows", ResultGrid).source.columns]


async def test_a_text_finds_rows_and_what_was_missed_is_marked(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        await pilot.press(*"return glasses", "enter")
        await until(lambda: "exact " in stage.words("#search .words"))
        words = stage.words("#search .words")
        assert "of 10 rows" in words and "lexical similarity" in words and "documents_embedding_idx" in words
        found = rows(stage, "search")
        got = int(words.split()[0])  # of one list of the index, whose centres differ from build to build
        assert len([row for row in found if row[0] != "✗ missed"]) == got > 0
        assert sum(row[1] != "–" for row in found) == 10
        assert stage.query_one("#search-rows").has_focus
        key = found[0][-1]
        await pilot.press("m")
        await until(lambda: f"like row {key}" in stage.words("#search .words"))
        assert key not in {row[-1] for row in rows(stage, "search")}


async def test_who_asks_before_the_columns_are_found_gets_the_answer(
    chatly: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = asyncio.Event()

    async def remembered(_: object) -> Lexical:
        await held.wait()
        return Lexical()

    monkeypatch.setattr(pane, "remembered_provider", remembered)
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"glasses", "enter")
        await pilot.press("f5")
        held.set()
        await until(lambda: "exact " in stage.words("#search .words"))
        assert "documents.embedding" in str(stage.query_one(Header).render())


async def test_a_search_shows_its_plan_under_its_settings(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        assert ("escape", "rows") in {(key.key, key.words) for key in footer_keys(stage.screen)}, "the way out"
        await pilot.press("escape", "f8")
        assert "escape" not in {key.key for key in footer_keys(stage.screen) if key.enabled}
        await until(lambda: any("Search first" in say.text for say in stage.said))
        stage.pane.settings = (("ivfflat.probes", "3"),)
        await pilot.press("i", *"return glasses", "enter")
        await until(lambda: "exact " in stage.words("#search .words"))
        await pilot.press("f8", "x", "f9")
        await until(lambda: len(stage.plans) == 2)
        plain, hybrid = stage.plans
        assert (plain.analyze, plain.settings, hybrid.analyze) == (False, (("ivfflat.probes", "3"),), True)
        assert "limit 10" in plain.sql and "row_number()" in hybrid.sql and "set local" not in hybrid.sql
        plan = await run_plan(chatly, plain.sql, PlanOptions(local=plain.settings))
        assert any(node.index == "documents_embedding_idx" for node in plan.plan.nodes)
        stage.pane.hybrid = False
        await pilot.press("f6", "f5")
        await until(lambda: len(rows(stage, "recall")) >= 2)
        stage.pane.cancel_work()
        await until(lambda: "cancelled" in stage.words("#recall .words"))
        await pilot.press("f8")
        await until(lambda: len(stage.plans) == 3)
        assert stage.plans[2].settings == stage.pane.lab.curve.points[0].settings  # type: ignore[union-attr]


async def test_the_recall_lab_draws_its_points_and_cancel_keeps_them(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(80, 24)) as pilot:
        await until(lambda: stage.pane.column is not None)
        await pilot.press("f6", "f5")
        await until(lambda: stage.pane.lab.curve is not None and len(stage.pane.lab.curve.points) >= 2)
        assert stage.pane.busy
        assert stage.pane.cancel_work()
        await until(lambda: "cancelled" in stage.words("#recall .words"))
        assert len(rows(stage, "recall")) >= 2
        plot = stage.words("RecallPlot")
        assert "recall@10" in plot and ("●" in plot or "◉" in plot)
        assert not stage.pane.busy


async def test_impersonation_forgets_the_rows_and_asks_again_as_the_other(chatly: Database) -> None:
    ada = await resolve("ada@nordlicht.example", chatly)
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        await pilot.press(*"return glasses", "enter")
        await until(lambda: "exact " in stage.words("#search .words"))
        tenants = {row[-2] for row in rows(stage, "search")}
        stage.session.become(ada)
        stage.pane.on_identity_changed()
        assert "ada@nordlicht.example" in stage.words("#vectors-header")
        await until(lambda: "exact " in stage.words("#search .words"))
        hers = {row[-2] for row in rows(stage, "search")}
        assert len(hers) == 1 and hers != tenants
        await pilot.press("f6", "f6", "f6", "f6", "f5")
        await until(lambda: len(rows(stage, "health")) >= 2)
        assert "not impersonated: examined as postgres" in stage.words("#health .words")


async def test_a_wrong_vector_is_a_sentence_and_the_next_one_works(every_type: Database) -> None:
    stage = Stage(every_type)
    async with stage.run_test(size=(80, 24)) as pilot:
        await until(lambda: stage.pane.column is not None)
        stage.query_one(Input).value = "[1,2,nan]"
        await pilot.press("enter")
        await until(lambda: bool(stage.reports))
        assert "NaN" in stage.reports[0].failure.sentence
        assert stage.pane.column is not None and stage.pane.column.type != "text"
        key = "(7,1)"
        stage.query_one(Input).value = f"={key}"
        await pilot.press("enter")
        await until(lambda: len(rows(stage, "search")) >= 10)


async def test_hostile_text_is_shown_and_does_nothing(every_type: Database) -> None:
    stage = Stage(every_type)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        stage.query_one(Input).value = "=(7,1)"
        await pilot.press("enter")
        await until(lambda: "exact " in stage.words("#search .words"))
        await pilot.press("f6", "f6", "f6", "f6", "f5")
        await until(lambda: len(rows(stage, "health")) >= 2)
        await pilot.press("f6", "f6")
        await pilot.pause()
        drawn = stage.export_screenshot()
        assert "owned" in drawn and "\x1b" not in drawn and "\u202e" not in drawn


async def test_without_pgvector_the_pane_says_what_to_do(database_dsn: str) -> None:
    from tests.server.conftest import opening_of

    database = await Database.connect(opening_of(database_dsn))
    stage = Stage(database)
    async with stage.run_test(size=(80, 24)):
        await until(lambda: "not installed" in stage.words("#search Empty"))
    await database.close()


async def test_a_filter_holds_for_everything_and_a_wrong_one_is_a_sentence(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        await pilot.press(*"return glasses", "enter")
        await until(lambda: "exact " in stage.words("#search .words"))
        await pilot.press("b")
        await until(lambda: len(stage.screen_stack) == 2)
        await pilot.press(*"language", "enter")
        await until(lambda: "language" in names(stage, "search"))
        await pilot.press("w")
        line = stage.query_one(FilterLine)
        assert line.display and line.has_focus
        line.value = "language = 'ja') or (true"
        await pilot.press("enter")
        assert "condition" in stage.said[-1].text
        line.value = "language = 'ja'"
        await pilot.press("enter")
        await until(lambda: {row[-2] for row in rows(stage, "search")} == {"ja"})
        line.value = ""
        await line.action_submit()
        await until(lambda: not line.display)


async def test_hybrid_shows_both_places_and_needs_words(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        await pilot.press(*"return glasses", "enter")
        await until(lambda: "exact " in stage.words("#search .words"))
        await pilot.press("x")
        await until(lambda: "in both legs" in stage.words("#search .words"))
        assert names(stage, "search")[1:4] == ["score", "by vector", "by words"]
        await pilot.press("m")
        await until(lambda: "needs words" in stage.words("#search Empty"))


async def test_curves_are_kept_compared_and_their_worst_questions_asked(
    chatly: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_recall, "QUESTIONS", 15)
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        pane = stage.pane
        await until(lambda: pane.column is not None)
        pane.lab.sweep = ((("ivfflat.probes", "1"),), (("ivfflat.probes", "100"),))
        await pilot.press("f6", "f5")
        await until(lambda: len(read_curves(pane.curves_file)) == 1 and not pane.busy)
        await pilot.press("f5")
        await until(lambda: len(read_curves(pane.curves_file)) == 2 and not pane.busy)
        await pilot.press("A")
        await until(lambda: any(choices.option_count == 2 for choices in stage.screen.query(OptionList)))
        await pilot.press("down", "enter")
        await until(lambda: "against" in stage.words("#recall .words"))
        assert "on average" in stage.words("#recall .verdict") and "△" in stage.words("RecallPlot")
        await pilot.press("d")
        await until(lambda: "worst questions" in stage.words("#recall .words"))
        key = rows(stage, "recall")[0][0]
        await pilot.press("m")
        await until(lambda: f"like row {key}" in stage.words("#search .words"))
        await pilot.press("a")
        await until(lambda: read_questions(pane.questions_file, pane.session.profile.name) == [f"={key}"])
        pane.show_view("recall")
        await pilot.press("q")
        await until(lambda: "1 of 1 kept questions" in stage.words("#recall .words") and not pane.busy)


async def test_tenants_are_compared_and_cured(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        await pilot.press(*"refund policy", "f6", "f6", "f5")
        await until(lambda: "u measures" in stage.words("#tenants .words"))
        assert len(rows(stage, "tenants")) >= 4
        await pilot.press("u")
        await until(lambda: "back to everybody" in stage.words("#tenants .words"), limit=40)
        assert rows(stage, "tenants")[0][0] == "  as it is"
        await pilot.press("u")
        await until(lambda: "u measures" in stage.words("#tenants .words"))


async def test_those_who_are_named_are_compared(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        await pilot.press(*"refund policy", "f6", "f6", "escape", "W")
        await until(lambda: isinstance(stage.screen, AskText))
        assert any(
            "such as " in str(words.render()) and "@" in str(words.render()) for words in stage.screen.query(Static)
        )
        await pilot.press(*"nobody", "enter")
        await until(lambda: any("nobody" in report.failure.sentence for report in stage.reports))
        await pilot.press("W")
        await until(lambda: isinstance(stage.screen, AskText))
        await pilot.press(*"anon, ada@nordlicht.example", "enter")
        await until(lambda: "2 asked" in stage.words("#tenants .words") and not stage.pane.busy)
        assert [row[0] for row in rows(stage, "tenants")] == ["anon", "ada@nordlicht.example"]


async def test_trials_are_refused_where_writes_are_locked_and_cancelled_at_any_time(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        pane = stage.pane
        await until(lambda: pane.column is not None)
        pane.show_view("index")
        pane.session.profile = replace(pane.session.profile, read_only=True)
        await pilot.press("f5")
        await until(lambda: bool(stage.reports))
        assert "read-only" in stage.reports[0].failure.sentence
        pane.session.profile = replace(pane.session.profile, read_only=False)
        await pilot.press("f5")
        await until(lambda: len(rows(stage, "index")) >= 1, limit=40)
        await pilot.press("M")
        await until(lambda: bool(stage.migrations))
        assert "create index concurrently" in stage.migrations[0].up
        assert pane.cancel_work() or not pane.busy
        await until(lambda: "rolled back" in stage.words("#index .words"))


async def test_the_map_shows_rows_under_the_cursor(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: stage.pane.column is not None)
        await pilot.press(*"refund policy", "enter")
        await until(lambda: "exact " in stage.words("#search .words"))
        stage.pane.show_view("map")
        await pilot.press("f5")
        await until(lambda: "of the variance" in stage.words("#map .words"))
        await until(lambda: "◆" in stage.words("MapCanvas"))
        assert any("\u2800" < character <= "\u28ff" for character in stage.words("MapCanvas"))
        canvas = stage.query_one(MapCanvas)
        await until(lambda: canvas.has_focus)
        for key in ("plus", "plus", "left", "up", "minus", "minus", "minus", "n"):
            await pilot.press(key)
        canvas.cursor = canvas._fullest()
        canvas._tell()
        await until(lambda: len(rows(stage, "map")) > 0 and len(rows(stage, "map")[0]) == 3)
        await pilot.press("enter")
        await pilot.press("m")
        await until(lambda: "like row" in stage.words("#search .words"))


async def test_who_makes_vectors_elsewhere_must_be_agreed_to(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        pane = stage.pane
        await until(lambda: pane.column is not None)
        await pilot.press("escape", "e")
        await until(lambda: len(stage.screen_stack) == 2)
        await pilot.press(*"OpenAI", "enter")
        for answer in ("enter", "enter"):
            await until(lambda: isinstance(stage.screen, AskText))
            await pilot.press(answer)
            await pilot.pause()
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("enter")
        assert isinstance(stage.screen, Confirm), "enter alone is no consent"
        await pilot.press("n")
        await until(lambda: len(stage.screen_stack) == 1)
        assert pane.provider.name == "lexical" and not pane.services_file.exists()
