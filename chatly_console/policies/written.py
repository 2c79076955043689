"""What a data-changing statement writes: where in its text the table's name stands, and what its form asks of policies.

By tokens, for statements that the server has already understood; a form that is not read here gives None.
"""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from chatly_console.core.sql import TokenKind, tokens
from chatly_console.policies.policy import Command

Verb = Literal["insert", "update", "delete", "merge"]
COMMAND_OF: dict[Verb, Command] = {
    "insert": Command.INSERT, "update": Command.UPDATE, "delete": Command.DELETE, "merge": Command.UPDATE,
}  # fmt: skip

_BEFORE_NAME = frozenset({"into", "from", "only"})
_NO_ALIAS = frozenset(
    ["", "(", ")", ";", "*", "set", "values", "select", "table", "default", "where", "using", "overriding", "with",
     "returning", "on"]
)  # fmt: skip
_READ_BY = {"update": ("where", "from", "returning"), "delete": ("where", "using", "returning")}


@dataclass(frozen=True, slots=True)
class Word:
    """A token with its text (in lower case unless it is quoted) and how many parentheses are open before it."""

    text: str
    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Written:
    """The table that a statement writes, as it names it (characters `start` to `end`), and the statement's form."""

    verb: Verb
    name: str
    start: int
    end: int
    has_alias: bool
    conflict: Literal["", "nothing", "update"] = ""
    reads: bool = True
    """Whether it reads columns of the table, so that SELECT policies join; for MERGE: whether it returns rows."""

    def aimed_at(self, sql: str, other: str, alias: str) -> str:
        """The same statement on another table, which goes by `alias` where the statement gives no name of its own."""
        return sql[: self.start] + other + ("" if self.has_alias else f" as {alias}") + sql[self.end :]

    def is_named(self, schema: str, name: str) -> bool:
        """Whether this is the table that the statement names; without a schema any schema's will do."""
        parts = tuple(part.strip('"') for part in self.name.split("."))
        return parts[-1] == name and (len(parts) == 1 or parts[-2] == schema)


def find_written(sql: str, columns: Collection[str] = ()) -> Written | None:
    """What the statement writes; `columns` are the table's, to tell whether SET reads one."""
    words = _words(sql)
    at = next((i for i, w in enumerate(words) if w.depth == 0 and w.text in COMMAND_OF), None)
    if at is None or words[0].text not in ("with", words[at].text):
        return None
    verb: Verb = words[at].text  # type: ignore[assignment]
    first = at + 1
    while first < len(words) and words[first].text in _BEFORE_NAME:
        first += 1
    if first >= len(words):
        return None
    last = first
    while last + 2 < len(words) and words[last + 1].text == ".":
        last += 2
    after = words[last + 1].text if last + 1 < len(words) else ""
    start, end = words[first].start, words[last].end
    outer = [w for w in words[last + 1 :] if w.depth == 0]
    conflict, arbiter = _conflict(outer)
    reads = _reads(verb, outer, columns) or arbiter or conflict == "update"
    return Written(verb, sql[start:end], start, end, after not in _NO_ALIAS, conflict, reads)


def _words(sql: str) -> list[Word]:
    words, depth = [], 0
    for token in tokens(sql):
        if token.kind is TokenKind.COMMENT:
            continue
        text = sql[token.start : token.end]
        if token.kind is TokenKind.OPERATOR:
            depth -= text.count(")")
        quoted = token.kind in (TokenKind.QUOTED_IDENTIFIER, TokenKind.STRING)
        words.append(Word(text if quoted else text.lower(), token.start, token.end, depth))
        if token.kind is TokenKind.OPERATOR:
            depth += text.count("(")
    return words


def _conflict(outer: list[Word]) -> tuple[Literal["", "nothing", "update"], bool]:
    """What ON CONFLICT does, and whether it names what the conflict is on."""
    texts = [w.text for w in outer]
    for at in range(len(texts) - 1):
        if texts[at : at + 2] == ["on", "conflict"]:
            does = "update" if "update" in texts[at:] else "nothing"
            return does, texts[at + 2 : at + 3] != ["do"]  # type: ignore[return-value]
    return "", False


def _reads(verb: Verb, outer: list[Word], columns: Collection[str]) -> bool:
    texts = [w.text for w in outer]
    if verb in ("insert", "merge"):
        return "returning" in texts
    if any(word in texts for word in _READ_BY[verb]):
        return True
    assigned = texts.index("set") if "set" in texts else len(texts)
    later = [*texts[assigned + 1 :], ""]
    return any(w.strip('"') in columns and after != "=" for w, after in pairwise(later))
