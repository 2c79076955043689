"""A statement as words and signs with the depth of their parentheses, without comments: what classifying
reads."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from chatly_console.core.sql.tokens import TokenKind, scan

READ_LIMIT = 65_536
"""Characters that are read as tokens; behind them only single words are looked for, so that 5 MB take no
time."""

_NAMES = frozenset(
    {TokenKind.KEYWORD, TokenKind.IDENTIFIER, TokenKind.FUNCTION, TokenKind.TYPE, TokenKind.QUOTED_IDENTIFIER}
)


class Word(NamedTuple):
    """One token: `text` in lower case (a quoted identifier and a string as written), and its parenthesis
    depth."""

    text: str
    raw: str
    depth: int
    kind: TokenKind

    @property
    def is_name(self) -> bool:
        """Whether it could be (a part of) the name of an object."""
        return self.kind in _NAMES


class Words:
    """The words of one statement, with the questions that classifying asks of them."""

    def __init__(self, sql: str, begin: int = 0) -> None:
        self.sql = sql
        limit = begin + READ_LIMIT
        self.rest = limit if len(sql) > limit else len(sql)
        self.items = list(_words(sql, begin, self.rest))
        self.top = [word.text for word in self.items if word.depth == 0]

    def __len__(self) -> int:
        return len(self.items)

    def text(self, index: int) -> str:
        """The word at `index`, empty behind the last."""
        return self.items[index].text if 0 <= index < len(self.items) else ""

    def starts(self, *words: str, at: int = 0) -> bool:
        """Whether these words stand at `at`, one after the other."""
        return all(self.text(at + offset) == word for offset, word in enumerate(words))

    def has(self, *words: str) -> bool:
        """Whether these words follow each other outside of parentheses."""
        first, count = words[0], len(words)
        return any(
            self.top[index : index + count] == list(words) for index, word in enumerate(self.top) if word == first
        )

    def has_any(self, words: Iterable[str]) -> bool:
        """Whether one of these words stands outside of parentheses."""
        return not set(words).isdisjoint(self.top)

    def unread_has(self, *words: str) -> bool:
        """Whether one of these words occurs in the part that was too long to be read."""
        if self.rest >= len(self.sql):
            return False
        return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE).search(self.sql, self.rest) is not None

    def name_at(self, index: int) -> tuple[str, int]:
        """The qualified name at `index` as written, and the index behind it; empty where there is none."""
        parts: list[str] = []
        while index < len(self.items) and self.items[index].is_name:
            parts.append(self.items[index].raw)
            index += 1
            if self.text(index) != ".":
                break
            index += 1
        return ".".join(parts), index

    def part(self, begin: int) -> "Words":
        """The words from `begin` on, as a statement of its own."""
        part = object.__new__(Words)
        part.sql, part.rest = self.sql, self.rest
        depth = self.items[begin].depth if begin < len(self.items) else 0
        part.items = [word._replace(depth=word.depth - depth) for word in self.items[begin:]]
        part.top = [word.text for word in part.items if word.depth == 0]
        return part


def _words(sql: str, begin: int, end: int) -> Iterable[Word]:
    depth = 0
    for start, stop, kind in scan(sql, begin, end, into_bodies=False):
        if kind is TokenKind.COMMENT:
            continue
        raw = sql[start:stop]
        if raw == ")":
            depth = max(depth - 1, 0)
        exact = kind in (TokenKind.STRING, TokenKind.QUOTED_IDENTIFIER)
        yield Word(raw if exact else raw.lower(), raw, depth, kind)
        if raw == "(":
            depth += 1
