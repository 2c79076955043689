"""What an error's HINT says to write, and where: the server names the column or the alias that was probably meant."""

import re
from dataclasses import dataclass

from chatly_console.core.quote import quote_identifier
from chatly_console.core.sql.tokens import TokenKind, scan

_COLUMN = re.compile(r'the column "(.+?)"(?= or |\.$|$)')
_ALIAS = re.compile(r'the table alias "(.+)"\.?$')
_MEANT = "Perhaps you meant to reference "
_NAMES = frozenset(
    {TokenKind.IDENTIFIER, TokenKind.QUOTED_IDENTIFIER, TokenKind.KEYWORD, TokenKind.FUNCTION, TokenKind.TYPE}
)


@dataclass(frozen=True, slots=True)
class Correction:
    """Put `text` in the place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


def corrections(sql: str, at: int, hint: str) -> list[Correction]:
    """What a hint says to put in the place of the reference that begins at `at`: none, one, or a choice of two.

    The server writes names without quotes; they are quoted here where SQL wants that. A column is written without its
    table where the text has none and only one was meant.

    >>> corrections("select nam from t", 7, 'Perhaps you meant to reference the column "t.name".')
    [Correction(start=7, end=10, text='name')]
    >>> [c.text for c in corrections("select t.x", 7, 'Perhaps you meant to reference the table alias "T1".')]
    ['"T1"']
    """
    if not hint.startswith(_MEANT):
        return []
    parts = _reference(sql, at)
    if not parts:
        return []
    alias = _ALIAS.search(hint)
    if alias is not None:
        start, end = parts[0]
        return [Correction(start, end, quote_identifier(alias[1]))]
    meant = [names for found in _COLUMN.findall(hint) if (names := _parted(found, sql[slice(*parts[0])])) is not None]
    is_plain = len(parts) == 1 and len(meant) == 1
    return [
        Correction(parts[0][0], parts[-1][1], ".".join(map(quote_identifier, names[1:] if is_plain else names)))
        for names in meant
    ]


def _reference(sql: str, at: int) -> list[tuple[int, int]]:
    """Where the names of a reference such as `a.b` stand; empty where no name begins there."""
    parts: list[tuple[int, int]] = []
    wants_name = True
    for token in scan(sql, at, len(sql)):
        if token.kind is TokenKind.COMMENT:
            continue
        if wants_name and token.kind in _NAMES:
            parts.append((token.start, token.end))
        elif wants_name or sql[token.start : token.end] != ".":
            break
        wants_name = not wants_name
    return parts


def _parted(written: str, qualifier: str) -> tuple[str, str] | None:
    """Table and column of a name as the hint has it; None where dots in the names leave that open."""
    table, _, column = written.partition(".")
    if "." in column:
        table = qualifier.strip('"').replace('""', '"')
        column = written.removeprefix(f"{table}.")
        if column == written:
            return None
    return (table, column) if column else None
