"""Where in a buffer a statement stood when it was sent, so that the server's error position can be found there."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from chatly_console.core.failure import Failure
from chatly_console.core.sql import tokens

_ROW = re.compile(r"^COPY [^\n]*?, line ([0-9]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """The statement `sql` began at character `offset` of the buffer `buffer`."""

    buffer: str
    offset: int
    sql: str
    original: Callable[[int], int] = field(default=lambda position: position, repr=False, compare=False)
    """Where in `sql` a place of the text that was sent is; they differ where parameters were named."""
    file: str = ""
    """The name of the file that the statement is from, where it is not from a buffer."""
    text: str = field(default="", repr=False, compare=False)
    """The text of that file, or of the part of it that begins on `line`."""
    line: int = field(default=1, compare=False)
    data_line: int = field(default=0, compare=False)
    """The line on which the first row of its data stands; 0 without data. The server counts from there."""

    def error_in(self, text: str, failure: Failure) -> tuple[int, int] | None:
        """Offset and length of the token that the failure points at; None where it, or the statement, is not there.

        The server counts characters from 1 in the text that it was sent.
        """
        if failure.position is None:
            return None
        position = self.original(failure.position)
        if not 0 < position <= len(self.sql) + 1:
            return None
        if not text.startswith(self.sql, self.offset):
            return None
        inside = min(position - 1, max(len(self.sql) - 1, 0))
        return self.offset + inside, _token_length(self.sql, inside)

    def words_in_file(self, failure: Failure) -> str:
        """Where in its file the failure points, or the statement begins."""
        return f"{self.file}, {self.where(failure)}"

    def where(self, failure: Failure) -> str:
        """The line, and the column where that is known."""
        row = self.line_of_data(failure)
        if row is not None:
            return f"line {row:,}"
        found = self.error_in(self.text, failure)
        return line_and_column(self.text, self.offset if found is None else found[0], self.line)

    def line_of_data(self, failure: Failure) -> int | None:
        """The line of the row that a COPY stumbled over; None where it is not one of the rows below it."""
        row = _ROW.search(failure.context) if self.data_line else None
        return None if row is None else self.data_line + int(row[1]) - 1

    @property
    def first_line(self) -> int:
        """The line of the file on which the statement begins."""
        return self.line + self.text.count("\n", 0, self.offset)


def _token_length(sql: str, at: int) -> int:
    line_end = sql.find("\n", at)
    for token in tokens(sql, at, len(sql) if line_end < 0 else line_end, begin=at):
        return token.end - at if token.start == at else 1
    return 1


def line_and_column(text: str, offset: int, line: int = 1) -> str:
    """A place as people name it: `line 3, column 5`; the text begins on `line`."""
    before = text[:offset]
    return f"line {before.count(chr(10)) + line:,}, column {offset - before.rfind(chr(10)):,}"
