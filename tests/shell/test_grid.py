"""What a person does with the grid, key by key."""

import re
import threading
from array import array
from collections.abc import Callable

import pytest

from chatly_console.core.row_order import matching
from chatly_console.core.row_source import ListedRows, RowSource, StoredRows
from chatly_console.core.values import Column, Row
from chatly_console.shell.grid import arrangement, finding
from chatly_console.shell.grid.line_view import LineView
from chatly_console.shell.grid.messages import CellOpened, ExportRequested, RowOpened, RowsWanted
from tests.shell.grid_app import GridApp, hostile, ordinary, wide
from tests.shell.screen_text import until


def text_of(app: GridApp, y: int) -> str:
    return app.grid.render_line(y).text


async def test_a_first_look() -> None:
    app = GridApp(ordinary())
    async with app.run_test(size=(80, 24)):
        assert "client" in text_of(app, 0) and "amount" in text_of(app, 0)
        assert "Nordlicht Optik" in text_of(app, 1) and "∅ null" in text_of(app, 1)
        assert "''" in text_of(app, 2)
        assert text_of(app, 1).startswith("▎")


async def test_keys_move_the_cursor_and_stop_at_the_edges() -> None:
    app = GridApp(ordinary(100))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j", "l", "up")
        assert (app.grid.cursor_row, app.grid.cursor_place) == (1, 1)
        await pilot.press("G")
        assert app.grid.cursor_row == 99
        assert "99" in text_of(app, 23)
        await pilot.press("down", "g", "up", "dollar_sign", "right")
        assert (app.grid.cursor_row, app.grid.cursor_place) == (0, 3)
        await pilot.press("pagedown")
        assert app.grid.cursor_row == 23


async def test_more_rows_are_asked_for_once_and_shown_when_they_come() -> None:
    source = StoredRows([Column("n", 23)])
    source.append([(str(i),) for i in range(500)])
    app = GridApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        assert not [m for m in app.heard if isinstance(m, RowsWanted)]
        app.grid.move_to(480, 0)
        await pilot.press("down", "down")
        assert [m.upto for m in app.heard if isinstance(m, RowsWanted)] == [1000]
        source.append([(str(i),) for i in range(500, 1000)])
        app.grid.rows_appended()
        await pilot.press("end")
        assert [m.upto for m in app.heard if isinstance(m, RowsWanted)][-1] is None
        source.append([(str(i),) for i in range(1000, 1500)], exhausted=True)
        app.grid.rows_appended()
        await pilot.pause()
        assert app.grid.cursor_row == 1499
        assert app.grid.position() == "row 1,500 of 1,500 · n"


async def test_sort_filter_and_back() -> None:
    app = GridApp(ordinary())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("l", "l", "s")
        first = app.grid.shown_row(0)
        assert first is not None and first[2] == "0.50"
        assert " sorted by amount" in text_of(app, 23)
        await pilot.press("s")
        first = app.grid.shown_row(0)
        assert first is not None and first[2] == "100.50"
        await pilot.press("slash", *"mir", "enter")
        await pilot.pause()
        assert app.grid.row_count == 8
        assert "8 of 40 contain" in text_of(app, 23)
        await pilot.press("escape")
        assert app.grid.row_count == 40


async def test_it_says_that_more_is_not_loaded() -> None:
    source = StoredRows([Column("n", 23)])
    source.append([(str(i),) for i in range(500)])
    app = GridApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        assert "only the 500 loaded rows (G loads all) · sorted by n" in text_of(app, 23)


