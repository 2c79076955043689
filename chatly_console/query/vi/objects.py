"""Text objects: what `iw`, `a(`, `i'` and their like mean around a place."""

from chatly_console.query.vi.motions import character_class
from chatly_console.query.vi.sentences import sentence_at
from chatly_console.query.vi.text import Place, Text

Span = tuple[Place, Place]
_NEAR = 50
"""Lines ahead in which a bracket is taken for the one that is meant, where the cursor is in none."""
_BRACKETS = {
    "<": "<>", ">": "<>", "(": "()", ")": "()", "b": "()", "[": "[]", "]": "[]", "{": "{}", "}": "{}", "B": "{}",
}  # fmt: skip


def object_at(text: Text, place: Place, around: bool, name: str, count: int = 1) -> Span | None:
    """Start and end of an object, or of the words from here on as `count` says; None where there is none here."""
    if name in ("w", "W"):
        return _words(text.line(place[0]), place, around, count, big=name == "W")
    if name in ("'", '"', "`"):
        return _quoted(text.line(place[0]), place, around, name)
    if name == "s":
        return sentence_at(text, place, around)
    if name in _BRACKETS:
        return _enclosed(text, place, around, *_BRACKETS[name])
    return None


def paragraph_at(text: Text, line: int, around: bool) -> tuple[int, int]:
    """The first and the last line of the paragraph here (or of the blank lines); `around` takes what parts it too."""
    first, last = _alike(text, line)
    if around and last + 1 < text.line_count:
        last = _alike(text, last + 1)[1]
    elif around and first > 0:
        first = _alike(text, first - 1)[0]
    return first, last


def _alike(text: Text, line: int) -> tuple[int, int]:
    blank = not text.line(line).strip()
    first = last = line
    while first > 0 and (not text.line(first - 1).strip()) == blank:
        first -= 1
    while last + 1 < text.line_count and (not text.line(last + 1).strip()) == blank:
        last += 1
    return first, last


def _words(line: str, place: Place, around: bool, count: int, *, big: bool) -> Span:
    start, end = _word(line, place, around, big=big)
    if count == 1:
        return start, end
    inner, end = _word(line, place, False, big=big)
    parted = False
    for number in range(count):
        if number and end[1] < len(line):
            end = _word(line, end, False, big=big)[1]
        parted = around and line[end[1] : end[1] + 1].isspace()
        if parted:
            end = _word(line, end, False, big=big)[1]
    return (start if around and not parted else inner), end


def _word(line: str, place: Place, around: bool, *, big: bool) -> Span:
    row, column = place
    if not line:
        return place, place
    column = min(column, len(line) - 1)
    kind = character_class(line[column], big)
    start = end = column
    while start > 0 and character_class(line[start - 1], big) == kind:
        start -= 1
    while end < len(line) and character_class(line[end], big) == kind:
        end += 1
    if around and kind == 0 and end < len(line):
        return (row, start), _word(line, (row, end), False, big=big)[1]
    if around:
        after = end
        while after < len(line) and line[after].isspace():
            after += 1
        if after == end:
            while start > 0 and line[start - 1].isspace():
                start -= 1
        end = after
    return (row, start), (row, end)


def _quoted(line: str, place: Place, around: bool, quote: str) -> Span | None:
    row, column = place
    marks = [i for i, character in enumerate(line) if character == quote]
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        if column <= closing:
            return _with_space(line, row, opening, closing + 1) if around else ((row, opening + 1), (row, closing))
    return None


def _with_space(line: str, row: int, start: int, end: int) -> Span:
    """With the blanks behind, or else those before."""
    rest = line[end:]
    if rest[:1].isspace():
        return (row, start), (row, end + len(rest) - len(rest.lstrip()))
    return (row, len(line[:start].rstrip())), (row, end)


def _enclosed(text: Text, place: Place, around: bool, opening: str, closing: str) -> Span | None:
    start = _look(text, place, opening, closing, -1)
    if start is None and (ahead := _ahead(text, place, opening)) is not None:
        start = place = ahead
    end = None if start is None else _look(text, place, closing, opening, 1)
    if start is None or end is None:
        return None
    return (start, (end[0], end[1] + 1)) if around else ((start[0], start[1] + 1), end)


def _ahead(text: Text, place: Place, opening: str) -> Place | None:
    for row in range(place[0], min(place[0] + _NEAR, text.line_count)):
        column = text.line(row).find(opening, place[1] if row == place[0] else 0)
        if column >= 0:
            return row, column
    return None


def _look(text: Text, place: Place, wanted: str, other: str, step: int) -> Place | None:
    row, column = place
    line = text.line(row)
    depth, steps = 0, 0
    if column < len(line) and line[column] == other:
        depth = -1
    while steps < 200_000:
        if 0 <= column < len(line):
            depth += line[column] == other
            if line[column] == wanted:
                if depth == 0:
                    return row, column
                depth -= 1
        column, steps = column + step, steps + 1
        if not 0 <= column < max(len(line), 1):
            row += step
            if not 0 <= row < text.line_count:
                return None
            line = text.line(row)
            column = 0 if step > 0 else max(len(line) - 1, 0)
    return None
