"""The machine behind vi keys: it is fed key by key, and says whether a key was its own.

Keys are single characters, or named as `KEYS` has them. What else is on ctrl, alt and the function keys never comes
here: the console's keys stay what they are. Inside, each key is one character: a macro is the text of a register.
"""

import math
import time
from dataclasses import dataclass

from chatly_console.query.vi.again import LONGEST, Change
from chatly_console.query.vi.characters import last
from chatly_console.query.vi.edits import Nowhere
from chatly_console.query.vi.inserting import BACKSPACE, ENTER, ESCAPE, TAB
from chatly_console.query.vi.marks import Marks
from chatly_console.query.vi.moving import Keys
from chatly_console.query.vi.normal import Normal
from chatly_console.query.vi.registers import NAMES
from chatly_console.query.vi.selected import Mode
from chatly_console.query.vi.text import Place

_TYPED = {"escape": ESCAPE, "enter": ENTER, "backspace": BACKSPACE, "tab": TAB}
_IN_LINE = {**_TYPED, "up": "\x10", "down": "\x0e", "ctrl+u": "\x15", "ctrl+w": "\x17", "ctrl+h": BACKSPACE}
KEYS = {
    **_TYPED, **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abdefhruvwxy"},
    "left": "h", "right": "l", "up": "k", "down": "j", "home": "0", "end": "$", "delete": "x",
    "pageup": "\x02", "pagedown": "\x06", "ctrl+right_square_bracket": "\x1d",
}  # fmt: skip
"""Named keys that are vi's, and what they are inside."""


@dataclass
class Vi(Normal):
    """One editor's state."""

    _keys: str = ""
    """The keys of a command that is not complete yet."""
    patience: float = math.inf
    """Seconds after which `feed` leaves the rest of a macro to `go_on`."""
    _left: int = LONGEST

    def __post_init__(self) -> None:
        self._reader = self._commands()
        next(self._reader)

    def feed(self, key: str) -> bool:
        """Take a key; False where it is the editor's (typing in insert mode) or nobody's."""
        self.request, self.said = "", ""
        sign = (_IN_LINE if self.prompt else _TYPED if self.types else KEYS).get(key, key)
        if len(sign) != 1:
            return bool(self.prompt)
        if self._ahead:
            self._wait_or_stop(sign)
            return True
        if self.mode is Mode.INSERT and sign != ESCAPE:
            return False
        is_idle = self.mode is Mode.NORMAL and not self._keys and not self.prompt
        if sign == ESCAPE and is_idle:
            return False
        if is_idle:
            self._stand_on_character()
        self._record(sign)
        if not self.types and not self._keys:
            self.text.begin_change()
        self._ahead.append(sign)
        self._left = LONGEST
        self.go_on()
        return True

    def go_on(self) -> None:
        """Do what is left to do: keys that a macro or a count types may take more than one turn."""
        self._run()
        if not self._ahead and not self.types and not self._keys:
            self.text.end_change()

    @property
    def is_busy(self) -> bool:
        """Whether keys are left that `go_on` has to type."""
        return bool(self._ahead)

    def _wait_or_stop(self, sign: str) -> None:
        """A key while others are still being typed: escape stops them, any other comes after them."""
        if sign == ESCAPE:
            self._ahead.clear()
            self.said = "Stopped."
        self._ahead.append(sign)

    def noted(self, start: Place, end: Place, removed: str, text: str) -> None:
        """The editor has put in what was typed; a macro that is recorded types it too."""
        super().noted(start, end, removed, text)
        if self.mode is Mode.INSERT:
            self._record(BACKSPACE * len(removed) + (ENTER if text[:1] == "\n" and not text.strip() else text))

    def _stand_on_character(self) -> None:
        """The console's own keys and the mouse may have put the cursor behind the last one."""
        line, column = self.text.cursor
        content = self.text.line(line)
        if column and column >= len(content):
            self.text.move((line, last(content)))

    def _record(self, signs: str) -> None:
        if self._recording:
            self._recorded += signs

    def _run(self) -> None:
        """Do what the keys mean, with those that they stand for."""
        until = time.monotonic() + self.patience
        while self._ahead:
            self._left -= 1
            if self._left % 64 == 0 and time.monotonic() > until:
                return
            if self._left < 0:
                self.said = "The macro was stopped: it types without an end."
                self._ahead.clear()
                if self.types:
                    self._end_typing()
                elif self._keys:
                    self._reader.send(ESCAPE)
                break
            sign = self._ahead.popleft()
            if self.types:
                self._typed(sign)
            else:
                self._keys += sign
                self._reader.send(sign)

    @property
    def pending(self) -> str:
        """What has been typed of a command, or that a macro is being recorded."""
        if self.prompt:
            return f"{self.prompt}{self.typed_line}"
        shown = "".join(sign for sign in self._keys if sign.isprintable())
        return shown or (f"@{self._recording}" if self._recording else "")

    def forget_text(self) -> None:
        """Another text is there: places in the old one mean nothing, what registers hold stays."""
        was_typing = self.types
        self._reader = self._commands()
        next(self._reader)
        self._ahead.clear()
        self.mode, self.prompt, self.found, self._cell, self._last_selected = Mode.NORMAL, "", None, None, None
        self.marks = Marks()
        if was_typing:
            self._begin_typing(Mode.INSERT)

    def forget_pending(self) -> None:
        """A key that is not vi's ends what was typed of a command."""
        self.request = ""
        if self._keys:
            self.feed("escape")

    # Commands

    def _commands(self) -> Keys[None]:
        while True:
            self._keys = self._named = ""
            first = yield
            try:
                yield from self._command(first)
            except Nowhere:
                self._ahead.clear()

    def _command(self, first: str) -> Keys[None]:
        if first == ESCAPE:
            if self.mode.selects:
                self._leave_selection()
            return
        self.found = None
        count, sign = yield from self._read_count(first)
        while sign == '"':
            self._named = yield from self._read()
            if self._named not in NAMES:
                raise Nowhere
            following = yield from self._read()
            more, sign = yield from self._read_count(following)
            count = max(count, 1) * more if more else count
        name = yield from self._read_name(sign)
        self._done, self._extent = (count, name), None
        named = self._named
        if name == ":":
            yield from self._colon(count)
            return
        if name in ("q", "@"):
            yield from self._macro(count or 1, name)
            return
        is_change = yield from (self._visual(count, name) if self.mode.selects else self._normal(count, name))
        if is_change:
            self._change = Change(named, *self._done, self._extent, "" if self.types else None)