async def test_next_match_goes_around() -> None:
    app = GridApp(ListedRows(["a", "b"], [("x", "yes"), ("yes", "x"), ("x", "YES")]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        assert "Nothing to find yet" in app.said()[-1]
        await pilot.press("slash", *"yes", "enter")
        await pilot.pause()
        seen = []
        for key in ("n", "n", "n", "n", "N"):
            await pilot.press(key)
            seen.append((app.grid.cursor_row, app.grid.cursor_place))
        assert seen == [(0, 1), (1, 0), (2, 1), (0, 1), (2, 1)]


async def test_columns_change_width_place_and_sight() -> None:
    app = GridApp(ordinary())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right_curly_bracket")
        assert text_of(app, 0).split()[:2] == ["client", "id"]
        await pilot.press("minus")
        assert " id" not in text_of(app, 0) and "1 column hidden" in text_of(app, 23)
        await pilot.press("equals_sign")
        assert " id" in text_of(app, 0)
        await pilot.press("0")
        before = app.grid.columns.widths(70)[0]
        await pilot.press("greater_than_sign")
        assert app.grid.columns.widths(70)[0] == before + 4


async def test_a_frozen_column_stays_and_the_cursor_is_always_in_sight() -> None:
    app = GridApp(wide())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f", "dollar_sign")
        assert text_of(app, 0).split()[1] == "c0" and "c1599" in text_of(app, 0)
        await pilot.press("0", *["right"] * 30)
        assert f" {'c30'}" in text_of(app, 0)


async def test_the_raw_value_is_copied() -> None:
    app = GridApp(ListedRows(["a", "b"], [("\x1b]0;x\x07\ty", None)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("y")
        assert app.clipboard == "\x1b]0;x\x07\ty"
        await pilot.press("Y")
        assert app.clipboard == "\x1b]0;x\x07\\ty\t\\N"
        await pilot.press("l", "y")
        assert app.said()[-1] == "NULL has no text to copy."


async def test_too_large_for_a_clipboard_is_said() -> None:
    app = GridApp(ListedRows(["a"], [("x" * 2_000_000,)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("y")
        assert "Not copied" in app.said()[-1] and app.clipboard == ""


async def test_details_open_and_close() -> None:
    app = GridApp(ordinary())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert [m.row for m in app.heard if isinstance(m, RowOpened)] == [0]
        await pilot.press("right", "down", "enter")
        await pilot.pause()
        assert app.grid.cursor_row == 1
        await pilot.press("y", "escape", "escape")
        assert app.clipboard == "Café Miró"
        await pilot.press("space", "E")
        await pilot.pause()
        opened = [m for m in app.heard if isinstance(m, CellOpened)]
        assert opened[-1].value == "1"
        await pilot.press("escape", "E")
        assert [m for m in app.heard if isinstance(m, ExportRequested)]


async def test_strange_shapes_are_sound() -> None:
    shapes: list[ListedRows] = [
        ListedRows([], []),
        ListedRows([], [(), ()]),
        ListedRows(["a"], []),
        ListedRows(["", "", "a", "a"], [("1", None, "", "2")]),
        wide(),
        hostile(),
    ]
    keys = ["right", "down", "s", "end", "greater_than_sign", "minus", "equals_sign", "f", "y", "Y", "escape", "n"]
    app = GridApp(shapes[0])
    async with app.run_test(size=(80, 24)) as pilot:
        for shape in shapes:
            app.grid.set_source(shape)
            await pilot.press(*keys, "enter")
            await pilot.pause()
            await pilot.press("escape")
            for y in range(24):
                assert app.grid.render_line(y).cell_length == app.grid.scrollable_content_region.width
        app.grid.set_source(ListedRows(["a"], []))
        assert "No rows." in text_of(app, 1)


async def test_a_new_theme_draws_anew() -> None:
    app = GridApp(ordinary())
    async with app.run_test(size=(80, 24)) as pilot:
        before = list(app.grid.render_line(2))
        app.theme = "textual-light"
        await pilot.pause()
        assert list(app.grid.render_line(2)) != before


async def test_stale_rows_say_their_age() -> None:
    app = GridApp(ordinary())
    async with app.run_test(size=(80, 24)) as pilot:
        app.grid.set_stale(True, "12 s")
        await pilot.pause()
        assert "as it was 12 s ago" in text_of(app, 23) and app.grid.has_class("-stale")


async def test_the_mouse_points_and_sorts() -> None:
    app = GridApp(ordinary())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(app.grid, offset=(12, 5))
        assert (app.grid.cursor_row, app.grid.cursor_place) == (4, 1)
        await pilot.click(app.grid, offset=(12, 0))
        assert app.grid.arrangement.sort_column == 1


async def test_many_rows_are_sorted_in_a_thread_and_kept_sorted() -> None:
    rows: list[Row] = [(str(i * 7919 % 20_000),) for i in range(20_000)]
    source = StoredRows([Column("n", 23)])
    source.append(rows[:10_000])
    app = GridApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await app.workers.wait_for_complete()
        source.append(rows[10_000:], exhausted=True)
        app.grid.rows_appended()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.grid.row_count == 20_000
        assert [app.grid.shown_row(i) for i in (0, 1, 19_999)] == [("0",), ("1",), ("19999",)]


async def test_a_filter_looks_only_at_the_rows_that_have_come_since(monkeypatch: pytest.MonkeyPatch) -> None:
    source = StoredRows([Column("n", 23), Column("t")])
    source.append([(str(i), "x" if i % 2 else "y") for i in range(60_000)])
    looked_at: list[int] = []
    monkeypatch.setattr(arrangement, "matching", _noting(looked_at))
    app = GridApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        app.grid.rearrange(app.grid.arrangement.filtered_by("x"))
        await app.workers.wait_for_complete()
        source.append([(str(i), "x" if i % 2 else "y") for i in range(60_000, 61_000)], exhausted=True)
        app.grid.rows_appended()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.grid.row_count == 30_500 and app.grid.shown_row(30_499) == ("60999", "x")
        assert looked_at == [0, 60_000]
        other = StoredRows([Column("n", 23), Column("t")])
        other.append([("1", "x")] * 60_000)
        app.grid.renew_source(other, {})
        await app.workers.wait_for_complete()
        assert app.grid.row_count == 60_000 and looked_at == [0, 60_000, 0]


def _noting(looked_at: list[int]) -> Callable[..., "array[int]"]:
    def noted(source: RowSource, needle: str, *, start: int = 0) -> "array[int]":
        looked_at.append(start)
        return matching(source, needle, start=start)

    return noted


async def test_a_match_far_away_is_looked_for_in_a_thread_and_can_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[Row] = [(str(i), "far" if i == 90_000 else None) for i in range(100_000)]
    app = GridApp(ListedRows(["n", "t"], rows))
    async with app.run_test(size=(80, 24)) as pilot:
        app.grid._needle = "far"
        await pilot.press("n")
        await until(pilot, lambda: app.grid.cursor_row == 90_000)
        assert app.grid.cursor_place == 1 and not app.grid.is_searching and app.grid.note == ""
        await pilot.press("n", "g")
        app.grid._needle = "nowhere"
        await pilot.press("N")
        await until(pilot, lambda: app.said()[-1:] == ["No other loaded cell contains this text."])
        assert app.grid.cursor_row == 0
        held = threading.Event()
        monkeypatch.setattr(ListedRows, "row", lambda source, index: held.wait(20) and rows[index])
        app.grid._search_on(finding.Search(app.grid.shown_row, 100_000, [0, 1], "nowhere", (0, 0), 1))
        await pilot.pause()
        assert "looking for “nowhere”" in app.grid.note and "esc stops" in app.grid.note
        await pilot.press("escape")
        assert not app.grid.is_searching and app.grid.note == ""
        held.set()
        await app.workers.wait_for_complete()
        assert app.said().count("No other loaded cell contains this text.") == 1


async def test_the_scrollbar_hides_no_digit_and_no_name() -> None:
    columns = [Column(f"n{i}", 23) for i in range(30)]
    app = GridApp(ListedRows(columns, [("777",) * 30] * 90))
    async with app.run_test(size=(80, 24)) as pilot:
        for width in range(80, 90):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            names, values = text_of(app, 0), text_of(app, 2)
            assert len(names) == len(values) == width - 1, "the last cell is the scrollbar's"
            assert set(values.split()) == {"2", "777"}
            assert re.findall(r"n\d+", names) == [f"n{i}" for i in range(len(values.split()) - 1)]
            assert "›" in names


async def test_where_the_cursor_is_among_columns_that_do_not_fit() -> None:
    app = GridApp(wide())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("dollar_sign", "f")
        count = len(app.grid.source.columns)
        assert app.grid.column_words == f"column {count:,} of {count:,}"
        app.grid.set_source(ordinary())
        assert app.grid.column_words == ""


async def test_rows_drawn_earlier_stay_below_their_names_when_more_arrive() -> None:
    source = StoredRows([Column("n", 23), Column("t")])
    source.append([(str(i), "text") for i in range(90)])
    app = GridApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "up")
        source.append([(str(i), "text") for i in range(90, 20_000)], exhausted=True)
        app.grid.rows_appended()
        await pilot.pause()
        assert len({text_of(app, y).index("t", 6) for y in range(23)}) == 1


async def test_the_last_frozen_column_ends_in_a_line() -> None:
    app = GridApp(ordinary())
    async with app.run_test(size=(80, 24)) as pilot:
        assert "│" not in text_of(app, 0)
        await pilot.press("right", "f", "left")
        place = text_of(app, 0).index("│")
        assert text_of(app, 3).index("│") == place < text_of(app, 0).index("amount")


async def test_a_filter_that_lets_nothing_through_says_so_and_the_way_back() -> None:
    app = GridApp(ordinary())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", *"zzz", "enter")
        await pilot.pause()
        assert "No row contains this text; esc shows all again." in text_of(app, 1)


async def test_no_number_is_cut_further_down() -> None:
    app = GridApp(ListedRows([Column("n", 23), Column("t")], [(str(i), f"name {i}") for i in range(100_000)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert "99999" in text_of(app, 23) and "name 99999" in text_of(app, 23)


async def test_a_megabyte_opens_and_wraps() -> None:
    app = GridApp(ListedRows(["text"], [("wörd " * 200_000,)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        await app.workers.wait_for_complete()
        await pilot.pause()
        view = app.screen.query_one(LineView)
        assert view.virtual_size.height > 10_000 and "wörd" in view.render_line(3).text
        await pilot.press("end")
        assert view.scroll_offset.y == view.max_scroll_y > 10_000
