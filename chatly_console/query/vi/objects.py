"""Text objects: what `iw`, `a(`, `i'` and their like mean around a place, or around what is selected already."""

from chatly_console.query.vi.brackets import unmatched
from chatly_console.query.vi.characters import after, before
from chatly_console.query.vi.sentences import sentence_at
from chatly_console.query.vi.text import Place, Text
from chatly_console.query.vi.words import Caret, Step, next_word, word_begin, word_end, word_end_before

Span = tuple[Place, Place]
"""From a place up to another, that one not with it."""
_NEAR = 50
"""Lines ahead in which a bracket is taken for the one that is meant, where the cursor is in none."""
_BRACKETS = {
    "<": "<>", ">": "<>", "(": "()", ")": "()", "b": "()", "[": "[]", "]": "[]", "{": "{}", "}": "{}", "B": "{}",
}  # fmt: skip
NAMES = frozenset({"w", "W", "'", '"', "`", "s", "p", *_BRACKETS})


def object_at(
    text: Text, place: Place, around: bool, name: str, count: int = 1, anchor: Place | None = None
) -> Span | None:
    """Start and end of an object; of more, where more than the cursor is selected from `anchor` on. None for none."""
    if name in ("w", "W"):
        return _words(text, place, around, count, anchor, name == "W")
    if name in ("'", '"', "`"):
        return _quoted(text.line(place[0]), place, around, name, count)
    if name == "s":
        return sentence_at(text, place, around)
    if name in _BRACKETS:
        return _enclosed(text, place, around, _BRACKETS[name], count, anchor)
    return None


def paragraph_at(text: Text, line: int, around: bool, count: int = 1) -> tuple[int, int] | None:
    """The first and the last line of the paragraph here (or of the blank lines); `around` takes what parts it too."""
    total = text.line_count
    blank = _is_blank(text, line)
    first = line
    while first > 0 and _is_blank(text, first - 1) == blank:
        first -= 1
    last = first - 1
    while last + 1 < total and _is_blank(text, last + 1):
        last += 1
    for left in range(count - (blank and not around) - 1, -1, -1):
        if last + 1 >= total:
            return None
        takes_blank = around or _is_blank(text, last + 1)
        if around or not takes_blank:
            last += 1
            while last + 1 < total and not _is_blank(text, last + 1):
                last += 1
        if left == 0 and blank and around:
            break
        while takes_blank and last + 1 < total and _is_blank(text, last + 1):
            last += 1
    while around and not blank and not _is_blank(text, last) and first > 0 and _is_blank(text, first - 1):
        first -= 1
    return first, last


def _is_blank(text: Text, line: int) -> bool:
    return not text.line(line).strip(" \t")


# Words


def _words(text: Text, place: Place, around: bool, count: int, anchor: Place | None, big: bool) -> Span | None:
    caret = Caret(text, *place, big)
    start = anchor if anchor is not None else place
    takes_blanks = False
    if anchor is None or anchor == place:
        _to_begin_of_run(caret)
        start = caret.place
        if (caret.kind == 0) == around:
            if not word_end(caret, 1, stays=True, stops_at_empty=True):
                return None
        else:
            next_word(caret, 1, True)
            _one_back(caret)
            takes_blanks = around
        count -= 1
    exclusive = False
    for left in range(count, 0, -1):
        if caret.place < start:
            if not _extended_back(caret, around):
                return None
            continue
        found = _extended(caret, around, is_last=left == 1)
        if found is None:
            return None
        exclusive = found
    if takes_blanks and (caret.kind != 0 or (caret.column == 0 and exclusive)):
        start = _with_blanks_before(text, start, big)
    line, column = caret.place
    content = text.line(line)
    return start, (line, column if exclusive and column == 0 else after(content, column))


def _to_begin_of_run(caret: Caret) -> None:
    kind, content = caret.kind, caret.text.line(caret.line)
    while caret.column > 0:
        here = caret.column
        caret.column = before(content, here)
        if caret.kind != kind:
            caret.column = here
            return


def _one_back(caret: Caret) -> None:
    """To the character before, on the line above where this one begins."""
    if caret.column == 0:
        if caret.back() is not Step.NONE and caret.column:
            caret.back()
    else:
        caret.column = before(caret.text.line(caret.line), caret.column)


