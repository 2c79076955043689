"""SELECT, INSERT, UPDATE, DELETE, MERGE, WITH, COPY and EXPLAIN: what they do to rows."""

from chatly_console.core.classify.relations import query_relations
from chatly_console.core.classify.types import Classification, Relation, Risk
from chatly_console.core.classify.words import Words

_CHANGES = ("insert", "update", "delete", "merge")
_MAIN_VERBS = frozenset({*_CHANGES, "select", "values", "table"})
_ROW_LOCKS = (("for", "update"), ("for", "share"), ("for", "no", "key", "update"), ("for", "key", "share"))
_OUTSIDE_CALLS = {
    "nextval": "moves a sequence",
    "setval": "moves a sequence",
    "pg_terminate_backend": "ends the sessions of others",
    "pg_cancel_backend": "cancels what others run",
    "pg_reload_conf": "reloads the server's configuration",
    "pg_rotate_logfile": "changes the server's log file",
    "pg_switch_wal": "switches the write-ahead log",
    "pg_promote": "promotes the standby",
    "pg_wal_replay_pause": "stops the standby",
    "pg_create_restore_point": "writes to the write-ahead log",
    "pg_drop_replication_slot": "drops a replication slot",
    "pg_create_logical_replication_slot": "creates a replication slot",
    "pg_create_physical_replication_slot": "creates a replication slot",
    "pg_stat_reset": "throws statistics away",
    "pg_stat_statements_reset": "throws statistics away",
    "lo_create": "creates a large object",
    "lo_unlink": "removes a large object",
    "lo_import": "reads a file of the server",
    "lo_export": "writes a file of the server",
    "lo_put": "changes a large object",
    "lo_from_bytea": "creates a large object",
    "dblink_exec": "runs a command on another server",
}
"""Functions of the server with an effect; those of the user's own are not known here."""


def classify_query(words: Words) -> Classification:
    """A statement that begins with SELECT, VALUES, TABLE, WITH, INSERT, UPDATE, DELETE, MERGE or a
    parenthesis."""
    main = _main_verb(words)
    changes = _changes(words, main)
    relations = query_relations(words)
    if changes:
        return _change(words, main, changes, relations)
    if main.text(0) == "select" and "into" in main.top:
        return Classification(
            "SELECT INTO",
            writes=True,
            risk=Risk.WRITES,
            relations=relations,
            lock="ACCESS SHARE",
            sentence=f"SELECT INTO creates the table {_first_written(relations)}",
        )
    return _read(words, main, relations)


def _read(words: Words, main: Words, relations: tuple[Relation, ...]) -> Classification:
    verb = main.text(0).upper() or "SELECT"
    lock = "ACCESS SHARE" if relations else ""
    if any(
        words.starts(*lock_words, at=i)
        for i, w in enumerate(words.items)
        if w.text == "for"
        for lock_words in _ROW_LOCKS
    ):
        return Classification(
            f"{verb} FOR UPDATE" if "update" in main.top else f"{verb} FOR SHARE",
            returns_rows=True,
            relations=relations,
            lock="ROW SHARE",
            sentence=f"It locks the rows that it reads{_of(relations)}",
        )
    effect = _effect(words)
    if effect or words.unread_has(*_CHANGES, "into", *_OUTSIDE_CALLS):
        sentence = effect or "It is too long to be read, and may write"
        return Classification(
            verb,
            writes=True,
            returns_rows=True,
            risk=Risk.WRITES,
            relations=relations,
            lock=lock,
            sentence=sentence,
        )
    return Classification(
        verb,
        True,
        returns_rows=True,
        relations=relations,
        lock=lock,
        sentence=f"{verb} reads{_of(relations, ' ')}",
    )


def _change(words: Words, main: Words, changes: list[Words], relations: tuple[Relation, ...]) -> Classification:
    verb = main.text(0)
    own = verb in _CHANGES
    named = changes[0].text(0).upper() if own else f"WITH {changes[-1].text(0).upper()}"
    sentences, risk = [], Risk.WRITES
    for change in changes:
        text, change_risk = _say_change(change)
        sentences.append(text)
        risk = max(risk, change_risk)
    sentences.sort(key=lambda text: "every row" not in text)
    return Classification(
        named,
        writes=True,
        returns_rows=not own or main.has("returning"),
        risk=risk,
        relations=relations,
        lock="ROW EXCLUSIVE",
        sentence="; ".join(sentences),
    )


def _say_change(change: Words) -> tuple[str, Risk]:
    """The sentence for one INSERT, UPDATE, DELETE or MERGE, and its risk."""
    verb = change.text(0)
    at = {"update": 1}.get(verb, 2)
    while change.text(at) == "only":
        at += 1
    table = change.name_at(at)[0] or "a table"
    if verb == "insert":
        return f"INSERT adds rows to {table}", Risk.WRITES
    if verb == "merge":
        return f"MERGE changes rows of {table}", Risk.WRITES
    done = "removes" if verb == "delete" else "changes"
    if "where" not in change.top and not change.unread_has("where"):
        return f"{verb.upper()} without WHERE {done} every row of {table}", Risk.DANGEROUS
    if _is_always_true(change):
        return f"{verb.upper()} with a WHERE that is always true {done} every row of {table}", Risk.DANGEROUS
    return f"{verb.upper()} {done} rows of {table}", Risk.WRITES


def _is_always_true(change: Words) -> bool:
    if "where" not in change.top:
        return False
    condition = change.top[change.top.index("where") + 1 :]
    if "returning" in condition:
        condition = condition[: condition.index("returning")]
    return condition in (["true"], ["1", "=", "1"], ["(", ")"]) and not change.starts("false")


def _main_verb(words: Words) -> Words:
    """The words from the main verb on: behind WITH's list, or the parenthesis of `(select ...) union ...`."""
    first = words.text(0)
    if first == "(":
        at = 0
        while words.text(at) == "(":
            at += 1
        inner = words.part(at)
        return _main_verb(inner) if inner.text(0) == "with" else inner
    if first == "with":
        for index, word in enumerate(words.items):
            if word.depth == 0 and index and word.text in _MAIN_VERBS:
                return words.part(index)
    return words


def _changes(words: Words, main: Words) -> list[Words]:
    """The parts that change rows: the main verb's, and those of WITH in parentheses."""
    found = [main] if main.text(0) in _CHANGES else []
    for index, word in enumerate(words.items):
        if word.text in _CHANGES and words.text(index - 1) == "(" and words.text(index - 2) in ("as", "materialized"):
            close = next((i for i in range(index, len(words)) if words.items[i].depth < word.depth), len(words))
            part = words.part(index)
            part.items = part.items[: close - index]
            part.top = [item.text for item in part.items if item.depth == 0]
            found.append(part)
    return found


def _effect(words: Words) -> str:
    """What a known function with an effect does, if one is called."""
    for index, word in enumerate(words.items):
        if word.text in _OUTSIDE_CALLS and words.text(index + 1) == "(":
            return f"{word.text}() {_OUTSIDE_CALLS[word.text]}"
    return ""


def _of(relations: tuple[Relation, ...], before: str = " of ") -> str:
    return before + ", ".join(relation.name for relation in relations) if relations else ""


def _first_written(relations: tuple[Relation, ...]) -> str:
    return next((relation.name for relation in relations if relation.written), "of that name")
