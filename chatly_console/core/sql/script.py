"""A text that is edited, kept split: only what an edit touched is read again."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

from chatly_console.core.sql.meta import next_line
from chatly_console.core.sql.scanner import Scanner
from chatly_console.core.sql.statement import Statement
from chatly_console.core.sql.tokens import Token, TokenKind, tokens


class Script(Sequence[Statement]):
    """The statements of a text, in order, and cheap to bring up to date after an edit.

    `update` finds the edit by itself, reads again from the last statement before it, and stops where it meets
    an old boundary behind it. It behaves as a sequence of `Statement`.
    """

    def __init__(self, text: str = "") -> None:
        self.text = ""
        self._starts: list[int] = []
        self._codes: list[int] = []
        self._ends: list[int] = []
        self._resumes: list[int] = []
        self._lines: list[int] = []
        self._marks: list[int] = []
        self.update(text)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Statement: ...
    @overload
    def __getitem__(self, index: slice) -> list[Statement]: ...
    def __getitem__(self, index: int | slice) -> Statement | list[Statement]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return Statement(self._starts[index], self._ends[index], self._lines[index], self._codes[index])

    def __iter__(self) -> Iterator[Statement]:
        return map(Statement, self._starts, self._ends, self._lines, self._codes)

    def update(self, text: str) -> None:
        """Take `text` as the new text."""
        old = self.text
        if text == old:
            return
        prefix = common_prefix(old, text)
        suffix = common_suffix(old, text, min(len(old), len(text)) - prefix)
        kept = self._kept(prefix)
        scanner = Scanner(text, self._resumes[kept - 1] if kept else 0)
        tail = _Tail(self, len(text) - len(old), len(text) - suffix)
        marks_kept = bisect_right(self._marks, scanner.at)
        line, counted = (self._lines[kept - 1], self._starts[kept - 1]) if kept else (1, 0)
        found: tuple[list[int], ...] = ([], [], [], [], [])
        for start, code, end, resume in scanner:
            line += text.count("\n", counted, start)
            counted = start
            for column, value in zip(found, (start, code, end, resume, line), strict=True):
                column.append(value)
            if scanner.settled and tail.find(resume):
                break
        self.text = text
        self._marks[marks_kept:] = scanner.marks + tail.shifted(self._marks, tail.mark)
        line_shift = 0
        if tail.index < len(self._starts):
            following = self._starts[tail.index] + tail.shift
            line_shift = line + text.count("\n", counted, following) - self._lines[tail.index]
        columns = (self._starts, self._codes, self._ends, self._resumes)
        for column, new in zip(columns, found, strict=False):
            column[kept:] = new + tail.shifted(column, tail.index)
        self._lines[kept:] = found[4] + [n + line_shift for n in self._lines[tail.index :]]

    def _kept(self, prefix: int) -> int:
        """How many statements an edit behind `prefix` leaves as they were; one more is given up for
        safety."""
        sure = bisect_left(self._resumes, prefix)
        return bisect_left(self._resumes, self._resumes[sure - 1]) if sure else 0

    def token_begin(self, offset: int) -> int:
        """An offset, at or before `offset` and near it, at which a token begins: colouring may start
        there."""
        boundary = bisect_right(self._resumes, offset)
        mark = bisect_right(self._marks, offset)
        return max(
            self._resumes[boundary - 1] if boundary else 0,
            self._marks[mark - 1] if mark else 0,
        )

    def tokens(self, start: int, end: int) -> list[Token]:
        """The tokens that touch `start` to `end`, for colouring; lines of COPY data are one token each
        block."""
        first = bisect_right(self._resumes, start)
        last = bisect_left(self._starts, end)
        found: list[Token] = []
        at = self.token_begin(start)
        for index in range(first, last):
            data = self._data_of(index)
            if data is not None and data[1] > at:
                found += tokens(self.text, start, min(data[0], end), begin=at) if at < data[0] else []
                found.append(Token(*data, TokenKind.DATA))
                at = data[1]
        if at < end:
            found += tokens(self.text, start, end, begin=at)
        return [token for token in found if token.start < end and token.end > start]

    def _data_of(self, index: int) -> tuple[int, int] | None:
        """The lines of data below a COPY, or None."""
        line = next_line(self.text, self._ends[index])
        return (line, self._resumes[index]) if self._resumes[index] > line else None

    def index_at(self, offset: int) -> int | None:
        """The index of the statement that a cursor at `offset` means, or None between statements.

        On the semicolon and right after it, it is the statement on its left, and so for the rest of that
        line; on the line of a statement, left of it, that one. Blank lines and lines of data belong to none,
        save behind a last statement that no semicolon has ended.
        """
        left = bisect_right(self._starts, offset) - 1
        if left > 0 and offset == self._starts[left] == self._resumes[left - 1]:
            left -= 1
        if left >= 0:
            end = self._ends[left]
            unended = left == len(self) - 1 and self._resumes[left] == len(self.text) and end == len(self.text.rstrip())
            open_end = unended and not self.text.startswith(";", end)
            if offset <= end + 1 or open_end or self.text.find("\n", end, offset) < 0:
                return left
        right = left + 1
        if right < len(self) and self.text.find("\n", offset, self._starts[right]) < 0:
            return right
        return None


class _Tail:
    """The old statements behind an edit: found once the new scan reaches one of their boundaries."""

    def __init__(self, script: Script, shift: int, unchanged: int) -> None:
        self._resumes = script._resumes
        self._marks = script._marks
        self.shift = shift
        self._unchanged = unchanged
        self.index = len(script)
        self.mark = len(script._marks)

    def find(self, resume: int) -> bool:
        """Whether the old text had a boundary at the same place, so that the rest is known."""
        if resume <= self._unchanged:
            return False
        old = resume - self.shift
        index = bisect_right(self._resumes, old)
        if not index or self._resumes[index - 1] != old:
            return False
        self.index = index
        self.mark = bisect_right(self._marks, old)
        return True

    def shifted(self, offsets: list[int], index: int) -> list[int]:
        """The offsets from `index` on, moved to where they are in the new text."""
        shift = self.shift
        return [offset + shift for offset in offsets[index:]] if shift else offsets[index:]


def common_prefix(one: str, other: str) -> int:
    """How many characters two texts share at their beginning; by halving, because comparing slices is
    fast."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_suffix(one: str, other: str, limit: int) -> int:
    """How many characters, at most `limit`, two texts share at their end."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def split(text: str) -> list[Statement]:
    """The statements of `text`, as psql would send them."""
    return list(Script(text))


def statement_at(text: str | Script, offset: int) -> Statement | None:
    """The statement that a cursor at `offset` means; see `Script.index_at`."""
    script = Script(text) if isinstance(text, str) else text
    index = script.index_at(offset)
    return None if index is None else script[index]
