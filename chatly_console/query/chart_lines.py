"""A chart as lines of characters: bars with eighths of a cell, lines with braille dots, each series in its own hue."""

from collections.abc import Sequence

from chatly_console.core.text import cell_width, fit, safe_text
from chatly_console.query.chart import Chart, scale, short_number
from chatly_console.query.time_ticks import span_words, time_ticks
from chatly_console.shell.grid.cell_lines import Kind, Line

_HUES: tuple[Kind, ...] = ("name", "text", "number", "plain")
_EIGHTHS = " ▏▎▍▌▋▊▉"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_LABEL_AT_MOST = 30
_AXIS = 8


def chart_lines(chart: Chart, width: int, height: int, *, as_bars: bool) -> list[Line]:
    """The chart in `width` cells; lines over time fill `height` lines, bars take as many as there are rows."""
    head = [Line(tuple(_legend(chart))), Line((("", "plain"),))]
    if chart.is_over_time and not as_bars:
        return head + _over_time(chart, width, max(height - 2, 6))
    return head + _bars(chart, width)


def _legend(chart: Chart) -> list[tuple[str, Kind]]:
    pieces: list[tuple[str, Kind]] = []
    for number, name in enumerate(chart.names):
        pieces += [("■ ", _HUES[number]), (f"{safe_text(name)[:40]}   ", "plain")]
    span = f", {span_words(chart.times[0], chart.times[-1])}" if chart.is_over_time else ""
    pieces.append((f"by {safe_text(chart.label)[:40]}{span}", "muted"))
    if chart.not_drawn:
        pieces.append((f" · {chart.not_drawn} more columns are not drawn", "muted"))
    if chart.left_out:
        pieces.append((f" · {chart.left_out:,} rows have no place on it", "muted"))
    return pieces


def _bars(chart: Chart, width: int) -> list[Line]:
    known = [value for series in chart.values for value in series if value is not None]
    if not known:
        return [Line((("Every value is NULL.", "muted"),))]
    low, high = min(0.0, min(known)), max(0.0, max(known))
    labels = [safe_text(label)[:200] for label in chart.labels]
    room = min(max(map(cell_width, labels), default=1), _LABEL_AT_MOST, width // 3)
    numbers = max(len(short_number(value)) for value in known) + 1
    cells = max(width - room - numbers - 2, 4)
    below = round(cells * -low / (high - low)) if high > low else 0
    lines = []
    for row, label in enumerate(labels):
        for number, series in enumerate(chart.values):
            value = series[row]
            shown = fit(label, room) if number == 0 else " " * room
            bar = _bar(value, low, high, cells, below)
            words = short_number(value) if value is not None else "∅"
            lines.append(Line(((f"{shown} ", "plain"), (bar, _HUES[number]), (f"{words:>{numbers}}", "muted"))))
    return lines


def _bar(value: float | None, low: float, high: float, cells: int, below: int) -> str:
    if value is None or high == low:
        return " " * cells
    if value < 0:
        length = round(below * value / low) if low else 0
        return (" " * (below - length) + "█" * length).ljust(cells)
    eighths = round((cells - below) * 8 * value / high) if high else 0
    whole, rest = divmod(eighths, 8)
    return (" " * below + "█" * whole + (_EIGHTHS[rest] if rest else "") or "").ljust(cells)


def _over_time(chart: Chart, width: int, height: int) -> list[Line]:
    known = [value for series in chart.values for value in series if value is not None]
    if not known:
        return [Line((("Every value is NULL.", "muted"),))]
    bottom, top, step = scale(known)
    columns, rows = max(width - _AXIS - 1, 10), max(height - 2, 4)
    canvas = _Canvas(columns, rows)
    start, end = chart.times[0], chart.times[-1]
    for number, series in enumerate(chart.values):
        before: tuple[float, float] | None = None
        for at, value in zip(chart.times, series, strict=True):
            if value is None:
                before = None
                continue
            point = ((at - start) / (end - start), (value - bottom) / (top - bottom))
            canvas.line(before or point, point, number)
            before = point
    labels = _axis_labels(bottom, top, step, rows)
    lines = [
        Line(((f"{labels.get(row, ''):>{_AXIS - 1}}{'┤' if row in labels else '│'}", "muted"), *canvas.spans(row)))
        for row in range(rows)
    ]
    return [*lines, *_time_axis(start, end, columns)]


def _axis_labels(bottom: float, top: float, step: float, rows: int) -> dict[int, str]:
    labels: dict[int, str] = {}
    value = bottom
    while value <= top + step / 2:
        labels[round((1 - (value - bottom) / (top - bottom)) * (rows - 1))] = short_number(round(value, 10))
        value += step
    return labels


def _time_axis(start: float, end: float, columns: int) -> list[Line]:
    marks, words = ["─"] * columns, [" "] * columns
    free = 0
    for moment, text in time_ticks(start, end, max(2, columns // 10)):
        at = round((moment - start) / (end - start) * (columns - 1))
        begin = min(max(at - len(text) // 2, 0), columns - len(text))
        if begin >= free:
            marks[at] = "┬"
            words[begin : begin + len(text)] = text
            free = begin + len(text) + 2
    edge = " " * (_AXIS - 1)
    return [Line(((f"{edge}└{''.join(marks)}", "muted"),)), Line(((f"{edge} {''.join(words)}", "muted"),))]


class _Canvas:
    """Dots, two across and four down in each cell; a cell has the hue of the series that drew in it last."""

    def __init__(self, columns: int, rows: int) -> None:
        self._columns, self._rows = columns, rows
        self._dots = [[0] * columns for _ in range(rows)]
        self._series = [[0] * columns for _ in range(rows)]

    def line(self, one: tuple[float, float], other: tuple[float, float], series: int) -> None:
        """Draw from one place to another; both are shares of the canvas, from the left and from below."""
        wide, high = self._columns * 2 - 1, self._rows * 4 - 1
        x0, y0, x1, y1 = one[0] * wide, (1 - one[1]) * high, other[0] * wide, (1 - other[1]) * high
        steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0))))
        for step in range(steps + 1):
            share = step / steps
            self._dot(round(x0 + (x1 - x0) * share), round(y0 + (y1 - y0) * share), series)

    def _dot(self, x: int, y: int, series: int) -> None:
        row, column = min(max(y // 4, 0), self._rows - 1), min(max(x // 2, 0), self._columns - 1)
        self._dots[row][column] |= _DOTS[y % 4][x % 2]
        self._series[row][column] = series

    def spans(self, row: int) -> Sequence[tuple[str, Kind]]:
        """One line of the canvas, in pieces of one hue."""
        pieces: list[tuple[str, Kind]] = []
        for dots, series in zip(self._dots[row], self._series[row], strict=True):
            character, kind = chr(0x2800 + dots) if dots else " ", _HUES[series]
            if pieces and pieces[-1][1] == kind:
                pieces[-1] = (pieces[-1][0] + character, kind)
            else:
                pieces.append((character, kind))
        return pieces
