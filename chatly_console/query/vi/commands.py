r"""What is typed behind a colon: `:w`, `:42`, `:%s/old/new/g`, `:2,5d` and their like, read into what is to be done."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.vi.searching import Sought, compiled
from chatly_console.query.vi.substitution import Substitute

Kind = Literal["write", "quit", "write and quit", "edit", "go", "next buffer", "buffer before", "close", "nothing"]


@dataclass(frozen=True, slots=True)
class Plain:
    """A command with a path, or the number of a line (from 0)."""

    kind: Kind
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class OnLines:
    """What is done to whole lines, from 0: `d`, `y`, `>`, `<`, `j`, and `m` and `t` behind the line `target`."""

    verb: str
    first: int
    last: int
    register: str = ""
    target: int = 0
    times: int = 1


@dataclass(frozen=True, slots=True)
class OnMatches:
    """What is done to each of these lines in which the pattern is found, or (`inverted`) is not."""

    first: int
    last: int
    pattern: re.Pattern[str]
    inverted: bool


Command = Plain | Substitute | OnLines | OnMatches


@dataclass
class Setting:
    """Where a command is typed: what its addresses and its shortest forms are about."""

    line: int
    last: int
    mark: Callable[[str], int | None] = lambda name: None
    """The line of a mark."""
    find: Callable[[str, bool, int], int | None] = lambda pattern, ahead, line: None
    """The next line behind that one (or before it) with the pattern; an empty one is the last that was looked for."""
    sought: Sought | None = None
    substituted: Substitute | None = None
    """The last substitution, for a bare `:s`."""


_NAMES: dict[str, Kind] = {
    "w": "write", "write": "write", "up": "write", "update": "write", "q": "quit", "quit": "quit", "qa": "quit",
    "wq": "write and quit", "x": "write and quit", "xit": "write and quit", "wqa": "write and quit", "e": "edit",
    "xa": "write and quit", "edit": "edit", "bn": "next buffer", "bnext": "next buffer", "tabn": "next buffer",
    "bp": "buffer before", "bprevious": "buffer before", "tabp": "buffer before", "bd": "close", "bdelete": "close",
    "noh": "nothing", "nohlsearch": "nothing",
}  # fmt: skip
_VERBS = {
    "d": "d", "delete": "d", "y": "y", "yank": "y", "j": "j", "join": "j", "m": "m", "move": "m", "t": "t", "co": "t",
    "copy": "t",
}  # fmt: skip
_ADDRESS = re.compile(r"(\d+|[.$]|'.|/(?:\\.|[^/\\])*/?|\?(?:\\.|[^?\\])*\??)?((?:\s*[+-]\d*)*)")
_HINT = ":w :q :wq :e FILE :42 :%s/old/new/g :d :m :t :g/…/d :bn :bp :bd are; ctrl+p has every command of the console."


@dataclass
class _Reading:
    """A command line that is read from its begin on."""

    rest: str
    setting: Setting
    lines: list[int] = field(default_factory=list)

    def read_range(self) -> None:
        """The addresses: none, one, or two."""
        if self.rest.startswith("%"):
            self.rest, self.lines = self.rest[1:], [0, self.setting.last]
            return
        line = self.setting.line
        while True:
            found = self.read_address(line)
            if found is None and not self.rest.startswith((",", ";")):
                break
            self.lines.append(self.setting.line if found is None else found)
            if not self.rest.startswith((",", ";")):
                break
            if self.rest[0] == ";":
                line = self.lines[-1]
            self.rest = self.rest[1:].lstrip()
            if not self.rest or _ADDRESS.match(self.rest).end() == 0:  # type: ignore[union-attr]
                self.lines.append(self.setting.line)
                break
        self.lines = self.lines[-2:]

    def read_address(self, line: int) -> int | None:
        """One line, from 0; None where none is named."""
        match = _ADDRESS.match(self.rest)
        assert match is not None
        word, steps = match[1] or "", re.sub(r"\s", "", match[2] or "")
        if not word and not steps:
            return None
        self.rest = self.rest[match.end() :].lstrip()
        at = self._named(word, line)
        for sign, number in re.findall(r"([+-])(\d*)", steps):
            at += int(number or 1) * (1 if sign == "+" else -1)
        return at

    def _named(self, word: str, line: int) -> int:
        if word in ("", "."):
            return line
        if word.isdigit():
            return int(word) - 1
        if word == "$":
            return self.setting.last
        if word[0] == "'":
            found = self.setting.mark(word[1])
            if found is None:
                raise Failure(f"There is no mark {word[1]}.", FailureKind.USAGE)
            return found
        pattern = word[1:].removesuffix(word[0]) if len(word) > 1 else ""
        found = self.setting.find(pattern, word[0] == "/", line)
        if found is None:
            raise Failure(f"“{pattern}” is not in the text.", FailureKind.USAGE)
        return found

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last line; this one where none was named."""
        if not self.lines:
            return self.setting.line, self.setting.line
        first, last = sorted((self.lines[0], self.lines[-1]))
        return min(max(first, 0), self.setting.last), min(max(last, 0), self.setting.last)


