"""The drawn plan as an SVG picture, for a page or a ticket."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from chatly_console.core.text import safe_text
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.cells import Columns, rows_cell, time_cell, tree_text
from chatly_console.explain.lines import PlanLine, plan_lines
from chatly_console.explain.wording import percent

_LINE, _CHARACTER, _BAR = 20, 7.8, 140
_COLOURS = ("#8a94a6", "#b7791f", "#c53030", "#9b1c1c")
_LONGEST = 160
_COLUMNS = Columns(9, 1, 26, 0)


def as_svg(analysis: Analysis, title: str) -> str:
    """The tree with bars for the own time of each node; whole, without scripts or anything from elsewhere."""
    lines = plan_lines(analysis)
    width = int(_BAR + 46 * _CHARACTER + _CHARACTER * max(len(_words(line)) for line in lines)) + 20
    height = _LINE * (len(lines) + 2) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(10, _LINE, title[:_LONGEST], "#1a202c", bold=True),
    ]
    for at, line in enumerate(lines):
        parts += _row(analysis, line, _LINE * (at + 2))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(analysis: Analysis, line: PlanLine, y: int) -> Iterator[str]:
    share = analysis.share(line.node)
    colour = _COLOURS[line.share_band]
    rows, mark = rows_cell(line, analysis, _COLUMNS)
    yield _text(10, y + 14, time_cell(line, analysis, _COLUMNS), colour)
    yield f'<rect x="90" y="{y + 4}" width="{max(share * _BAR, 1):.1f}" height="12" fill="{colour}"/>'
    yield _text(95 + _BAR, y + 14, percent(share).rjust(5), colour)
    yield _text(int(100 + _BAR + 6 * _CHARACTER), y + 14, f"{rows}{mark}", _COLOURS[line.estimate_band])
    yield _text(int(100 + _BAR + 33 * _CHARACTER), y + 14, _words(line), "#1a202c", bold=line.is_hottest)


def _words(line: PlanLine) -> str:
    return safe_text(tree_text(line))[:_LONGEST] + ("  ◀ slowest" if line.is_hottest else "")


def _text(x: int, y: int, words: str, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" fill="{colour}"{weight} xml:space="preserve">{escape(words)}</text>'