def _extended(caret: Caret, around: bool, *, is_last: bool) -> bool | None:
    """One object more; whether its end is not with it, None where there is no more."""
    step = caret.ahead()
    if step is Step.TO_END and caret.column:
        step = caret.ahead()
    if step is Step.NONE:
        return None
    if around == (caret.kind == 0):
        return False if word_end(caret, 1, stays=True, stops_at_empty=True) else None
    if not next_word(caret, 1, True) and not is_last:
        return None
    if caret.column == 0:
        return True
    caret.column = before(caret.text.line(caret.line), caret.column)
    return False


def _extended_back(caret: Caret, around: bool) -> bool:
    step = caret.back()
    if step is Step.OVER and caret.column:
        step = caret.back()
    if step is Step.NONE:
        return False
    if around != (caret.kind != 0):
        return word_begin(caret, 1)
    if not word_end_before(caret, 1):
        return False
    caret.ahead()
    return True


def _with_blanks_before(text: Text, start: Place, big: bool) -> Place:
    line, column = start
    content = text.line(line)
    blanks = len(content[:column]) - len(content[:column].rstrip(" \t"))
    return (line, column - blanks) if blanks and column > blanks else start


# Quotes


def _quoted(line: str, place: Place, around: bool, quote: str, count: int) -> Span | None:
    row, column = place
    found = _pair_on(line, column, quote) if line[column : column + 1] == quote else _pair_near(line, column, quote)
    if found is None:
        return None
    start, end = found
    if not around:
        return ((row, start), (row, end + 1)) if count > 1 else ((row, start + 1), (row, end))
    behind = end + 1
    while behind < len(line) and line[behind] in " \t":
        behind += 1
    while behind == end + 1 and start > 0 and line[start - 1] in " \t":
        start -= 1
    return (row, start), (row, behind)


def _pair_on(line: str, column: int, quote: str) -> tuple[int, int] | None:
    """On a quote: whether it opens or closes is known by those before it."""
    start = 0
    while True:
        start = _quote_from(line, start, quote)
        end = _quote_from(line, start + 1, quote) if start >= 0 else -1
        if end < 0 or start > column:
            return None
        if column <= end:
            return start, end
        start = end + 1


def _pair_near(line: str, column: int, quote: str) -> tuple[int, int] | None:
    start = line.rfind(quote, 0, column)
    while start > 0 and line[start - 1] == "\\":
        start = line.rfind(quote, 0, start)
    if start < 0:
        start = _quote_from(line, column, quote)
    end = _quote_from(line, start + 1, quote) if start >= 0 else -1
    return (start, end) if end >= 0 else None


def _quote_from(line: str, column: int, quote: str) -> int:
    while column < len(line):
        if line[column] == "\\":
            column += 1
        elif line[column] == quote:
            return column
        column += 1
    return -1


# Brackets


def _enclosed(text: Text, place: Place, around: bool, brackets: str, count: int, anchor: Place | None) -> Span | None:
    opening, closing = brackets[0], brackets[1]
    low, high = place, place
    if anchor is not None and anchor != place:
        low, high = sorted((anchor, place))
        look = low[0], low[1] - 1
    else:
        on_opening = text.line(place[0])[place[1] : place[1] + 1] == opening
        look = place if on_opening else (place[0], place[1] - 1)
    span = _block_around(text, look, around, brackets, count)
    is_outside = span is None and unmatched(text, look, opening, closing, -1) is None
    if is_outside and anchor in (None, place):
        ahead = _ahead(text, place, opening)
        span = None if ahead is None else _block_around(text, ahead, around, brackets, 1)
    if span is not None and anchor is not None and anchor != place and not around and span[0] >= low and span[1] <= (
        high[0], high[1] + 1
    ):  # fmt: skip
        outer = _block_around(text, (span[0][0], span[0][1] - 2), around, brackets, 1)
        return outer
    return span


def _block_around(text: Text, look: Place, around: bool, brackets: str, count: int) -> Span | None:
    opening, closing = brackets[0], brackets[1]
    start = unmatched(text, look, opening, closing, -1, count)
    end = None if start is None else unmatched(text, (start[0], start[1] + 1), closing, opening, 1)
    if start is None or end is None:
        return None
    if around:
        return start, (end[0], end[1] + 1)
    line, column = start[0], start[1] + 1
    if column >= len(text.line(line)) and line < end[0]:
        line, column = line + 1, 0
    if opening == "{" and end[0] > line and not text.line(end[0])[: end[1]].strip(" \t"):
        end = end[0], 0
    return (line, column), max(end, (line, column))


def _ahead(text: Text, place: Place, opening: str) -> Place | None:
    for row in range(place[0], min(place[0] + _NEAR, text.line_count)):
        column = text.line(row).find(opening, place[1] if row == place[0] else 0)
        if column >= 0:
            return row, column
    return None
