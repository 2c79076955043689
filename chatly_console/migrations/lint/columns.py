"""Rules about the columns that a file adds: their types, and what they cost a table that has rows."""

from collections.abc import Iterator

from chatly_console.migrations.lint.context import Context, Definition, Seen, new_columns
from chatly_console.migrations.lint.locks import Told

_SERIAL = ("serial", "bigserial", "smallserial", "serial4", "serial8", "serial2")
_SMALL = ("smallint", "int2", "smallserial", "serial2")
_INTEGER = ("int", "integer", "int4", "serial", "serial4", *_SMALL)


def column_rules(context: Context) -> Iterator[Told]:
    """Everything about new columns."""
    for seen in context.statements:
        keys = _key_columns(seen)
        for column in new_columns(seen):
            for rule, message in (*_type(column), *_number(column, keys), *_filled(seen, column)):
                yield seen.statement.line, rule, message


def _type(column: Definition) -> Iterator[tuple[str, str]]:
    words, name = column.words, column.name
    kind = words[0]
    if kind in ("char", "character", "bpchar") and words[1:2] != ["varying"]:
        yield "char-column", f"{name}: use text"
    if kind == "varchar" or words[:2] == ["character", "varying"]:
        yield "prefer-text", f"{name}: use text, with a CHECK where a limit is meant"
    if kind == "timestamp" and words[1:4] != ["with", "time", "zone"]:
        yield "prefer-timestamptz", f"{name}: use timestamptz"
    if kind == "json":
        yield "json-column", f"{name}: use jsonb"
    if kind in _SERIAL:
        yield "prefer-identity", f"{name}: generated always as identity"


def _number(column: Definition, keys: set[str]) -> Iterator[tuple[str, str]]:
    kind, words = column.words[0], set(column.words)
    is_key = column.name in keys or bool(words & {"primary", "references", "identity"}) or kind in _SERIAL
    if kind in _INTEGER and is_key:
        yield "prefer-bigint", f"{column.name}: use bigint, or uuid"
    elif kind in _SMALL:
        yield "prefer-integer", f"{column.name}: it saves no more than two bytes, and mostly not even these"


def _filled(seen: Seen, column: Definition) -> Iterator[tuple[str, str]]:
    if seen.verb != "ALTER TABLE" or seen.made_here:
        return
    words, name = column.words, column.name
    fills = "default" in words or "generated" in words or words[0] in _SERIAL
    if _follow(words, "not", "null") and not fills:
        yield "add-not-null-column", f"{name}: add it with a default, or NULL first and fill it"
    if "stored" in words:
        yield "stored-column", f"{name}: VIRTUAL from PostgreSQL 18 on, or a column that a trigger fills"


def _key_columns(seen: Seen) -> set[str]:
    """The columns of PRIMARY KEY (...) and FOREIGN KEY (...) in CREATE TABLE."""
    found: set[str] = set()
    for index, word in enumerate(seen.words.items):
        if word.text == "key" and seen.words.text(index + 1) == "(":
            at = index + 2
            while at < len(seen.words) and seen.words.text(at) != ")":
                found.add(seen.words.text(at).strip('"'))
                at += 1
    return found


def _follow(words: list[str], *wanted: str) -> bool:
    count = len(wanted)
    return any(tuple(words[index : index + count]) == wanted for index in range(len(words)))
