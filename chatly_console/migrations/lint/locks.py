"""Rules about locks: what keeps others waiting, and how the same is had without."""

from collections.abc import Iterator

from chatly_console.core.classify.effects import effects
from chatly_console.migrations.lint.context import Context, Seen, new_columns, plain

Told = tuple[int, str, str]
"""Line, rule, message."""


def lock_rules(context: Context) -> Iterator[Told]:
    """Everything about locks in one file."""
    for seen in context.statements:
        if seen.made_here:
            continue
        line = seen.statement.line
        for rule, message in _by_verb(seen):
            yield line, rule, message
        for rule, message in (*_by_action(seen), *_renames(seen), *_key_of_index(seen, context)):
            yield line, rule, message
    yield from _held(context)
    yield from _several(context)


def _by_verb(seen: Seen) -> Iterator[tuple[str, str]]:
    name, words = seen.table or "the table", seen.words
    match seen.verb:
        case "CREATE INDEX":
            yield (
                "create-index",
                f"writers of {name} wait until it is built: CREATE INDEX CONCURRENTLY, in its own file",
            )
        case "DROP INDEX":
            yield "drop-index", "readers and writers of its table wait: DROP INDEX CONCURRENTLY, in its own file"
        case "REINDEX":
            yield "reindex", f"writers of {name} wait: REINDEX CONCURRENTLY"
        case "REFRESH MATERIALIZED VIEW":
            yield "materialized-view-refresh", f"readers of {name} wait: REFRESH MATERIALIZED VIEW CONCURRENTLY"
        case "VACUUM FULL" | "CLUSTER":
            yield "prefer-repack", f"nobody reads or writes {name} meanwhile: pg_repack, or a plain VACUUM"
        case "ALTER DOMAIN" if words.has("add") and not words.has("not", "valid"):
            yield "alter-domain-check", "add it NOT VALID, and validate it in another file"
        case "ALTER TABLE" if words.has("detach", "partition") and "concurrently" not in words.top:
            yield "detach-partition", f"DETACH PARTITION ... CONCURRENTLY keeps nobody waiting on {name}"
        case "TRUNCATE" if "cascade" in words.top:
            yield "truncate-cascade", "name the tables that are to be emptied"


def _by_action(seen: Seen) -> Iterator[tuple[str, str]]:
    for action in seen.actions:
        later = action.has("not", "valid") or action.has("not", "enforced")
        adds, column = action.starts("add") and not later, _adds_column(action.top)
        checked = adds and (not column or "default" in action.top)  # in an empty new column there is nothing to check
        if checked and (column or action.has("foreign", "key")) and "references" in action.top:
            yield "add-foreign-key", "add it NOT VALID, and VALIDATE CONSTRAINT in another file"
        elif checked and "check" in action.top:
            yield "add-check", "add it NOT VALID, and VALIDATE CONSTRAINT in another file"
        elif _adds_key(action.top) and not action.has("using", "index"):
            yield "add-unique", "build a unique index CONCURRENTLY first, then ADD CONSTRAINT ... USING INDEX"
        elif action.has("set", "not", "null"):
            yield (
                "set-not-null",
                "add CHECK (column IS NOT NULL) NOT VALID, validate it in another file, then SET NOT NULL",
            )
    yield from _rewrites(seen)


def _renames(seen: Seen) -> Iterator[tuple[str, str]]:
    """New names of what code may use; nothing names an index, a constraint, a trigger or a policy."""
    if not seen.verb.startswith("ALTER") or seen.verb in ("ALTER INDEX", "ALTER POLICY", "ALTER TRIGGER"):
        return
    words = seen.words
    if words.has("rename", "value"):
        yield "rename", "add the new label beside the old one, and use that from now on"
    elif ("rename" in words.top and not words.has("rename", "constraint")) or words.has("set", "schema"):
        yield "rename", "let both names live for a while: a view, or a new column that is filled"


def _key_of_index(seen: Seen, context: Context) -> Iterator[tuple[str, str]]:
    """A primary key made of an index reads all rows first where a column of it may be NULL."""
    for action in seen.actions:
        if not (action.starts("add") and action.has("primary", "key") and action.has("using", "index")):
            continue
        at = action.top.index("index")
        columns = context.index_columns.get(plain("".join(action.top[at + 1 : at + 2])), [])
        loose = [column for column in columns if column not in context.filled.get(seen.table, set())]
        if loose:
            message = f"{', '.join(loose)}: SET NOT NULL beforehand, which a valid CHECK lets go without reading"
            yield "primary-key-nullable", message


def _rewrites(seen: Seen) -> Iterator[tuple[str, str]]:
    if seen.verb != "ALTER TABLE":
        return
    if any(" ".join(one.top[:2]) in _WRITES_ANEW or one.has("set", "expression") for one in seen.actions):
        yield "table-rewrite", f"{seen.table} is better copied beside, with a trigger that keeps both alike"
        return
    for effect in effects(seen.statement.sql):
        if effect.relation and effect.rewrites and any("stored" not in column.words for column in new_columns(seen)):
            yield "volatile-default", "add the column empty, fill it in batches, then set the default"
        elif any("type" in action.top[:6] and action.starts("alter") for action in seen.actions):
            yield "type-change", "unless both types are stored alike: add a new column, fill it, and swap the names"
            return


_WRITES_ANEW = frozenset({"set unlogged", "set logged", "set tablespace", "set access"})
_CONSTRAINTS = ("constraint", "check", "foreign", "unique", "primary", "exclude", "not")


def _adds_column(top: list[str]) -> bool:
    return top[:1] == ["add"] and "".join(top[1:2]) not in _CONSTRAINTS


def _adds_key(top: list[str]) -> bool:
    if top[:1] != ["add"]:
        return False
    words = {"unique", "exclude"} & set(top)
    return bool(words) or ("primary" in top and "key" in top)


def _held(context: Context) -> Iterator[Told]:
    """Work after a lock that keeps readers out: everybody waits for that work too."""
    if not context.script.in_transaction:
        return
    holder: Seen | None = None
    for seen in context.statements:
        if seen.made_here:
            continue
        found = effects(seen.statement.sql)
        works = any(effect.scans or effect.rewrites or effect.builds_index for effect in found)
        changes_rows = seen.statement.kind.lock == "ROW EXCLUSIVE"
        if holder is not None and (works or changes_rows) and seen is not holder:
            message = (
                f"readers of {holder.table} (line {holder.statement.line}) wait for this too: put it into another file"
            )
            yield seen.statement.line, "lock-held", message
            return
        if holder is None and seen.statement.kind.lock == "ACCESS EXCLUSIVE" and seen.verb != "CREATE POLICY":
            holder = seen


def _several(context: Context) -> Iterator[Told]:
    seen_before: dict[str, int] = {}
    pending: dict[str, int] = {}
    for seen in context.statements:
        if seen.verb != "ALTER TABLE" or seen.made_here:
            continue
        if any(action.has("not", "valid") for action in seen.actions):
            pending[seen.table] = seen.statement.line
        if seen.words.has("validate", "constraint") and seen.table in pending and context.script.in_transaction:
            yield seen.statement.line, "not-valid-and-validate", "validate it in a file of its own, after this one"
        found = effects(seen.statement.sql)
        works = any(effect.scans is not False or effect.rewrites is not False for effect in found)
        if works and seen.table in seen_before:
            message = f"line {seen_before[seen.table]} works through {seen.table} already: join them"
            yield seen.statement.line, "many-alters", message
        if works:
            seen_before[seen.table] = seen.statement.line
