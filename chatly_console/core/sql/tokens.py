"""Tokens of a stretch of SQL, for colouring what is on screen and for looking at single statements."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from chatly_console.core.sql.keywords import KEYWORDS, TYPES
from chatly_console.core.sql.meta import command_end
from chatly_console.core.sql.rules import (
    SPACE,
    WORD,
    WORD_START,
    comment_end,
    dollar_end,
    escaped_string_end,
    quoted_identifier_end,
    string_end,
)


class TokenKind(Enum):
    """What a token is, as far as colours tell it apart."""

    KEYWORD = "keyword"
    IDENTIFIER = "identifier"
    QUOTED_IDENTIFIER = "quoted_identifier"
    FUNCTION = "function"
    """A name before an opening parenthesis."""
    TYPE = "type"
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    OPERATOR = "operator"
    """Operators, and punctuation too."""
    PARAMETER = "parameter"
    """`$1`, and psql's `:name`."""
    COMMAND = "command"
    """A backslash command of psql, to the end of its line."""
    DATA = "data"
    """Lines of data below COPY ... FROM STDIN."""


class Token(NamedTuple):
    """One token: characters `start` to `end` of the text."""

    start: int
    end: int
    kind: TokenKind


_TOKEN = re.compile(
    rf"""[{SPACE}]*+(?:
    (?P<comment>--[^\n\r]*+)
    |(?P<block>/\*)
    |(?P<escaped>[eE]')
    |(?P<string>(?:[bBxXnN]|[uU]&)?+')
    |(?P<quoted>(?:[uU]&)?+")
    |(?P<word>[{WORD_START}][{WORD}]*+)
    |(?P<number>(?:[0-9]++(?:\.(?!\.)[0-9_]*+)?+|\.[0-9]++)(?:[eE][-+][0-9]++|[{WORD_START}][{WORD}]*+)?+)
    |(?P<parameter>\$[0-9]++(?:[{WORD_START}][{WORD}]*+)?+|:[{WORD_START}](?:(?!\$)[{WORD}])*+)
    |(?P<dollar>\$)
    |(?P<command>\\(?![;:]))
    |(?P<operator>::|:=|\.\.|\\[;:]|[(),;.:\[\]]|(?:(?!--|/\*)[-~!@\#^&|`?+*/%<>=])++)
    |(?P<other>[^{SPACE}])
    )""",
    re.VERBOSE | re.DOTALL,
)
_CALL = re.compile(rf"[{SPACE}]*+\(")
_CODE_BEFORE = frozenset({"as", "do", "plpgsql", "sql", "begin"})
_CODE_LIMIT = 32_768
"""Bodies of functions are coloured as code up to this size; longer ones are one string, for speed."""

_SIMPLE_KINDS = {
    "comment": TokenKind.COMMENT,
    "number": TokenKind.NUMBER,
    "parameter": TokenKind.PARAMETER,
    "operator": TokenKind.OPERATOR,
    "other": TokenKind.OPERATOR,
}
_ENDS = {
    "block": (TokenKind.COMMENT, comment_end),
    "escaped": (TokenKind.STRING, escaped_string_end),
    "string": (TokenKind.STRING, string_end),
    "quoted": (TokenKind.QUOTED_IDENTIFIER, quoted_identifier_end),
}


def tokens(text: str, start: int = 0, end: int | None = None, *, begin: int | None = None) -> list[Token]:
    """The tokens of `text` that touch `start` to `end`, in order.

    `begin`, at or before `start`, is where reading begins: an offset at which a token begins, such as the one
    that `Script.token_begin(start)` gives. Bodies of functions are read as code.
    """
    stop = len(text) if end is None else end
    return [token for token in scan(text, start if begin is None else begin, stop) if token.end > start]


def scan(text: str, begin: int, end: int, *, into_bodies: bool = True) -> Iterator[Token]:
    """All tokens that start from `begin` to before `end`; `begin` must be where a token begins."""
    at, before = begin, ""
    while (match := _TOKEN.match(text, at)) is not None:
        group = match.lastgroup
        assert group is not None
        start, at = match.start(group), match.end()
        if start >= end:
            return
        if group == "word":
            word = match["word"].lower()
            yield Token(start, at, _kind_of_word(text, word, at, before))
            before = word
            continue
        if group in _ENDS:
            kind, find_end = _ENDS[group]
            at = find_end(text, at)
            yield Token(start, at, kind)
        elif group == "dollar":
            at, quoted = dollar_end(text, start, start)
            if quoted and into_bodies and before in _CODE_BEFORE:
                yield from _body(text, start, at, end)
            else:
                yield Token(start, at, TokenKind.STRING if quoted else TokenKind.OPERATOR)
        elif group == "command":
            at = command_end(text, start)[1]
            yield Token(start, at, TokenKind.COMMAND)
        else:
            yield Token(start, at, _SIMPLE_KINDS[group])
        if group not in ("comment", "block"):
            before = "." if match[group] == "." else ""


def _kind_of_word(text: str, word: str, end: int, before: str) -> TokenKind:
    if before != ".":
        if word in KEYWORDS:
            return TokenKind.KEYWORD
        if word in TYPES:
            return TokenKind.TYPE
    return TokenKind.FUNCTION if _CALL.match(text, end) else TokenKind.IDENTIFIER


def _body(text: str, start: int, end: int, stop: int) -> Iterator[Token]:
    """A dollar-quoted body as code between its two tags."""
    inside = text.index("$", start + 1) + 1
    tag = inside - start
    closed = end - inside >= tag and text.startswith(text[start:inside], end - tag)
    last = end - tag if closed else end
    if last - inside > _CODE_LIMIT:
        yield Token(start, end, TokenKind.STRING)
        return
    yield Token(start, inside, TokenKind.STRING)
    for token in scan(text[inside:last], 0, min(last, stop) - inside):
        yield Token(token.start + inside, token.end + inside, token.kind)
    if closed:
        yield Token(last, end, TokenKind.STRING)
