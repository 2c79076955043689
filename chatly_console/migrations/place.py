"""Where in a file something went wrong: line, column, and the line itself with a caret below it."""

import re
from dataclasses import dataclass

from chatly_console.core.failure import Failure
from chatly_console.core.text import cell_width, safe_text
from chatly_console.migrations.files import MigrationStatement, Script

_BLOCK_LINE = re.compile(r"inline_code_block line (\d+)")
_BODY = re.compile(r"\$(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$")
_WIDEST = 160


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, from 1; `column` is None where only the line is known. `statement` counts from 1."""

    path: str
    line: int
    column: int | None
    statement: int
    text: str
    """The line as it stands."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" + (f":{self.column}" if self.column is not None else "")

    @property
    def excerpt(self) -> list[str]:
        """The line, safe to draw, and the caret below it where the column is known."""
        if self.column is None:
            return [safe_text(self.text)[:_WIDEST]]
        before = safe_text(self.text[: self.column - 1])
        skip = max(0, len(before) - _WIDEST // 2)
        shown = (before[skip:] + safe_text(self.text[self.column - 1 :]))[:_WIDEST]
        return [shown, " " * cell_width(before[skip:]) + "^"]


def place_of(script: Script, index: int, failure: Failure) -> Place:
    """Where in the file of `script` its statement number `index` (from 0) failed.

    The server names a character for what it could not understand, and none for what failed while it ran: then
    it is the statement's first line, or the line of a DO block that its context names.
    """
    statement = script.statements[index]
    if failure.position is not None:
        offset = min(statement.start + failure.position - 1, len(script.text))
        return _at(script, offset, index, exact=True)
    return _at(script, _running(script, statement, failure), index, exact=False)


def _running(script: Script, statement: MigrationStatement, failure: Failure) -> int:
    line = _BLOCK_LINE.search(failure.context)
    body = _BODY.search(statement.sql) if line is not None and statement.kind.verb == "DO" else None
    if line is None or body is None:
        return statement.code
    offset = statement.code + body.end()
    for _ in range(int(line[1]) - 1):
        newline = script.text.find("\n", offset)
        if newline < 0:
            return statement.code
        offset = newline + 1
    return offset


def _at(script: Script, offset: int, index: int, *, exact: bool) -> Place:
    line_start = script.text.rfind("\n", 0, offset) + 1
    line_end = script.text.find("\n", offset)
    text = script.text[line_start : line_end if line_end >= 0 else len(script.text)].rstrip("\r")
    line = script.text.count("\n", 0, line_start) + 1
    return Place(script.path.name, line, offset - line_start + 1 if exact else None, index + 1, text)
