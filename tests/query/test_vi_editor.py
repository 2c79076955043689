"""Vi keys in the editor: what is on the screen, what the console's own keys do meanwhile, and long texts."""

from textual.pilot import Pilot

from chatly_console.query.ui.editor import SqlEditor
from tests.query.stage import Stage, until


def with_vi(stage: Stage, text: str) -> SqlEditor:
    stage.pane.editing.use_vi(True)
    editor = stage.pane.editing.editor
    editor.load_text(text)
    editor.move_cursor((0, 0))
    return editor


def strip(stage: Stage) -> str:
    return str(stage.pane.editing.query_one("BufferStrip").render())


def marked(editor: SqlEditor, line: int) -> list[tuple[int, int]]:
    """The columns of a line that are drawn as selected."""
    return [(start, end) for start, end, name in editor._spans(line) if name == "text-area--selection"]


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Texts are typed, and what stands in <> is one key."""
    for key in keys:
        await pilot.press(*([key[1:-1]] if key[0] == "<" and key[-1] == ">" and len(key) > 2 else key))


async def test_the_consoles_own_keys_stay_what_they_are(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = stage.pane.editing.editor
        editor.load_text("select old as x;\nselect 2")
        await press(pilot, "<alt+z>")
        await until(lambda: "NORMAL" in strip(stage))
        await press(pilot, "wcw", "42", "<escape>")
        assert editor.text == "select 42 as x;\nselect 2"
        await press(pilot, "q", "<f5>")
        await until(lambda: stage.pane.run is not None and stage.pane.run.request.sql == "select 42 as x")
        await press(pilot, "jdd", "u", "U")
        assert editor.text == "select 42 as x;"
        await press(pilot, "u", "<ctrl+r>")
        await until(lambda: type(stage.screen).__name__ == "HistoryScreen")
        await press(pilot, "<escape>")
        await until(lambda: editor.has_focus)
        await press(pilot, "<ctrl+f>", "sel", "<escape>")
        await until(lambda: editor.has_focus and editor.selected_text == "sel")
        await press(pilot, "<escape>")
        assert stage.pane.result.grid.has_focus, "idle, escape goes to the rows as ever"
        editor.focus()
        await press(pilot, "<alt+z>", "<end>", "x")
        assert editor.text.endswith("x") or "x;x" in editor.text
        assert "NORMAL" not in strip(stage)


async def test_what_is_selected_is_marked_run_and_copied(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = with_vi(stage, "select 1;\nselect 漢, 22")
        await press(pilot, "jwv")
        assert marked(editor, 1) == [(7, 8)]
        await press(pilot, "$h")
        assert editor.chosen() == [(17, "漢, 22")] and editor.cursor_location == (1, 11)
        await press(pilot, "<escape>", "gg", "V")
        assert marked(editor, 0) == [(0, 10)] and editor.chosen_text == "select 1;\n"
        await press(pilot, "<ctrl+v>", "jll")
        assert "VISUAL BLOCK" in strip(stage)
        assert (marked(editor, 0), marked(editor, 1), editor.chosen_text) == ([(0, 3)], [(0, 3)], "sel\nsel")
        await press(pilot, "<ctrl+slash>")
        assert editor.text == "-- select 1;\n-- select 漢, 22" and "NORMAL" in strip(stage)
        await press(pilot, "ugg0", "<ctrl+v>", "jI", "x", "<escape>")
        assert editor.text == "xselect 1;\nxselect 漢, 22"
        await press(pilot, "u", "<ctrl+v>", "j", "<ctrl+n>")
        await until(lambda: editor.text == "")
        assert marked(editor, 0) == []


async def test_a_command_is_undone_as_one_and_a_colon_asks(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = with_vi(stage, "select 1,\n  2,\n  3;\n")
        await press(pilot, "3>>")
        await until(lambda: editor.text.startswith("  select 1,\n    2,\n    3;"))
        await press(pilot, "j", "i", "one", "<left>", "two ", "<escape>", "u")
        await until(lambda: editor.text.startswith("  select 1,\n    2,\n    3;"))
        await press(pilot, "uU", "<colon>", "%s/[0-9]/<&>/g")
        assert ":%s/[0-9]/<&>/g" in strip(stage)
        await press(pilot, "<enter>")
        await until(lambda: editor.text == "  select <1>,\n    <2>,\n    <3>;\n")
        assert any("3 places replaced" in say.text for say in stage.said)
        await press(pilot, "u", "<colon>", "g/2/d", "<enter>")
        await until(lambda: editor.text == "  select 1,\n    3;\n")
        await press(pilot, "u", "<colon>", "2m0", "<enter>")
        await until(lambda: editor.text.startswith("    2,\n  select"))
        await press(pilot, "ugg", "Vj", "<colon>", "s/,/;/", "<enter>")
        await until(lambda: editor.text == "  select 1;\n    2;\n    3;\n")
        await press(pilot, "<colon>", "nonsense", "<enter>")
        await until(lambda: any(":nonsense is not known here." in say.text for say in stage.said))
        await press(pilot, "<ctrl+w>", "<ctrl+d>")
        await until(lambda: editor.cursor_location[0] == editor.document.line_count - 1)
        assert editor.text == "  select 1;\n    2;\n    3;\n"


async def test_typing_repeats_with_the_dot_and_a_search_is_seen_as_it_is_typed(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = with_vi(stage, "a\nb from\nc from")
        await press(pilot, "3ix", "<escape>", "j0i", "<tab>", "-", "<escape>", "0.")
        assert editor.text == "xxxa\n    -    -b from\nc from"
        await press(pilot, "gUG", "vip", "u", "u")
        assert "B FROM" in editor.text
        await press(pilot, "u", "gg", "/from")
        assert (marked(editor, 1), editor.cursor_location) == ([(12, 16)], (1, 12))
        await press(pilot, "<escape>")
        assert (marked(editor, 1), editor.cursor_location) == ([], (0, 0))
        await press(pilot, "/from", "<enter>", "n", "x")
        assert editor.text.endswith("c rom")
        await press(pilot, "/nowhere", "<enter>")
        await until(lambda: any("“nowhere” is not in the text." in say.text for say in stage.said))


async def test_a_long_macro_goes_on_between_the_frames(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = with_vi(stage, "0" + "\nselect x from t" * 2_000)
        await press(pilot, "qq", "gg", "<ctrl+a>", "q")
        assert editor.vi is not None
        editor.vi.vi.patience = 0.0
        await press(pilot, "99@q")
        await until(lambda: editor.document.get_line(0) == "100")
