"""Which colour each stretch of a line has; only what is on screen is read."""

from collections.abc import Iterator

from chatly_console.core.sql import Script, TokenKind
from chatly_console.query.ui.sql_document import SqlDocument

Span = tuple[int, int, str]
"""Columns of a line, and the component class that styles them."""

_CLASS_OF = {
    TokenKind.KEYWORD: "sql--keyword",
    TokenKind.FUNCTION: "sql--function",
    TokenKind.TYPE: "sql--type",
    TokenKind.STRING: "sql--string",
    TokenKind.NUMBER: "sql--number",
    TokenKind.COMMENT: "sql--comment",
    TokenKind.PARAMETER: "sql--parameter",
    TokenKind.COMMAND: "sql--command",
    TokenKind.DATA: "sql--comment",
    TokenKind.OPERATOR: "sql--operator",
}
COLOUR_CLASSES = {*_CLASS_OF.values(), "sql--error", "sql--error-mark", "sql--statement-mark"}

_LONGEST_LINE = 4_000
"""Characters of a line that are coloured; nobody reads colours in longer ones."""


class LineColours:
    """The colours of the lines last asked for, with some around them, until the text changes."""

    def __init__(self) -> None:
        self._version = -1
        self._document: SqlDocument | None = None
        self._lines: dict[int, list[Span]] = {}

    def of_line(self, document: SqlDocument, script: Script, line: int, height: int) -> list[Span]:
        """The coloured stretches of a line."""
        if document is not self._document or document.version != self._version:
            self._document, self._version = document, document.version
            self._lines = {}
        if line not in self._lines:
            top, bottom = max(0, line - height), min(document.line_count, line + height + 1)
            self._lines = _read(document, script, top, bottom)
        return self._lines.get(line, [])


def _read(document: SqlDocument, script: Script, top: int, bottom: int) -> dict[int, list[Span]]:
    lines: dict[int, list[Span]] = {line: [] for line in range(top, bottom)}
    for line, below, end in _stretches(document, top, bottom):
        for token in script.tokens(document.line_start(line), end):
            name = _CLASS_OF.get(token.kind)
            if name is None:
                continue
            while line + 1 < below and document.line_start(line + 1) <= token.start:
                line += 1
            _add(document, lines, (token.start, token.end, name), line, below)
    return lines


def _stretches(document: SqlDocument, top: int, bottom: int) -> Iterator[tuple[int, int, int]]:
    """The lines that are read together, from one to below another, and the character at which that ends.

    Behind a long line reading begins anew, so that nothing of it is read but what is coloured.
    """
    first = top
    for line in range(top, bottom):
        longest = document.line_start(line) + _LONGEST_LINE
        end = min(document.line_start(line + 1), longest)
        if end == longest or line + 1 == bottom:
            yield first, line + 1, min(end, len(document.text))
            first = line + 1


def _add(document: SqlDocument, lines: dict[int, list[Span]], span: Span, line: int, bottom: int) -> None:
    """Cut a token that spans lines at their ends."""
    start, end, name = span
    while line < bottom and document.line_start(line) < end:
        begin = document.line_start(line)
        first, last = max(start - begin, 0), min(end - begin, _LONGEST_LINE)
        if last > first:
            lines[line].append((first, last, name))
        line += 1
