"""What a statement keeps others waiting for: lock, rewrite and scan of every relation that it touches."""

from collections.abc import Mapping

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
    verb = kind.verb
    if kind.lock in _READ_LOCKS:
        return []
    if verb == "CREATE TABLE":
        return _create_table(words, kind)
    if verb == "DROP INDEX" or verb == "DROP INDEX CONCURRENTLY":
        return [Effect("", kind.lock, note="of the index and its table")]
    if verb == "CREATE INDEX":
        return [Effect(_first(kind), kind.lock, False, True, True)]
    if verb == "CREATE INDEX CONCURRENTLY":
        return [
            Effect(_first(kind), kind.lock, False, True, True, "reads the table twice, and waits for old snapshots")
        ]
    if verb in ("REINDEX", "REINDEX CONCURRENTLY"):
        note = "" if "CONCURRENTLY" in verb else "the indexes themselves are locked for readers too"
        return [Effect(name, kind.lock, False, True, True, note) for name in _all(kind)]
    if verb == "REFRESH MATERIALIZED VIEW":
        return [Effect(name, kind.lock, True, None) for name in _all(kind)]
    if verb in ("CLUSTER", "VACUUM FULL"):
        return [Effect(name, kind.lock, True, True) for name in _all(kind)]
    if verb in ("VACUUM", "REFRESH MATERIALIZED VIEW CONCURRENTLY"):
        return [Effect(name, kind.lock, False, None) for name in _all(kind)]
    if verb == "ALTER DOMAIN":
        checks = words.has("add") and not words.has("not", "valid")
        return [Effect("", kind.lock, False, checks, note="of every table that uses the domain")] if checks else []
    if verb == "DROP TABLE":
        return [
            Effect(name, kind.lock, note="locks tables that its foreign keys refer to as well") for name in _all(kind)
        ]
    if kind.lock == "ROW EXCLUSIVE":
        return [Effect(relation.name, kind.lock, False, None) for relation in kind.relations if relation.written]
    named = [relation.name for relation in kind.relations if relation.written or verb == "LOCK"]
    return [Effect(name, kind.lock) for name in named or [""]]


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
    return [relation.name for relation in kind.relations] or [""]
