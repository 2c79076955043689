"""Marking a block of cells and copying it, and the rest of a result, in each format."""

from textual.pilot import Pilot
from textual.widgets import Input

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column
from chatly_console.shell.choose import Choose
from chatly_console.shell.clipboard import LARGEST, without_clipboard
from tests.query.stage import until
from tests.shell.grid_app import GridApp, ordinary

NUMBERS = [Column("n", 23, "integer"), Column("name"), Column("note")]


def numbers(count: int = 30) -> ListedRows:
    return ListedRows(NUMBERS, [(str(n), f"name {n}", None if n % 2 else "") for n in range(count)])


async def test_a_block_is_marked_and_copied_between_tabs() -> None:
    app = GridApp(numbers())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "shift+down", "shift+right")
        assert app.grid.block() == (1, 0, 2, 1)
        plain = app.grid.render_line(5)._segments[3].style
        assert app.grid.render_line(2)._segments[3].style != plain
        await pilot.press("y")
        await until(lambda: app.clipboard == "1\tname 1\n2\tname 2")
        assert "2 rows × 2 columns" in app.said()[-1]
        await pilot.press("down")
        assert app.grid.block() is None


async def test_whole_rows_are_marked_by_moving_and_escape_lets_go() -> None:
    app = GridApp(numbers())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "V", "down", "down")
        assert app.grid.block() == (0, 0, 2, 2)
        await pilot.press("escape")
        assert app.grid.block() is None
        await pilot.press("V", "s")
        assert app.grid.block() is None, "another order, so the block would be another one"


async def copied_as(pilot: Pilot[None], words: str) -> str:
    app = pilot.app
    assert isinstance(app, GridApp)
    before = len(app.said())
    await pilot.press("C")
    await until(lambda: isinstance(app.screen, Choose) and app.screen.is_mounted)
    app.screen.query_one(Input).value = words
    await pilot.pause()
    await pilot.press("enter")
    await until(lambda: len(app.said()) > before)
    return app.clipboard


async def test_rows_columns_and_blocks_are_copied_in_each_format() -> None:
    app = GridApp(numbers(3))
    app.grid.table = ("public", "It's")
    async with app.run_test(size=(80, 24)) as pilot:
        assert await copied_as(pilot, "this row as CSV") == 'n,name,note\n0,name 0,""'
        assert await copied_as(pilot, "this row as JSON") == '[\n{"n": "0", "name": "name 0", "note": ""}\n]'
        assert await copied_as(pilot, "this row as INSERT") == (
            'INSERT INTO "public"."It\'s" ("n", "name", "note") VALUES\n  (0, \'name 0\', \'\');'
        )
        assert await copied_as(pilot, "this column as TSV") == "n\n0\n1\n2"
        assert (await copied_as(pilot, "all 3 loaded rows as Markdown")).count("\n") == 4


async def test_what_no_terminal_takes_is_refused_in_a_sentence() -> None:
    rows = [("x" * 1000,) for _ in range(LARGEST // 1000 + 10)]
    app = GridApp(ListedRows(["long"], rows))
    async with app.run_test(size=(80, 24)) as pilot:
        await copied_as(pilot, "this column as CSV")
        assert app.said()[-1].startswith("Not copied, export it instead: the column is more than")


async def test_hidden_columns_are_not_copied_and_moved_ones_are_in_their_place() -> None:
    app = GridApp(numbers(2))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("minus", "right_curly_bracket")
        assert await copied_as(pilot, "this row as CSV") == 'note,name\n"",name 0'


async def test_what_is_typed_at_once_chooses_and_whole_words_come_first() -> None:
    app = GridApp(ordinary(3))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("shift+down", "C", *"marked CSV", "enter")
        await until(lambda: app.clipboard == "id\n0\n1")
        await pilot.press("C", *"this column")
        await pilot.resize_terminal(90, 24)
        await pilot.press(*" as CSV", "enter")
        await until(lambda: app.clipboard == "id\n0\n1\n2")


def test_terminals_without_a_clipboard_are_known() -> None:
    assert without_clipboard({"TERM": "linux"}) == "The terminal “linux”"
    assert without_clipboard({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}) == "Terminal.app"
    assert without_clipboard({"TERM": "tmux-256color"}) == without_clipboard({}) == ""
