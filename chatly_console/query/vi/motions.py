"""Where a motion leads, and how an operator takes what it spans."""

from collections.abc import Callable
from dataclasses import dataclass

from chatly_console.query.vi.brackets import matching, unmatched
from chatly_console.query.vi.characters import after, before, column_at, last
from chatly_console.query.vi.sentences import sentence_ahead, sentence_back
from chatly_console.query.vi.text import Place, Text, first_not_blank
from chatly_console.query.vi.words import Caret, next_word, word_begin, word_end, word_end_before

END_OF_LINE = 1_000_000_000
"""The cell that `$` wants: the end of whatever line the cursor comes to."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a motion is made for."""

    operator: str = ""
    """The operator that waits for it; empty where only the cursor moves."""
    selects: bool = False
    """Whether it moves the end of what is selected, which may be the line's end."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where it leads; an operator takes whole lines, or up to and with the last character."""

    place: Place
    linewise: bool = False
    inclusive: bool = False
    adjusts: bool = True
    """Whether an end before the first column of a line is taken for the end of the line above."""


Motion = Callable[[Text, Place, int, Use], Reach | None]
"""With the count that was typed, 0 for none; None where it leads nowhere."""


def _word(big: bool) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        here = text.line(place[0])[place[1] : place[1] + 1]
        if use.operator == "c" and here.strip(" \t"):
            return _to_end(big, stays=True)(text, place, count, use)
        caret = Caret(text, *place, big)
        found = next_word(caret, count or 1, bool(use.operator))
        return _clamped(text, caret.place, use, False) if found or use.operator else _failed(text, place, caret, use)

    return move


def _to_end(big: bool, *, stays: bool = False) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        caret = Caret(text, *place, big)
        found = word_end(caret, count or 1, stays=stays)
        return _clamped(text, caret.place, use, True) if found or use.operator else _failed(text, place, caret, use)

    return move


def _clamped(text: Text, place: Place, use: Use, inclusive: bool) -> Reach:
    """Not behind the last character: an operator then takes that one too."""
    line, column = place
    if column and column >= len(text.line(line)) and not use.selects:
        return Reach((line, last(text.line(line))), inclusive=True)
    return Reach(place, inclusive=inclusive)


def _failed(text: Text, place: Place, caret: Caret, use: Use) -> Reach | None:
    """At the end of the text the cursor goes as far as it can; nowhere where that is where it is."""
    reach = _clamped(text, caret.place, use, False)
    return reach if reach.place != place else None


def _word_begin(big: bool) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        caret = Caret(text, *place, big)
        found = word_begin(caret, count or 1)
        return Reach(caret.place) if found or caret.place != place else None

    return move


def _word_end_before(big: bool) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        caret = Caret(text, *place, big)
        found = word_end_before(caret, count or 1)
        return _clamped(text, caret.place, use, True) if found or caret.place != place else None

    return move


def _left(wraps: bool) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        line, column = place
        for number in range(count or 1):
            if column:
                column = before(text.line(line), column)
            elif wraps and line:
                line -= 1
                content = text.line(line)
                column = len(content) if use.operator in ("d", "c") or use.selects else last(content)
            elif number == 0 and not use.operator:
                return None
            else:
                break
        return Reach((line, column), adjusts=not (wraps and use.operator in ("d", "c")))

    return move


def _right(wraps: bool) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        line, column = place
        inclusive = False
        for number in range(count or 1):
            content = text.line(line)
            end = len(content) if use.selects else last(content)
            if column < end:
                column = after(content, column)
            elif wraps and line + 1 < text.line_count:
                if use.operator and not inclusive and content:
                    inclusive = True
                else:
                    line, column, inclusive = line + 1, 0, False
            elif use.operator:
                inclusive = bool(content)
                break
            elif number == 0:
                return None
            else:
                break
        return Reach((line, column), inclusive=inclusive)

    return move


def _first_not_blank_of(by: int, offset: int = 0) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        line = place[0] + by * ((count or 1) + offset)
        if by > 0 and line >= text.line_count > place[0] + 1:
            line = text.line_count - 1
        line = max(line, 0) if place[0] else line
        if not 0 <= line < text.line_count:
            return None
        column = place[1] if use.operator == "y" and offset else first_not_blank(text, line)
        return Reach((line, column), linewise=True)

    return move


def _line_end(text: Text, place: Place, count: int, use: Use) -> Reach | None:
    line = place[0] + (count or 1) - 1
    if line >= text.line_count:
        if place[0] + 1 >= text.line_count:
            return None
        line = text.line_count - 1
    content = text.line(line)
    return Reach((line, len(content) if use.selects else last(content)), inclusive=True)


