"""What a statement keeps others waiting for: lock, rewrite and scan of every relation that it touches."""

from collections.abc import Mapping
from dataclasses import replace

from chatly_console.core.classify import classify
from chatly_console.core.classify.alter import alter_table_effects
from chatly_console.core.classify.types import Classification, Effect
from chatly_console.core.classify.words import Words
from chatly_console.core.sql import split

_READ_LOCKS = ("", "ACCESS SHARE", "ROW SHARE")


def effects(sql: str, types: Mapping[str, Mapping[str, str]] | None = None) -> tuple[Effect, ...]:
    """The effects of one statement on relations of others; of reading there are none worth telling.

    `types` are the present column types of tables, by the table's name as written; with them it is known whether a
    change of type rewrites the table.
    """
    places = split(sql)
    if len(places) != 1:
        return ()
    words = Words(sql[places[0].code : places[0].end])
    kind = classify(sql)
    first, second = words.text(0), words.text(1)
    if first == "alter" and second in ("table", "foreign", "materialized") and kind.relations:
        table = kind.relations[0].name
        if words.has("rename") or words.has("set", "schema") or words.has("owner", "to"):
            return (Effect(table, "ACCESS EXCLUSIVE"),)
        return tuple(_partitions(words, alter_table_effects(words, table, (types or {}).get(table, {}))))
    return tuple(_other(words, kind))


def _partitions(words: Words, found: list[Effect]) -> list[Effect]:
    """The partition that is attached or detached is locked as well."""
    at = next((i for i, w in enumerate(words.items) if w.text == "partition" and w.depth == 0), None)
    if at is None or not (words.has("attach", "partition") or words.has("detach", "partition")):
        return found
    name = words.name_at(at + 1)[0]
    attached = words.has("attach", "partition")
    note = "reads every row of it, unless a CHECK proves that all fit" if attached else ""
    return [*found, Effect(name, "ACCESS EXCLUSIVE", False, None if attached else False, note=note)]


def _other(words: Words, kind: Classification) -> list[Effect]:
    verb, lock = kind.verb, kind.lock
    if lock in _READ_LOCKS:
        return []
    if verb == "CREATE TABLE":
        return _create_table(words, kind)
    if verb == "ALTER DOMAIN":
        checks = words.has("add") and not words.has("not", "valid")
        return [Effect("", lock, False, True, note="of every table that uses the domain")] if checks else []
    known = _WORK.get(verb)
    if known is not None:
        return [replace(known, relation=name, lock=lock) for name in _all(kind)]
    if lock == "ROW EXCLUSIVE":
        return [Effect(relation.name, lock, False, None) for relation in kind.relations if relation.written]
    named = [relation.name for relation in kind.relations if relation.written or verb == "LOCK"]
    return [Effect(name, lock) for name in named or [""]]


_WORK = {
    "DROP INDEX": Effect("", "", note="of the index and its table"),
    "DROP INDEX CONCURRENTLY": Effect("", "", note="of the index and its table"),
    "DROP TABLE": Effect("", "", note="locks tables that its foreign keys refer to as well"),
    "CREATE INDEX": Effect("", "", False, True, True),
    "CREATE INDEX CONCURRENTLY": Effect("", "", False, True, True, "reads it twice, and waits for old snapshots"),
    "REINDEX": Effect("", "", False, True, True, "the indexes themselves are locked for readers too"),
    "REINDEX CONCURRENTLY": Effect("", "", False, True, True),
    "CLUSTER": Effect("", "", True, True),
    "VACUUM FULL": Effect("", "", True, True),
    "VACUUM": Effect("", "", False, None),
    "REFRESH MATERIALIZED VIEW": Effect("", "", True, None),
    "REFRESH MATERIALIZED VIEW CONCURRENTLY": Effect("", "", False, None),
}
"""What is done under the lock, by verb; relation and lock are the statement's own."""


def _create_table(words: Words, kind: Classification) -> list[Effect]:
    """A new table keeps nobody waiting; those that it refers to, or is a part of, are locked."""
    own = _first(kind)
    found = []
    for index, word in enumerate(words.items):
        name = words.name_at(index + 1)[0]
        if word.text == "references" and name != own:
            found.append(Effect(name, "SHARE ROW EXCLUSIVE"))
    if words.has("partition", "of"):
        at = next(i for i, w in enumerate(words.items) if w.text == "of" and words.text(i - 1) == "partition")
        found.append(Effect(words.name_at(at + 1)[0], "ACCESS EXCLUSIVE"))
    return list(dict.fromkeys(found))


def _first(kind: Classification) -> str:
    return kind.relations[0].name if kind.relations else ""


def _all(kind: Classification) -> list[str]:
    """The relations that it names; of an index only the server knows the table."""
    if kind.verb.startswith("DROP INDEX"):
        return [""]
    return [relation.name for relation in kind.relations] or [""]
