"""A result as a chart: what is drawn, where it lies, and what is said of what cannot be."""

import doctest
import re
from datetime import datetime

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.values import Column
from chatly_console.query import chart as chart_module
from chatly_console.query import time_ticks as ticks_module
from chatly_console.query.chart import chart_of, scale, short_number
from chatly_console.query.chart_lines import chart_lines
from chatly_console.query.time_ticks import time_ticks
from chatly_console.query.ui.chart_screen import ChartScreen
from chatly_console.shell.grid.cell_lines import Line
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, write

DAY, NAME, N = Column("day", 1082, "date"), Column("name"), Column("n", 20, "bigint")


def text(lines: list[Line]) -> list[str]:
    return ["".join(piece for piece, _ in line.spans) for line in lines]


def test_examples_hold() -> None:
    assert doctest.testmod(chart_module).failed == doctest.testmod(ticks_module).failed == 0


def test_bars_are_as_long_as_their_numbers() -> None:
    chart = chart_of([NAME, N], [("a", "100"), ("b", "50"), ("[/] c", None), ("d", "-100")])
    lines = text(chart_lines(chart, 60, 20, as_bars=True))[2:]
    lengths = [line.count("█") for line in lines]
    assert lengths[0] == lengths[3] and abs(lengths[0] - 2 * lengths[1]) <= 1 and lengths[2] == 0
    assert lines[2].startswith("[/] c") and lines[2].endswith("∅")
    assert lines[3].index("█") < lines[0].index("█")
    assert all(len(line) <= 60 for line in lines)


def test_lines_rise_where_the_numbers_rise_and_time_is_true_to_scale() -> None:
    days = [(f"2026-01-{day:02}", str(day)) for day in (1, 2, 3, 31)]
    chart = chart_of([DAY, N], [days[3], *days[:3]])
    assert chart.is_over_time and list(chart.values[0]) == [1, 2, 3, 31]
    lines = text(chart_lines(chart, 80, 24, as_bars=False))
    dots = [[i for i, c in enumerate(line) if "\u2800" < c <= "\u28ff"] for line in lines]
    drawn = [line for line in dots if line]
    assert min(drawn[0]) > max(drawn[-1]) - 2, "the top line is on the right"
    assert lines[0].endswith("by day, 01 Jan 2026 to 31 Jan 2026")
    assert re.findall(r"\d\d \w+", lines[-1]) == ["05 Jan", "12 Jan", "19 Jan", "26 Jan"], "Mondays"
    assert lines[-2].count("┬") == 4 and any("40┤" in line for line in lines)


def at(moment: str) -> float:
    return datetime.fromisoformat(f"{moment}+00:00").timestamp()


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2025-11-26", "2026-11-26", "Jan 2026, Mar, May, Jul, Sep, Nov"),
        ("2026-01-01 22:07", "2026-01-02 02:09", "22:30, 23:00, 23:30, 02 Jan, 00:30, 01:00, 01:30, 02:00"),
        ("2026-01-01 10:00:00.12", "2026-01-01 10:00:00.28", "10:00:00.150, 10:00:00.200, 10:00:00.250"),
        ("1990-03-05", "2026-01-01", "1995, 2000, 2005, 2010, 2015, 2020, 2025"),
        ("9998-12-31", "9999-12-31", "Jan 9999, Mar, May, Jul, Sep, Nov"),
    ],
)
def test_the_marks_of_time_are_round(start: str, end: str, words: str) -> None:
    assert ", ".join(word for _, word in time_ticks(at(start), at(end), 9)) == words


def test_the_axis_says_the_hours_that_the_rows_say() -> None:
    rows = [(f"2026-01-01 {hour:02}:00:00+05:30", "1") for hour in (9, 10, 15)]
    chart = chart_of([Column("at", 1184), N], rows)
    lines = text(chart_lines(chart, 90, 20, as_bars=False))
    assert "01 Jan 2026 09:00 to 15:00" in lines[0] and "12:00" in lines[-1] and "06:30" not in lines[-1]
    midnights = chart_of([Column("at", 1184), N], [(f"2026-01-0{day} 00:00:00+05:30", "1") for day in (1, 2)])
    assert midnights.labels == ("2026-01-01", "2026-01-02")


def test_several_series_have_their_own_hue_and_the_rest_is_told_of() -> None:
    columns = [NAME, *[Column(f"n{i}", 20) for i in range(6)]]
    chart = chart_of(columns, [("a", *map(str, range(6)))])
    assert chart.names == ("n0", "n1", "n2", "n3") and chart.not_drawn == 2
    assert "2 more columns are not drawn" in text(chart_lines(chart, 100, 20, as_bars=True))[0]


def test_odd_values_are_left_out_and_said_to_be() -> None:
    rows = [("2026-01-01", "1"), ("infinity", "2"), ("0044-03-15 BC", "3"), (None, "4"), ("2026-01-02", "NaN")]
    chart = chart_of([DAY, N], rows)
    assert chart.left_out == 3 and list(chart.values[0]) == [1, None]
    chart_lines(chart, 80, 20, as_bars=False)
    nothing = chart_of([NAME, N], [("a", None)])
    assert "NULL" in text(chart_lines(nothing, 80, 20, as_bars=True))[2]
    for bad in ([("a", "b")], []):
        with pytest.raises(Failure, match="nothing to draw"):
            chart_of([NAME, Column("other")], bad)


def test_a_name_that_tells_the_rows_apart_is_drawn_by_before_a_time() -> None:
    columns = [Column("client"), Column("n", 20), Column("newest", 1184)]
    rows = [("Miró", "3", "2026-01-02 00:00:00+00"), ("Nordlicht", "5", "2026-01-01 00:00:00+00")]
    assert (chart_of(columns, rows).label, chart_of(columns, rows).times) == ("client", ())
    again = [*rows, ("Miró", "4", "2026-01-03 00:00:00+00")]
    assert chart_of(columns, again).label == "newest"


def test_axes_are_in_round_numbers() -> None:
    assert scale([0, 0]) == (0, 1, 0.2)
    assert scale([-5, 5])[0] < 0 < scale([-5, 5])[1]
    assert short_number(1_234_567) == "1.235M" and short_number(1204) == "1,204" and short_number(0.04) == "0.04"


async def test_b_draws_the_result_on_show(stage: Stage) -> None:
    async with stage.run_test(size=(100, 30)) as pilot:
        write(stage, "select '2026-01-01'::date + i as day, i * i as n from generate_series(1, 40) i")
        await pilot.press("f5")
        await until(lambda: phase(stage) is not None and not stage.pane.busy)
        await pilot.press("escape", "b")
        await until(lambda: isinstance(stage.screen, ChartScreen))
        view = stage.screen.query_one("LineView")
        await until(lambda: any("┤" in view.render_line(y).text for y in range(10)))
        await pilot.press("b")
        await until(lambda: any("█" in view.render_line(y).text for y in range(10)))
        await pilot.press("escape")
        write(stage, "select 'no' as numbers")
        stage.pane.action_run()
        await until(lambda: [c.name for c in stage.pane.result.grid.source.columns] == ["numbers"])
        stage.pane.result.focus_rows()
        await pilot.press("b")
        await until(lambda: any("nothing to draw" in say.text for say in stage.said))
