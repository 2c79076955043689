"""Keys that come in a burst, as from a quick typist, a paste or a slow line: each has its effect, in its turn."""

from textual._xterm_parser import XTermParser
from textual.binding import Binding
from textual.events import Key, Paste

from chatly_console.query.run import Phase
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.find_bar import FindBar
from chatly_console.query.ui.pane import QueryPane
from chatly_console.query.ui.result_tabs import ResultTabs
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, write


def test_every_key_with_alt_reaches_the_console_from_a_terminal() -> None:
    """Terminals send alt as escape before the letter, and some of these are read as something else (alt+b)."""
    bindings = [b for holder in (QueryPane, SqlEditor, FindBar, ResultTabs) for b in holder.BINDINGS]
    keys = {key for binding in bindings if isinstance(binding, Binding) for key in binding.key.split(",")}
    letters = sorted(key for key in keys if key.startswith("alt+") and len(key) == 5)
    assert len(letters) > 8
    for key in letters:
        parser = XTermParser()
        found = [event.key for event in [*parser.feed(f"\x1b{key[-1]}"), *parser.feed("")] if isinstance(event, Key)]
        assert found == [key]


NAMES = {"<f5>": "f5", "<bs>": "backspace", "<left>": "left", "<enter>": "enter"}


def burst(stage: Stage, *keys: str) -> None:
    """Put keys into the app's queue all at once, as its driver does."""
    for key in keys:
        for one in [key] if key in NAMES else list(key):
            character = None if one in NAMES else one
            stage.post_message(Key(NAMES.get(one, "space" if one == " " else one), character))


async def test_f5_runs_the_text_as_it_stood_when_it_was_pressed(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)):
        write(stage, "")
        burst(stage, "select 1 as before", "<f5>", ", 2 as behind")
        await until(lambda: phase(stage) is Phase.DONE)
        assert stage.pane.run is not None and stage.pane.run.request.sql == "select 1 as before"
        await until(lambda: stage.pane.editing.editor.text == "select 1 as before, 2 as behind")


async def test_no_key_of_a_burst_is_lost_or_comes_too_late(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)):
        write(stage, "")
        burst(stage, "selext", "<bs>", "<bs>", "ct", "<left>", "<left>", "X", "<bs>", "<enter>", "Y")
        await until(lambda: "Y" in stage.pane.editing.editor.text)
        assert stage.pane.editing.editor.text == "sele\nYct"


async def test_what_is_pasted_stands_there_once(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)):
        editor = stage.pane.editing.editor
        stage.post_message(Paste("select 1\n  from t"))
        await until(lambda: bool(editor.text))
        stage.post_message(Paste(";"))
        await until(lambda: editor.text.endswith(";"))
        assert editor.text == "select 1\n  from t;"


async def test_tab_moves_selected_lines_and_never_replaces_them(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, "select 1\n\n  from t\n")
        await pilot.press("shift+down", "shift+down", "shift+down", "tab")
        assert editor.text == "    select 1\n\n      from t\n"
        await pilot.press("shift+tab", "shift+tab")
        assert editor.text == "select 1\n\nfrom t\n"
        await pilot.press("ctrl+z")
        assert editor.text == "select 1\n\n  from t\n"


async def test_the_ends_of_the_text_are_one_key_away(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, "select 1;\nselect 2;", cursor=4)
        await pilot.press("ctrl+end")
        assert editor.cursor_location == (1, 9)
        await pilot.press("ctrl+home")
        assert editor.cursor_location == (0, 0)
        await pilot.press("ctrl+shift+end")
        assert editor.selected_text == editor.text
