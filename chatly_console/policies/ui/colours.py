"""Expressions of policies in the theme's colours for SQL."""

from textual.content import Content

from chatly_console.core.sql import TokenKind, tokens
from chatly_console.core.text import safe_text

_COLOURS = {
    TokenKind.KEYWORD: "$keyword",
    TokenKind.STRING: "$string",
    TokenKind.NUMBER: "$number",
}


def coloured(line: str) -> Content:
    """A line of SQL in the theme's colours."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for start, end, kind in tokens(line):
        if start > at:
            pieces.append((safe_text(line[at:start]), ""))
        pieces.append((safe_text(line[start:end]), _COLOURS.get(kind, "")))
        at = end
    pieces.append((safe_text(line[at:]), ""))
    return Content.assemble(*[(text, style) if style else text for text, style in pieces if text])
