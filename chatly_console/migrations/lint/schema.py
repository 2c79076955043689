"""Rules about what a file makes: types, names, rights, and what is forgotten beside a table."""

from collections.abc import Iterator

from chatly_console.core.classify.words import Words
from chatly_console.core.sql.tokens import TokenKind
from chatly_console.migrations.lint.context import Context, Seen, new_columns, plain
from chatly_console.migrations.lint.locks import Told

_LONGEST = 63
_CALLS = ("uid", "jwt", "role", "email")


def schema_rules(context: Context) -> Iterator[Told]:
    """Everything about what the file makes."""
    for seen in context.statements:
        line = seen.statement.line
        for rule, message in _loses(seen):
            yield line, rule, message
        for rule, message in _function(seen):
            yield line, rule, message
        for rule, message in _policy(seen, context):
            yield line, rule, message
        for rule, message in (*_names(seen), *_shapes(seen)):
            yield line, rule, message
    yield from _tables(context)
    yield from _foreign_keys(context)
    yield from _enums(context)


def _loses(seen: Seen) -> Iterator[tuple[str, str]]:
    if seen.verb == "DROP TABLE" and not seen.made_here:
        yield "drop-table", f"{seen.table}: deploy code that no longer uses it first"
    if seen.verb == "ALTER TABLE" and not seen.made_here and "removes a column" in seen.statement.kind.sentence:
        yield "drop-column", f"of {seen.table}: deploy code that no longer reads it first"
    if seen.verb == "DROP DATABASE":
        yield "drop-database", f"{seen.words.name_at(2)[0]}: that is no step of a schema"
    drops = seen.verb.startswith("DROP") or any(action.starts("drop") for action in seen.actions)
    if drops and "cascade" in seen.words.top and not seen.made_here:
        yield "drop-cascade", "drop what depends on it by its name, so that the file tells all"
    if any(action.has("drop", "not", "null") for action in seen.actions):
        yield "drop-not-null", f"of {seen.table}: readers have to expect NULL from now on"
    if seen.verb in ("UPDATE", "DELETE") and "every row" in seen.statement.kind.sentence:
        yield "do-update-all", f"{seen.table}: in batches, outside of a transaction"
    if seen.verb == "UPDATE":
        yield from _set_twice(seen.words)


def _set_twice(words: Words) -> Iterator[tuple[str, str]]:
    top = words.top
    if "set" not in top:
        return
    columns, begins = [], True
    for word in top[top.index("set") + 1 :]:
        if word in ("where", "from", "returning"):
            break
        if begins:
            columns.append(word)
        begins = word == ","
    for name in {name for name in columns if columns.count(name) > 1}:
        yield "duplicate-column-set", f"{name} is set twice"


def _function(seen: Seen) -> Iterator[tuple[str, str]]:
    if seen.verb not in ("CREATE FUNCTION", "CREATE PROCEDURE"):
        return
    if seen.words.has("security", "definer") and not seen.words.has("set", "search_path"):
        yield "security-definer-path", "add `set search_path = ''` and write every name in full"


def _policy(seen: Seen, context: Context) -> Iterator[tuple[str, str]]:
    if seen.verb not in ("CREATE POLICY", "ALTER POLICY"):
        return
    items = seen.words.items
    for index, word in enumerate(items):
        is_call = word.text in _CALLS and seen.words.text(index - 1) == "." and seen.words.text(index - 2) == "auth"
        is_setting = word.text == "current_setting"
        if (is_call or is_setting) and seen.words.text(index + 1) == "(" and not _in_subquery(seen.words, index):
            name = f"auth.{word.text}()" if is_call else "current_setting()"
            yield "policy-initplan", f"write (select {name}): it is asked once, not for every row"
            break
    if context.complete:
        for column in sorted(_compared(seen.words)):
            if column not in context.indexed.get(seen.table, set()) and seen.table in context.indexed:
                yield "policy-index", f"{seen.table}.{column}: create an index whose first column it is"


def _in_subquery(words: Words, index: int) -> bool:
    depth = words.items[index].depth
    for at in range(index - 1, -1, -1):
        item = words.items[at]
        if item.text == "select" and item.depth <= depth and item.depth > 0:
            return True
        if item.text == "(" and item.depth < depth:
            depth = item.depth
            if depth == 0:
                break
    return False


def _compared(words: Words) -> set[str]:
    """Columns that USING compares with what is known before a row is read: `c = (select ...)`, `c in (...)`."""
    found = set()
    begin = next((i for i, word in enumerate(words.items) if word.text == "using" and word.depth == 0), len(words))
    for index in range(begin, len(words) - 2):
        word, sign = words.items[index], words.text(index + 1)
        plain_column = (
            word.kind is TokenKind.IDENTIFIER and word.depth == 1 and words.text(index - 1) in ("(", "and", "or")
        )
        if plain_column and (sign == "=" or (sign == "in" and words.text(index + 2) == "(")):
            found.add(word.text)
    return found


def _names(seen: Seen) -> Iterator[tuple[str, str]]:
    for item in seen.words.items:
        name = item.raw.strip('"')
        if item.is_name and len(name.encode()) > _LONGEST:
            yield "identifier-too-long", f"{name[:40]}… has {len(name.encode())} bytes"


