"""Done again: the last change by `.`, what a macro recorded, and what was taken back."""

from collections import deque
from dataclasses import dataclass, field, replace

from chatly_console.query.vi.edits import Nowhere
from chatly_console.query.vi.inserting import ENTER, ESCAPE
from chatly_console.query.vi.moving import Keys
from chatly_console.query.vi.registers import Kept
from chatly_console.query.vi.selecting import Extent
from chatly_console.query.vi.text import Place, first_not_blank
from chatly_console.query.vi.visual import Visual

LONGEST = 50_000
"""Keys that one key may stand for, with macros and counts, before it is stopped."""


@dataclass(frozen=True, slots=True)
class Change:
    """The last change, for `.` to make it again."""

    register: str = ""
    count: int = 0
    keys: str = ""
    extent: Extent | None = None
    typed: str | None = None
    """What was typed in it, or None where it was no typing."""


@dataclass
class Again(Visual):
    """A text that remembers what was done to it."""

    _change: Change | None = None
    _ahead: deque[str] = field(default_factory=deque)
    """Keys that `.` or a macro types."""
    _recording: str = ""
    _recorded: str = ""
    _last_macro: str = ""

    def _end_typing(self) -> None:
        super()._end_typing()
        if self._was_moved:
            self._change = Change(keys="i", typed=self._inserted)
        elif self._change is not None and self._change.typed is not None:
            self._change = replace(self._change, typed=self._inserted)

    def _repeat(self, count: int) -> None:
        """`.`: what was typed for the last change is typed again."""
        change = self._change
        if change is None:
            raise Nowhere
        if change.extent is not None:
            self._select_as_much(change.extent)
        times = change.count if change.extent is not None else count or change.count
        register = change.register
        if register.isdigit() and "1" <= register < "9":
            register = str(int(register) + 1)
        keys = (f'"{register}' if register else "") + (str(times) if times else "") + change.keys
        if change.typed is not None:
            keys += change.typed + ESCAPE
        self._ahead.extendleft(reversed(keys))

    def _macro(self, count: int, name: str) -> Keys[None]:
        """`qa` records what is typed until `q`; `@a` types it again, and `@@` once more."""
        if name == "q" and self._recording:
            self.registers.put(self._recording, Kept(self._recorded[:-1]))
            self._recording = ""
            return
        sign = yield from self._read()
        if name == "q":
            if not (sign.isascii() and (sign.isalnum() or sign == '"')):
                raise Nowhere
            self._recording, self._recorded = sign, ""
            return
        register = self._last_macro if sign == "@" else sign
        if not register:
            raise Nowhere
        kept = self.registers.read(register)
        self._last_macro = register
        typed = kept.text.replace("\n", ENTER) + (ENTER if kept.linewise else "")
        if count * len(typed) > LONGEST:
            self.said = "That is too much to type again at once."
            raise Nowhere
        self._ahead.extendleft(reversed(typed * count))

    def _undo(self, redo: bool, count: int) -> None:
        for _ in range(count):
            lines = self.text.lines()
            if not self.text.undo(redo):
                self.said = "There is nothing to do again." if redo else "There is nothing to take back."
                raise Nowhere
            self._go(self._changed_place(lines, self.text.lines()))

    def _changed_place(self, old: list[str], new: list[str]) -> Place:
        """Where the cursor was before the change, if that is in it or just above; else its first line."""
        cursor = self.text.cursor
        if old == new:
            return cursor
        first = next(
            (n for n, (was, now) in enumerate(zip(old, new, strict=False)) if was != now), min(len(old), len(new))
        )
        end = 0
        while end < min(len(old), len(new)) - first and old[-1 - end] == new[-1 - end]:
            end += 1
        if first - 1 <= cursor[0] <= len(new) - end:
            return cursor
        line = min(first, len(new) - 1)
        return line, first_not_blank(self.text, line)
