"""Visual mode: what keys do to what is selected."""

from dataclasses import dataclass

from chatly_console.query.vi.blocks import BlockTyping
from chatly_console.query.vi.characters import after, cell_of, column_at, overtyped
from chatly_console.query.vi.edits import CASES, Nowhere, Span
from chatly_console.query.vi.motions import Use
from chatly_console.query.vi.moving import Keys
from chatly_console.query.vi.numbers import counted_up
from chatly_console.query.vi.registers import Kept, block_of
from chatly_console.query.vi.selected import Mode, Selected
from chatly_console.query.vi.selecting import MODES, Selecting
from chatly_console.query.vi.text import indentation

_OPERATORS = {
    "d": "d", "x": "d", "X": "d", "D": "d", "\x7f": "d", "c": "c", "s": "c", "C": "c", "S": "c", "R": "c",
    "y": "y", "Y": "y", "<": "<", ">": ">", "=": "=", "gq": "=", "gc": "gc", "u": "gu", "U": "gU", "~": "g~",
    **{name: name for name in CASES},
}  # fmt: skip
_LINES = frozenset({"X", "D", "C", "S", "R", "Y"})
"""Keys that take whole lines of what is selected; of a block some of them go on to the ends of its lines."""


@dataclass
class Visual(Selecting):
    """A text of which something is selected."""

    def _visual(self, count: int, name: str) -> Keys[bool]:
        self._done = count, name
        if name in ("i", "a") or (name in ("I", "A")):
            if name in ("I", "A"):
                return self._begin_in_selection(name == "A")
            return self._select_object(name + (yield from self._read()), count or 1)
        operator = _OPERATORS.get(name)
        if operator is not None:
            return self._operate_on_selected(operator, name, count)
        if name == "r":
            sign = yield from self._read()
            self._done = count, name + sign
            return self._overtype_selected(sign)
        if name in MODES or name == "gv":
            self._select_otherwise(name)
        elif name in ("o", "O"):
            self._turn(along=name == "O")
        elif name in ("J", "gJ", "p", "P", "\x01", "\x18", "g\x01", "g\x18"):
            return self._change_selected(name, count)
        else:
            return (yield from self._select_further(count, name))
        return False

    def _select_further(self, count: int, name: str) -> Keys[bool]:
        reach = yield from self._reach(name, count, Use(selects=True))
        if reach is None:
            self._otherwise(count, name)
        else:
            self._move(name, reach)
        return False

    def _otherwise(self, count: int, name: str) -> None:
        """A key that is no motion."""
        raise Nowhere

    # Changes

    def _operate_on_selected(self, operator: str, name: str, count: int) -> bool:
        selected = self.selected
        assert selected is not None
        if name in _LINES:
            if selected.mode is not Mode.VISUAL_BLOCK or name in ("S", "R"):
                selected = Selected(Mode.VISUAL_LINE, selected.anchor, selected.cursor)
            elif name in ("C", "D"):
                selected = Selected(selected.mode, selected.anchor, selected.cursor, True)
        self._note_extent(selected)
        self._leave_selection()
        if selected.mode is Mode.VISUAL_BLOCK and operator not in ("=", "gc"):
            return self._operate_on_block(operator, selected, count)
        linewise = selected.mode is Mode.VISUAL_LINE
        start, end = selected.places(self.text)
        if operator in ("<", ">"):
            self.text.move((start[0], 0))
            self._shift(start[0], end[0], operator, count or 1)
            return True
        if operator != "c" or self.text.line(end[0]) or end[0] > start[0]:
            end = self._with_line_end(selected, end)
        if selected.mode is Mode.VISUAL_LINE:
            start = start[0], 0
        if operator == "y" or operator in CASES:
            is_change = self._operate(operator, Span(start, end, linewise))
            forward = linewise and (operator == "y" or selected.cursor >= selected.anchor)
            self._go((selected.first, 0) if forward else selected.start)
            return is_change
        return self._operate(operator, Span(start, end, linewise))

    def _operate_on_block(self, operator: str, selected: Selected, count: int) -> bool:
        left = selected.cells(self.text)[0]
        self.text.move(self._corner(selected))
        times = count or 1 if operator in "<>" else 1
        is_change = False
        for _ in range(times):
            is_change = self._apply_to_block(operator, selected)
        if operator == "c":
            typing = BlockTyping(selected.first, selected.last, left)
            self._begin_typing(Mode.INSERT, block=typing)
        return is_change

    def _begin_in_selection(self, behind: bool) -> bool:
        """`I` and `A`: what is typed stands before or behind the block in each of its lines."""
        selected = self.selected
        assert selected is not None
        self._note_extent(selected)
        self._leave_selection()
        self.mode = Mode.INSERT
        if selected.mode is not Mode.VISUAL_BLOCK:
            line, column = selected.cursor
            self._go((line, after(self.text.line(line), column)) if behind else (selected.first, 0))
            self._begin_typing(Mode.INSERT)
            return True
        left, right = selected.cells(self.text)
        line = selected.first
        content = self.text.line(line)
        cell = right if behind else left
        short = cell - cell_of(content, len(content))
        if behind and not selected.to_end and short > 0:
            self._replaced((line, len(content)), (line, len(content)), " " * short)
            content = self.text.line(line)
        column = len(content) if selected.to_end and behind else column_at(content, cell)
        corner = line, column_at(content, left)
        self._go((line, column))
        typing = BlockTyping(
            line, selected.last, cell, behind and selected.to_end, pads=behind, back=corner,
        )  # fmt: skip
        self._begin_typing(Mode.INSERT, block=typing)
        return True

    def _overtype_selected(self, sign: str) -> bool:
        selected = self.selected
        assert selected is not None
        self._note_extent(selected)
        self._leave_selection()
        self.text.move(self._corner(selected))
        if selected.mode is Mode.VISUAL_BLOCK:
            return self._overtype_block(selected, sign)
        start, end = selected.places(self.text)
        old = self.text.between(start, end)
        self._replaced(start, end, overtyped(old, "\n" if sign == "\r" else sign))
        self._go(start)
        return True

    def _change_selected(self, name: str, count: int) -> bool:
        selected = self.selected
        assert selected is not None
        if name in ("p", "P"):
            return self._put_over(selected, count or 1, keeps=name == "P")
        self._note_extent(selected)
        self._leave_selection()
        if name in ("J", "gJ"):
            end = min(max(selected.last, selected.first + 1), self.text.line_count - 1)
            self._go(selected.start)
            if end == selected.first:
                raise Nowhere
            return self._join(selected.first, end, as_they_are=name == "gJ")
        return self._count_selected(selected, name, count or 1)

    def _count_selected(self, selected: Selected, name: str, by: int) -> bool:
        """The first number of each line larger or smaller, with `g` each by more than the one above."""
        rows, step = self._lines(selected.first, selected.last), 0
        sign = 1 if name[-1] == "\x01" else -1
        for number, row in enumerate(rows):
            start, end = selected.in_line(self.text, selected.first + number)
            step = step + by if name[0] == "g" else by
            found = counted_up(row, start, sign * step, end=min(end, len(row)))
            if found is None:
                step = step - by if name[0] == "g" else step
            else:
                rows[number] = found[0]
        place = (selected.first, 0) if selected.mode is Mode.VISUAL_LINE else self._corner(selected)
        self.text.move(place)
        self._rewrite(selected.first, rows)
        self._go(place)
        return True

    def _put_over(self, selected: Selected, times: int, *, keeps: bool) -> bool:
        """Put the register in the place of what is selected; that is in the register then, unless it `keeps`."""
        kept, unnamed = self._to_put(), self.registers.read("")
        self._note_extent(selected)
        self._leave_selection()
        named, self._named = self._named, "_" if keeps else ""
        start, end = selected.places(self.text)
        whole = selected.mode is Mode.VISUAL_LINE
        at_end = self.text.line_count - 1 == selected.last if whole else end[1] >= len(self.text.line(end[0]))
        is_all = whole and at_end and selected.first == 0
        if selected.mode is Mode.VISUAL_BLOCK:
            at_end = selected.in_line(self.text, selected.first)[1] >= len(self.text.line(selected.first))
            self._apply_to_block("d", selected)
        else:
            self.text.move(start)
            end = self._with_line_end(selected, end)
            at_end = at_end and end[0] == selected.last
            self._apply("d", Span(start, end, whole))
        self._named = named
        if keeps:
            self.registers.put('"', unnamed)
        self._put_instead(kept, times, selected.mode, at_end)
        if is_all:
            self._drop_empty_line()
        return True

    def _put_instead(self, kept: Kept, times: int, mode: Mode, at_end: bool) -> None:
        if mode is Mode.VISUAL_LINE and not kept.block:
            self._put(times, before_it=not at_end, kept=Kept(kept.text, True))
        elif mode is Mode.VISUAL and kept.linewise:
            self._put_between(kept, times, at_end)
        elif kept.block:
            self._put_block(kept, times, before_it=not at_end)
        elif mode is Mode.VISUAL_BLOCK and kept.linewise:
            assert self._last_selected is not None
            self.text.move((self._last_selected.last, 0))
            self._put(times, before_it=False, kept=kept)
        elif mode is Mode.VISUAL_BLOCK and "\n" not in kept.text and self._last_selected is not None:
            line = self.text.cursor[0]
            self._put_block(block_of([kept.text] * (self._last_selected.last - line + 1)), times, before_it=not at_end)
            self._go((line, self.text.cursor[1] + len(kept.text) * times - 1))
        else:
            line, column = self.text.cursor
            self._put(times, before_it=not (at_end and bool(self.text.line(line)[column:])), kept=kept)

    def _put_between(self, kept: Kept, times: int, at_end: bool) -> None:
        """Lines in the place of characters: what stood before and behind them are lines of their own."""
        line, column = self.text.cursor
        content = self.text.line(line)
        at = line, len(content) if at_end else column
        body = "\n".join([kept.text] * times)
        self._replaced(at, at, f"\n{body}\n")
        first = self.text.line(line + 1)
        self._go((line + 1, len(indentation(first))))

    def _drop_empty_line(self) -> None:
        """All lines were taken away, and the empty one that a text is left with goes too."""
        if self.text.line_count > 1 and not self.text.line(0):
            cursor = self.text.cursor
            self._replaced((0, 0), (1, 0), "")
            self._go((cursor[0] - 1, cursor[1]))
