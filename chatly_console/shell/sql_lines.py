"""SQL as lines for the line view, coloured by what each token is."""

from collections.abc import Iterator

from chatly_console.core.sql import TokenKind, tokens
from chatly_console.core.text import safe_text
from chatly_console.shell.grid.cell_lines import Kind, Line

_KINDS: dict[TokenKind, Kind] = {
    TokenKind.KEYWORD: "word",
    TokenKind.TYPE: "name",
    TokenKind.STRING: "text",
    TokenKind.NUMBER: "number",
    TokenKind.COMMENT: "muted",
}


def sql_lines(sql: str) -> list[Line]:
    """The lines of a text of SQL, safe to draw."""
    lines: list[list[tuple[str, Kind]]] = [[]]
    for text, kind in _pieces(sql):
        first, *rest = safe_text(text, one_line=False).split("\n")
        lines[-1].append((first, kind))
        lines += [[(piece, kind)] for piece in rest]
    return [Line(tuple((text, kind) for text, kind in line if text)) for line in lines]


def _pieces(sql: str) -> Iterator[tuple[str, Kind]]:
    at = 0
    for token in tokens(sql):
        if token.start > at:
            yield sql[at : token.start], "plain"
        yield sql[token.start : token.end], _KINDS.get(token.kind, "plain")
        at = token.end
    yield sql[at:], "plain"
