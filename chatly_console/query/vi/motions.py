"""Where a motion leads: each takes the text, a place and a count, and returns a place, or None for nowhere."""

from collections.abc import Callable
from dataclasses import dataclass

from chatly_console.query.vi.sentences import sentence_ahead, sentence_back
from chatly_console.query.vi.text import Place, Text

Motion = Callable[[Text, Place, int], Place | None]

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_FAR = 5_000
"""Lines that are looked through for a bracket or a paragraph's end, so that a key never takes long."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How an operator takes what a motion spans: whole lines, or up to and with the last character."""

    move: Motion
    linewise: bool = False
    inclusive: bool = False


def character_class(character: str, big: bool) -> int:
    """0 for space, 1 for a word, 2 for other signs; `big` words are all that is no space."""
    if character.isspace() or not character:
        return 0
    return 1 if big or character.isalnum() or character == "_" else 2


def _next_character(text: Text, place: Place) -> Place | None:
    line, column = place
    if column + 1 < len(text.line(line)):
        return line, column + 1
    return (line + 1, 0) if line + 1 < text.line_count else None


def _before(text: Text, place: Place) -> Place | None:
    line, column = place
    if column > 0:
        return line, column - 1
    return (line - 1, max(len(text.line(line - 1)) - 1, 0)) if line > 0 else None


def _at(text: Text, place: Place) -> str:
    line = text.line(place[0])
    return line[place[1]] if place[1] < len(line) else ""


def word(big: bool) -> Motion:
    """To the begin of the next word."""

    def move(text: Text, place: Place, count: int) -> Place | None:
        for _ in range(count):
            kind = character_class(_at(text, place), big)
            at: Place | None = place
            while at is not None and kind and at[0] == place[0] and character_class(_at(text, at), big) == kind:
                at = _next_character(text, at)
            while at is not None and character_class(_at(text, at), big) == 0 and (text.line(at[0]) or at == place):
                at = _next_character(text, at)
            if at is None:
                last = text.line_count - 1
                return last, len(text.line(last))
            place = at
        return place

    return move


def word_back(big: bool) -> Motion:
    """To the begin of this word, or of the one before."""

    def move(text: Text, place: Place, count: int) -> Place | None:
        for _ in range(count):
            at = _before(text, place)
            while at is not None and character_class(_at(text, at), big) == 0 and text.line(at[0]):
                at = _before(text, at)
            if at is None:
                return 0, 0
            kind = character_class(_at(text, at), big)
            while at[1] > 0 and character_class(text.line(at[0])[at[1] - 1], big) == kind:
                at = at[0], at[1] - 1
            place = at
        return place

    return move


def word_end(big: bool) -> Motion:
    """To the end of this word, or of the next."""

    def move(text: Text, place: Place, count: int) -> Place | None:
        for _ in range(count):
            at = _next_character(text, place)
            while at is not None and character_class(_at(text, at), big) == 0:
                at = _next_character(text, at)
            if at is None:
                return place
            line, kind = text.line(at[0]), character_class(_at(text, at), big)
            while at[1] + 1 < len(line) and character_class(line[at[1] + 1], big) == kind:
                at = at[0], at[1] + 1
            place = at
        return place

    return move


def word_end_back(big: bool) -> Motion:
    """To the end of the word before."""

    def move(text: Text, place: Place, count: int) -> Place | None:
        for _ in range(count):
            kind = character_class(_at(text, place), big)
            at: Place | None = place
            while at is not None and at[0] == place[0] and kind and character_class(_at(text, at), big) == kind:
                at = _before(text, at)
            while at is not None and character_class(_at(text, at), big) == 0 and text.line(at[0]):
                at = _before(text, at)
            place = (0, 0) if at is None else at
        return place

    return move


def end_to_change(big: bool) -> Motion:
    """What `cw` changes: to the end of this word, be it where the cursor is, and then of the next ones."""

    def move(text: Text, place: Place, count: int) -> Place | None:
        line, column = text.line(place[0]), place[1]
        kind = character_class(_at(text, place), big)
        while column + 1 < len(line) and character_class(line[column + 1], big) == kind:
            column += 1
        return word_end(big)(text, (place[0], column), count - 1) if count > 1 else (place[0], column)

    return move


def _vertical(by: int) -> Motion:
    def move(text: Text, place: Place, count: int) -> Place | None:
        line = min(max(place[0] + by * count, 0), text.line_count - 1)
        return (line, place[1]) if line != place[0] else None

    return move


def _sideways(by: int) -> Motion:
    def move(text: Text, place: Place, count: int) -> Place | None:
        return place[0], min(max(place[1] + by * count, 0), len(text.line(place[0])))

    return move


