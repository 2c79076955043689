"""Rules about how long a file may keep others waiting, and whether it can be run again."""

from collections.abc import Iterator

from chatly_console.core.classify.effects import effects
from chatly_console.migrations.lint.context import Context, Seen
from chatly_console.migrations.lint.locks import Told

_STRONG = ("SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")
_SAY = "say {} in the header, for this console, or SET LOCAL it, for every tool"
_ROBUST = ("TABLE", "INDEX", "SEQUENCE", "SCHEMA", "EXTENSION", "MATERIALIZED VIEW", "TYPE", "FUNCTION", "TRIGGER",
           "POLICY", "VIEW")  # fmt: skip
"""What can be dropped with IF EXISTS."""
_MADE_ONCE = ("TABLE", "INDEX", "SEQUENCE", "SCHEMA", "EXTENSION", "MATERIALIZED VIEW")
"""What can be made with IF NOT EXISTS."""


def limit_rules(context: Context) -> Iterator[Told]:
    """Everything about time limits and second runs."""
    yield from _timeouts(context)
    yield from _again(context)


def _timeouts(context: Context) -> Iterator[Told]:
    """The first statement that may keep others waiting without an end, once for each of the two limits."""
    directives = context.script.directives
    waits, works = directives.lock_timeout is None, directives.statement_timeout is None
    for seen in context.statements:
        if seen.verb.startswith("SET") or seen.words.has("set_config"):
            words = seen.statement.sql.lower()
            waits = waits and "lock_timeout" not in words
            works = works and "statement_timeout" not in words
        if seen.made_here or not seen.table or seen.statement.kind.lock not in _STRONG:
            continue
        if not seen.verb.startswith(("ALTER", "DROP")) and seen.verb != "CREATE INDEX":
            continue
        line, table = seen.statement.line, seen.table
        if waits:
            yield line, "lock-timeout", f"{table}: {_SAY.format('lock_timeout=2s')}"
            waits = False
        if works and _takes_time(seen):
            yield line, "statement-timeout", f"{table}: {_SAY.format('statement_timeout=15min')}"
            works = False


def _takes_time(seen: Seen) -> bool:
    return any(one.rewrites is not False or one.scans is not False for one in effects(seen.statement.sql))


def _again(context: Context) -> Iterator[Told]:
    """What stops a second run at a statement that the first one has done already."""
    if context.script.in_transaction or context.script.directives.idempotent:
        return
    for seen in context.statements:
        verb, _, what = seen.verb.removesuffix(" CONCURRENTLY").partition(" ")
        guarded = seen.words.has("exists") or seen.words.has("or", "replace")
        makes = verb == "CREATE" and what in _MADE_ONCE and not guarded
        drops = verb == "DROP" and what in _ROBUST and not guarded
        alters = any(_is_bare(action.top) for action in seen.actions)
        if makes or drops or alters:
            yield seen.statement.line, "not-robust", "IF [NOT] EXISTS lets it be run again after a failure"


def _is_bare(top: list[str]) -> bool:
    """Whether an action of ALTER TABLE adds or drops a column or constraint without asking whether it is there."""
    column = top[:2] in (["add", "column"], ["drop", "column"]) or top[:2] == ["drop", "constraint"]
    return column and "exists" not in top
