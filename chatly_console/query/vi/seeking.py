"""`*` and `#`: the word at the cursor, found again as a word of its own."""

import re

from chatly_console.query.vi.text import Place, Text

_WORD = re.compile(r"\w+")


def word_at(text: Text, place: Place) -> tuple[int, str] | None:
    """The word that the cursor is in, or the next one of its line, and its column; None where there is none."""
    found = next((match for match in _WORD.finditer(text.line(place[0])) if match.end() > place[1]), None)
    return None if found is None else (found.start(), found[0])


def seek_word(text: Text, place: Place, word: str, forward: bool, count: int = 1) -> Place | None:
    """Where the word stands next, or before, around the ends of the text; None where it is not there."""
    pattern = re.compile(rf"\b{re.escape(word)}\b")
    for _ in range(count):
        found = _next(text, place, pattern, forward)
        if found is None:
            return None
        place = found
    return place


def _next(text: Text, place: Place, pattern: re.Pattern[str], forward: bool) -> Place | None:
    line, count = place[0], text.line_count
    for step in range(count + 1):
        number = (line + (step if forward else -step)) % count
        columns = [match.start() for match in pattern.finditer(text.line(number))]
        if step == 0:
            columns = [column for column in columns if (column > place[1] if forward else column < place[1])]
        if columns:
            return number, columns[0] if forward else columns[-1]
    return None
