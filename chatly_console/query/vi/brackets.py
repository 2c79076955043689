"""Brackets that belong together, and those that the cursor is in."""

from chatly_console.query.vi.text import Place, Text

PAIRS = {"(": ")", "[": "]", "{": "}"}
_CLOSING = {closing: opening for opening, closing in PAIRS.items()}
_FAR = 200_000
"""Characters that are looked through, so that a key never takes long."""


def matching(text: Text, place: Place) -> Place | None:
    """The bracket that belongs to the one at the cursor, or to the next of its line; also the ends of a comment."""
    row, column = place
    content = text.line(row)
    start = next((i for i in range(column, len(content)) if content[i] in "()[]{}"), None)
    comment = next((at for at in (column, column - 1) if at >= 0 and content[at : at + 2] in ("/*", "*/")), None)
    if comment is not None:
        return _comment_end(text, (row, comment))
    if start is None:
        return None
    bracket = content[start]
    if bracket in PAIRS:
        return unmatched(text, (row, start + 1), PAIRS[bracket], bracket, 1)
    return unmatched(text, (row, start - 1), _CLOSING[bracket], bracket, -1)


def unmatched(text: Text, place: Place, wanted: str, other: str, step: int, count: int = 1) -> Place | None:
    """From here on (step 1) or back (-1), the `count`th bracket `wanted` that is not of a pair on the way."""
    row, column = place
    depth = count - 1
    left = _FAR
    while left > 0:
        content = text.line(row)
        span = content[column:] if step > 0 else content[: column + 1]
        left -= len(span) + 1
        if wanted in span or other in span:
            columns = range(column, len(content)) if step > 0 else range(min(column, len(content) - 1), -1, -1)
            for at in columns:
                sign = content[at]
                depth += sign == other
                if sign == wanted:
                    if depth == 0:
                        return row, at
                    depth -= 1
        row += step
        if not 0 <= row < text.line_count:
            return None
        column = 0 if step > 0 else len(text.line(row)) - 1
    return None


def _comment_end(text: Text, place: Place) -> Place | None:
    row, column = place
    if text.line(row)[column] == "/":
        column += 2
        for number in range(row, min(row + 5_000, text.line_count)):
            found = text.line(number).find("*/", column if number == row else 0)
            if found >= 0:
                return number, found + 1
        return None
    for number in range(row, max(row - 5_000, -1), -1):
        found = text.line(number)[: column if number == row else None].rfind("/*")
        if found >= 0:
            return number, found
    return None
