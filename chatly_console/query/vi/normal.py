"""Normal mode: what each key does there."""

from dataclasses import dataclass

from chatly_console.query.vi.again import Again
from chatly_console.query.vi.characters import after
from chatly_console.query.vi.commands import OnLines
from chatly_console.query.vi.edits import Nowhere, Span
from chatly_console.query.vi.marks import INSERTED
from chatly_console.query.vi.motions import Use
from chatly_console.query.vi.moving import Keys
from chatly_console.query.vi.numbers import counted_up
from chatly_console.query.vi.operating import OPERATORS, SHORT
from chatly_console.query.vi.registers import Kept
from chatly_console.query.vi.selected import Mode
from chatly_console.query.vi.selecting import MODES
from chatly_console.query.vi.text import Height, first_not_blank, indentation

_PAGING = frozenset({"\x02", "\x04", "\x05", "\x06", "\x15", "\x19"})
REDO = frozenset({"U", "\x12"})
_HEIGHTS: dict[str, Height] = {
    "zt": "top", "z\r": "top", "zz": "middle", "z.": "middle", "zb": "bottom", "z-": "bottom",
}  # fmt: skip
_REQUESTS = {"K": "tell", "gd": "go there", "\x1d": "go there", "gt": "next buffer", "gT": "buffer before"}
_COMMANDS = {"ZZ": "x", "ZQ": "q!", "&": "s"}
_TYPING = {"i", "a", "A", "I", "o", "O", "gi", "gI", "R"}


@dataclass
class Normal(Again):
    """A text that commands are given for."""

    command: str = ""
    """What was typed behind a colon, once the request is `command`."""

    def _normal(self, count: int, name: str) -> Keys[bool]:
        if name in OPERATORS:
            return (yield from self._operator(name, count))
        if name in SHORT:
            is_change = yield from self._operator(SHORT[name][0], count, SHORT[name][1])
            self._done = count, name
            return is_change
        if name in _TYPING:
            return self._type(count or 1, name)
        if name == "r":
            sign = yield from self._read()
            self._done = count, name + sign
            return self._replace_characters(count or 1, sign)
        done = self._edit(count, name)
        if done is not None:
            return done
        reach = yield from self._reach(name, count, Use())
        if reach is not None:
            self._move(name, reach)
        else:
            self._otherwise(count, name)
        return False

    def _colon(self, count: int) -> Keys[None]:
        """What is typed behind a colon is the editor's to do; what is selected is its range."""
        span = f".,.+{count - 1}" if count > 1 else "." if count else ""
        if self.mode.selects:
            self._leave_selection()
            span = "'<,'>"
        line = yield from self._read_line(":", span)
        self.command, self.request = line, "command"

    def _edit(self, count: int, name: str) -> bool | None:
        """A change without a motion; None where it is none."""
        times = count or 1
        if name in ("p", "P", "gp", "gP"):
            kept, behind = self._to_put(), name[0] == "g"
            before_it = name[-1] == "P"
            if kept.block:
                return self._put_block(kept, times, before_it=before_it, goes_behind=behind)
            return self._put(times, before_it=before_it, goes_behind=behind)
        if name in ("J", "gJ"):
            first, end = self.text.cursor[0], self.text.line_count - 1
            if first == end or (times <= 2 and first + times - 1 > end):
                raise Nowhere
            return self._join(first, min(first + max(times - 1, 1), end), as_they_are=name == "gJ")
        if name == "~":
            return self._swap_case(times)
        if name in ("\x01", "\x18"):
            return self._count_up(times if name == "\x01" else -times)
        return None

    def _count_up(self, by: int) -> bool:
        line, column = self.text.cursor
        found = counted_up(self.text.line(line), column, by)
        if found is None:
            raise Nowhere
        self._rewrite(line, [found[0]])
        self._go((line, found[1]))
        return True

    def _otherwise(self, count: int, name: str) -> None:
        if name in MODES:
            self._begin_selecting(count, name)
        elif name == "gv":
            self._select_again()
        elif (name == "u" or name in REDO) and not self.mode.selects:
            self._undo(name != "u", count or 1)
        elif name == ".":
            self._repeat(count)
        elif name in _PAGING:
            self._page(name, count)
        elif name in _HEIGHTS:
            self._scroll(count, name)
        elif name in _REQUESTS:
            self.request = _REQUESTS[name]
        elif name in _COMMANDS:
            self.command, self.request = _COMMANDS[name], "command"
        elif name[0] == "m" and len(name) == 2:
            self.marks.put(name[1], self.text.cursor)
        else:
            raise Nowhere

    def _begin_selecting(self, count: int, name: str) -> None:
        self._select(MODES[name], self.text.cursor)
        line, column = self.text.cursor
        if count > 1 and name == "V":
            self._go_along(min(line + count - 1, self.text.line_count - 1))
        elif count > 1:
            self._go((line, after(self.text.line(line), column, count - 1)))

    def _scroll(self, count: int, name: str) -> None:
        if count:
            self._go_along(min(count, self.text.line_count) - 1)
        line = self.text.cursor[0]
        if name in ("z\r", "z.", "z-"):
            self._go((line, first_not_blank(self.text, line)))
        self.text.scroll(line, _HEIGHTS[name])

    def _type(self, times: int, name: str) -> bool:
        line, column = self.text.cursor
        content = self.text.line(line)
        if name in ("o", "O"):
            blanks = indentation(content)
            at = (line, len(content)) if name == "o" else (line, 0)
            self._replaced(at, at, f"\n{blanks}" if name == "o" else f"{blanks}\n")
            self.mode = Mode.INSERT
            self._go((line + (name == "o"), len(blanks)))
            self._begin_typing(Mode.INSERT, times, opens=True, indented=bool(blanks))
            return True
        place = {
            "a": (line, after(content, column)), "A": (line, len(content)), "I": (line, len(indentation(content))),
            "gI": (line, 0), "gi": self.marks.find(INSERTED, self.text),
        }.get(name) or (line, column)  # fmt: skip
        if name == "gi":
            self._done = times, "i"
        self.mode = Mode.INSERT
        self._go(place)
        self._begin_typing(Mode.REPLACE if name == "R" else Mode.INSERT, times)
        return True

    def on_lines(self, command: OnLines) -> None:
        """What a command behind a colon does to whole lines."""
        text, first, end = self.text, command.first, command.last
        text.begin_change()
        text.move((first, 0))
        self._named = command.register
        if command.verb in ("d", "y"):
            here = text.cursor
            self._apply(command.verb, Span((first, 0), (end, 0), linewise=True))
            if command.verb == "y":
                self._go(here)
        elif command.verb in ("<", ">"):
            self._shift(first, end, command.verb, command.times)
        elif command.verb == "j":
            self._join(first, end)
        else:
            self._copy_lines(first, end, command.target, moves=command.verb == "m")
        self._named = ""
        text.end_change()

    def _copy_lines(self, first: int, end: int, target: int, *, moves: bool) -> None:
        lines = self._lines(first, end)
        count = self.text.line_count
        if moves:
            self._delete_lines(first, end)
            target -= len(lines) if target > end else 0
        is_emptied = moves and len(lines) == count
        self._go((max(target, 0), 0))
        if not is_emptied:
            self._put(1, before_it=target < 0, kept=Kept("\n".join(lines), True))
            last_put = self.text.cursor[0] + len(lines) - 1
            self._go((last_put, first_not_blank(self.text, last_put)))
