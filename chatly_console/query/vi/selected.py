"""What is selected in visual mode: characters, whole lines, or a block of cells."""

from dataclasses import dataclass
from enum import Enum

from chatly_console.query.vi.characters import after, cell_of, column_at
from chatly_console.query.vi.text import Place, Text


class Mode(Enum):
    """What keys mean."""

    NORMAL = "NORMAL"
    INSERT = "INSERT"
    REPLACE = "REPLACE"
    VISUAL = "VISUAL"
    VISUAL_LINE = "VISUAL LINE"
    VISUAL_BLOCK = "VISUAL BLOCK"

    @property
    def selects(self) -> bool:
        """Whether something is selected."""
        return self in (Mode.VISUAL, Mode.VISUAL_LINE, Mode.VISUAL_BLOCK)


@dataclass(frozen=True, slots=True)
class Selected:
    """From where it began to where the cursor is; `to_end` takes each line to its end, as `$` does."""

    mode: Mode
    anchor: Place
    cursor: Place
    to_end: bool = False
    width: int = 0
    """Of a block, its cells where they are known; else it goes as far as the cursor does."""

    @property
    def start(self) -> Place:
        """Its first place."""
        return min(self.anchor, self.cursor)

    @property
    def end(self) -> Place:
        """Its last place, which is with it."""
        return max(self.anchor, self.cursor)

    @property
    def first(self) -> int:
        """Its first line."""
        return self.start[0]

    @property
    def last(self) -> int:
        """Its last line."""
        return self.end[0]

    def cells(self, text: Text) -> tuple[int, int]:
        """Of a block, the first cell and the one behind the last."""
        ends = []
        for line, column in (self.anchor, self.cursor):
            content = text.line(line)
            left = cell_of(content, column)
            ends.append((left, max(cell_of(content, after(content, column)), left + 1)))
        left = min(left for left, _ in ends)
        return left, left + self.width if self.width else max(right for _, right in ends)

    def in_line(self, text: Text, line: int) -> tuple[int, int]:
        """The columns of one line that are selected, the second not with it; one behind the end is the line's end."""
        content = text.line(line)
        if self.mode is Mode.VISUAL_LINE:
            return 0, len(content) + 1
        if self.mode is Mode.VISUAL_BLOCK:
            return columns_of(content, *self.cells(text), self.to_end)
        start = self.start[1] if line == self.first else 0
        end = after(content, self.end[1]) if line == self.last else len(content) + 1
        return start, max(end, self.end[1] + 1) if line == self.last else end

    def written(self, text: Text) -> str:
        """What is selected."""
        if self.mode is Mode.VISUAL_BLOCK:
            lines = range(self.first, self.last + 1)
            return "\n".join(text.line(line)[slice(*self.in_line(text, line))] for line in lines)
        return text.between(*self.places(text)) + ("\n" if self.mode is Mode.VISUAL_LINE else "")

    def places(self, text: Text) -> tuple[Place, Place]:
        """Where it begins and where it ends, that place not with it; a block as the lines that it is in."""
        if self.mode is not Mode.VISUAL:
            return (self.first, 0), (self.last, len(text.line(self.last)))
        content = text.line(self.last)
        return self.start, (self.last, after(content, self.end[1]))


def columns_of(content: str, left: int, right: int, to_end: bool) -> tuple[int, int]:
    """The columns of the characters in these cells."""
    start = column_at(content, left)
    if to_end:
        return start, len(content)
    if start >= len(content):
        return start, start
    end = column_at(content, right - 1)
    return start, after(content, end)
