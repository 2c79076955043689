"""CREATE, ALTER, DROP, TRUNCATE: what they change, lock and throw away."""

from chatly_console.core.classify.about import classify_about
from chatly_console.core.classify.alter import alter_table_lock
from chatly_console.core.classify.relations import query_relations
from chatly_console.core.classify.types import Classification, Relation, Risk, strongest
from chatly_console.core.classify.words import Words

_MODIFIERS = frozenset(
    {"or", "replace", "temp", "temporary", "unlogged", "global", "local", "unique", "recursive", "trusted",
     "procedural", "constraint", "default"}
)  # fmt: skip
_OBJECTS = (
    "materialized view", "foreign table", "foreign data wrapper", "event trigger", "user mapping",
    "access method",
    "text search configuration", "text search dictionary", "text search parser", "text search template",
    "operator class", "operator family", "large object", "owned",
)  # fmt: skip
_ON_TABLE = frozenset({"INDEX", "TRIGGER", "POLICY", "RULE"})
_WITH_LOCK = frozenset({"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", "SEQUENCE", *_ON_TABLE})
_ALONE = frozenset({"DATABASE", "TABLESPACE", "SUBSCRIPTION", "SYSTEM"})


def classify_definition(words: Words) -> Classification:
    """A statement that begins with CREATE, ALTER or DROP."""
    verb = words.text(0).upper()
    if words.starts("alter", "default", "privileges"):
        return classify_about(words)
    kind, at = _object(words)
    concurrently = "concurrently" in words.top
    alone = _needs_no_transaction(words, verb, kind, concurrently=concurrently)
    names = _names(words, at)
    tables = _tables(words, kind, at, names)
    lock, risk, sentence = {"CREATE": _create, "ALTER": _alter, "DROP": _drop}[verb](words, kind, names)
    name = f"{verb} {kind}" + " CONCURRENTLY" * (concurrently and kind == "INDEX")
    relations = tuple(Relation(table, True) for table in tables)
    if verb == "CREATE" and kind in ("TABLE", "VIEW", "MATERIALIZED VIEW"):
        relations += tuple(r for r in query_relations(words) if r.name not in tables)
    return Classification(
        name,
        writes=True,
        needs_no_transaction=alone,
        risk=risk,
        relations=relations,
        lock=lock,
        sentence=sentence,
    )


def classify_truncate(words: Words) -> Classification:
    """TRUNCATE: all rows, at once, past triggers and row policies."""
    names = _names(words, 2 if words.text(1) == "table" else 1)
    more = ", and with CASCADE of every table that refers to it" if "cascade" in words.top else ""
    return Classification(
        "TRUNCATE",
        writes=True,
        risk=Risk.DESTRUCTIVE,
        relations=tuple(Relation(name, True) for name in names),
        lock="ACCESS EXCLUSIVE",
        sentence=f"TRUNCATE removes every row of {', '.join(names) or 'a table'}{more}",
    )


def _object(words: Words) -> tuple[str, int]:
    """The kind of object in capitals, and the index of the first word behind it."""
    at = 1
    while words.text(at) in _MODIFIERS and not (words.text(at) == "default" and words.text(at + 1) != "privileges"):
        at += 1
    for several in _OBJECTS:
        parts = several.split()
        if words.starts(*parts, at=at):
            return several.upper(), at + len(parts)
    return words.text(at).upper(), at + 1


def _names(words: Words, at: int) -> list[str]:
    """The names at `at`, behind CONCURRENTLY, IF [NOT] EXISTS and ONLY, separated by commas."""
    while words.text(at) in ("concurrently", "if", "not", "exists", "only"):
        at += 1
    names: list[str] = []
    while (found := words.name_at(at))[0] and found[0].lower() not in ("on", "by"):
        names.append(found[0])
        at = found[1]
        if words.text(at) == "*":
            at += 1
        if words.text(at) != ",":
            break
        at += 1
    return names


def _tables(words: Words, kind: str, at: int, names: list[str]) -> list[str]:
    """The relations that it is about: its own names, or the table behind ON."""
    if kind in ("TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", "SEQUENCE"):
        return names
    if kind in _ON_TABLE and "on" in words.top:
        on = next(i for i, w in enumerate(words.items) if i >= at - 1 and w.depth == 0 and w.text == "on")
        return _names(words, on + 1)[:1]
    return []


