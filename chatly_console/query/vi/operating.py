"""What operators do to what a motion or a text object spans."""

from dataclasses import dataclass

from chatly_console.query.vi.characters import after
from chatly_console.query.vi.edits import CASES, Nowhere, Span
from chatly_console.query.vi.marks import BEFORE_JUMP
from chatly_console.query.vi.motions import FILLS_REGISTER_ONE, Reach, Use
from chatly_console.query.vi.moving import Keys, Moving, is_jump
from chatly_console.query.vi.objects import NAMES, object_at, paragraph_at
from chatly_console.query.vi.selected import Mode
from chatly_console.query.vi.text import Place, first_not_blank, indentation

OPERATORS = frozenset({"d", "c", "y", "<", ">", "=", "gc", "gq", *CASES})
SHORT = {"x": "dl", "X": "dh", "D": "d$", "C": "c$", "s": "cl", "S": "cc", "Y": "yy"}
"""Keys that stand for an operator with its motion."""


@dataclass
class Operating(Moving):
    """A text that operators change. What they return says whether `.` does it again."""

    _done: tuple[int, str] = (0, "")
    """Count and keys of the command, as `.` types them."""

    def _operator(self, operator: str, count: int, sign: str = "") -> Keys[bool]:
        first = sign or (yield from self._read())
        inner, first = yield from self._read_count(first)
        times = max(count, 1) * max(inner, 1) if count or inner else 0
        if first in "ia":
            name = first + (yield from self._read())
            self._done = times, operator + name
            return self._operate(operator, self._object_span(operator, name, times or 1))
        name = yield from self._read_name(first)
        self._done = times, operator + name
        if name in (operator, operator[-1]) and (name == operator or operator[0] == "g"):
            return self._operate(operator, self._lines_span(operator, times or 1))
        origin = self.text.cursor
        reach = yield from self._reach(name, times, Use(operator))
        if reach is None:
            raise Nowhere
        if is_jump(name):
            self.marks.put(BEFORE_JUMP, origin)
        if name in ("/", "?"):
            self._done = times, f"{operator}{name}{self.typed_line}\r"
        return self._operate(operator, self._span(origin, reach, operator, name[0] in FILLS_REGISTER_ONE))

    def _lines_span(self, operator: str, count: int) -> Span:
        """As many lines as were counted, from this one on."""
        line, column = self.text.cursor
        end = line + count - 1
        if end >= self.text.line_count:
            if line + 1 >= self.text.line_count:
                raise Nowhere
            end = self.text.line_count - 1
        place = end, column if operator == "y" else first_not_blank(self.text, end)
        start = min((line, column), place)
        return Span(start, max((line, column), place), linewise=True)

    def _object_span(self, operator: str, name: str, count: int) -> Span:
        cursor = self.text.cursor
        if name[1] not in NAMES:
            raise Nowhere
        if name[1] == "p":
            lines = paragraph_at(self.text, cursor[0], name[0] == "a", count)
            if lines is None:
                raise Nowhere
            return Span((lines[0], 0), (lines[1], 0), linewise=True)
        span = object_at(self.text, cursor, name[0] == "a", name[1], count)
        if span is None:
            raise Nowhere
        return self._span(span[0], Reach(span[1]), operator, False)

    def _span(self, origin: Place, reach: Reach, operator: str, jumped: bool) -> Span:
        """What ends before the first column of a line ends with the line above; from the begin of one, whole lines."""
        start, end = sorted((origin, reach.place))
        if reach.linewise:
            return Span(start, end, True)
        at_begin = not self.text.line(start[0])[: start[1]].strip(" \t")
        linewise = False
        if reach.inclusive:
            end = end[0], after(self.text.line(end[0]), end[1])
        elif reach.adjusts and end[1] == 0 and end[0] > start[0]:
            end = end[0] - 1, len(self.text.line(end[0] - 1))
            linewise = at_begin
        if operator == "d" and end[0] > start[0] and at_begin:
            linewise = linewise or not self.text.line(end[0])[end[1] :].strip(" \t")
        return Span(start, end, linewise, jumped)

    def _operate(self, operator: str, span: Span) -> bool:
        if operator == "gq":
            operator = "="
        if operator == "d" and span.linewise and self.text.line_count == 1 and not self.text.line(0):
            raise Nowhere
        self.text.move(span.start)
        if span.start == span.end and not span.linewise and operator in ("d", *CASES):
            self._go(span.start)
            return True
        is_change = self._apply(operator, span)
        if operator == "c":
            line = span.start[0]
            self._begin_typing(Mode.INSERT, indented=span.linewise and bool(indentation(self.text.line(line))))
        return is_change
