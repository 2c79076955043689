"""The machine behind vi keys: it is fed key by key, and says whether a key was its own.

Keys are single characters, or `escape`, `enter`, `backspace`. What is not vi's (function keys, ctrl and alt) never
comes here: the console's keys stay what they are.
"""

from dataclasses import dataclass, field

from chatly_console.query.vi.edits import CASES, SIMPLE, Edits, Mode
from chatly_console.query.vi.motions import MOTIONS, Kind, end_to_change, first_not_blank, to_character
from chatly_console.query.vi.objects import object_at, paragraph_at
from chatly_console.query.vi.text import Place


@dataclass
class Vi(Edits):
    """One editor's state. `request` is what the editor shall do itself, or empty: `find`, `next`, `previous`, or with
    what is under the cursor `tell` (K) or `go there` (gd).
    """

    request: str = ""
    _keys: str = ""
    """The keys of a command that is not complete yet."""
    _change: list[str] = field(default_factory=list)
    """The keys of the last change, for `.`."""
    _typing: list[str] = field(default_factory=list)
    _inserted: list[str] = field(default_factory=list)
    _sought: tuple[str, bool, bool] | None = None
    _anchor: Place = (0, 0)
    _replaying: bool = False

    def feed(self, key: str) -> bool:
        """Take a key; False where it is the editor's (typing in insert mode) or nobody's."""
        self.request = ""
        if self.mode is Mode.INSERT:
            return self._insert_key(key)
        if key == "escape":
            return self._escape()
        if key == "backspace":
            key = "h"
        if key == "enter":
            key = "j"
        if len(key) != 1:
            return False
        self._keys += key
        done = self._command()
        if done is None:
            return True
        keys, self._keys = self._keys, ""
        if self._inserts:
            self._inserted = []
        if done and not self._replaying:
            self._typing = [keys]
            if not self._inserts:
                self._change = [keys]
        return True

    @property
    def _inserts(self) -> bool:
        return self.mode is Mode.INSERT

    @property
    def pending(self) -> str:
        """What has been typed of a command."""
        return self._keys

    def _insert_key(self, key: str) -> bool:
        if key != "escape":
            self._typing.append(key)
            self._inserted.append(key)
            return False
        for _ in range(self._times - 1):
            for typed in [*(["enter"] if self._opens else []), *self._inserted]:
                self._type(typed)
        self.mode, self._times, self._opens = Mode.NORMAL, 1, False
        if not self._replaying:
            self._change = [*self._typing, "escape"]
        line, column = self.text.cursor
        self.text.move((line, max(column - 1, 0)))
        return True

    def _escape(self) -> bool:
        was_idle = not self._keys and self.mode is Mode.NORMAL
        self._keys, self.mode = "", Mode.NORMAL
        if not was_idle:
            self.text.move(self.text.cursor)
        return not was_idle

    # Commands: None where more keys are needed, True for a change, False for what `.` does not repeat

    def _command(self) -> bool | None:
        count, rest = _counted(self._keys)
        if not rest:
            return None
        if self.mode in (Mode.VISUAL, Mode.VISUAL_LINE):
            return self._visual(count, rest)
        if rest[0] in "dcy<>" or rest[:2] in CASES:
            return self._operator(count, rest)
        simple = SIMPLE.get(rest)
        if simple is not None:
            return self._edit(simple, count)
        if rest[0] == "r":
            return None if len(rest) < 2 else self._replace_characters(count or 1, rest[1])
        if rest == "g":
            return None
        return self._other(count, rest)

    def _other(self, count: int, rest: str) -> bool | None:
        if rest in ("v", "V"):
            self.mode, self._anchor = (Mode.VISUAL if rest == "v" else Mode.VISUAL_LINE), self.text.cursor
            self._show_selection()
            return False
        if rest in ("u", "U"):
            for _ in range(count or 1):
                self.text.undo(rest == "U")
            return False
        if rest == ".":
            self._repeat(count or 1)
            return False
        if rest in _REQUESTS:
            self.request = _REQUESTS[rest]
            return False
        place = self._moved(count, rest)
        if place is None:
            return None if _is_begun(rest) else False
        self._go(place)
        return False

    def _repeat(self, count: int) -> None:
        keys = list(self._change)
        self._replaying, self._keys = True, ""
        for _ in range(count):
            for chunk in keys:
                for key in [chunk] if len(chunk) > 1 and chunk in _NAMED else list(chunk):
                    if not self.feed(key):
                        self._type(key)
        self._replaying, self._keys = False, "."

    def _type(self, key: str) -> None:
        line, column = self.text.cursor
        if key == "backspace":
            if column:
                self.text.replace((line, column - 1), (line, column), "")
            return
        typed = {"enter": "\n", "tab": _TAB}.get(key, key)
        self.text.replace((line, column), (line, column), typed)
        self.text.move((line + 1, 0) if typed == "\n" else (line, column + len(typed)))

    # Motions

    def _moved(self, count: int, keys: str) -> Place | None:
        found = self._motion(keys)
        if keys in ("gg", "G"):
            last = self.text.line_count - 1
            line = min(count - 1, last) if count else 0 if keys == "gg" else last
            return line, first_not_blank(self.text, line)
        return None if found is None else found.move(self.text, self.text.cursor, count or 1)

    def _motion(self, keys: str) -> Kind | None:
        if keys in ("gg", "G"):
            return Kind(lambda text, place, count: place, linewise=True)
        if len(keys) == 2 and keys[0] in "fFtT":
            self._sought = (keys[1], keys[0] in "ft", keys[0] in "tT")
            return Kind(to_character(*self._sought), inclusive=keys[0] in "ft")
        if keys in (";", ",") and self._sought is not None:
            wanted, forward, till = self._sought
            ahead = forward if keys == ";" else not forward
            return Kind(to_character(wanted, ahead, till, again=True), inclusive=ahead)
        return MOTIONS.get(keys)

    # Operators

    def _operator(self, count: int, keys: str) -> bool | None:
        operator = keys[:2] if keys[0] == "g" else keys[0]
        more = keys[len(operator) :]
        inner, motion = _counted(more)
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
            return None if _is_begun(motion) else False
        start, end = sorted((self.text.cursor, place))
        if kind.inclusive and not kind.linewise:
            end = end[0], end[1] + 1
        if motion in ("w", "W") and end[0] > start[0]:
            end = start[0], len(self.text.line(start[0]))
        return self._apply(operator, start, end, linewise=kind.linewise)

    def _on_object(self, operator: str, keys: str, count: int) -> bool:
        around, name = keys[0] == "a", keys[1]
        if name == "p":
            first, last = paragraph_at(self.text, self.text.cursor[0], around)
            return self._apply(operator, (first, 0), (last, 0), linewise=True)
        span = object_at(self.text, self.text.cursor, around, name, count)
        return span is not None and self._apply(operator, *span)

    def _on_space(self) -> bool:
        line, column = self.text.cursor
        return not self.text.line(line)[column : column + 1].strip()

    # Visual mode

    def _visual(self, count: int, keys: str) -> bool | None:
        cursor = self.text.cursor
        operator = _ON_SELECTED.get(keys, keys)
        start, end = sorted((self._anchor, cursor))
        if operator in ("d", "c", "y", "<", ">", *CASES):
            linewise, self.mode = self.mode is Mode.VISUAL_LINE, Mode.NORMAL
            return self._apply(operator, start, (end[0], end[1] + (not linewise)), linewise=linewise)
        if keys in ("v", "V"):
            self._escape()
            return False
        if keys == "o":
            self._anchor = cursor
            self.text.move(start if cursor == end else end)
            self._show_selection()
            return False
        if keys == "J":
            self.mode = Mode.NORMAL
            self.text.move(start)
            return self._join(max(end[0] - start[0], 1))
        if keys in ("p", "P"):
            return self._put_over(start, end)
        if keys in ("ip", "ap"):
            first, last = paragraph_at(self.text, cursor[0], keys == "ap")
            self.mode, self._anchor = Mode.VISUAL_LINE, (first, 0)
            self.text.move((last, 0))
            self._show_selection()
            return False
        if keys[0] in "ia":
            span = object_at(self.text, cursor, keys[0] == "a", keys[1]) if len(keys) > 1 else None
            if span is None:
                return None if len(keys) < 2 else False
            self._anchor = span[0]
            self.text.move((span[1][0], max(span[1][1] - 1, 0)))
            self._show_selection()
            return False
        place = self._moved(count, keys)
        if place is None:
            return None if _is_begun(keys) else False
        self._go(place)
        self._show_selection()
        return False

    def _put_over(self, start: Place, end: Place) -> bool:
        """Put the register in the place of what is selected; that is in the register then."""
        kept, linewise = self._register, self._linewise
        whole, self.mode = self.mode is Mode.VISUAL_LINE, Mode.NORMAL
        last = end[0] + 1 >= self.text.line_count if whole else end[1] + 1 >= len(self.text.line(end[0]))
        self._apply("d", start, (end[0], end[1] + (not whole)), linewise=whole)
        gone = self._register, self._linewise
        self._register, self._linewise = kept, linewise
        self._put(1, before=not last)
        self._register, self._linewise = gone
        return True

    def _show_selection(self) -> None:
        cursor = self.text.cursor
        if self.mode is Mode.VISUAL_LINE:
            first, last = sorted((self._anchor[0], cursor[0]))
            down = cursor[0] >= self._anchor[0]
            ends = (first, 0), (last, len(self.text.line(last)))
            self.text.select(*(ends if down else ends[::-1]))
        else:
            self.text.select(self._anchor, cursor)


_ON_SELECTED = {"x": "d", "s": "c", "X": "d", "D": "d", "Y": "y", "u": "gu", "U": "gU", "~": "g~"}
_REQUESTS = {"/": "find", "n": "next", "N": "previous", "K": "tell", "gd": "go there"}
_TAB = "    "
"""What the editor's tab key types."""
_NAMED = frozenset({"escape", "enter", "backspace", "tab"})


def _counted(keys: str) -> tuple[int, str]:
    """A count at the begin of `keys` (0 for none; `0` itself is a motion), and the rest."""
    digits = 0
    while digits < len(keys) and keys[digits].isdigit() and (digits or keys[0] != "0"):
        digits += 1
    return min(int(keys[:digits] or 0), 100_000), keys[digits:]


def _is_begun(keys: str) -> bool:
    """Whether more keys could make this a motion."""
    return keys in ("f", "F", "t", "T", "g")
