"""What vi's commands do to a text once it is known what they span."""

from dataclasses import dataclass, field
from itertools import pairwise

from chatly_console.core.text import cell_width
from chatly_console.query.line_edits import toggle_comments
from chatly_console.query.vi.characters import TAB, after, before, cell_of, column_at, last
from chatly_console.query.vi.marks import CHANGED, FIRST_CHANGED, LAST_CHANGED, Marks
from chatly_console.query.vi.motions import END_OF_LINE
from chatly_console.query.vi.registers import Kept, Registers
from chatly_console.query.vi.selected import Mode
from chatly_console.query.vi.text import Place, Text, first_not_blank, indentation

INDENT = "  "
_MOST = 1_000_000
"""Characters that a command puts in at most, with its count."""
CASES = {"gu": str.lower, "gU": str.upper, "g~": str.swapcase}


class Nowhere(Exception):
    """A key leads nowhere, or was given up: nothing more of the command is done, nor of what is typed again."""


@dataclass(frozen=True, slots=True)
class Span:
    """What an operator works on: up to `end`, that place not with it, or whole lines."""

    start: Place
    end: Place
    linewise: bool = False
    jumped: bool = False
    """Whether it is kept in register 1 however small it is."""


@dataclass
class Edits:
    """A text, the mode that keys are in, the registers that deleting and yanking fill, and the marks.

    `request` is what the editor shall do itself, or empty: `next`, `previous`, `format`, `command` (a colon),
    `next buffer`, `buffer before`, `history`, or with what is under the cursor `tell` (K) or `go there` (gd).
    """

    text: Text
    mode: Mode = Mode.NORMAL
    request: str = ""
    said: str = ""
    """What there is to say after the last key."""
    registers: Registers = field(default_factory=Registers)
    marks: Marks = field(default_factory=Marks)
    _named: str = ""
    """The register that the command at hand names."""
    _cell: int | None = None
    """The cell that `j` and `k` keep to; None where it is the cursor's own."""

    def _refuse_too_much(self, characters: int) -> None:
        """A count with a digit too many is not to fill the memory, nor to hold the screen."""
        if characters > _MOST:
            self.said = "That is too much text at once."
            raise Nowhere

    # The cursor

    def _go(self, place: Place) -> None:
        """Put the cursor there, on a character where the mode has no place behind the last."""
        line = min(max(place[0], 0), self.text.line_count - 1)
        content, column = self.text.line(line), place[1]
        if self.mode is Mode.NORMAL and column >= len(content):
            column = last(content)
        self.text.move((line, min(column, len(content))))
        self._cell = None

    def _go_along(self, line: int) -> None:
        """To another line, in the cell that the cursor keeps to."""
        at, column = self.text.cursor
        if self._cell is None:
            self._cell = cell_of(self.text.line(at), column)
        cell = self._cell
        content = self.text.line(line)
        target = len(content) if cell >= END_OF_LINE else column_at(content, cell)
        self._go((line, target))
        self._cell = cell

    # Changes

    def _replaced(self, start: Place, end: Place, text: str) -> None:
        """Change the text, and note where."""
        self.text.replace(start, end, text)
        lines = text.count("\n")
        tail = len(text) - text.rfind("\n") - 1 if lines else start[1] + len(text)
        self.marks.put(CHANGED, start)
        self.marks.put(FIRST_CHANGED, start)
        self.marks.put(LAST_CHANGED, (start[0] + lines, max(tail - 1, 0)))

    def _rewrite(self, first: int, lines: list[str]) -> None:
        """Put these lines in the place of as many."""
        end = first + len(lines) - 1
        self._replaced((first, 0), (end, len(self.text.line(end))), "\n".join(lines))

    def _lines(self, first: int, end: int) -> list[str]:
        return self.text.between((first, 0), (end, len(self.text.line(end)))).split("\n")

    def _apply(self, operator: str, span: Span) -> bool:
        """Do it; returns whether the text may have changed."""
        text, start, end = self.text, span.start, span.end
        if operator in ("<", ">"):
            self._shift(start[0], end[0], operator, 1)
            return True
        if operator == "gc":
            self._rewrite(start[0], toggle_comments(self._lines(start[0], end[0])))
            self._go((start[0], first_not_blank(text, start[0])))
            return True
        if span.linewise or operator == "=":
            cursor, start, end = start, (start[0], 0), (end[0], len(text.line(end[0])))
        else:
            cursor = start
        if operator == "=":
            self.request = "format"
            self.to_format = start, end
            self._go((start[0], first_not_blank(text, start[0])))
            return False
        if operator in CASES:
            self._replaced(start, end, CASES[operator](text.between(start, end)))
            self._go(cursor)
            return True
        kept = Kept(text.between(start, end), span.linewise)
        if operator == "y":
            self.registers.yank(self._named, kept)
            self.marks.put(FIRST_CHANGED, start)
            self.marks.put(LAST_CHANGED, (end[0], max(end[1] - 1, 0)))
            self._go(cursor)
            return False
        self.registers.delete(self._named, kept, jumped=span.jumped)
        if operator == "c":
            self._emptied(start, end, span.linewise)
        elif span.linewise:
            self._delete_lines(start[0], end[0])
        else:
            self._replaced(start, end, "")
            self._go(start)
        return True

    to_format: tuple[Place, Place] | None = None
    """What the request `format` is about."""

    def _emptied(self, start: Place, end: Place, linewise: bool) -> None:
        """Take the text away and begin to type there; lines leave one, with its indentation."""
        column = len(indentation(self.text.line(start[0]))) if linewise else start[1]
        self._replaced((start[0], column), end, "")
        self.mode = Mode.INSERT
        self._go((start[0], column))

    def _delete_lines(self, first: int, end: int) -> None:
        text = self.text
        if end + 1 < text.line_count:
            self._replaced((first, 0), (end + 1, 0), "")
        else:
            above = (first - 1, len(text.line(first - 1))) if first else (0, 0)
            self._replaced(above, (end, len(text.line(end))), "")
        line = min(first, text.line_count - 1)
        self.marks.put(CHANGED, (line, 0))
        self._go((line, first_not_blank(text, line)))

    def _shift(self, first: int, end: int, operator: str, times: int) -> None:
        self._refuse_too_much((end - first + 1) * len(INDENT) * times)
        lines = [_shifted(line, times if operator == ">" else -times) for line in self._lines(first, end)]
        self._rewrite(first, lines)
        self._go((first, first_not_blank(self.text, first)))

    def _put(self, times: int, *, before_it: bool, kept: Kept | None = None, goes_behind: bool = False) -> bool:
        kept = self._to_put() if kept is None else kept
        self._refuse_too_much(times * (len(kept.text) + 1))
        line, column = self.text.cursor
        content = self.text.line(line)
        if kept.linewise:
            body = "\n".join([kept.text] * times)
            if before_it:
                self._replaced((line, 0), (line, 0), body + "\n")
            else:
                self._replaced((line, len(content)), (line, len(content)), "\n" + body)
                line += 1
            self.marks.put(FIRST_CHANGED, (line, 0))
            end = line + body.count("\n")
            self.marks.put(LAST_CHANGED, (end, 0))
            if goes_behind:
                self._go((min(end + 1, self.text.line_count - 1), 0))
            else:
                self._go((line, first_not_blank(self.text, line)))
            return True
        at = line, column if before_it or not content else after(content, column)
        body = kept.text * times
        self._replaced(at, at, body)
        lines = body.count("\n")
        behind = (line + lines, len(body) - body.rfind("\n") - 1) if lines else (line, at[1] + len(body))
        if goes_behind:
            mode, self.mode = self.mode, Mode.INSERT
            self._go(behind)
            self.mode = mode
            if behind[1] >= len(self.text.line(behind[0])):
                self._go(behind)
        else:
            self._go(at if lines else (line, before(self.text.line(line), behind[1])))
        return True

    def _to_put(self) -> Kept:
        """What the named register holds; nowhere where that is nothing."""
        kept = self.registers.read(self._named)
        if not kept.text and not kept.linewise:
            self.said = (
                f"Nothing is in register {self._named}." if self._named else "Nothing was yanked or deleted yet."
            )
            raise Nowhere
        return kept

    def _join(self, first: int, end: int, *, as_they_are: bool = False) -> bool:
        """Join these lines; with one blank between them, or `as_they_are`."""
        lines = self._lines(first, end)
        parts, ending = [lines[0]], lines[0][-1:]
        for above, line in pairwise(lines):
            part = line if as_they_are else line.lstrip(" \t")
            if not as_they_are and part and part[0] != ")" and above and ending not in ("", " ", "\t"):
                part = f" {part}"
            parts.append(part)
            ending = part[-1:] or ending
        joined = "".join(parts)
        self._replaced((first, 0), (end, len(lines[-1])), joined)
        self._go((first, len(joined) - len(parts[-1])))
        return True

    def _replace_characters(self, count: int, character: str) -> bool:
        line, column = self.text.cursor
        content = self.text.line(line)
        end = column
        for _ in range(count):
            if end >= len(content):
                raise Nowhere
            end = after(content, end)
        if character == "\r":
            rest = len(content[end:]) - len(content[end:].lstrip(" \t"))
            blanks = indentation(content) if content[end + rest :] else ""
            self._replaced((line, column), (line, end + rest), "\n" + blanks)
            self._go((line + 1, max(len(blanks) - 1, 0)))
            return True
        self._replaced((line, column), (line, end), character * count)
        self._go((line, column + count - 1))
        return True

    def _swap_case(self, count: int) -> bool:
        line, column = self.text.cursor
        content = self.text.line(line)
        if not content:
            raise Nowhere
        end = after(content, column, count)
        self._replaced((line, column), (line, end), content[column:end].swapcase())
        self._go((line, end))
        return True


def _shifted(line: str, times: int) -> str:
    if not line:
        return line
    blanks = indentation(line)
    width = len(blanks) if "\t" not in blanks else cell_width(blanks.expandtabs(TAB))
    if not line.strip(" \t") and times > 0:
        return " " * (width + len(INDENT) * times)
    return " " * max(width + len(INDENT) * times, 0) + line[len(blanks) :]
