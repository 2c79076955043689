"""What vi's commands do to a text once it is known what they span."""

from dataclasses import dataclass, field
from enum import Enum

from chatly_console.query.line_edits import toggle_comments
from chatly_console.query.vi.marks import INSERTED, Marks
from chatly_console.query.vi.motions import first_not_blank
from chatly_console.query.vi.registers import Kept, Registers
from chatly_console.query.vi.text import Place, Text

INDENT = "  "
CASES = {"gu": str.lower, "gU": str.upper, "g~": str.swapcase}


class Mode(Enum):
    """What keys mean."""

    NORMAL = "NORMAL"
    INSERT = "INSERT"
    REPLACE = "REPLACE"
    VISUAL = "VISUAL"
    VISUAL_LINE = "VISUAL LINE"


@dataclass
class Edits:
    """A text, the mode that keys are in, the registers that deleting and yanking fill, and the marks.

    `request` is what the editor shall do itself, or empty: `find`, `next`, `previous`, `format`, `command` (a colon),
    `next buffer`, `buffer before`, or with what is under the cursor `tell` (K) or `go there` (gd).
    """

    text: Text
    mode: Mode = Mode.NORMAL
    request: str = ""
    registers: Registers = field(default_factory=Registers)
    marks: Marks = field(default_factory=Marks)
    _named: str = ""
    """The register that the command at hand names."""
    _times: int = 1
    """How often what is inserted stands there in the end."""
    _opens: bool = False

    def _go(self, place: Place) -> None:
        line, column = place
        if self.mode is Mode.NORMAL:
            column = min(column, max(len(self.text.line(line)) - 1, 0))
        self.text.move((line, column))

    def _apply(self, operator: str, start: Place, end: Place, *, linewise: bool = False) -> bool:
        text = self.text
        if operator in ("<", ">"):
            self._shift(start[0], end[0], operator)
            return True
        if operator == "gc":
            return self._comment(start[0], end[0])
        if linewise or operator == "=":
            start, end = (start[0], 0), (end[0], len(text.line(end[0])))
        if operator == "=":
            text.select(start, end)
            self.request = "format"
            return False
        if operator in CASES:
            column = text.cursor[1] if linewise and end[0] > start[0] else start[1]
            text.replace(start, end, CASES[operator](text.between(start, end)))
            text.move((start[0], column))
            return True
        kept = Kept(text.between(start, end), linewise)
        if operator == "y":
            self.registers.yank(self._named, kept)
            text.move(start if not linewise else (start[0], text.cursor[1]))
            return False
        self.registers.delete(self._named, kept)
        if operator == "c":
            blank = first_not_blank(text, start[0]) if linewise else start[1]
            text.replace((start[0], blank), end, "")
            text.move((start[0], blank))
            self.mode = Mode.INSERT
            return True
        if linewise:
            start, end = self._with_line_end(start, end)
        text.replace(start, end, "")
        line = min(start[0], text.line_count - 1)
        self._go((line, first_not_blank(text, line) if linewise else start[1]))
        return True

    def _comment(self, first: int, last: int) -> bool:
        text = self.text
        lines = toggle_comments([text.line(number) for number in range(first, last + 1)])
        text.replace((first, 0), (last, len(text.line(last))), "\n".join(lines))
        text.move((first, first_not_blank(text, first)))
        return True

    def _with_line_end(self, start: Place, end: Place) -> tuple[Place, Place]:
        if end[0] + 1 < self.text.line_count:
            return start, (end[0] + 1, 0)
        return ((start[0] - 1, len(self.text.line(start[0] - 1))), end) if start[0] else (start, end)

    def _shift(self, first: int, last: int, operator: str) -> None:
        for line in range(first, last + 1):
            content = self.text.line(line)
            if operator == ">" and content:
                self.text.replace((line, 0), (line, 0), INDENT)
            elif operator == "<":
                blank = len(content) - len(content.lstrip(" "))
                self.text.replace((line, 0), (line, min(blank, len(INDENT))), "")
        self.text.move((first, first_not_blank(self.text, first)))

    def _edit(self, name: str, count: int) -> bool:
        line, column = self.text.cursor
        length = len(self.text.line(line))
        times = count or 1
        match name:
            case "delete":
                return self._apply("d", (line, column), (line, min(column + times, length)))
            case "delete before":
                return self._apply("d", (line, max(column - times, 0)), (line, column))
            case "substitute":
                return self._apply("c", (line, column), (line, min(column + times, length)))
            case "delete rest":
                return self._apply("d", (line, column), (line, length))
            case "change rest":
                return self._apply("c", (line, column), (line, length))
            case "change line":
                return self._apply("c", (line, first_not_blank(self.text, line)), (line, length))
            case "yank line":
                self._apply("y", (line, 0), (min(line + times, self.text.line_count) - 1, 0), linewise=True)
                return False
            case "put" | "put before":
                return self._put(times, before=name == "put before")
            case "join" | "join as they are":
                return self._join(max(times - 1, 1), as_they_are=name != "join")
            case "other case":
                end = line, min(column + times, length)
                self.text.replace((line, column), end, self.text.between((line, column), end).swapcase())
                self._go(end)
                return True
        self._times, self._opens = times, name.startswith("open")
        return self._begin_insert(name)

    def _begin_insert(self, name: str) -> bool:
        line, column = self.text.cursor
        length = len(self.text.line(line))
        if name in ("open below", "open above"):
            content = self.text.line(line)
            blank = content[: len(content) - len(content.lstrip())]
            if name == "open below":
                self.text.replace((line, length), (line, length), f"\n{blank}")
                self.text.move((line + 1, len(blank)))
            else:
                self.text.replace((line, 0), (line, 0), f"{blank}\n")
                self.text.move((line, len(blank)))
        else:
            self.text.move({
                "insert": (line, column), "append": (line, min(column + 1, length)), "append at end": (line, length),
                "insert at begin": (line, first_not_blank(self.text, line)), "overtype": (line, column),
                "insert again": self.marks.find(INSERTED, self.text) or (line, column),
            }[name])  # fmt: skip
        self.mode = Mode.REPLACE if name == "overtype" else Mode.INSERT
        return True

    def _put(self, times: int, *, before: bool, kept: Kept | None = None) -> bool:
        line, column = self.text.cursor
        kept = self.registers.read(self._named) if kept is None else kept
        if not kept.text and not kept.linewise:
            return False
        if kept.linewise:
            body = "\n".join([kept.text] * times)
            if before:
                self.text.replace((line, 0), (line, 0), body + "\n")
            else:
                end = line, len(self.text.line(line))
                self.text.replace(end, end, "\n" + body)
                line += 1
            self.text.move((line, first_not_blank(self.text, line)))
            return True
        at = line, column if before else min(column + 1, len(self.text.line(line)))
        self.text.replace(at, at, kept.text * times)
        self.text.move((at[0], max(at[1] + len(kept.text) * times - 1, 0)) if "\n" not in kept.text else at)
        return True

    def _join(self, times: int, *, as_they_are: bool = False) -> bool:
        """Join this line with the next ones; with one blank between them, or `as_they_are`."""
        line = self.text.cursor[0]
        for _ in range(times):
            if line + 1 >= self.text.line_count:
                break
            length, following = len(self.text.line(line)), self.text.line(line + 1)
            blank = 0 if as_they_are else len(following) - len(following.lstrip())
            parted = self.text.line(line).strip() and following.strip() and following.strip()[0] != ")"
            space = " " if parted and not as_they_are else ""
            self.text.replace((line, length), (line + 1, blank), space)
            self.text.move((line, length))
        return True

    def _replace_characters(self, count: int, character: str) -> bool:
        line, column = self.text.cursor
        if column + count > len(self.text.line(line)):
            return False
        self.text.replace((line, column), (line, column + count), character * count)
        self.text.move((line, column + count - 1))
        return True


SIMPLE = {
    "x": "delete", "X": "delete before", "s": "substitute", "D": "delete rest", "C": "change rest",
    "S": "change line", "Y": "yank line", "p": "put", "P": "put before", "J": "join", "gJ": "join as they are",
    "~": "other case", "R": "overtype", "gi": "insert again",
    "i": "insert", "a": "append", "A": "append at end", "I": "insert at begin", "o": "open below", "O": "open above",
}  # fmt: skip
