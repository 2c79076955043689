"""What operators do to what a motion spans, and what keys do to what is selected."""

from dataclasses import dataclass

from chatly_console.query.vi.edits import CASES, Mode
from chatly_console.query.vi.motions import Kind, end_to_change
from chatly_console.query.vi.moving import Moving, counted, is_begun
from chatly_console.query.vi.objects import object_at, paragraph_at
from chatly_console.query.vi.text import Place

OPERATORS = frozenset("dcy<>=")
LONG_OPERATORS = frozenset({*CASES, "gc"})
_ON_SELECTED = {
    "x": "d", "s": "c", "X": "d", "D": "d", "Y": "y", "C": "c", "S": "c", "R": "c", "u": "gu", "U": "gU", "~": "g~",
}  # fmt: skip
_WHOLE_LINES = frozenset("XDYCSR")


@dataclass
class Operating(Moving):
    """A text that operators and visual mode change. None where more keys are needed, True for a change."""

    _anchor: Place = (0, 0)
    _last_selected: tuple[Mode, Place, Place] | None = None
    _column: int = 0
    """Of the cursor, while whole lines are selected."""
    _line: str | None = None
    """What is being typed behind a colon."""
    _failed: bool = False
    _selected_by: str = ""
    """Keys that select as much from the cursor on as a command in visual mode has just been given."""

    @property
    def selects(self) -> bool:
        """Whether something is selected."""
        return self.mode in (Mode.VISUAL, Mode.VISUAL_LINE)

    @property
    def selected_lines(self) -> tuple[int, int] | None:
        """The first and the last line of what is selected."""
        first, last = sorted((self._anchor[0], self.text.cursor[0]))
        return (first, last) if self.selects else None

    def _operator(self, count: int, keys: str) -> bool | None:
        operator = keys[:2] if keys[0] == "g" else keys[0]
        inner, motion = counted(keys[len(operator) :])
        if not motion:
            return None
        if motion in (operator, operator[-1]):
            first = self.text.cursor[0]
            last = min(first + max(count, 1) * max(inner, 1) - 1, self.text.line_count - 1)
            return self._apply(operator, (first, 0), (last, 0), linewise=True)
        times = max(count, 1) * max(inner, 1) if count or inner else 0
        if motion[0] in "ia":
            return None if len(motion) < 2 else self._on_object(operator, motion, times or 1)
        kind, place = self._motion(motion), self._moved(times, motion)
        if operator == "c" and motion in ("w", "W") and not self._on_space():
            kind = Kind(end_to_change(motion == "W"), inclusive=True)
            place = kind.move(self.text, self.text.cursor, times or 1)
        if kind is None or place is None:
            return None if is_begun(motion) else self._nowhere()
        start, end = sorted((self.text.cursor, place))
        if kind.inclusive and not kind.linewise:
            end = end[0], end[1] + 1
        if motion in ("w", "W") and end[0] > start[0]:
            end = start[0], len(self.text.line(start[0]))
            return self._apply(operator, start, end)
        if motion == ")" and place[0] == self.text.line_count - 1:
            end = self._with_last(end)
        return self._apply_within(operator, start, end, linewise=kind.linewise)

    def _apply_within(self, operator: str, start: Place, end: Place, *, linewise: bool = False) -> bool:
        """What ends before the first column of a line ends with the line above; from the begin of one, whole lines."""
        if not linewise and end[1] == 0 and end[0] > start[0]:
            end = end[0] - 1, len(self.text.line(end[0] - 1))
            linewise = not self.text.line(start[0])[: start[1]].strip()
        return self._apply(operator, start, end, linewise=linewise)

    def _with_last(self, end: Place) -> Place:
        """A motion that found nothing more takes the last character of the text with it."""
        length = len(self.text.line(end[0]))
        return (end[0], length) if end[1] + 1 >= length else end

    def _on_object(self, operator: str, keys: str, count: int) -> bool:
        around, name = keys[0] == "a", keys[1]
        if name == "p":
            first, last = paragraph_at(self.text, self.text.cursor[0], around)
            return self._apply(operator, (first, 0), (last, 0), linewise=True)
        span = object_at(self.text, self.text.cursor, around, name, count)
        return self._apply_within(operator, *span) if span is not None else self._nowhere()

    def _nowhere(self) -> bool:
        """A motion led nowhere: what is typed again ends here."""
        self._failed = True
        return False

    def _on_space(self) -> bool:
        line, column = self.text.cursor
        return not self.text.line(line)[column : column + 1].strip()

    # Visual mode

    def _select(self, mode: Mode, anchor: Place) -> None:
        self.mode, self._anchor = mode, anchor
        self._show_selection()

    def _leave_selection(self) -> None:
        if self.selects:
            cursor = self.text.cursor
            self._last_selected = self.mode, self._anchor, cursor
            self.mode = Mode.NORMAL

    def _note_extent(self, start: Place, end: Place) -> None:
        lines = f"{end[0] - start[0]}j" if end[0] > start[0] else ""
        if self.mode is Mode.VISUAL_LINE:
            self._selected_by = f"V{lines}"
        else:
            along = f"{end[1] - start[1]}l" if not lines and end[1] > start[1] else ""
            self._selected_by = f"v{lines}0{end[1]}l" if lines and end[1] else f"v{lines}{'0' if lines else along}"

    def _select_again(self) -> None:
        """What was selected last, as far as the text still reaches there."""
        if self._last_selected is None:
            return
        mode, anchor, cursor = self._last_selected
        if self.selects:
            self._leave_selection()
        last = self.text.line_count - 1
        self.text.move((min(cursor[0], last), cursor[1]))
        self._select(mode, (min(anchor[0], last), anchor[1]))

    def _visual(self, count: int, keys: str) -> bool | None:
        if self.mode is Mode.VISUAL_LINE:
            self.text.move((self.text.cursor[0], self._column))
        start, end = sorted((self._anchor, self.text.cursor))
        operator = _ON_SELECTED.get(keys, keys)
        if operator in OPERATORS or operator in LONG_OPERATORS:
            linewise = self.mode is Mode.VISUAL_LINE or keys in _WHOLE_LINES
            self._note_extent(start, end)
            self._leave_selection()
            return self._apply(operator, start, (end[0], end[1] + (not linewise)), linewise=linewise)
        if keys == ":":
            self._show_selection()
            self._line = ""
            return False
        if keys in ("v", "V"):
            mode = Mode.VISUAL if keys == "v" else Mode.VISUAL_LINE
            self._escape_selection() if mode is self.mode else self._select(mode, self._anchor)
            return False
        if keys == "gv":
            self._select_again()
            return False
        if keys == "o":
            cursor, self._anchor = self._anchor, self.text.cursor
            self.text.move(cursor)
            self._show_selection()
            return False
        if keys in ("J", "gJ"):
            self._note_extent(start, end)
            self._leave_selection()
            self.text.move(start)
            return self._join(max(end[0] - start[0], 1), as_they_are=keys == "gJ")
        if keys in ("p", "P"):
            return self._put_over(start, end, keeps=keys == "P")
        if keys[0] == "r":
            return None if len(keys) < 2 else self._overtype_selected(start, end, keys[1])
        return self._select_further(count, keys)

    def _select_further(self, count: int, keys: str) -> bool | None:
        cursor = self.text.cursor
        if keys in ("ip", "ap"):
            first, last = paragraph_at(self.text, cursor[0], keys == "ap")
            self.text.move((last, 0))
            self._select(Mode.VISUAL_LINE, (first, 0))
            return False
        if keys[0] in "ia":
            span = object_at(self.text, cursor, keys[0] == "a", keys[1]) if len(keys) > 1 else None
            if span is None:
                return None if len(keys) < 2 else False
            self.text.move((span[1][0], max(span[1][1] - 1, 0)))
            self._select(self.mode, span[0])
            return False
        place = self._moved(count, keys)
        if place is not None:
            self._jump(keys, place)
        elif not self._asked(keys) and is_begun(keys):
            return None
        self._show_selection()
        return False

    def _escape_selection(self) -> None:
        self._leave_selection()
        self.text.move(self.text.cursor)

    def _overtype_selected(self, start: Place, end: Place, character: str) -> bool:
        whole = self.mode is Mode.VISUAL_LINE
        self._note_extent(start, end)
        self._leave_selection()
        start, end = ((start[0], 0), (end[0], len(self.text.line(end[0])))) if whole else (start, (end[0], end[1] + 1))
        old = self.text.between(start, end)
        self.text.replace(start, end, "".join("\n" if sign == "\n" else character for sign in old))
        self.text.move(start)
        return True

    def _put_over(self, start: Place, end: Place, *, keeps: bool) -> bool:
        """Put the register in the place of what is selected; that is in the register then, unless it `keeps`."""
        kept, unnamed = self.registers.read(self._named), self.registers.read("")
        whole = self.mode is Mode.VISUAL_LINE
        self._note_extent(start, end)
        self._leave_selection()
        self._named = ""
        last = end[0] + 1 >= self.text.line_count if whole else end[1] + 1 >= len(self.text.line(end[0]))
        self._apply("d", start, (end[0], end[1] + (not whole)), linewise=whole)
        self._put(1, before=not last, kept=kept)
        if keeps:
            self.registers.restore('"', unnamed)
        return True

    def _show_selection(self) -> None:
        cursor = self.text.cursor
        if self.mode is Mode.VISUAL_LINE:
            self._column = cursor[1]
            first, last = sorted((self._anchor[0], cursor[0]))
            down = cursor[0] >= self._anchor[0]
            ends = (first, 0), (last, len(self.text.line(last)))
            self.text.select(*(ends if down else ends[::-1]))
        else:
            self.text.select(self._anchor, cursor)