def _last_not_blank(text: Text, place: Place, count: int, use: Use) -> Reach | None:
    line = place[0] + (count or 1) - 1
    if line >= text.line_count and place[0] + 1 >= text.line_count:
        return None
    line = min(line, text.line_count - 1)
    return Reach((line, last(text.line(line).rstrip(" \t"))), inclusive=True)


def _line(goes_last: bool) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        line = min(count - 1, text.line_count - 1) if count else text.line_count - 1 if goes_last else 0
        return Reach((line, first_not_blank(text, line)), linewise=True)

    return move


def _on_screen(where: str) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        first, end = text.in_sight
        line = {"H": first + (count or 1) - 1, "M": (first + end) // 2, "L": end - (count or 1) + 1}[where]
        line = min(max(line, first), end)
        return Reach((line, first_not_blank(text, line)), linewise=True)

    return move


def _paragraph(by: int) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        line, end = place[0], text.line_count - 1
        for left in range((count or 1) - 1, -1, -1):
            seen = bool(text.line(line))
            while True:
                if not 0 <= line + by <= end:
                    if left:
                        return None
                    break
                line += by
                seen = seen or bool(text.line(line))
                if seen and not text.line(line):
                    break
        if by > 0 and line == end and text.line(line):
            return Reach((line, last(text.line(line))), inclusive=True)
        return Reach((line, 0))

    return move


def _sentence(ahead: bool) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        found = (sentence_ahead if ahead else sentence_back)(text, place, count or 1)
        return None if found is None or found == place else _clamped(text, found, use, False)

    return move


def _percent(text: Text, place: Place, count: int, use: Use) -> Reach | None:
    if count:
        if count > 100:
            return None
        line = max((count * text.line_count + 99) // 100, 1) - 1
        return Reach((line, first_not_blank(text, line)), linewise=True)
    found = matching(text, place)
    return None if found is None else Reach(found, inclusive=True)


def _out_of(bracket: str, other: str, step: int) -> Motion:
    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        found = None
        for number in range(count or 1, 0, -1):
            found = found or unmatched(text, (place[0], place[1] + step), bracket, other, step, number)
        return None if found is None else Reach(found, inclusive=step > 0)

    return move


def to_character(wanted: str, ahead: bool, till: bool, *, again: bool = False) -> Motion:
    """To a character of this line, or just before it; `again` passes by the one that the cursor is already before."""

    def move(text: Text, place: Place, count: int, use: Use) -> Reach | None:
        content, at, times = text.line(place[0]), place[1], count or 1
        if again and till and times == 1:
            at = after(content, at) if ahead else before(content, at)
        for _ in range(times):
            at = content.find(wanted, at + 1) if ahead else content.rfind(wanted, 0, max(at, 0))
            if at < 0:
                return None
        if till:
            at = before(content, at) if ahead else after(content, at)
        return Reach((place[0], at), inclusive=ahead)

    return move


def _column(text: Text, place: Place, count: int, use: Use) -> Reach:
    content = text.line(place[0])
    column = column_at(content, (count or 1) - 1)
    return Reach((place[0], column if use.selects else min(column, last(content))))


MOTIONS: dict[str, Motion] = {
    "h": _left(False), "\x08": _left(True), "l": _right(False), " ": _right(True),
    "w": _word(False), "W": _word(True), "e": _to_end(False), "E": _to_end(True),
    "b": _word_begin(False), "B": _word_begin(True), "ge": _word_end_before(False), "gE": _word_end_before(True),
    "+": _first_not_blank_of(1), "\r": _first_not_blank_of(1), "-": _first_not_blank_of(-1),
    "_": _first_not_blank_of(1, -1), "g_": _last_not_blank, "|": _column, "$": _line_end, "g$": _line_end,
    "0": lambda text, place, count, use: Reach((place[0], 0)),
    "g0": lambda text, place, count, use: Reach((place[0], 0)),
    "^": lambda text, place, count, use: Reach((place[0], first_not_blank(text, place[0]))),
    "g^": lambda text, place, count, use: Reach((place[0], first_not_blank(text, place[0]))),
    "gg": _line(False), "G": _line(True), "H": _on_screen("H"), "M": _on_screen("M"), "L": _on_screen("L"),
    "{": _paragraph(-1), "}": _paragraph(1), "(": _sentence(False), ")": _sentence(True), "%": _percent,
    "[(": _out_of("(", ")", -1), "[{": _out_of("{", "}", -1), "])": _out_of(")", "(", 1), "]}": _out_of("}", "{", 1),
}  # fmt: skip
JUMPS = frozenset({"G", "gg", "%", "(", ")", "{", "}", "H", "M", "L", "[(", "[{", "])", "]}"})
"""Motions after which two quotes lead back."""
FILLS_REGISTER_ONE = frozenset({"%", "(", ")", "{", "}", "n", "N", "/", "?", "`"})
"""Motions that a person jumps with: what an operator deletes over them is kept as if it were lines."""
