"""Sentences, as vi has them: from a full stop and a blank to the next, or from one empty line to another."""

from chatly_console.query.vi.text import Place, Text
from chatly_console.query.vi.words import Caret, Step

_ENDS, _CLOSES = ".!?", ")]\"'"
_FAR = 20_000
"""Characters that are looked through, so that a key never takes long."""


def _sign(caret: Caret) -> str:
    return caret.text.line(caret.line)[caret.column : caret.column + 1]


def _on(caret: Caret, ahead: bool) -> bool:
    """One character on or back, not onto the end of a line that has characters; False at the ends of the text."""
    step = caret.ahead() if ahead else caret.back()
    if step is Step.NONE:
        return False
    if caret.column and not _sign(caret):
        return (caret.ahead() if ahead else caret.back()) is not Step.NONE
    return True


def sentence_ahead(text: Text, place: Place, count: int) -> Place | None:
    """To where the next sentence begins, or the text ends."""
    return _sentence(text, place, count, True)


def sentence_back(text: Text, place: Place, count: int) -> Place | None:
    """To where this sentence begins, or the one before."""
    return _sentence(text, place, count, False)


def _sentence(text: Text, place: Place, count: int, ahead: bool) -> Place | None:
    caret = Caret(text, *place)
    for left in range(count - 1, -1, -1):
        if not _sign(caret):
            while _on(caret, ahead) and not _sign(caret):
                pass
            if ahead:
                _skip_blanks(caret)
                continue
        elif not ahead:
            _on(caret, False)
        _to_body(caret, ahead)
        reached = _to_end(caret, ahead)
        if not reached and left:
            return None
        if reached:
            _skip_blanks(caret)
    return caret.place


def _skip_blanks(caret: Caret) -> None:
    while _sign(caret) in (" ", "\t") and _sign(caret):
        if not _on(caret, True):
            return


def _to_body(caret: Caret, ahead: bool) -> None:
    """Back over the blanks and the signs that end the sentence before."""
    found_end = False
    while (sign := _sign(caret)) and sign in " \t" + _ENDS + _CLOSES:
        look = Caret(caret.text, *caret.place)
        if not _on(look, False) or (look.on_empty_line and ahead) or found_end:
            return
        found_end = sign in _ENDS
        before = _sign(look)
        if sign in _CLOSES and not (before and before in _ENDS + _CLOSES):
            return
        _on(caret, False)


def _to_end(caret: Caret, ahead: bool) -> bool:
    """To where a sentence ends; False where the text does."""
    begun = caret.line
    for _ in range(_FAR):
        sign = _sign(caret)
        if not sign:
            if not ahead and caret.line != begun:
                caret.line, caret.column = caret.line + 1, 0
            return True
        if sign in _ENDS:
            look = Caret(caret.text, *caret.place)
            at_end = look.ahead() is Step.NONE
            while not at_end and _sign(look) and _sign(look) in _CLOSES:
                at_end = look.ahead() is Step.NONE
            if at_end or _sign(look) in ("", " ", "\t"):
                caret.line, caret.column = look.place
                if not _sign(caret):
                    caret.ahead()
                return True
        if not _on(caret, ahead):
            return False
    return False


def sentence_at(text: Text, place: Place, around: bool) -> tuple[Place, Place]:
    """Start and end of the sentence here; `around` with the blanks behind it."""
    ahead = sentence_ahead(text, place, 1) or place
    start = sentence_back(text, ahead, 1) if ahead > place else None
    if start is None or start > place:
        start = sentence_back(text, place, 1) or (0, 0)
    if ahead[0] == text.line_count - 1 and ahead[1] + 1 >= len(text.line(ahead[0])) and ahead <= place:
        return start, (ahead[0], len(text.line(ahead[0])))
    following = sentence_ahead(text, start, 1) or start
    last = text.line_count - 1
    if following[0] == last and following[1] + 1 >= len(text.line(last)):
        return start, (last, len(text.line(last)))
    if (following[0] > start[0] and following[1] == 0) or around:
        return start, following
    line = text.line(following[0])
    return start, (following[0], len(line[: following[1]].rstrip(" \t")))
