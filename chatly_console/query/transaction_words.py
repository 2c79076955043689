"""BEGIN, COMMIT and ROLLBACK as the editor understands them, and the words for a transaction on show."""

from dataclasses import dataclass
from typing import Literal

from chatly_console.core.classify import Classification
from chatly_console.core.durations import age_words
from chatly_console.core.sql import TokenKind, tokens
from chatly_console.server.transaction import LEVELS

Verb = Literal["begin", "commit", "roll back"]

_COUNTED = ("INSERT", "UPDATE", "DELETE", "MERGE", "COPY")
_BEGIN = ("begin", "start transaction")
_COMMIT = ("commit", "end")
_ROLL_BACK = ("rollback", "abort")


@dataclass(frozen=True, slots=True)
class Control:
    """What a statement does to the transaction; `isolation` is the level that BEGIN asks for, or empty."""

    verb: Verb
    isolation: str = ""


def control_of(sql: str) -> Control | None:
    """What `sql` does to the explicit transaction; None where it is another statement.

    >>> control_of("begin isolation level serializable")
    Control(verb='begin', isolation='serializable')
    >>> control_of("rollback to savepoint a") is None
    True
    """
    if len(sql) > 200:
        return None
    found = [token for token in tokens(sql) if token.kind is not TokenKind.COMMENT]
    words = " ".join(sql[token.start : token.end].lower() for token in found)
    for level in LEVELS:
        if words.startswith(_BEGIN) and f"isolation level {level}" in words:
            return Control("begin", level)
    plain = words.removesuffix(" transaction").removesuffix(" work")
    if plain in _BEGIN or words in _BEGIN:
        return Control("begin")
    if plain in _COMMIT:
        return Control("commit")
    return Control("roll back") if plain in _ROLL_BACK else None


def mode_words(seconds: float | None, statements: int = 0) -> str:
    """The transaction mode for the identity bar: `auto`, or how long one has been open."""
    if seconds is None:
        return "auto"
    joined = f", {statements_words(statements)}" if statements else ""
    return f"IN TRANSACTION {age_words(seconds)}{joined}"


def open_words(seconds: float | None) -> str:
    """What would be lost with the console: empty where no transaction is open."""
    return "" if seconds is None else f"a transaction, open for {age_words(seconds)}"


def changed_rows(tag: str) -> int | None:
    """How many rows a statement changed, by the server's tag; None for one that changes no rows.

    >>> changed_rows("INSERT 0 3"), changed_rows("UPDATE 2"), changed_rows("CREATE TABLE")
    (3, 2, None)
    """
    verb, _, number = tag.rpartition(" ")
    return int(number) if number.isdigit() and verb.split(" ")[0] in _COUNTED else None


def changed_words(tag: str, changed: int | None, found: Classification) -> str:
    """The question before a commit: what was changed."""
    if changed is None:
        return f"{tag or found.verb} is done. Keep it?"
    written = ", ".join(relation.name for relation in found.relations if relation.written)
    if tag.startswith("COPY"):
        return f"COPY added {rows_words(changed)} to {written}. Keep {'it' if changed == 1 else 'them'}?"
    return f"{found.verb} changed {rows_words(changed)}{f' of {written}' if written else ''}. Keep it?"


def rows_words(count: int) -> str:
    """A number of rows in words."""
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def statements_words(count: int) -> str:
    """A number of statements in words."""
    return f"{count:,} {'statement' if count == 1 else 'statements'}"