def _shapes(seen: Seen) -> Iterator[tuple[str, str]]:
    words = seen.words
    if seen.verb == "CREATE TYPE" and words.has("as", "enum"):
        yield "enum-created", f"{words.name_at(2)[0]}: a table of its own, or text with a CHECK, can change"
    if seen.verb == "CREATE DOMAIN" and words.has_any(("check", "not", "constraint")):
        yield "domain-check", f"{words.name_at(2)[0]}: put the CHECK on the columns that use it"
    if seen.verb in ("DO", "CALL"):
        yield "unseen-code", "write what it does as plain statements where that is possible"
    if seen.verb in ("CREATE INDEX", "CREATE INDEX CONCURRENTLY"):
        begin = next((i for i, w in enumerate(words.items) if w.text == "(" and w.depth == 0), len(words))
        end = next((i for i in range(begin + 1, len(words)) if words.items[i].depth == 0), len(words))
        columns = 1 + sum(word.text == "," and word.depth == 1 for word in words.items[begin:end])
        if columns > 3:
            yield "wide-index", f"{columns} columns: INCLUDE those that are only read"


def _tables(context: Context) -> Iterator[Told]:
    for seen in context.tables():
        line, name = seen.statement.line, seen.table
        raw = seen.statement.kind.relations[0].name
        if "." not in raw:
            yield line, "create-table-name", f"{raw}: write its schema"
        if seen.words.has("partition", "of"):
            continue
        if name not in context.commented:
            yield line, "comment-missing", f"{name}: comment on table {raw} is '...'"
        exposed = "." not in raw or raw.lower().startswith("public.")
        if exposed and name not in context.secured:
            yield line, "rls-missing", f"{name}: alter table {raw} enable row level security"


def _foreign_keys(context: Context) -> Iterator[Told]:
    for seen in context.statements:
        for table, column in referring(seen):
            if column not in context.indexed.get(table, set()):
                yield (
                    seen.statement.line,
                    "foreign-key-index",
                    f"{table}.{column}: create an index whose first column it is",
                )


def referring(seen: Seen) -> Iterator[tuple[str, str]]:
    """The first column of each foreign key that a statement makes, with its table."""
    if seen.verb not in ("CREATE TABLE", "ALTER TABLE") or not seen.table:
        return
    for column in new_columns(seen):
        if "references" in column.words:
            yield seen.table, column.name
    items = seen.words.items
    for index, word in enumerate(items):
        if word.text == "foreign" and seen.words.text(index + 1) == "key" and seen.words.text(index + 2) == "(":
            yield seen.table, seen.words.text(index + 3).strip('"')


def _enums(context: Context) -> Iterator[Told]:
    added: dict[str, int] = {}
    for seen in context.statements:
        words, line = seen.words, seen.statement.line
        if words.starts("alter", "type") and words.has("add", "value"):
            label = next((w.raw for w in words.items if w.kind is TokenKind.STRING), "")
            if "before" not in words.top and "after" not in words.top:
                yield line, "enum-order", f"{label}: say BEFORE or AFTER which"
            added[label] = line
        elif context.script.in_transaction and any(
            item.raw in added for item in words.items if item.kind is TokenKind.STRING
        ):
            label = next(item.raw for item in words.items if item.raw in added)
            yield line, "enum-value-used", f"{label} is new since line {added[label]}: use it in another file"


def learn(context: Context) -> None:
    """Note what the file makes beside tables: indexes, comments, row security."""
    for seen in context.statements:
        words, table = seen.words, seen.table
        if seen.verb in ("CREATE INDEX", "CREATE INDEX CONCURRENTLY") and table:
            at = next((i for i, w in enumerate(words.items) if w.text == "(" and w.depth == 0), len(words))
            context.indexed.setdefault(table, set()).add(words.text(at + 1).strip('"'))
            context.index_columns[plain(_index_name(words))] = _listed(words, at)
        if seen.verb == "COMMENT" and words.text(2) == "table":
            context.commented.add(plain(words.name_at(3)[0]))
        if words.has("enable", "row", "level", "security"):
            context.secured.add(table)
        if seen.verb in ("CREATE TABLE", "ALTER TABLE") and table:
            context.indexed.setdefault(table, set()).update(_keys(seen))
            context.filled.setdefault(table, set()).update(_filled(seen))


def _keys(seen: Seen) -> set[str]:
    """The first columns of primary keys and unique constraints, which have an index by themselves."""
    found = {c.name for c in new_columns(seen) if "unique" in c.words or "primary" in c.words}
    for index, word in enumerate(seen.words.items):
        opens = (word.text == "unique" and seen.words.text(index + 1) == "(") or (
            word.text == "key" and seen.words.text(index - 1) == "primary" and seen.words.text(index + 1) == "("
        )
        if opens:
            found.add(seen.words.text(index + 2).strip('"'))
    return found


def _index_name(words: Words) -> str:
    at = next(i for i, word in enumerate(words.items) if word.text == "index") + 1
    while words.text(at) in ("concurrently", "if", "not", "exists"):
        at += 1
    return words.name_at(at)[0]


def _listed(words: Words, at: int) -> list[str]:
    """The plain columns in the parentheses that open at `at`."""
    found = []
    for index in range(at + 1, len(words)):
        item = words.items[index]
        if item.depth == 0:
            break
        if item.depth == 1 and words.text(index - 1) in ("(", ","):
            found.append(item.text.strip('"'))
    return found


def _filled(seen: Seen) -> set[str]:
    """The columns that the statement makes NOT NULL."""
    found = {c.name for c in new_columns(seen) if "primary" in c.words or "not null" in " ".join(c.words)}
    for action in seen.actions:
        if action.has("set", "not", "null"):
            found.add(action.top[2 if action.top[1:2] == ["column"] else 1].strip('"'))
    return found
