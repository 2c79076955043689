"""A text in memory for vi keys, and fingers that type at it as the editor does."""

import re

from chatly_console.query.vi import Mode, Place, Vi

_NAMES = {"␛": "escape", "⏎": "enter", "␈": "backspace", "⇥": "tab"}


class Lines:
    """A text in memory; where it is marked with ^ is the cursor."""

    def __init__(self, marked: str) -> None:
        at = marked.index("^")
        before = marked[:at]
        self._lines = (before + marked[at + 1 :]).split("\n")
        self._cursor = before.count("\n"), len(before.rpartition("\n")[2])
        self._past: list[tuple[list[str], Place]] = []
        self._future: list[tuple[list[str], Place]] = []
        self._begun: tuple[list[str], Place] | None = None
        self.in_sight = (0, len(self._lines) - 1)
        self.scrolled: tuple[int, str] | None = None

    @property
    def line_count(self) -> int:
        return len(self._lines)

    @property
    def cursor(self) -> Place:
        return self._cursor

    def line(self, number: int) -> str:
        assert number >= 0
        return self._lines[number]

    def lines(self) -> list[str]:
        return list(self._lines)

    def move(self, place: Place) -> None:
        assert 0 <= place[1] <= len(self.line(place[0]))
        self._cursor = place

    def between(self, start: Place, end: Place) -> str:
        lines = self._lines[start[0] : end[0] + 1]
        lines[-1] = lines[-1][: end[1]]
        lines[0] = lines[0][start[1] :]
        return "\n".join(lines)

    def replace(self, start: Place, end: Place, text: str) -> None:
        assert start <= end
        self._begun = self._begun or (self.lines(), self._cursor)
        whole = self._lines[start[0]][: start[1]] + text + self._lines[end[0]][end[1] :]
        self._lines[start[0] : end[0] + 1] = whole.split("\n")
        self._cursor = start

    def undo(self, redo: bool) -> bool:
        taken, kept = (self._future, self._past) if redo else (self._past, self._future)
        if not taken:
            return False
        lines, cursor = taken.pop()
        kept.append((self.lines(), cursor))
        self._lines = lines
        line = min(cursor[0], len(lines) - 1)
        self._cursor = line, min(cursor[1], len(lines[line]))
        return True

    def begin_change(self) -> None:
        self._begun = None

    def end_change(self) -> None:
        if self._begun is not None:
            self._past.append(self._begun)
            self._future, self._begun = [], None

    def scroll(self, line: int, height: str) -> None:
        self.scrolled = line, height

    def marked(self) -> str:
        line, column = self._cursor
        lines = self.lines()
        lines[line] = lines[line][:column] + "^" + lines[line][column:]
        return "\n".join(lines)


def press(text: Lines, vi: Vi, keys: str) -> None:
    """`␛` stands for escape, `⏎` for enter, `␈` for backspace, `⇥` for tab, and `⌃v` for ctrl+v."""
    for key in re.findall(r"⌃.|.", keys):
        name = f"ctrl+{key[1]}" if key[0] == "⌃" else _NAMES.get(key, key)
        if not vi.feed(name) and vi.mode is Mode.INSERT:
            put_in(text, vi, name)


def put_in(text: Lines, vi: Vi, key: str) -> None:
    """What the editor does with a key while one types, and tells vi of."""
    line, column = text.cursor
    start, written = (line, column), key
    if key == "backspace":
        start, written = ((line, column - 1) if column else (line - 1, len(text.line(line - 1)))), ""
    elif key == "enter":
        before = text.line(line)[:column]
        written = "\n" + before[: len(before) - len(before.lstrip())]
    removed = text.between(start, (line, column))
    text.replace(start, (line, column), written)
    text.move((line + 1, len(written) - 1) if key == "enter" else (start[0], start[1] + len(written)))
    vi.noted(start, (line, column), removed, written)
