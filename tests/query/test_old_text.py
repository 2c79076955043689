"""A text of the last session and what is typed now: they become one statement only where the user wants it."""

import doctest
from pathlib import Path

import pytest
from textual import events

from chatly_console.query import old_text
from chatly_console.query.buffers import Buffers
from chatly_console.query.old_text import mixes
from chatly_console.query.run import Phase
from chatly_console.shell.dialogs import Confirm
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, words, write


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(old_text).failed == 0


@pytest.mark.parametrize(
    ("old", "start", "sql", "mixed"),
    [
        ("select 1", 0, "select 1\n\n-- a new one\nselect 2", True),
        ("select 1;\ninsert into t\n", 10, "insert into t\nselect 2", True),
        ("select 1", 0, "select 1 select 2", False),
        ("select 1", 0, "select 1\n union all select 2", False),
        ("select 1", 0, "select 1", False),
        ("select 1;", 10, "select 2", False),
        ("select 1", 0, "select 7\nselect 2", False),
        ("", 0, "select 1\nselect 2", False),
    ],
)
def test_only_a_new_statement_behind_an_open_old_one_is_a_mixture(old: str, start: int, sql: str, mixed: bool) -> None:
    assert mixes(old, start, sql) is mixed


def leave(stage: Stage, text: str, cursor: int) -> None:
    buffers = Buffers.of_profile(stage.session.profile.name, root=stage.folder)
    buffers.active.text, buffers.active.cursor = text, cursor
    buffers.save()
    buffers.close()


@pytest.mark.parametrize(
    ("cursor", "keys", "whole"),
    [
        (8, "select 2", "select 1;\nselect 2"),
        (8, " as one", "select 1 as one"),
        (6, "ed", "selected 1"),
    ],
)
async def test_the_cursor_is_where_it_was_and_a_new_word_begins_a_new_statement(
    stage: Stage, cursor: int, keys: str, whole: str
) -> None:
    leave(stage, "select 1", cursor)
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = stage.pane.editing.editor
        assert (editor.text, editor.cursor_offset) == ("select 1", cursor)
        await pilot.press(*keys)
        assert editor.text == whole


async def test_what_is_pasted_stands_there_once(stage: Stage) -> None:
    leave(stage, "select 1", 8)
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = stage.pane.editing.editor
        for text in ("select 2;\n", "select 3"):
            stage.post_message(events.Paste(text))
            await pilot.pause()
        assert editor.text == "select 1;\nselect 2;\nselect 3"


async def test_who_moved_the_cursor_writes_where_it_stands(stage: Stage) -> None:
    leave(stage, "select 1", 8)
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("left", "right", "0")
        assert stage.pane.editing.editor.text == "select 10"


async def test_f5_asks_before_it_sends_old_and_new_as_one(stage: Stage) -> None:
    leave(stage, "select 1 as old", 15)
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", *"select 2", "f5")
        await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
        await pilot.press("n")
        await until(lambda: any("semicolon ends the statement" in say.text for say in stage.said))
        assert stage.pane.run is None
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
        await pilot.press("y")
        await until(lambda: phase(stage) is Phase.FAILED)


async def test_the_texts_of_this_session_are_never_asked_about(stage: Stage, tmp_path: Path) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"select 1", "enter", *"union select 2", "f5")
        await until(lambda: phase(stage) is Phase.DONE)


async def test_a_forgotten_semicolon_is_suspected_where_the_error_is(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)):
        write(stage, "select 1 as a\n\nselect 2")
        stage.pane.action_run()
        await until(lambda: phase(stage) is Phase.FAILED and "line 3, column 1. If a new statement" in words(stage))
        write(stage, "select 1 selec 2")
        stage.pane.action_run()
        await until(lambda: "line 1, column 16" in words(stage) and "semicolon" not in words(stage))
