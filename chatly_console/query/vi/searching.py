r"""What `/`, `?`, `*` and `:s` look for: vi's patterns as Python's.

A search ignores case where it is typed without capitals, as the console's find does (vim with ignorecase and
smartcase), since SQL does not tell `ID` from `id` either; `\C` makes it exact. `:s` changes only what is written as it
was typed, unless its flag `i` or `\c` says otherwise: what is changed unseen should not be more than was asked for.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.vi.text import Place, Text
from chatly_console.query.vi.words import kind_of

_BARE = {
    "(": "(", ")": ")", "|": "|", "+": "+", "?": "?", "=": "?", "{": "{", "<": r"\b(?=\w)", ">": r"\b(?<=\w)",
    "s": r"[ \t]", "S": r"[^ \t]", "d": "[0-9]", "D": "[^0-9]", "w": "[0-9A-Za-z_]", "W": "[^0-9A-Za-z_]",
    "a": "[A-Za-z]", "l": "[a-z]", "u": "[A-Z]", "h": "[A-Za-z_]", "x": "[0-9A-Fa-f]", "t": "\t", "e": "\x1b",
}  # fmt: skip
_WORD = re.compile(r"\w+")
_BEGIN, _END = "(?<![0-9A-Za-z_])", "(?![0-9A-Za-z_])"
_PART = re.compile(r"\[\^?\]?[^\]]*\]|\\%\(|\\\{-?[\d,]*\\?\}|\\.|.", re.DOTALL)


def compiled(pattern: str, *, smart: bool) -> re.Pattern[str]:
    r"""vi's pattern, `smart` about case; raises Failure where it is none."""
    plain = pattern.replace(r"\c", "").replace(r"\C", "")
    letters = re.sub(r"\\.", "", plain)
    ignores = r"\c" in pattern or (smart and letters == letters.lower() and r"\C" not in pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of what a set may mean to a later Python
            return re.compile(_as_python(plain), re.IGNORECASE if ignores else 0)
    except re.error as error:
        raise Failure(f"“{pattern}” is no pattern: {error}.", FailureKind.USAGE) from error


def _as_python(pattern: str) -> str:
    r"""What vi has behind a backslash (`\(`, `\|`) is bare in Python, and the reverse; `\v` makes it so here too."""
    if pattern.startswith(r"\v"):
        return re.sub(r"[<>]", lambda sign: _BARE[sign[0]], pattern[2:])
    if pattern.startswith(r"\V"):
        return re.escape(pattern[2:])
    written: list[str] = []
    for part in _PART.findall(pattern):
        if part == r"\%(":
            written.append("(?:")
        elif part.startswith(r"\{"):
            written.append(_times(part[2:].removesuffix("}").removesuffix("\\")))
        elif part[0] == "\\" and len(part) > 1:
            if part[1].isalpha() and part[1] not in _BARE:
                raise Failure(f"{part} is not known in patterns here.", FailureKind.USAGE)
            written.append(_BARE.get(part[1], part if part[1].isdigit() else re.escape(part[1])))
        elif part == "*" and (not written or written[-1] in ("(", "|", "^", "(?:")):
            written.append(r"\*")
        elif len(part) > 1:
            written.append(part.replace("[", r"\[").replace(r"\[", "[", 1) if part.count("[") > 1 else part)
        else:
            written.append(f"\\{part}" if part in "()|+?{}" else part)
    return "".join(written)


def _times(words: str) -> str:
    lazy = words.startswith("-")
    low, comma, high = words.removeprefix("-").partition(",")
    if not low and not high:
        return "*?" if lazy else "*"
    return f"{{{low or 0}{comma}{high}}}{'?' if lazy else ''}"


@dataclass(frozen=True, slots=True)
class Sought:
    """What was looked for last, and which way."""

    pattern: re.Pattern[str]
    ahead: bool
    typed: str

    def next(self, text: Text, place: Place, count: int = 1, *, turned: bool = False) -> tuple[Place, Place] | None:
        """Where it stands next, around the ends of the text: its begin and its end; None where it is nowhere."""
        found: list[tuple[Place, Place]] = []
        while len(found) < count:
            span = _next(text, place, self.pattern, self.ahead is not turned)
            if span is None:
                return None
            if found and span == found[0]:  # around: the rest of the count goes over the same places
                return found[(count - 1) % len(found)]
            found.append(span)
            place = span[0]
        return found[-1]


def word_at(text: Text, place: Place) -> tuple[int, str] | None:
    """The word that the cursor is in, or the next of its line, else what is there; None on a line of blanks."""
    line, words = text.line(place[0]), []
    start = 0
    for end in range(1, len(line) + 1):
        if end == len(line) or kind_of(line[end], False) != kind_of(line[start], False):
            words.append((start, line[start:end], kind_of(line[start], False)))
            start = end
    ahead = [(start, word, kind) for start, word, kind in words if kind and start + len(word) > place[1]]
    found = next((word for word in ahead if word[2] > 1), ahead[0] if ahead else None)
    return None if found is None else (found[0], found[1])


def word_sought(word: str, ahead: bool, whole: bool) -> Sought:
    """What `*` and `#` look for: a word of its own (`whole`), without case as SQL has it."""
    written = re.escape(word)
    if whole and _WORD.match(word):
        written = rf"{_BEGIN}{written}{_END}" if word.isascii() else written
    return Sought(re.compile(written, re.IGNORECASE), ahead, word)


def _matches(pattern: re.Pattern[str], line: str) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(line):
        if match.start() < len(line) or not line:
            yield match.start(), match.end()


def _next(text: Text, place: Place, pattern: re.Pattern[str], ahead: bool) -> tuple[Place, Place] | None:
    line, count = place[0], text.line_count
    for step in range(count + 1):
        number = (line + (step if ahead else -step)) % count
        spans = list(_matches(pattern, text.line(number)))
        if step == 0:
            spans = [span for span in spans if (span[0] > place[1] if ahead else span[0] < place[1])]
        if spans:
            start, end = spans[0] if ahead else spans[-1]
            return (number, start), (number, end)
    return None
