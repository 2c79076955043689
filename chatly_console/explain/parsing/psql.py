"""Takes the frames of psql apart, by their columns: borders 0, 1 and 2, ascii, old-ascii and unicode, wrapped or not.

A row ends in a mark where its text goes on: `+` or `↵` for a new line in it, `.` or `…` where psql had to break it. The
old-ascii style marks neither; there a row goes on where it fills its width, or ends within a node's figures, and what
follows does not begin as a line of a plan does. Expanded display is in `expanded`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chatly_console.core.text import cell_width
from chatly_console.explain.parsing.lines import BARS, WRAPS, Line

_RULE = re.compile(r"[-─═]{4,}$")
_CORNERED = re.compile(r"[+┌├╔╠][-─═]{4,}[+┐┤╗╣]$")
_BOTTOM = re.compile(r"[+└╚][-─═]{4,}[+┘╝]$")
_HEADER = re.compile(r"[\s|│║]*QUERY PLAN[\s|│║]*$")
_FOOTER = re.compile(r"\(\d+ [^()=:]+\)$")
_BEGINS = re.compile(
    r'\s*(?:->|- |[\[\]{}<"]|[A-Z][\w /-]*: |[A-Z][a-zA-Z -]+ (?:on|using) |(?:InitPlan|SubPlan|CTE) |[A-Z].*  \()'
)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the text of a row is: from cell `start` on, `width` cells, with a mark before it and one behind."""

    start: int
    width: int


def without_frames(lines: list[Line]) -> list[Line]:
    """The lines with the text of each framed table in its place; what is in no frame stays as it is."""
    found: list[Line] = []
    at = 0
    while at < len(lines):
        top = _top(lines, at)
        if top is None:
            found.append(lines[at])
            at += 1
        else:
            end = _end(lines, top)
            found += _rows(lines[top - 1].text.rstrip(), lines[top:end])
            at = end + (end < len(lines) and bool(_FOOTER.match(lines[end].text.strip())))
    return found


def _top(lines: list[Line], at: int) -> int | None:
    """The first row of the table whose frame begins in this line; None where none does."""
    if _CORNERED.match(lines[at].text.rstrip()):
        at += 1
    rule = lines[at + 1].text.rstrip() if at + 1 < len(lines) else ""
    if _HEADER.match(lines[at].text if at < len(lines) else "") and (_RULE.match(rule) or _CORNERED.match(rule)):
        return at + 2
    return None


def _end(lines: list[Line], top: int) -> int:
    for at in range(top, len(lines)):
        text = lines[at].text.strip()
        if not text or _FOOTER.match(text) or _BOTTOM.match(text):
            return at + bool(_BOTTOM.match(text))
    return len(lines)


def _rows(rule: str, rows: list[Line]) -> Iterator[Line]:
    rows = [row for row in rows if not _BOTTOM.match(row.text.strip())]
    frame = _frame(rule, rows[0].text if rows else "")
    text, number, was = "", 0, ""
    for row in rows:
        before, here, mark = _apart(row.text, frame)
        if number and (was in WRAPS or before in WRAPS or _goes_on(text, here, was, frame.width)):
            text = joined(text, here)
        else:
            if number:
                yield Line(number, text.rstrip())
            text, number = here, row.number
        was = mark.strip()
    if number:
        yield Line(number, text.rstrip())


def _frame(rule: str, first: str) -> _Frame:
    if rule[0] not in "-─═":
        return _Frame(2, len(rule) - 4)
    return _Frame(1, len(rule) - 2) if first[:1] in (" ", *WRAPS) else _Frame(0, len(rule))


def _apart(text: str, frame: _Frame) -> tuple[str, str, str]:
    """The mark before the text of a row, the text itself, filled up to its width, and the mark behind it."""
    start = frame.start
    if text.lstrip()[:1] in BARS:
        text = text.strip()
        text = text[:-1] if text[-1:] in BARS else text
    here = _cells(text[start:], frame.width)
    behind = text[start + len(here) :].rstrip()
    if len(behind) > 1:  # somebody has written into the frame
        here, behind = text[start:].rstrip(), ""
    before = text[start - 1 : start] if start else ""
    return before.strip(), here + " " * max(frame.width - cell_width(here), 0), behind


def _cells(text: str, width: int) -> str:
    """The beginning of a text that is no wider than this."""
    if text.isascii():
        return text[:width]
    end, used = 0, 0
    while end < len(text) and (used := used + cell_width(text[end])) <= width:
        end += 1
    return text[:end]


def _goes_on(text: str, here: str, mark: str, width: int) -> bool:
    """Whether a row without marks goes on in the next."""
    if mark or begins_a_line(here):
        return False
    if here.lstrip().startswith(("(cost=", "(actual ", "(never executed")):
        return True
    return is_open(text) or (len(text.rstrip()) % width == 0 if width else False)


def joined(before: str, after: str) -> str:
    """Two parts of a broken line; the cell that was left empty since a wide character did not fit is left out."""
    is_gap = before[-1:] == " " and cell_width(after[:1]) == 2
    return (before[:-1] if is_gap else before) + after


def begins_a_line(text: str) -> bool:
    """Whether a text looks like the beginning of a line of a plan, in any form."""
    return bool(_BEGINS.match(text))


def is_open(text: str) -> bool:
    """Whether the figures of a node, the last bracket of the line, are cut off."""
    start = max(text.rfind("(cost="), text.rfind("(actual "), text.rfind("(never"))
    if start < 0:
        return text.rstrip().endswith(("(", "(c", "(co", "(cos", "(cost", "(a", "(ac", "(act", "(actu", "(actua"))
    return ")" not in text[start:]
