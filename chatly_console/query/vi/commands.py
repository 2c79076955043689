r"""What is typed behind a colon: `:w`, `:q`, `:42`, `:%s/old/new/g` and their like, read into what is to be done."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chatly_console.core.failure import Failure, FailureKind

Kind = Literal["write", "quit", "write and quit", "edit", "go", "next buffer", "buffer before", "close", "nothing"]


@dataclass(frozen=True, slots=True)
class Plain:
    """A command with a path, or the number of a line (from 0)."""

    kind: Kind
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Substitute:
    """Replace in the lines from `first` to `last`, from 0, what the pattern finds."""

    first: int
    last: int
    pattern: re.Pattern[str]
    by: str
    everywhere: bool

    def carried_out(self, lines: Sequence[str]) -> tuple[list[str], int, int]:
        """The lines afterwards, how often something was replaced, and in the last of how many lines from the first."""
        changed, found, at = [], 0, 0
        for number, line in enumerate(lines):
            new, times = self.pattern.subn(self._filled, line, 0 if self.everywhere else 1)
            found, at = found + times, number if times else at
            changed.append(new)
        return changed, found, at

    def _filled(self, match: re.Match[str]) -> str:
        parts = re.split(r"(\\.|&)", self.by)
        return "".join(_part(part, match) for part in parts)


_NAMES: dict[str, Kind] = {
    "w": "write", "write": "write", "up": "write", "update": "write", "q": "quit", "quit": "quit", "qa": "quit",
    "wq": "write and quit", "x": "write and quit", "xit": "write and quit", "wqa": "write and quit", "e": "edit",
    "edit": "edit", "bn": "next buffer", "bnext": "next buffer", "tabn": "next buffer", "bp": "buffer before",
    "bprevious": "buffer before", "tabp": "buffer before", "bd": "close", "bdelete": "close", "noh": "nothing",
    "nohlsearch": "nothing",
}  # fmt: skip
_RANGE = re.compile(r"(%|(?:\d+|\.|\$|'<)(?:,(?:\d+|\.|\$|'>))?)?\s*(.*)", re.DOTALL)
_MAGIC = {"(": "(", ")": ")", "|": "|", "+": "+", "?": "?", "=": "?", "{": "{", "}": "}", "<": r"\b", ">": r"\b"}


def read_command(typed: str, line: int, last: int, selected: tuple[int, int] | None = None) -> Plain | Substitute:
    """What was typed, with the cursor on `line` of lines up to `last`; raises Failure where it is not understood."""
    found = _RANGE.fullmatch(typed.strip().lstrip(":"))
    assert found is not None
    span, rest = found[1], found[2]
    if not rest:
        return Plain("go", line=_lines(span, line, last, selected)[1]) if span else Plain("nothing")
    if re.match(r"s[^\w\s]", rest):
        first, end = _lines(span, line, last, selected)
        return _substitute(rest[1:], first, end)
    name, _, path = rest.partition(" ")
    kind = _NAMES.get(name.rstrip("!"))
    if kind is None or span:
        raise Failure(
            f":{typed.strip().lstrip(':')[:40]} is not known here.", FailureKind.USAGE,
            hint=":w :q :wq :e FILE :42 :%s/old/new/g :bn :bp :bd are; ctrl+p has every command of the console.",
        )  # fmt: skip
    return Plain(kind, path.strip())


def _lines(span: str | None, line: int, last: int, selected: tuple[int, int] | None) -> tuple[int, int]:
    if not span:
        return line, line
    if span == "%":
        return 0, last
    chosen = selected or (line, line)
    named = {".": line, "$": last, "'<": chosen[0], "'>": chosen[1]}
    ends = [named[word] if word in named else max(int(word) - 1, 0) for word in span.split(",")]
    return min(ends[0], last), min(ends[-1], last)


def _substitute(rest: str, first: int, last: int) -> Substitute:
    mark = re.escape(rest[0])
    parts = re.split(rf"(?<!\\){mark}", rest[1:])
    pattern, by, flags = [*parts, "", "", ""][:3]
    if not pattern:
        raise Failure("Say what to replace: :%s/old/new/g.", FailureKind.USAGE)
    try:
        ignores = "i" in flags or r"\c" in pattern
        return Substitute(
            min(first, last), max(first, last),
            re.compile(_as_python(pattern.replace(r"\c", "")), re.IGNORECASE if ignores else 0),
            by.replace(f"\\{rest[0]}", rest[0]), "g" in flags,
        )  # fmt: skip
    except re.error as error:
        raise Failure(f"“{pattern}” is no pattern: {error}.", FailureKind.USAGE) from error


def _as_python(pattern: str) -> str:
    r"""vi's pattern as Python's: what vi has behind a backslash (`\(`, `\|`, `\+`) is bare there, and the reverse."""
    written = []
    for part in re.findall(r"\[[^\]]*\]|\\.|.", pattern, re.DOTALL):
        if part[0] == "\\":
            written.append(_MAGIC.get(part[1], part if part[1].isalnum() else re.escape(part[1])))
        else:
            written.append(f"\\{part}" if part in "()|+?{}" else part)
    return "".join(written)


def _part(part: str, match: re.Match[str]) -> str:
    if part == "&":
        return match[0]
    if part[:1] != "\\":
        return part
    if part[1].isdigit():
        number = int(part[1])
        return (match[number] or "") if number <= (match.re.groups or 0) else ""
    return {"r": "\n", "n": "\n", "t": "\t"}.get(part[1], part[1])
