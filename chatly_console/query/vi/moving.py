"""Where keys lead: motions, marks, and the word at the cursor found again."""

from dataclasses import dataclass

from chatly_console.query.vi.edits import Edits
from chatly_console.query.vi.marks import BEFORE_JUMP, JUMPS
from chatly_console.query.vi.motions import MOTIONS, Kind, first_not_blank, to_character
from chatly_console.query.vi.seeking import seek_word, word_at
from chatly_console.query.vi.text import Height, Place

_REQUESTS = {
    "/": "find", "?": "find", "K": "tell", "gd": "go there", "gt": "next buffer", "gT": "buffer before",
}  # fmt: skip
_HEIGHTS: dict[str, Height] = {
    "zt": "top", "zz": "middle", "zb": "bottom", "z.": "middle", "z-": "bottom", "zj": "top",
}  # fmt: skip
"""Enter comes as `j`."""
_BEGUN = frozenset({"f", "F", "t", "T", "g", "'", "`", "m", "z"})
"""Keys that another one belongs to."""


@dataclass
class Moving(Edits):
    """A text whose cursor goes where keys say."""

    word: str = ""
    """What `*` and `#` looked for, as long as nothing else was: `n` goes on with it."""
    _word_ahead: bool = True
    _sought: tuple[str, bool, bool] | None = None

    def _moved(self, count: int, keys: str) -> Place | None:
        """Where a motion leads; None where it leads nowhere, or is no motion."""
        cursor = self.text.cursor
        if keys in ("gg", "G"):
            last = self.text.line_count - 1
            line = min(count - 1, last) if count else 0 if keys == "gg" else last
            return line, first_not_blank(self.text, line)
        if len(keys) == 2 and keys[0] in "'`":
            found = self.marks.find(keys[1], self.text)
            return found if found is None or keys[0] == "`" else (found[0], first_not_blank(self.text, found[0]))
        if keys in ("*", "#") or (keys in ("n", "N") and self.word):
            return self._seek(cursor, keys, count or 1)
        kind = self._motion(keys)
        return None if kind is None else kind.move(self.text, cursor, count or 1)

    def _seek(self, cursor: Place, keys: str, count: int) -> Place | None:
        if keys in ("*", "#"):
            found = word_at(self.text, cursor)
            if found is None:
                return None
            cursor = cursor[0], found[0]
            self.word, self._word_ahead = found[1], keys == "*"
        ahead = self._word_ahead if keys != "N" else not self._word_ahead
        return seek_word(self.text, cursor, self.word, ahead, count)

    def _motion(self, keys: str) -> Kind | None:
        """How an operator takes it."""
        if keys in ("gg", "G") or (len(keys) == 2 and keys[0] == "'"):
            return Kind(lambda text, place, count: place, linewise=True)
        if (len(keys) == 2 and keys[0] == "`") or keys in ("*", "#") or (keys in ("n", "N") and self.word):
            return Kind(lambda text, place, count: place)
        if len(keys) == 2 and keys[0] in "fFtT":
            self._sought = (keys[1], keys[0] in "ft", keys[0] in "tT")
            return Kind(to_character(*self._sought), inclusive=keys[0] in "ft")
        if keys in (";", ",") and self._sought is not None:
            wanted, forward, till = self._sought
            ahead = forward if keys == ";" else not forward
            return Kind(to_character(wanted, ahead, till, again=True), inclusive=ahead)
        return MOTIONS.get(keys)

    def _jump(self, keys: str, place: Place) -> None:
        """Go there; two quotes lead back from a jump."""
        if keys in JUMPS or keys[0] in "'`":
            self.marks.put(BEFORE_JUMP, self.text.cursor)
        self._go(place)

    def _asked(self, keys: str) -> bool:
        """Whether the editor has to do something itself, or to scroll."""
        if keys in _HEIGHTS:
            self.text.scroll(self.text.cursor[0], _HEIGHTS[keys])
        elif keys in ("n", "N") and not self.word:
            self.request = "next" if keys == "n" else "previous"
        elif keys in _REQUESTS:
            self.request = _REQUESTS[keys]
            self.word = "" if self.request == "find" else self.word
        elif len(keys) == 2 and keys[0] == "m":
            self.marks.put(keys[1], self.text.cursor)
        else:
            return False
        return True

    def _page(self, key: str) -> None:
        """Half a screen down or up, or a whole one up."""
        first, last = self.text.in_sight
        is_whole = first == 0 and last + 1 == self.text.line_count
        height = max(last - first + 1, 2) * (2 if is_whole else 1)  # a short text is less than half a screen
        lines = {"ctrl+d": height // 2, "ctrl+u": -(height // 2), "ctrl+b": 2 - height}[key]
        line = min(max(self.text.cursor[0] + lines, 0), self.text.line_count - 1)
        self._go((line, first_not_blank(self.text, line)))


def counted(keys: str) -> tuple[int, str]:
    """A count at the begin of `keys` (0 for none; `0` itself is a motion), and the rest."""
    digits = 0
    while digits < len(keys) and keys[digits].isdigit() and (digits or keys[0] != "0"):
        digits += 1
    return min(int(keys[:digits] or 0), 100_000), keys[digits:]


def is_begun(keys: str) -> bool:
    """Whether more keys could make this a motion, or something else that two keys do."""
    return keys in _BEGUN
