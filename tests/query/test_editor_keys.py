"""Keys that come in a burst, as from a quick typist, a paste or a slow line: each has its effect, in its turn."""

from textual.events import Key

from chatly_console.query.run import Phase
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, write

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


async def test_vi_keys_edit_and_leave_the_consoles_keys_alone(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, "select old as x;\nselect 2")
        await pilot.press("alt+z")
        strip = stage.pane.editing.query_one("BufferStrip")
        await until(lambda: "NORMAL" in str(strip.render()))
        await pilot.press(*"wcw", *"42", "escape")
        assert editor.text == "select 42 as x;\nselect 2"
        await pilot.press("q", "f5")
        await until(lambda: phase(stage) is Phase.DONE)
        assert stage.pane.run is not None and stage.pane.run.request.sql == "select 42 as x"
        await pilot.press(*"jdd", "u")
        assert editor.text == "select 42 as x;\nselect 2"
        await pilot.press("escape")
        assert stage.pane.result.grid.has_focus, "idle, escape goes to the rows as ever"
        editor.focus()
        await pilot.press(*"/sel", "escape", "n")
        assert editor.has_focus and editor.selected_text == "sel"
        await pilot.press("alt+z", "x")
        assert "x" in editor.text.split("select")[1]
        assert "NORMAL" not in str(strip.render())
