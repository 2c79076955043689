"""Where keys lead: motions, marks, searches. Keys are read one by one, and what is read may wait for the next."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

from chatly_console.core.failure import Failure
from chatly_console.query.vi.characters import before, cell_of, column_at, last
from chatly_console.query.vi.edits import Nowhere
from chatly_console.query.vi.inserting import BACKSPACE, ENTER, ESCAPE, Inserting
from chatly_console.query.vi.marks import BEFORE_JUMP
from chatly_console.query.vi.motions import END_OF_LINE, JUMPS, MOTIONS, Reach, Use, to_character
from chatly_console.query.vi.registers import Kept
from chatly_console.query.vi.searching import Sought, compiled, word_at, word_sought
from chatly_console.query.vi.text import Place, first_not_blank

T = TypeVar("T")
Keys = Generator[None, str, T]
"""Something that reads keys until it knows what is meant."""
PREFIXES = frozenset("gzZ[]'`fFtTm")
"""Keys that another one belongs to."""
_VERTICAL = {"j": 1, "\n": 1, "\x0e": 1, "gj": 1, "k": -1, "gk": -1}
_WORDS_SOUGHT = {"*": (True, True), "#": (False, True), "g*": (True, False), "g#": (False, False)}


@dataclass
class Moving(Inserting):
    """A text whose cursor goes where keys say."""

    sought: Sought | None = None
    """What was looked for last: `n` goes on with it."""
    found: tuple[Place, Place] | None = None
    """What the search that is being typed, or the last one, has found."""
    prompt: str = ""
    """`:`, `/` or `?` while a line is typed behind it."""
    typed_line: str = ""
    """What is typed there."""
    _lines_typed: dict[str, list[str]] = field(default_factory=dict)
    """What was typed behind each of them."""
    _character: tuple[str, bool, bool] | None = None
    """What `;` goes on with: the character, whether ahead, and whether just before it."""

    def _read(self) -> Keys[str]:
        """The next key; escape gives up."""
        sign = yield
        if sign == ESCAPE:
            raise Nowhere
        return sign

    def _read_name(self, first: str) -> Keys[str]:
        """The whole name of a command or a motion that begins with this key."""
        if first not in PREFIXES:
            return first
        sign = yield from self._read()
        return first + sign

    def _read_count(self, first: str) -> Keys[tuple[int, str]]:
        """A count, 0 for none, and the key behind it."""
        digits = ""
        while first.isascii() and first.isdigit() and (digits or first != "0"):
            digits += first
            first = yield from self._read()
        return min(int(digits or 0), 1_000_000), first

    def _read_line(self, prompt: str, begun: str = "") -> Keys[str]:
        """What is typed behind a colon or a stroke, up to enter."""
        self.prompt, self.typed_line = prompt, begun
        kept = self._lines_typed.setdefault(prompt, [])
        step = 0
        try:
            while True:
                sign = yield
                if sign == ENTER:
                    if self.typed_line and self.typed_line not in kept[-1:]:
                        kept.append(self.typed_line)
                    return self.typed_line
                if sign == ESCAPE or (sign == BACKSPACE and not self.typed_line):
                    raise Nowhere
                if sign in ("\x10", "\x0e"):
                    step = min(max(step + (1 if sign == "\x10" else -1), 0), len(kept))
                    self.typed_line = kept[-step] if step else ""
                else:
                    self.typed_line = _typed_on(self.typed_line, sign)
                self._line_typed()
        finally:
            self.prompt = ""

    # Motions

    def _reach(self, name: str, count: int, use: Use) -> Keys[Reach | None]:
        """Where a motion leads; None where that is no motion. Nowhere is raised."""
        if name in ("/", "?"):
            found: Reach | None = yield from self._search(name, count)
            return found
        if name not in MOTIONS and not self._is_motion(name):
            return None
        reach = self._reached(name, count, use)
        if reach is None:
            raise Nowhere
        return reach

    def _is_motion(self, name: str) -> bool:
        known = name in _VERTICAL or name in _WORDS_SOUGHT or name in ("n", "N", ";", ",")
        return known or (len(name) == 2 and name[0] in "'`fFtT")

    def _reached(self, name: str, count: int, use: Use) -> Reach | None:
        if name in MOTIONS:
            return MOTIONS[name](self.text, self.text.cursor, count, use)
        if name in _VERTICAL:
            return self._vertical(_VERTICAL[name] * (count or 1), charwise=name[0] == "g")
        if name[0] in "'`":
            found = self.marks.find(name[1], self.text)
            if found is None:
                self.said = f"There is no mark {name[1]}."
                return None
            return Reach(found) if name[0] == "`" else Reach((found[0], first_not_blank(self.text, found[0])), True)
        if name in _WORDS_SOUGHT:
            return self._seek_word(*_WORDS_SOUGHT[name], count or 1)
        if name in ("n", "N"):
            return self._seek_again(name == "N", count or 1)
        return self._to_character(name, count, use)

    def _vertical(self, by: int, *, charwise: bool) -> Reach | None:
        line, column = self.text.cursor
        target = min(max(line + by, 0), self.text.line_count - 1)
        if target == line or (charwise and target != line + by and not self.mode.selects):
            return None
        cell = cell_of(self.text.line(line), column) if self._cell is None else self._cell
        content = self.text.line(target)
        column = len(content) if cell >= END_OF_LINE else column_at(content, cell)
        if charwise and not self.mode.selects:
            column = min(column, last(content))
        return Reach((target, column), not charwise)

    def _to_character(self, name: str, count: int, use: Use) -> Reach | None:
        if name in (";", ","):
            if self._character is None:
                return None
            wanted, ahead, till = self._character
            return to_character(wanted, ahead is (name == ";"), till, again=True)(
                self.text, self.text.cursor, count, use
            )
        self._character = name[1], name[0] in "ft", name[0] in "tT"
        return to_character(*self._character)(self.text, self.text.cursor, count, use)

    # Searches

    def _search(self, prompt: str, count: int) -> Keys[Reach]:
        origin = self.text.cursor
        self._search_count = count or 1
        self._searched_from = origin
        try:
            typed = yield from self._read_line(prompt)
        except Nowhere:
            self.text.move(origin)
            self.found = None
            raise
        self.text.move(origin)
        pattern = _before_stroke(typed, prompt)
        if pattern:
            try:
                self.sought = Sought(compiled(pattern, smart=True), prompt == "/", pattern)
            except Failure as failure:
                self.said = failure.sentence
                raise Nowhere from failure
            self.registers.put("/", Kept(pattern))
        elif self.sought is not None:
            self.sought = Sought(self.sought.pattern, prompt == "/", self.sought.typed)
        return self._found(origin, count or 1, turned=False)

    _search_count: int = 1
    _searched_from: Place = (0, 0)

    def _line_typed(self) -> None:
        """Show what would be found, as one types."""
        if self.prompt not in ("/", "?"):
            return
        pattern = _before_stroke(self.typed_line, self.prompt)
        found = None
        if pattern:
            try:
                sought = Sought(compiled(pattern, smart=True), self.prompt == "/", pattern)
            except Failure:
                return
            found = sought.next(self.text, self._searched_from, self._search_count)
        self.found = found
        self.text.move(self._searched_from if found is None else found[0])

    def _found(self, place: Place, count: int, *, turned: bool) -> Reach:
        if self.sought is None:
            self.said = "Nothing was looked for yet."
            raise Nowhere
        self.found = self.sought.next(self.text, place, count, turned=turned)
        if self.found is None:
            self.said = f"“{self.sought.typed}” is not in the text."
            raise Nowhere
        return Reach(self.found[0])

    def _seek_word(self, ahead: bool, whole: bool, count: int) -> Reach | None:
        cursor = self.text.cursor
        at = word_at(self.text, cursor)
        if at is None:
            return None
        self.sought = word_sought(at[1], ahead, whole)
        return self._found((cursor[0], at[0]), count, turned=False)

    def _seek_again(self, turned: bool, count: int) -> Reach:
        if self.sought is None:
            self.request = "previous" if turned else "next"
            raise Nowhere
        return self._found(self.text.cursor, count, turned=turned)

    # Going there

    def _move(self, name: str, reach: Reach) -> None:
        """Go there; two quotes lead back from a jump."""
        if name in _VERTICAL:
            self._go_along(reach.place[0])
            return
        if is_jump(name):
            self.marks.put(BEFORE_JUMP, self.text.cursor)
        self._go(reach.place)
        if name in ("$", "g$"):
            self._cell = END_OF_LINE

    def _page(self, sign: str, count: int) -> None:
        """Half a screen down or up, or a whole one up; a line down or up, the cursor staying where it can."""
        first, end = self.text.in_sight
        height = max(end - first + 1, 2)
        line = self.text.cursor[0]
        if sign in ("\x05", "\x19"):
            top = first + (count or 1) * (1 if sign == "\x05" else -1)
            top = min(max(top, 0), self.text.line_count - 1)
            self.text.scroll(top, "top")
            kept = min(max(line, top), top + height - 1)
            if kept != line:
                self._go_along(min(kept, self.text.line_count - 1))
            return
        by = {"\x04": count or height // 2, "\x15": -(count or height // 2), "\x02": -(count or 1) * (height - 2),
              "\x06": (count or 1) * (height - 2)}[sign]  # fmt: skip
        target = min(max(line + by, 0), self.text.line_count - 1)
        if target == line:
            raise Nowhere
        self._go((target, first_not_blank(self.text, target)))


def _typed_on(line: str, sign: str) -> str:
    """The line after one more key."""
    if sign == BACKSPACE:
        return line[: before(line, len(line))]
    if sign == "\x15":
        return ""
    if sign == "\x17":
        return line.rstrip()[: len(line.rstrip()) - len(line.split()[-1])] if line.split() else ""
    return line + sign if sign >= " " else line


def is_jump(name: str) -> bool:
    """Whether two quotes lead back from there."""
    return name in JUMPS or name in ("/", "?", "n", "N") or name in _WORDS_SOUGHT or name[0] in "'`"


def _before_stroke(typed: str, stroke: str) -> str:
    """What is typed up to a stroke that is not behind a backslash."""
    at = 0
    while at < len(typed) and typed[at] != stroke:
        at += 2 if typed[at] == "\\" else 1
    return typed[:at].replace(f"\\{stroke}", stroke)
