"""What is selected in visual mode: how it is begun, made larger, turned round, left, and selected again."""

from dataclasses import dataclass

from chatly_console.query.vi.characters import after, before, cell_of, column_at
from chatly_console.query.vi.edits import Nowhere
from chatly_console.query.vi.marks import FIRST_SELECTED, LAST_SELECTED
from chatly_console.query.vi.motions import END_OF_LINE
from chatly_console.query.vi.objects import NAMES, object_at, paragraph_at
from chatly_console.query.vi.operating import Operating
from chatly_console.query.vi.selected import Mode, Selected
from chatly_console.query.vi.text import Place

MODES = {"v": Mode.VISUAL, "V": Mode.VISUAL_LINE, "\x16": Mode.VISUAL_BLOCK}
"""The keys that begin to select."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much was selected, for `.` to take as much from the cursor on."""

    mode: Mode
    lines: int
    across: int
    """Characters in one line, the last column over more lines, or the cells of a block."""
    to_end: bool


@dataclass
class Selecting(Operating):
    """A text of which something may be selected."""

    _anchor: Place = (0, 0)
    _width: int = 0
    """The cells of a block that `.` has selected."""
    _last_selected: Selected | None = None
    _extent: Extent | None = None
    """What the change at hand was made to."""

    @property
    def selected(self) -> Selected | None:
        """What is selected, or None."""
        if not self.mode.selects:
            return None
        line = min(self._anchor[0], self.text.line_count - 1)
        anchor = line, min(self._anchor[1], len(self.text.line(line)))
        to_end = self._cell is not None and self._cell >= END_OF_LINE
        return Selected(self.mode, anchor, self.text.cursor, to_end, self._width)

    @property
    def selected_lines(self) -> tuple[int, int] | None:
        """The first and the last line of what is selected, or was selected last."""
        selected = self.selected or self._last_selected
        last_line = self.text.line_count - 1
        return None if selected is None else (min(selected.first, last_line), min(selected.last, last_line))

    def _select(self, mode: Mode, anchor: Place) -> None:
        self.mode, self._anchor = mode, anchor

    def _leave_selection(self) -> Selected:
        selected = self.selected
        assert selected is not None
        self._last_selected = selected
        self.marks.put(FIRST_SELECTED, selected.start if selected.mode is Mode.VISUAL else (selected.first, 0))
        end = selected.end if selected.mode is Mode.VISUAL else (selected.last, END_OF_LINE)
        self.marks.put(LAST_SELECTED, end)
        cell = self._cell
        self.mode, self._width = Mode.NORMAL, 0
        self._go(self.text.cursor)
        self._cell = cell
        return selected

    def _select_again(self) -> None:
        """What was selected last, as far as the text still reaches there; what is selected now is that then."""
        again = self._last_selected
        if again is None:
            raise Nowhere
        if self.mode.selects:
            self._leave_selection()
        end = self.text.line_count - 1
        self._select(again.mode, (min(again.anchor[0], end), again.anchor[1]))
        self._go(again.cursor)
        if again.to_end:
            self._cell = END_OF_LINE

    def _select_as_much(self, extent: Extent) -> None:
        """From the cursor on, what `extent` says."""
        line, column = self.text.cursor
        end = min(line + extent.lines, self.text.line_count - 1)
        content = self.text.line(end)
        if extent.mode is Mode.VISUAL_BLOCK:
            to = column_at(content, cell_of(self.text.line(line), column) + extent.across - 1)
            self._width = extent.across
        elif extent.lines:
            to = extent.across
        else:
            to = after(content, column, extent.across - 1)
        self._select(extent.mode, (line, column))
        self._go((end, min(to, len(content))))
        if extent.to_end:
            self._go((end, len(content)))
            self._cell = END_OF_LINE

    def _note_extent(self, selected: Selected) -> None:
        lines = selected.last - selected.first
        if selected.mode is Mode.VISUAL_BLOCK:
            left, right = selected.cells(self.text)
            across = right - left
        else:
            across = selected.end[1] if lines else selected.end[1] - selected.start[1] + 1
        self._extent = Extent(selected.mode, lines, across, selected.to_end)

    def _select_otherwise(self, name: str) -> None:
        if name == "gv":
            self._select_again()
        elif MODES[name] is self.mode:
            self._leave_selection()
        else:
            self.mode = MODES[name]

    def _turn(self, *, along: bool) -> None:
        """The other end is the one that moves; `along` a block, the one in the same line."""
        cursor, anchor = self.text.cursor, self._anchor
        if along and self.mode is Mode.VISUAL_BLOCK:
            self._anchor = anchor[0], cursor[1]
            self._go((cursor[0], anchor[1]))
            return
        self._anchor = cursor
        self._go(anchor)

    def _select_object(self, name: str, count: int) -> bool:
        cursor, anchor = self.text.cursor, self._anchor
        if name[1] == "p":
            lines = paragraph_at(self.text, cursor[0], name[0] == "a", count)
            if lines is None:
                raise Nowhere
            if anchor[0] > cursor[0]:
                more = paragraph_at(self.text, max(cursor[0] - 1, 0), name[0] == "a", count)
                self._go(((more or lines)[0], 0))
            elif anchor[0] < cursor[0]:
                more = paragraph_at(self.text, min(cursor[0] + 1, self.text.line_count - 1), name[0] == "a", count)
                self._go(((more or lines)[1], 0))
            else:
                self._select(Mode.VISUAL_LINE, (lines[0], 0))
                self._go((lines[1], 0))
            return False
        if name[1] not in NAMES:
            raise Nowhere
        span = object_at(self.text, cursor, name[0] == "a", name[1], count, anchor)
        if span is None:
            raise Nowhere
        start, end = span
        content = self.text.line(end[0])
        if end[1] == 0 and end[0] > start[0]:
            content = self.text.line(end[0] - 1)
            end = end[0] - 1, len(content) + 1
        to = end[0], len(content) if end[1] > len(content) else before(content, end[1])
        back = cursor < anchor and name[1] in "wW"
        self._select(Mode.VISUAL if name[1] not in "wW'\"`" or self.mode is Mode.VISUAL_LINE else self.mode,
                     anchor if back else start)  # fmt: skip
        self._go(to)
        return False

    def _with_line_end(self, selected: Selected, end: Place) -> Place:
        """What goes on behind the last character of a line, as `v$` does, takes the end of the line with it."""
        goes_on = selected.mode is Mode.VISUAL and selected.end[1] >= len(self.text.line(end[0]))
        return (end[0] + 1, 0) if goes_on and end[0] + 1 < self.text.line_count else end

    def _corner(self, selected: Selected) -> Place:
        """Where the cursor is before the change, and comes back to when it is undone."""
        if selected.mode is Mode.VISUAL_BLOCK:
            return selected.first, selected.in_line(self.text, selected.first)[0]
        return selected.start
