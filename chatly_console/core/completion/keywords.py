"""Which keywords may stand where: only those that go on from the place of the cursor are proposed."""

from collections.abc import Sequence

from chatly_console.core.completion.lexed import is_word
from chatly_console.core.completion.place import Context, Place
from chatly_console.core.completion.sources import is_query


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


_BEGIN = _words(
    "select, with, insert into, update, delete from, explain, explain analyze, create table, create index, create view,"
    " create function, create policy, alter table, drop table, truncate, values, merge into, grant, revoke, analyze,"
    " vacuum, refresh materialized view, comment on, call, do, set, show, table, copy"
)
_OPERANDS = _words(
    "case, not, exists, null, true, false, distinct, array, cast, coalesce, nullif, greatest, least, extract, interval,"
    " current_date, current_timestamp, current_user, all, any, row"
)
_CALLED = frozenset({"cast", "coalesce", "nullif", "greatest", "least", "extract", "exists"})
"""Keywords that are written like functions."""
_OPERATORS = _words(
    "and, or, in, not in, is null, is not null, like, ilike, between, is distinct from, collate, at time zone"
)
_AFTER: dict[str, tuple[str, ...]] = {
    "select": ("from", "as", "into", "over", "filter", "within group"),
    "from": _words(
        "where, join, left join, right join, full join, inner join, cross join, left join lateral, group by, order by,"
        " limit, offset, having, union, union all, except, intersect, on, using, as, tablesample, for update, window,"
        " returning, set, natural join, fetch first, cross join lateral"
    ),
    "on": ("where", "join", "left join", "right join", "full join", "cross join", "group by", "order by", "limit"),
    "where": ("group by", "order by", "limit", "offset", "returning", "union", "union all", "for update", "having"),
    "having": ("order by", "limit", "union", "union all"),
    "by": _words(
        "asc, desc, nulls last, nulls first, limit, offset, having, order by, rows between, range between, for update"
    ),
    "limit": ("offset", "for update", "union all"),
    "offset": ("limit", "rows", "fetch first"),
    "set": ("where", "from", "returning"),
    "into": _words("values, select, default values, on conflict, overriding system value, returning, using, as"),
    "values": ("on conflict", "returning"),
    "update": ("set", "as"),
    "returning": ("as",),
    "over": ("partition by", "order by", "rows between", "range between"),
    "filter": ("where",),
    "when": ("then", "else", "end"),
    "conflict": ("do nothing", "do update set", "on constraint", "where"),
    "definition": _words(
        "not null, default, primary key, references, unique, check, generated always as identity, constraint,"
        " on delete cascade, on delete set null, on update cascade, deferrable"
    ),
    "column": ("constraint", "primary key", "foreign key", "unique", "check", "like", "exclude using"),
}  # fmt: skip
_AFTER["join"] = _AFTER["using"] = _AFTER["from"]
_IN_DEFINITION: dict[str, tuple[str, ...]] = {
    "create": _words(
        "table, index, unique index, index concurrently, view, materialized view, function, procedure, trigger, policy,"
        " schema, type, domain, sequence, extension, role, or replace, temporary table, unlogged table, publication"
    ),
    "drop": _words(
        "table, index, view, materialized view, function, policy, trigger, schema, type, column, constraint"
    ),
    "alter": _words("table, function, view, policy, schema, type, domain, sequence, role, index, default privileges"),
    "grant": _words("select, insert, update, delete, all, usage, execute, on, to"),
    "revoke": _words("select, insert, update, delete, all, usage, execute, on, from"),
}
_OF_ALTER_TABLE = _words(
    "add column, drop column, alter column, add constraint, drop constraint, validate constraint, rename to,"
    " rename column, enable row level security, force row level security, disable row level security, owner to,"
    " set schema, attach partition, detach partition, set not null, drop not null, set default, type, cascade"
)
_OF_POLICY = _words(
    "for select, for insert, for update, for delete, for all, to, using, with check, as restrictive, as permissive"
)
_FIRST: dict[str, tuple[str, ...]] = {
    "order": ("by",), "group": ("by",), "partition": ("by",), "insert": ("into",), "delete": ("from",),
    "is": ("null", "not null", "true", "false", "distinct from", "not distinct from"), "left": ("join", "outer join"),
    "right": ("join",), "full": ("join",), "inner": ("join",), "cross": ("join", "join lateral"),
    "nulls": ("last", "first"),
    "not": ("in", "like", "ilike", "between", "null", "exists"), "do": ("nothing", "update set"),
    "union": ("all", "select"), "for": ("update", "share", "each row", "select", "insert", "all", "delete"),
    "primary": ("key",), "foreign": ("key",), "merge": ("into",), "then": ("null",),
    "on": ("conflict", "delete", "update"),
    "with": ("recursive", "check", "ordinality"), "materialized": ("view",), "explain": ("analyze", "select"),
}  # fmt: skip


def keywords_at(context: Context) -> Sequence[tuple[str, bool]]:
    """The keywords that may stand at a place, and whether each is written like a function."""
    found = dict.fromkeys(_keywords(context))
    return [(word, word in _CALLED) for word in found]


def _keywords(context: Context) -> Sequence[str]:
    place, before = context.place, context.before
    if place is Place.STATEMENT:
        opens_query = len(context.path) > 1 or bool(before)
        return ("select", "with", "values", "insert into", "update", "delete from") if opens_query else _BEGIN
    if place is Place.EXPRESSION:
        opens = not before and len(context.path) > 1
        return [*(["select", "with"] if opens else []), *_OPERANDS]
    if place is Place.RELATION:
        return ("only", "lateral", "select") if is_query(before) else ("only", "if exists")
    if place is Place.AFTER or (place is Place.NOTHING and context.clause in ("column", "")):
        return _after(context)
    return ()


def _after(context: Context) -> Sequence[str]:
    before, clause = context.before, context.clause
    first, last = (before[0], before[-1]) if before else (None, None)
    for word, follows in _FIRST.items():
        if is_word(last, word):
            return follows
    if is_word(first, "with") and not clause:
        return ("select", "insert into", "update", "delete from", "as")
    for word, follows in _IN_DEFINITION.items():
        if is_word(first, word):
            if len(before) == 1:
                return follows
            if any(is_word(item, "policy") for item in before):
                return ("on", *_OF_POLICY)
            if word == "alter":
                return (*_OF_ALTER_TABLE, *follows) if len(before) < 3 else _OF_ALTER_TABLE
            if word == "create" and any(is_word(item, "index") for item in before):
                return ("on", "using", "where", "include", "concurrently", "if not exists")
            return (*follows, *_AFTER["definition"], "on", "as", "returns", "cascade", "if exists", "to", "from")
    cases = ("when", "then", "else", "end") if any(is_word(item, "case") for item in before) else ()
    joined = clause in ("from", "join", "into", "update", "over", "filter", "limit", "definition", "column", "conflict")
    operators = () if joined else _OPERATORS
    return (*cases, *_AFTER.get(clause, ()), *operators)
