"""Motions over words: a caret goes from character to character, on the end of each line too."""

from dataclasses import dataclass
from enum import Enum

from chatly_console.query.vi.characters import after, before
from chatly_console.query.vi.text import Place, Text


class Step(Enum):
    """What a step of the caret was."""

    NONE = 0
    WITHIN = 1
    TO_END = 2
    """Onto the end of the line."""
    OVER = 3
    """Into another line."""


def kind_of(sign: str, big: bool) -> int:
    """0 for a blank or nothing, else one number for all signs that make a word together; `big` words have no parts."""
    if not sign or sign in " \t":
        return 0
    if big:
        return 1
    if sign.isalnum() or sign == "_":
        return 2 if sign.isascii() else _script(sign)
    return 1


def _script(sign: str) -> int:
    code = ord(sign)
    if 0x3040 <= code <= 0x30FF:
        return 3 if code <= 0x309F else 4
    if 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF:
        return 5
    return 6 if 0xAC00 <= code <= 0xD7A3 else 2


@dataclass
class Caret:
    """A place that walks through the text."""

    text: Text
    line: int
    column: int
    big: bool = False

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.line, self.column

    @property
    def kind(self) -> int:
        """What stands here."""
        return kind_of(self.text.line(self.line)[self.column : self.column + 1], self.big)

    @property
    def on_empty_line(self) -> bool:
        """Whether nothing is in this line."""
        return not self.text.line(self.line)

    @property
    def in_last_line(self) -> bool:
        """Whether no line follows."""
        return self.line + 1 >= self.text.line_count

    def ahead(self) -> Step:
        """One character on."""
        content = self.text.line(self.line)
        if self.column < len(content):
            self.column = after(content, self.column)
            return Step.WITHIN if self.column < len(content) else Step.TO_END
        if self.in_last_line:
            return Step.NONE
        self.line, self.column = self.line + 1, 0
        return Step.OVER

    def back(self) -> Step:
        """One character back."""
        if self.column > 0:
            self.column = before(self.text.line(self.line), self.column)
            return Step.WITHIN
        if self.line == 0:
            return Step.NONE
        self.line -= 1
        self.column = len(self.text.line(self.line))
        return Step.OVER

    def skip_ahead(self, kind: int) -> bool:
        """Past all of that kind; False at the end of the text."""
        while self.kind == kind:
            if self.ahead() is Step.NONE:
                return False
        return True

    def skip_back(self, kind: int) -> bool:
        """Before all of that kind; False at the begin of the text."""
        while self.kind == kind:
            if self.back() is Step.NONE:
                return False
        return True


_LEFT = (Step.TO_END, Step.OVER)


def next_word(caret: Caret, count: int, stops_at_end: bool) -> bool:
    """To the begin of the next word; the last step of an operator `stops_at_end` of the line. False at the end."""
    for number in range(count):
        stops = stops_at_end and number == count - 1
        kind, was_last = caret.kind, caret.in_last_line
        step = caret.ahead()
        if step is Step.NONE or (step in _LEFT and was_last):
            return False
        if step in _LEFT and stops:
            return True
        while kind and caret.kind == kind:
            step = caret.ahead()
            if step is Step.NONE or (step in _LEFT and stops):
                return True
        while caret.kind == 0 and not (caret.column == 0 and caret.on_empty_line):
            step = caret.ahead()
            if step is Step.NONE or (step in _LEFT and (was_last or stops)):
                return True
    return True


def word_end(caret: Caret, count: int, *, stays: bool = False, stops_at_empty: bool = False) -> bool:
    """To the end of this word or the next; where it `stays`, the end that the caret is on already counts."""
    for _ in range(count):
        kind = caret.kind
        if caret.ahead() is Step.NONE:
            return False
        if caret.kind == kind and kind:
            if not caret.skip_ahead(kind):
                return False
        elif not stays or kind == 0:
            found_empty = False
            while caret.kind == 0:
                if stops_at_empty and caret.column == 0 and caret.on_empty_line:
                    found_empty = True
                    break
                if caret.ahead() is Step.NONE:
                    return False
            if found_empty:
                stays = False
                continue
            if not caret.skip_ahead(caret.kind):
                return False
        caret.back()
        stays = False
    return True


def word_begin(caret: Caret, count: int) -> bool:
    """To the begin of this word, or of the one before."""
    for _ in range(count):
        if caret.back() is Step.NONE:
            return False
        is_empty = False
        while caret.kind == 0:
            if caret.column == 0 and caret.on_empty_line:
                is_empty = True
                break
            if caret.back() is Step.NONE:
                return True
        if is_empty:
            continue
        if not caret.skip_back(caret.kind):
            return True
        caret.ahead()
    return True


def word_end_before(caret: Caret, count: int) -> bool:
    """To the end of the word before."""
    for _ in range(count):
        kind = caret.kind
        if caret.back() is Step.NONE:
            return False
        while kind and caret.kind == kind:
            if caret.back() is Step.NONE:
                return True
        while caret.kind == 0 and not (caret.column == 0 and caret.on_empty_line):
            if caret.back() is Step.NONE:
                return True
    return True
