"""Characters as a person sees them: a letter with the marks on it is one, and one of East Asia takes two cells."""

import unicodedata

from chatly_console.core.text import cell_width

TAB = 4
"""Cells from one tab stop to the next."""
_JOINER = "\u200d"


def is_plain(line: str) -> bool:
    """Whether each character of the line takes one cell."""
    return line.isascii() and "\t" not in line


def _joins(line: str, at: int) -> bool:
    """Whether the character there belongs to the one before it."""
    sign = line[at]
    if sign.isascii():
        return False
    if unicodedata.category(sign) in ("Mn", "Me") or sign == _JOINER or "\U0001f3fb" <= sign <= "\U0001f3ff":
        return at > 0
    return at > 0 and line[at - 1] == _JOINER


def after(line: str, column: int, count: int = 1) -> int:
    """The column `count` characters on, at most the end of the line."""
    if line.isascii():
        return min(column + count, len(line))
    for _ in range(count):
        if column >= len(line):
            break
        column += 1
        while column < len(line) and _joins(line, column):
            column += 1
    return column


def before(line: str, column: int, count: int = 1) -> int:
    """The column `count` characters back, at least 0."""
    column = min(column, len(line))
    if line.isascii():
        return max(column - count, 0)
    for _ in range(count):
        if column <= 0:
            break
        column = start_of(line, column - 1)
    return column


def start_of(line: str, column: int) -> int:
    """Where the character begins that the column is in."""
    while 0 < column < len(line) and _joins(line, column):
        column -= 1
    return column


def overtyped(text: str, sign: str) -> str:
    """The text with each of its characters replaced; lines stay lines."""
    if text.isascii():
        return "".join("\n" if old == "\n" else sign for old in text)
    return "".join("\n" if old == "\n" else sign for at, old in enumerate(text) if not _joins(text, at))


def last(line: str) -> int:
    """The column of the last character; 0 in an empty line."""
    return before(line, len(line))


def cell_of(line: str, column: int) -> int:
    """The cell in which the character at the column begins."""
    if is_plain(line):
        return column
    cell = 0
    for sign in line[:column]:
        cell = _behind(sign, cell)
    return cell + max(column - len(line), 0)


def column_at(line: str, cell: int) -> int:
    """The column of the character that covers the cell; the length of the line where none does."""
    if is_plain(line):
        return min(cell, len(line))
    column = reached = 0
    while column < len(line):
        end = after(line, column)
        for sign in line[column:end]:
            reached = _behind(sign, reached)
        if reached > cell:
            return column
        column = end
    return len(line)


def _behind(sign: str, cell: int) -> int:
    return cell + (TAB - cell % TAB if sign == "\t" else cell_width(sign))
