"""A text is laid out anew beside what one does; what takes long says so, and can be stopped."""

import threading
from collections.abc import Callable

import pytest

from chatly_console.query.sql_format import FORMAT_LIMIT, format_script
from chatly_console.query.ui import formatting
from tests.query.stage import Stage, until


async def test_the_statement_is_laid_out_and_what_cannot_be_says_why(stage: Stage) -> None:
    async with stage.run_test(size=(100, 30)) as pilot:
        editor = stage.pane.editing.editor
        editor.load_text("SELECT a, 'It''s' FROM t;\n\nselect 2")
        await pilot.press("alt+l")
        await until(lambda: editor.text.startswith("select a,\n"))
        assert editor.text.endswith("'It''s'\nfrom t;\n\nselect 2") and "ctrl+z" in stage.said[-1].text
        await pilot.press("ctrl+z")
        assert editor.text == "SELECT a, 'It''s' FROM t;\n\nselect 2"
        editor.load_text(f"SELECT '{'x' * FORMAT_LIMIT}'")
        await pilot.press("alt+l")
        await until(lambda: f"more than {FORMAT_LIMIT:,} characters" in stage.said[-1].text)
        assert editor.text.startswith("SELECT")


async def test_what_takes_long_says_so_and_is_stopped(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    began, held = threading.Event(), threading.Event()

    def slow(text: str, *, goes_on: Callable[[], bool]) -> str:
        began.set()
        held.wait(20)
        assert not goes_on()
        return "never seen"

    monkeypatch.setattr(formatting, "format_script", slow)
    async with stage.run_test(size=(100, 30)) as pilot:
        stage.pane.editing.editor.load_text("SELECT 1")
        await pilot.press("alt+l")
        await until(began.is_set)
        await until(lambda: "Laying the text out" in "".join(say.text for say in stage.said))
        assert stage.pane.busy == "the layout of a text"
        await pilot.press("alt+l")
        await until(lambda: "ctrl+g stops that" in stage.said[-1].text and stage.said[-1].tone == "error")
        await pilot.press("ctrl+g")
        await until(lambda: not stage.pane.busy)
        held.set()
        await until(lambda: stage.said[-1].text == "Stopped; the text is as it was.")
        assert stage.pane.editing.editor.text == "SELECT 1"


def test_stopped_between_two_statements_the_rest_stays_as_it_was() -> None:
    asked = iter([True, False])
    assert format_script("SELECT 1;\nSELECT 2;\n", goes_on=lambda: next(asked)) == "select 1;\nSELECT 2;\n"
