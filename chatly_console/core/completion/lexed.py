"""The statement around the cursor as nested groups of words, read so that mistakes above it do no harm.

An unclosed parenthesis or quote in an earlier statement must not swallow the one that is being written: a blank line
before a word that begins statements ends what came before, whatever was left open there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from chatly_console.core.sql import TokenKind
from chatly_console.core.sql.tokens import scan

STARTERS = frozenset(
    {"select", "with", "insert", "update", "delete", "merge", "values", "create", "alter", "drop", "grant",
     "revoke", "explain", "truncate", "copy", "call", "do", "set", "show", "vacuum", "analyze", "analyse",
     "begin", "commit", "rollback", "table", "comment", "refresh", "reindex", "lock", "listen", "notify",
     "prepare"}
)  # fmt: skip
"""Words that begin a statement."""
_GOES_ON_AFTER = frozenset(
    {"as", "union", "all", "except", "intersect", "(", ",", "exists", "in", "distinct", "analyze"}
)
_GOES_ON_IN = frozenset({"with", "insert", "create", "explain", "copy", "merge", "prepare"})
_BLOCK = frozenset({"begin", "loop", "declare", "then", "else"})
_BLOCK_AFTER_IF = frozenset({"then", "else"})
_TAG = re.compile(r"\$\w*\$\Z")
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
_NAMES = frozenset({TokenKind.IDENTIFIER, TokenKind.QUOTED_IDENTIFIER, TokenKind.FUNCTION, TokenKind.TYPE})


class Word(NamedTuple):
    """One token with its text: words in small letters, quoted names without their quotes."""

    start: int
    end: int
    kind: TokenKind
    text: str

    @property
    def is_quoted(self) -> bool:
        """Whether it is a name in double quotes, which is never a keyword."""
        return self.kind is TokenKind.QUOTED_IDENTIFIER

    @property
    def is_name(self) -> bool:
        """Whether it can be the name of something, for the colouring's idea of keywords."""
        return self.kind in _NAMES

    @property
    def is_word(self) -> bool:
        """Whether it is made of letters: a name or a keyword."""
        return self.kind in _NAMES or self.kind is TokenKind.KEYWORD


@dataclass(slots=True, eq=False)
class Group:
    """What stands between two parentheses, or the whole statement; `end` is behind the closing one."""

    start: int
    end: int
    is_closed: bool = False
    items: list["Item"] = field(default_factory=list)

    def holds(self, cursor: int) -> bool:
        """Whether a cursor is inside."""
        return self.start < cursor and (cursor < self.end or not self.is_closed)


Item = Word | Group


def is_word(item: Item | None, *texts: str) -> bool:
    """Whether an item is one of these keywords or signs, without quotes."""
    return isinstance(item, Word) and not item.is_quoted and item.text in texts


@lru_cache(maxsize=2)
def words_around(text: str, cursor: int) -> list[Word]:
    """The words of the statement that the cursor is in, comments left out.

    Each key asks for them several times, so the last answers are kept; nobody changes them.
    """
    start = _past_open_quotes(text, cursor)
    words: list[Word] = []
    in_body = False
    for word in _words(text, start):
        is_behind = word.start >= cursor
        if word.kind is TokenKind.STRING and _TAG.match(word.text):
            in_body = not in_body
            if is_behind:
                break
            words.clear()
        elif word.text == ";":
            if is_behind:
                break
            words.clear()
        elif words and _begins_anew(text, words, word):
            if is_behind:
                break
            words[:] = [word]
        elif in_body and _begins_block(words, word) and word.end < cursor:
            words.clear()
        else:
            words.append(word)
    return words


def in_comment(text: str, cursor: int) -> bool:
    """Whether the cursor is in a comment; at the end of its line it still is."""
    for token in scan(text, _past_open_quotes(text, cursor), cursor):
        if token.kind is TokenKind.COMMENT and token.end >= cursor:
            is_over = text.startswith("/*", token.start) and text.endswith("*/", token.start + 2, token.end)
            return token.end > cursor or not is_over
    return False


def tree_of(words: list[Word], text_length: int) -> Group:
    """The words nested by their parentheses; those that are not closed reach to the end."""
    root = Group(-1, text_length + 1)
    open_groups = [root]
    for word in words:
        if word.text == "(" and word.kind is TokenKind.OPERATOR:
            group = Group(word.start, text_length + 1)
            open_groups[-1].items.append(group)
            open_groups.append(group)
        elif word.text == ")" and word.kind is TokenKind.OPERATOR:
            if len(open_groups) > 1:
                group = open_groups.pop()
                group.end, group.is_closed = word.end, True
        else:
            open_groups[-1].items.append(word)
    return root


def path_to(root: Group, cursor: int) -> list[Group]:
    """The groups around the cursor, from the whole statement inwards."""
    path = [root]
    while True:
        inner = next((item for item in path[-1].items if isinstance(item, Group) and item.holds(cursor)), None)
        if inner is None:
            return path
        path.append(inner)


def _words(text: str, start: int) -> Iterator[Word]:
    for token in scan(text, start, len(text)):
        if token.kind is TokenKind.COMMENT:
            continue
        raw = text[token.start : token.end]
        if token.kind is TokenKind.QUOTED_IDENTIFIER:
            raw = raw[1:].removesuffix('"').replace('""', '"')
        elif token.kind is not TokenKind.STRING:
            raw = raw.lower()
        yield Word(token.start, token.end, token.kind, raw)


def _past_open_quotes(text: str, cursor: int) -> int:
    """Where to begin: behind the last blank line in a quote that spans one, since it was hardly meant to."""
    if _BLANK_LINE.search(text, 0, cursor) is None:
        return 0
    for token in scan(text, 0, cursor):
        if token.kind in (TokenKind.STRING, TokenKind.QUOTED_IDENTIFIER) and text[token.start] != "$":
            gaps = [gap.end() for gap in _BLANK_LINE.finditer(text, token.start, min(token.end, cursor))]
            if gaps:
                return gaps[-1]
    return 0


def _begins_anew(text: str, words: list[Word], word: Word) -> bool:
    """Whether a word begins a statement although no semicolon has ended the last one."""
    if word.kind is not TokenKind.KEYWORD or word.text not in STARTERS:
        return False
    before = words[-1]
    line = text.rfind("\n", 0, word.start) + 1
    if line != word.start or not _BLANK_LINE.search(text, before.end, word.start):
        return False
    return before.text not in _GOES_ON_AFTER and not (words[0].text in _GOES_ON_IN and word.text != "create")


def _begins_block(words: list[Word], word: Word) -> bool:
    """Whether what follows in a PL/pgSQL body is a statement of its own."""
    if word.kind is not TokenKind.KEYWORD or word.text not in _BLOCK:
        return False
    if word.text in _BLOCK_AFTER_IF:
        return not words or words[0].text in ("if", "elsif", "elseif", "when", "exception")
    return True
