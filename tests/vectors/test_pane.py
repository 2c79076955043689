"""The Vectors pane with a real server, by the keys that a person presses."""

import asyncio
from collections.abc import Callable

from textual.widgets import Input

from chatly_console.connections.identity_option import resolve
from chatly_console.server.database import Database
from chatly_console.shell.grid import ResultGrid
from tests.vectors.stage import Stage


async def until(condition: Callable[[], bool], limit: float = 20) -> None:
    async with asyncio.timeout(limit):
        while not condition():
            await asyncio.sleep(0.02)


def rows(stage: Stage, view: str) -> list[tuple[str | None, ...]]:
    grid = stage.query_one(f"#{view}-rows", ResultGrid)
    return [row for n in range(grid.row_count) if (row := grid.shown_row(n)) is not None]


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
        assert "recall@10" in stage.words("RecallPlot") and "●" in stage.words("RecallPlot")
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
