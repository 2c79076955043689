"""What vi's commands do to a text once it is known what they span."""

from dataclasses import dataclass
from enum import Enum

from chatly_console.query.vi.motions import first_not_blank
from chatly_console.query.vi.text import Place, Text

INDENT = "  "
CASES = {"gu": str.lower, "gU": str.upper, "g~": str.swapcase}


class Mode(Enum):
    """What keys mean."""

    NORMAL = "NORMAL"
    INSERT = "INSERT"
    VISUAL = "VISUAL"
    VISUAL_LINE = "VISUAL LINE"


@dataclass
class Edits:
    """A text, the mode that keys are in, and the register that deleting and yanking fill."""

    text: Text
    mode: Mode = Mode.NORMAL
    _register: str = ""
    _linewise: bool = False
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
        if linewise:
            start, end = (start[0], 0), (end[0], len(text.line(end[0])))
        if operator in CASES:
            text.replace(start, end, CASES[operator](text.between(start, end)))
            text.move(start if not linewise else (start[0], text.cursor[1]))
            return True
        self._register, self._linewise = text.between(start, end), linewise
        if operator == "y":
            text.move(start if not linewise else (start[0], text.cursor[1]))
            return False
        if operator == "c":
            text.replace(start, end, "")
            text.move(start)
            self.mode = Mode.INSERT
            return True
        if linewise:
            start, end = self._with_line_end(start, end)
        text.replace(start, end, "")
        line = min(start[0], text.line_count - 1)
        self._go((line, first_not_blank(text, line) if linewise else start[1]))
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
            case "join":
                return self._join(max(times - 1, 1))
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
                "insert at begin": (line, first_not_blank(self.text, line)),
            }[name])  # fmt: skip
        self.mode = Mode.INSERT
        return True

    def _put(self, times: int, *, before: bool) -> bool:
        line, column = self.text.cursor
        if not self._register and not self._linewise:
            return False
        if self._linewise:
            body = "\n".join([self._register] * times)
            if before:
                self.text.replace((line, 0), (line, 0), body + "\n")
            else:
                end = line, len(self.text.line(line))
                self.text.replace(end, end, "\n" + body)
                line += 1
            self.text.move((line, first_not_blank(self.text, line)))
            return True
        at = line, column if before else min(column + 1, len(self.text.line(line)))
        self.text.replace(at, at, self._register * times)
        self.text.move((at[0], max(at[1] + len(self._register) * times - 1, 0)) if "\n" not in self._register else at)
        return True

    def _join(self, times: int) -> bool:
        line = self.text.cursor[0]
        for _ in range(times):
            if line + 1 >= self.text.line_count:
                break
            length, following = len(self.text.line(line)), self.text.line(line + 1)
            blank = len(following) - len(following.lstrip())
            space = " " if self.text.line(line).strip() and following.strip() and following.strip()[0] != ")" else ""
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
    "S": "change line", "Y": "yank line", "p": "put", "P": "put before", "J": "join", "~": "other case",
    "i": "insert", "a": "append", "A": "append at end", "I": "insert at begin", "o": "open below", "O": "open above",
}  # fmt: skip
