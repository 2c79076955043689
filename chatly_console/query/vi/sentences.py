"""Sentences, as vi has them: from a full stop and a blank to the next, or from one empty line to another."""

import re
from collections.abc import Iterator

from chatly_console.query.vi.text import Place, Text

_END = re.compile(r"[.!?][)\]\"']*(?:\s+|$)")
_FAR = 20_000
"""Lines that are looked through."""


def sentence_ahead(text: Text, place: Place, count: int) -> Place:
    """To where the next sentence begins, or the text ends."""
    for _ in range(count):
        found = next((start for start in _starts(text, place[0], 1) if start > place), None)
        if found is None:
            last = text.line_count - 1
            return last, max(len(text.line(last)) - 1, 0)
        place = found
    return place


def sentence_back(text: Text, place: Place, count: int) -> Place:
    """To where this sentence begins, or the one before."""
    for _ in range(count):
        found = next((start for start in _starts(text, place[0], -1) if start < place), None)
        if found is None:
            return 0, 0
        place = found
    return place


def sentence_at(text: Text, place: Place, around: bool) -> tuple[Place, Place]:
    """Start and end of the sentence here; `around` with the blanks behind it."""
    line, column = place
    start = next((start for start in _starts(text, line, -1) if start <= place), (0, 0))
    end = next((start for start in _starts(text, line, 1) if start > (line, column)), None)
    if end is None:
        last = text.line_count - 1
        return start, (last, len(text.line(last)))
    if end[0] > line:
        return start, (end[0], 0)
    return start, end if around else (line, len(text.line(line)[: end[1]].rstrip()))


def _starts(text: Text, line: int, step: int) -> Iterator[Place]:
    """Where sentences begin, from a line on, forwards (1) or backwards (-1)."""
    end = min(text.line_count, line + _FAR) if step > 0 else max(-1, line - _FAR)
    for number in range(line, end, step):
        found = _starts_in(text, number)
        yield from ((number, column) for column in (found if step > 0 else reversed(found)))


def _starts_in(text: Text, line: int) -> list[int]:
    content, above = text.line(line), text.line(line - 1) if line else ""
    if not content.strip():
        return [0] if line and above.strip() else []
    found = [match.end() for match in _END.finditer(content) if match.end() < len(content)]
    first = len(content) - len(content.lstrip())
    ended = _END.search(above.rstrip()[-12:]) is not None and above.rstrip()[-1:] in ".!?)]\"'"
    return [first, *found] if not above.strip() or ended else found
