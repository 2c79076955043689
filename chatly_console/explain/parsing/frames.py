"""Takes a plan out of what a client drew around it: the frames of psql and others, quotes, CSV, pipes."""

import csv
import re
from itertools import pairwise

from chatly_console.explain.parsing.expanded import without_records
from chatly_console.explain.parsing.lines import BARS, NEW_LINES, WRAPS, Line
from chatly_console.explain.parsing.psql import without_frames

_BORDER = re.compile(r"^[\s|+\-─═│┼┌┐└┘├┤┬┴╔╗╚╝╠╣╦╩╪╫╬╟╢╤╧║:]*$")
_RULE = re.compile(r"[-─═]{4,}")
_FOOTER = re.compile(r"^\s*\(\d+ [^()=:]+\)\s*$")
_HEADER = re.compile(r"^\W*QUERY PLAN\W*$")


def unframed(text: str) -> list[Line]:
    """The lines of the plan as the server sent them, with the numbers of those in `text`."""
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    lines = without_frames(without_records(_from_csv(text, lines)))
    headed = any(_HEADER.match(line.text) or _is_border(line.text) for line in lines)
    kept = _without_borders(lines)
    barred = [line for line in kept if line.text.lstrip()[:1] in BARS]
    has_bars = len(barred) > len([line for line in kept if line.text.strip()]) / 2
    if has_bars:
        kept = [Line(line.number, _without_bars(line.text)) for line in kept]
    marked = sum(line.text.rstrip()[-1:] in NEW_LINES for line in kept)
    if headed or has_bars or marked > len(kept) / 2:
        kept = _without_marks(kept)
    return _unquoted(kept)


def _is_border(text: str) -> bool:
    return bool(_BORDER.match(text) and _RULE.search(text))


def _without_borders(lines: list[Line]) -> list[Line]:
    kept: list[Line] = []
    for line, following in pairwise([*lines, Line(0, "")]):
        text = line.text
        is_header = bool(_HEADER.match(text)) or (_is_border(following.text) and "(" not in text and not kept)
        if not (_is_border(text) or is_header or _FOOTER.match(text)):
            kept.append(line)
    return kept


def _without_bars(text: str) -> str:
    stripped = text.strip()
    if stripped[:1] not in BARS:
        return text
    inner = stripped[1:]
    return inner[:-1] if inner[-1:] in BARS else inner


def _without_marks(lines: list[Line]) -> list[Line]:
    """Undo what psql marks: a new line in a value (+, ↵), and a line that it had to break (. … on both sides)."""
    marked = [line for line in lines if line.text.rstrip()[-1:] in NEW_LINES]
    found: list[Line] = []
    for line in lines:
        text = line.text
        if len(marked) > 1 and text.rstrip()[-1:] in NEW_LINES:
            text = text.rstrip()[:-1].rstrip()
        before = found[-1].text.rstrip() if found else ""
        if text[:1] in WRAPS and before[-1:] == text[:1]:
            found[-1] = Line(found[-1].number, before[:-1] + text[1:])
        else:
            found.append(Line(line.number, text))
    return found


def _from_csv(text: str, lines: list[Line]) -> list[Line]:
    """The cells of a file of one column, which may run over several lines."""
    first = next((line.text.strip() for line in lines if line.text.strip()), "")
    second = next((line.text for line in lines if line.text.strip() and line.text.strip() != first), "")
    is_headed = first in ("QUERY PLAN", '"QUERY PLAN"') and not _is_border(second)
    if not (is_headed or first.startswith('"')):
        return lines
    reader = csv.reader(text.splitlines(keepends=True))
    found: list[Line] = []
    at = 1
    try:
        for cells in reader:
            if len(cells) > 1:
                return lines
            found += [Line(at + offset, part) for offset, part in enumerate((cells or [""])[0].split("\n"))]
            at = reader.line_num + 1
    except csv.Error:
        return lines
    return found


def _unquoted(lines: list[Line]) -> list[Line]:
    """Take off quotes that stand around every line, as some clients copy them."""
    said = [line.text.strip() for line in lines if line.text.strip()]
    if len(said) < 1 or not all(len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" for text in said):
        return lines
    return [Line(line.number, line.text.strip()[1:-1].replace('""', '"')) for line in lines]