def read_command(typed: str, setting: Setting) -> Command:
    """What was typed; raises Failure where it is not understood."""
    written = typed.strip().lstrip(":").lstrip()
    reading = _Reading(written, setting)
    reading.read_range()
    rest, (first, last) = reading.rest, reading.span
    if not rest:
        return Plain("go", line=last) if reading.lines else Plain("nothing")
    if re.match(r"s(?:[^\w\s\\\"|]|$|\s*[giIn&]+$)|&", rest):
        return _substitute(rest[1:], first, last, setting)
    if re.match(r"(?:g!?|v)[^\w\s\\!]", rest):
        return _on_matches(rest, first if reading.lines else 0, last if reading.lines else setting.last, setting)
    if re.fullmatch(r">+|<+", rest):
        return OnLines(rest[0], first, last, times=len(rest))
    name, argument = re.match(r"([A-Za-z]*)!?\s*(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    if name in _VERBS:
        return _on_lines(_VERBS[name], argument, first, last, len(reading.lines), setting)
    kind = _NAMES.get(name)
    is_whole = reading.lines == [0, setting.last]
    if kind is None or (reading.lines and not (kind == "write" and is_whole)):
        raise Failure(f":{written[:40]} is not known here.", FailureKind.USAGE, hint=_HINT)
    return Plain(kind, argument.strip())


def _on_lines(verb: str, argument: str, first: int, last: int, named: int, setting: Setting) -> OnLines:
    if verb in ("m", "t"):
        reading = _Reading(argument, setting)
        target = reading.read_address(setting.line)
        if target is None or reading.rest or (verb == "m" and first <= target < last):
            raise Failure(f"Say behind which other line: :{verb}$ or :{verb}0.", FailureKind.USAGE)
        return OnLines(verb, first, last, target=min(max(target, -1), setting.last))
    match = re.fullmatch(r"([a-zA-Z+*_\"]?)\s*(\d*)", argument)
    if match is None:
        raise Failure(f":{verb} {argument[:30]} is not known here.", FailureKind.USAGE, hint=_HINT)
    if match[2]:
        first, last = last, min(last + int(match[2]) - 1, setting.last)
    elif verb == "j" and named < 2:
        last = min(last + 1, setting.last)
    return OnLines(verb, first, last, match[1])


def _on_matches(rest: str, first: int, last: int, setting: Setting) -> OnMatches:
    inverted = rest[0] == "v" or rest[1] == "!"
    rest = rest[2:] if rest[1] == "!" else rest[1:]
    pattern, command = [*_parts(rest), ""][:2]
    if command.strip() != "d":
        raise Failure("Of :g and :v only :g/…/d is known here.", FailureKind.USAGE, hint=_HINT)
    if not pattern and setting.sought is not None:
        return OnMatches(first, last, setting.sought.pattern, inverted)
    return OnMatches(first, last, compiled(pattern, smart=False), inverted)


def _parts(rest: str) -> list[str]:
    """What stands between the strokes; the stroke is the first character, one behind a backslash is none."""
    stroke = rest[0]
    parts: list[str] = []
    part, at = "", 1
    while at < len(rest):
        if rest[at] == "\\" and at + 1 < len(rest):
            part += stroke if rest[at + 1] == stroke else rest[at : at + 2]
            at += 2
            continue
        if rest[at] == stroke and len(parts) < 2:
            parts.append(part)
            part = ""
        else:
            part += rest[at]
        at += 1
    return [*parts, part]


def _substitute(rest: str, first: int, last: int, setting: Setting) -> Substitute:
    if not rest or rest[0].isalnum() or rest[0] in " &":
        again = setting.substituted
        if again is None:
            raise Failure("Nothing was replaced before: :%s/old/new/g.", FailureKind.USAGE)
        return Substitute(first, last, again.pattern, again.by, "g" in rest)
    pattern, by, flags = [*_parts(rest), "", "", ""][:3]
    flags = flags.strip()
    if unknown := flags.strip("giIne&"):
        why = "it asks at each place; here u undoes all" if "c" in unknown else ":s knows g, i, I and n"
        raise Failure(f"The flag {unknown[:10]} is not known here: {why}.", FailureKind.USAGE)
    if pattern:
        plain = pattern if "I" not in flags else pattern + r"\C"
        found = compiled(plain + (r"\c" if "i" in flags else ""), smart=False)
    elif setting.sought is not None:
        found = setting.sought.pattern
    else:
        raise Failure("Say what to replace: :%s/old/new/g.", FailureKind.USAGE)
    return Substitute(first, last, found, by, "g" in flags, "n" in flags)