def _needs_no_transaction(words: Words, verb: str, kind: str, *, concurrently: bool) -> bool:
    if kind == "DATABASE" and verb == "ALTER":
        return words.has("set", "tablespace")
    if kind == "TABLESPACE" and verb == "ALTER":
        return False
    if kind == "SUBSCRIPTION" and verb == "ALTER":
        return words.has("refresh")
    return kind in _ALONE or (concurrently and (kind == "INDEX" or words.has("detach", "partition")))


Said = tuple[str, Risk, str]
"""Lock, risk, sentence."""


def _create(words: Words, kind: str, names: list[str]) -> Said:
    concurrently = "concurrently" in words.top
    named = [item.text for item in words.items]
    lock = {
        "INDEX": "SHARE UPDATE EXCLUSIVE" if concurrently else "SHARE",
        "TRIGGER": "SHARE ROW EXCLUSIVE",
        "POLICY": "ACCESS EXCLUSIVE",
        "RULE": "ACCESS EXCLUSIVE",
        "STATISTICS": "SHARE UPDATE EXCLUSIVE",
        "PUBLICATION": "SHARE UPDATE EXCLUSIVE",
        "VIEW": "ACCESS EXCLUSIVE" if words.starts("or", "replace", at=1) else "ACCESS SHARE",
        "MATERIALIZED VIEW": "ACCESS SHARE",
    }.get(kind, "")
    if kind == "TABLE":
        parent = "ACCESS EXCLUSIVE" if words.has("partition", "of") else ""
        key = "SHARE ROW EXCLUSIVE" if "references" in named else ""
        query = "ACCESS SHARE" if words.has("as") else ""
        lock = strongest([parent, key, query])
    over = " in place of the old one" if words.starts("or", "replace", at=1) else ""
    return lock, Risk.WRITES, f"CREATE {kind} makes {', '.join(names) or 'an object'}{over}"


def _alter(words: Words, kind: str, names: list[str]) -> Said:
    name = ", ".join(names) or kind.lower()
    if kind in ("TABLE", "FOREIGN TABLE", "MATERIALIZED VIEW"):
        lock = alter_table_lock(words)
        if words.has("drop", "column") or _drops_column(words):
            return lock, Risk.DESTRUCTIVE, f"ALTER TABLE removes a column of {name} with all its values"
        if words.has("disable", "row", "level") or words.has("no", "force", "row"):
            return lock, Risk.DANGEROUS, f"ALTER TABLE takes row level security off {name}"
        return lock, Risk.WRITES, f"ALTER {kind} changes {name}"
    lock = {
        "INDEX": "SHARE UPDATE EXCLUSIVE",
        "SEQUENCE": "SHARE ROW EXCLUSIVE",
        "VIEW": "ACCESS EXCLUSIVE",
        "POLICY": "ACCESS EXCLUSIVE",
        "TRIGGER": "ACCESS EXCLUSIVE",
        "RULE": "ACCESS EXCLUSIVE",
        "DOMAIN": "SHARE" if words.has("add") else "",
        "PUBLICATION": "SHARE UPDATE EXCLUSIVE",
    }.get(kind, "")
    if kind == "SYSTEM":
        return lock, Risk.DANGEROUS, "ALTER SYSTEM changes the configuration of the whole server"
    return lock, Risk.WRITES, f"ALTER {kind} changes {name}"


def _drops_column(words: Words) -> bool:
    """DROP name, where COLUMN is left out."""
    others = ("constraint", "default", "not", "expression", "identity", "column")
    return any(
        word == "drop" and behind not in others and before != "column" and _is_action(words.top, index)
        for index, (word, behind) in enumerate(zip(words.top, [*words.top[1:], ""], strict=True))
        for before in [words.top[index - 1] if index else ""]
    )


def _is_action(top: list[str], index: int) -> bool:
    """Whether the word begins an action of ALTER TABLE: behind a comma, or behind the table's name."""
    return index > 0 and "alter" not in top[max(index - 3, 1) : index]


def _drop(words: Words, kind: str, names: list[str]) -> Said:
    lock = "ACCESS EXCLUSIVE" if kind in _WITH_LOCK else ""
    if kind == "INDEX" and "concurrently" in words.top:
        lock = "SHARE UPDATE EXCLUSIVE"
    if kind == "OWNED":
        return lock, Risk.DESTRUCTIVE, "DROP OWNED removes everything that a role owns in this database"
    more = ", and with CASCADE all that depends on it" if "cascade" in words.top else ""
    rows = " with all its rows" if kind in ("TABLE", "DATABASE") else ""
    return lock, Risk.DESTRUCTIVE, f"DROP {kind} removes {', '.join(names) or 'an object'}{rows}{more}"