def _on_screen(where: str) -> Motion:
    def move(text: Text, place: Place, count: int) -> Place | None:
        first, last = text.in_sight
        line = {"H": first + count - 1, "M": (first + last) // 2, "L": last - count + 1}[where]
        line = min(max(line, first), last)
        return line, first_not_blank(text, line)

    return move


def first_not_blank(text: Text, line: int) -> int:
    """The column of the first character of a line that is no space."""
    content = text.line(line)
    return len(content) - len(content.lstrip())


def _line_begin(by: int) -> Motion:
    def move(text: Text, place: Place, count: int) -> Place | None:
        line = place[0] + by * count
        return (line, first_not_blank(text, line)) if 0 <= line < text.line_count else None

    return move


def _last_not_blank(text: Text, place: Place, count: int) -> Place:
    line = min(place[0] + count - 1, text.line_count - 1)
    return line, max(len(text.line(line).rstrip()) - 1, 0)


def _paragraph(by: int) -> Motion:
    def move(text: Text, place: Place, count: int) -> Place | None:
        line = place[0]
        for _ in range(count):
            seen, steps = False, 0
            while 0 <= line + by < text.line_count and steps < _FAR:
                seen = seen or bool(text.line(line).strip())
                line, steps = line + by, steps + 1
                if seen and not text.line(line).strip():
                    break
        return (line, 0) if by < 0 or line + 1 < text.line_count else (line, len(text.line(line)))

    return move


def matching(text: Text, place: Place, count: int) -> Place | None:
    """To the bracket that belongs to the one at the cursor, or behind it on the line."""
    line, column = place
    content = text.line(line)
    start = next((i for i in range(column, len(content)) if content[i] in "()[]{}"), None)
    if start is None:
        return None
    bracket = content[start]
    forward = bracket in _PAIRS
    other = _PAIRS.get(bracket) or next(opening for opening, closing in _PAIRS.items() if closing == bracket)
    depth = 0
    lines = range(line, min(line + _FAR, text.line_count)) if forward else range(line, max(line - _FAR, -1), -1)
    for number in lines:
        content = text.line(number)
        if number == line:
            columns = range(start, len(content)) if forward else range(start, -1, -1)
        else:
            columns = range(len(content)) if forward else range(len(content) - 1, -1, -1)
        for at in columns:
            depth += (content[at] == bracket) - (content[at] == other)
            if depth == 0:
                return number, at
    return None


def to_character(wanted: str, forward: bool, till: bool, *, again: bool = False) -> Motion:
    """To a character of this line, or just before it; `again` passes by the one that the cursor is already before."""

    def move(text: Text, place: Place, count: int) -> Place | None:
        content, at = text.line(place[0]), place[1]
        for number in range(count):
            step = 1 + (till and again and number == 0)
            at = content.find(wanted, at + step) if forward else content.rfind(wanted, 0, max(at - step + 1, 0))
            if at < 0:
                return None
        return place[0], at - till if forward else at + till

    return move


MOTIONS: dict[str, Kind] = {
    "h": Kind(_sideways(-1)), "l": Kind(_sideways(1)), " ": Kind(_sideways(1)),
    "j": Kind(_vertical(1), linewise=True), "k": Kind(_vertical(-1), linewise=True),
    "w": Kind(word(False)), "W": Kind(word(True)), "b": Kind(word_back(False)), "B": Kind(word_back(True)),
    "e": Kind(word_end(False), inclusive=True), "E": Kind(word_end(True), inclusive=True),
    "ge": Kind(word_end_back(False), inclusive=True), "gE": Kind(word_end_back(True), inclusive=True),
    "+": Kind(_line_begin(1), linewise=True), "-": Kind(_line_begin(-1), linewise=True),
    "g_": Kind(_last_not_blank, inclusive=True), "|": Kind(lambda text, place, count: (place[0], count - 1)),
    "0": Kind(lambda text, place, count: (place[0], 0)),
    "^": Kind(lambda text, place, count: (place[0], first_not_blank(text, place[0]))),
    "$": Kind(lambda text, place, count: (
        min(place[0] + count - 1, text.line_count - 1),
        len(text.line(min(place[0] + count - 1, text.line_count - 1))))),
    "{": Kind(_paragraph(-1)), "}": Kind(_paragraph(1)), "%": Kind(matching, inclusive=True),
    "(": Kind(sentence_back), ")": Kind(sentence_ahead),
    **{where: Kind(_on_screen(where), linewise=True) for where in "HML"},
}  # fmt: skip
