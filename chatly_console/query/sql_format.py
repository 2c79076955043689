"""SQL laid out anew, statement by statement; what the formatter would damage stays as it was."""

from collections.abc import Callable

import sqlparse

from chatly_console.core.sql import Script, TokenKind, tokens

FORMAT_LIMIT = 100_000
"""Longer statements stay as they are: sqlparse needs seconds for them."""

_EXACT = frozenset({TokenKind.STRING, TokenKind.QUOTED_IDENTIFIER, TokenKind.COMMENT, TokenKind.DATA})


def format_script(text: str, *, goes_on: Callable[[], bool] = lambda: True) -> str:
    """All statements of `text` formatted; what stands between them (comments, commands, data) is kept.

    `goes_on` is asked before each, and what is left then stays as it was.
    """
    pieces: list[str] = []
    kept = 0
    for statement in Script(text):
        if not goes_on():
            break
        pieces += [text[kept : statement.code], format_statement(text[statement.code : statement.end])]
        kept = statement.end
    pieces.append(text[kept:])
    whole = "".join(pieces)
    return whole if not whole or whole.endswith("\n") else whole + "\n"


def too_long(text: str) -> bool:
    """Whether a statement of `text` is left as it is because of its length."""
    return any(statement.end - statement.code > FORMAT_LIMIT for statement in Script(text))


def format_statement(sql: str) -> str:
    """One statement, indented and with lower-case keywords; unchanged where its meaning could change."""
    if len(sql) > FORMAT_LIMIT:
        return sql
    try:
        formatted = str(sqlparse.format(sql, reindent=True, keyword_case="lower")).strip()
    except (sqlparse.exceptions.SQLParseError, RecursionError, ValueError):
        return sql
    return formatted if _essence(formatted) == _essence(sql) else sql


def _essence(sql: str) -> list[str]:
    """The tokens that carry the meaning: quoted text and comments exactly, words without their case."""
    found: list[str] = []
    for start, end, kind in tokens(sql):
        text = sql[start:end]
        found.append(text.rstrip() if kind in _EXACT else text.lower())
    return found
