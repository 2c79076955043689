"""The machine behind vi keys: it is fed key by key, and says whether a key was its own.

Keys are single characters, or `escape`, `enter`, `backspace`, `ctrl+d`, `ctrl+u`, `ctrl+b`. What else is on ctrl, alt
and the function keys never comes here: the console's keys stay what they are.
"""

from dataclasses import dataclass, field

from chatly_console.query.vi.edits import SIMPLE, Mode
from chatly_console.query.vi.marks import INSERTED
from chatly_console.query.vi.moving import counted, is_begun
from chatly_console.query.vi.operating import LONG_OPERATORS, OPERATORS, Operating
from chatly_console.query.vi.registers import NAMES

_TAB = "    "
"""What the editor's tab key types."""
_KEYS = frozenset({"escape", "enter", "backspace", "tab"})
_PAGING = frozenset({"ctrl+d", "ctrl+u", "ctrl+b"})


@dataclass
class Vi(Operating):
    """One editor's state."""

    command: str = ""
    """What was typed behind a colon, once the request is `command`."""
    _keys: str = ""
    """The keys of a command that is not complete yet."""
    _change: list[str] = field(default_factory=list)
    """The keys of the last change, for `.`."""
    _typing: list[str] = field(default_factory=list)
    _inserted: list[str] = field(default_factory=list)
    _overtyped: list[str | None] = field(default_factory=list)
    """What stood where characters were typed over, None for the end of a line."""
    _replaying: bool = False
    _recording: str = ""
    _macros: dict[str, list[str]] = field(default_factory=dict)
    _last_macro: str = ""

    def feed(self, key: str) -> bool:
        """Take a key; False where it is the editor's (typing in insert mode) or nobody's."""
        self.request = ""
        if self._recording and not self._replaying:
            self._macros[self._recording].append(key)
        if self.mode in (Mode.INSERT, Mode.REPLACE):
            return self._typed(key)
        if self._line is not None:
            return self._type_command(key)
        if not self._keys:
            self.text.begin_change()
        taken = self._take(key)
        if not self._keys and not self._types and not self._replaying:
            self.text.end_change()
        return taken

    def _take(self, key: str) -> bool:
        if key == "escape":
            return self._escape()
        if key in _PAGING:
            self._page(key)
            if self.selects:
                self._show_selection()
            return True
        key = {"backspace": "h", "enter": "j"}.get(key, key)
        if len(key) != 1:
            return False
        self._keys += key
        done = self._command()
        if done is None:
            return True
        keys, self._keys, self._named = self._keys, "", ""
        if self._types:
            self._inserted, self._overtyped = [], []
        if done:
            self._typing = [self._selected_by + keys]
            if not self._types:
                self._change = self._typing
        self._selected_by = ""
        return True

    def _type_command(self, key: str) -> bool:
        """A key of what stands behind the colon: enter ends it, escape gives it up."""
        line, self._line = self._line or "", None
        if key == "enter":
            self.command, self.request = line, "command"
        elif key == "backspace" and line:
            self._line = line[:-1]
        elif key not in ("escape", "backspace"):
            self._line = line + (key if len(key) == 1 else "")
        return True

    @property
    def _types(self) -> bool:
        return self.mode in (Mode.INSERT, Mode.REPLACE)

    @property
    def pending(self) -> str:
        """What has been typed of a command, or that a macro is being recorded."""
        if self._line is not None:
            return f":{self._line}"
        return self._keys or (f"@{self._recording}" if self._recording else "")

    def forget_pending(self) -> None:
        """A key that is not vi's ends what was typed of a command."""
        self._keys, self._named, self.request, self._line = "", "", "", None

    def _escape(self) -> bool:
        was_idle = not self._keys and self.mode is Mode.NORMAL
        self.forget_pending()
        self._leave_selection()
        if not was_idle:
            self.text.move(self.text.cursor)
        return not was_idle

    # Typing

    def _typed(self, key: str) -> bool:
        if key == "escape":
            return self._end_typing()
        self._typing.append(key)
        self._inserted.append(key)
        if self.mode is Mode.INSERT:
            return False
        self._overtype(key)
        return True

    def _end_typing(self) -> bool:
        for _ in range(self._times - 1):
            for typed in [*(["enter"] if self._opens else []), *self._inserted]:
                self._type(typed) if self.mode is Mode.INSERT else self._overtype(typed)
        self.mode, self._times, self._opens = Mode.NORMAL, 1, False
        self._change = [*self._typing, "escape"]
        if not self._replaying:
            self.text.end_change()
        line, column = self.text.cursor
        self.marks.put(INSERTED, (line, column))
        self.text.move((line, max(column - 1, 0)))
        return True

    def _overtype(self, key: str) -> None:
        """Type over what stands at the cursor; backspace brings it back."""
        line, column = self.text.cursor
        if key == "backspace":
            if self._overtyped and column:
                old = self._overtyped.pop()
                self.text.replace((line, column - 1), (line, column), old or "")
                self.text.move((line, column - 1))
            return
        if key == "enter":
            self._overtyped = []
            self._type(key)
            return
        at_end = column >= len(self.text.line(line))
        self._overtyped.append(None if at_end else self.text.line(line)[column])
        self.text.replace((line, column), (line, column + (not at_end)), _TAB if key == "tab" else key)
        self.text.move((line, column + 1))

    def _type(self, key: str) -> None:
        line, column = self.text.cursor
        if key == "backspace":
            if column:
                self.text.replace((line, column - 1), (line, column), "")
            return
        typed = {"enter": "\n", "tab": _TAB}.get(key, key)
        self.text.replace((line, column), (line, column), typed)
        self.text.move((line + 1, 0) if typed == "\n" else (line, column + len(typed)))

    # Commands: None where more keys are needed, True for a change, False for what `.` does not repeat

    def _command(self) -> bool | None:
        count, rest = counted(self._keys)
        if rest[:1] == '"':
            if len(rest) < 3:
                return None if len(rest) < 2 or rest[1] in NAMES else False
            self._named = rest[1] if rest[1] in NAMES else ""
            more, rest = counted(rest[2:])
            count = more or count
        if not rest or rest == "g":
            return None
        if self.selects:
            return self._visual(count, rest)
        if rest[0] in OPERATORS or rest[:2] in LONG_OPERATORS:
            return self._operator(count, rest)
        simple = SIMPLE.get(rest)
        if simple is not None:
            return self._edit(simple, count)
        if rest[0] == "r":
            return None if len(rest) < 2 else self._replace_characters(count or 1, rest[1])
        return self._other(count, rest)

    def _other(self, count: int, rest: str) -> bool | None:
        if rest in ("v", "V"):
            self._select(Mode.VISUAL if rest == "v" else Mode.VISUAL_LINE, self.text.cursor)
        elif rest == "gv":
            self._select_again()
        elif rest in ("u", "U"):
            for _ in range(count or 1):
                self.text.undo(rest == "U")
        elif rest == ".":
            change = self._change
            self._replay(change, count or 1)
            self._change = change
        elif rest == ":":
            self._line = ""
        elif rest[0] in "q@":
            return self._macro(count or 1, rest)
        elif (place := self._moved(count, rest)) is not None:
            self._jump(rest, place)
        elif not self._asked(rest):
            return None if is_begun(rest) else self._nowhere()
        return False

    def _macro(self, count: int, rest: str) -> bool | None:
        """`qa` records what is typed until `q`; `@a` types it again, and `@@` once more."""
        if rest == "q" and self._recording:
            self._macros[self._recording].pop()
            self._recording = ""
            return False
        if len(rest) < 2:
            return None
        name = self._last_macro if rest == "@@" else rest[1].lower()
        if rest[0] == "q":
            self._recording, self._macros[name] = name, []
        elif not self._replaying:
            self._last_macro = name
            self._replay(self._macros.get(name, []), count)
        return False

    def _replay(self, keys: list[str], count: int) -> None:
        keys = [key for chunk in keys for key in ([chunk] if chunk in _KEYS or chunk in _PAGING else chunk)]
        outer = self._replaying
        self._replaying, self._keys = True, ""
        for _ in range(count):
            for key in keys:
                self._failed = False
                if not self.feed(key) and self.mode is Mode.INSERT:
                    self._type(key)
                if self._failed:
                    break
        self._replaying, self._keys = outer, "."
