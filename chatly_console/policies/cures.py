"""The known cures of slow policies, as rewrites of their expressions: pure, and each is tried before it is advised."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from chatly_console.core.quote import quote_identifier
from chatly_console.core.sql import TokenKind, tokens
from chatly_console.policies.parts import Call, Parts, calls, names_in
from chatly_console.policies.policy import PUBLIC, Policy, Table

Kind = Literal["initplan", "index", "role", "helper"]
HELPER = "pg_temp.chatly_helper"
_PER_STATEMENT = frozenset({"current_setting", "now", "pg_has_role", "auth.uid", "auth.jwt", "auth.role", "auth.email"})
"""Functions that answer the same for a whole statement, though they are not recorded as what a policy calls."""

WORDS: dict[Kind, str] = {
    "initplan": "ask once for the statement, not for every row: (select f())",
    "index": "an index that begins with the policy's column",
    "role": "TO the role that it is for, so that others are not asked",
    "helper": "a security definer helper, so that the other table's policies are not asked as well",
}


@dataclass(frozen=True, slots=True)
class Cure:
    """One way to make a policy cheaper. `expression` replaces the policy's, where that changes; the SQL files it."""

    kind: Kind
    policy: Policy
    expression: str = ""
    index_column: str = ""
    sub_select: str = ""
    """helper: the query that the helper runs."""

    @property
    def words(self) -> str:
        """What it does."""
        return WORDS[self.kind]


def cures_of(table: Table, policy: Policy, parts: Parts) -> list[Cure]:
    """What could help this policy; its USING is what reading pays for."""
    expression = policy.using
    if expression is None:
        return []
    found: list[Cure] = []
    wrapped = wrap_calls(expression, table, parts)
    if wrapped != expression:
        found.append(Cure("initplan", policy, wrapped))
    best = wrapped
    missing = [c.name for c in parts.columns if not c.index]
    found += [Cure("index", policy, best, index_column=name) for name in missing[:2]]
    for start, end in sub_selects(expression, table):
        inner = expression[start + 1 : end - 1].strip()
        if any(name.split(".")[-1] in names_in(inner) for name, enabled in parts.relations if enabled):
            replaced = f"{expression[:start]}(select {HELPER}()){expression[end:]}"
            found.append(Cure("helper", policy, replaced, sub_select=inner))
            break
    if PUBLIC in policy.roles and any(c.name.startswith("auth.") for c in calls(expression)):
        found.append(Cure("role", policy, expression))
    return found


def wrap_calls(expression: str, table: Table, parts: Parts) -> str:
    """The expression with each call that needs no column in a sub-select, which the planner runs once (an initplan)."""
    known = {(f.schema, f.name): f for f in parts.functions}
    pieces, at = [], 0
    for call in _outermost(calls(expression)):
        schema, _, name = call.name.rpartition(".")
        used = next((f for (s, n), f in known.items() if n == name and schema in ("", s)), None)
        if call.once or (used is None and call.name not in _PER_STATEMENT):
            continue
        if used is not None and (used.volatility == "immutable" or used.name == "coalesce"):
            continue
        if names_in(call.arguments) & set(table.columns):
            continue
        select = f"(select {expression[call.start : call.end]})"
        in_any = _is_in_any(expression, call.start)
        if used is not None and used.returns_set and not in_any:
            continue
        pieces += [expression[at : call.start], f"array{select}" if used is not None and used.returns_set else select]
        at = call.end
    return "".join([*pieces, expression[at:]])


def _outermost(found: Iterable[Call]) -> Iterator[Call]:
    """Calls that stand in no other call's arguments."""
    end = -1
    for call in found:
        if call.start >= end:
            end = call.end
            yield call


def _is_in_any(expression: str, start: int) -> bool:
    return expression[:start].rstrip().lower().endswith("any (")


def sub_selects(expression: str, table: Table) -> list[tuple[int, int]]:
    """Sub-selects that look at no column of the policy's row, as (start, end) with their parentheses."""
    found = [t for t in tokens(expression) if t.kind is not TokenKind.COMMENT]
    texts = [expression[t.start : t.end] for t in found]
    open_at: list[int] = []
    result = []
    for at, text in enumerate(texts):
        if text == "(":
            open_at.append(at)
        elif text == ")" and open_at:
            first = open_at.pop()
            inner = expression[found[first].end : found[at].start]
            is_select = first + 1 < len(texts) and texts[first + 1].lower() == "select"
            if is_select and " from " in f" {inner.lower()} ".replace("\n", " ") and not _correlated(inner, table):
                result.append((found[first].start, found[at].end))
    return result


def _correlated(inner: str, table: Table) -> bool:
    """Whether the query names a column of the policy's row; the server writes these as table.column."""
    compact = inner.replace('"', "")
    return f"{table.name}." in compact and f"from {table.name}" not in compact.lower()


def cure_sql(table: Table, cure: Cure) -> tuple[str, str]:
    """The cure as SQL of a migration, up and down."""
    name = f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"
    policy = quote_identifier(cure.policy.name)
    if cure.kind == "index":
        index = quote_identifier(f"{table.name}_{cure.index_column}_idx"[:63])
        up = f"create index if not exists {index} on {name} ({quote_identifier(cure.index_column)});"
        return up, f"drop index if exists {quote_identifier(table.schema)}.{index};"
    if cure.kind == "role":
        return f"alter policy {policy} on {name} to authenticated;", f"alter policy {policy} on {name} to public;"
    back = f"alter policy {policy} on {name}\n  using ({cure.policy.using});"
    if cure.kind == "helper":
        helper = f"{quote_identifier(table.schema)}.{quote_identifier(f'{cure.policy.name}_ids'[:63])}"
        query = cure.expression.replace(HELPER, helper)
        up = (
            f"create or replace function {helper}() returns setof HELPER_TYPE\n  language sql stable security definer "
            f"set search_path = '' as $$\n{cure.sub_select}\n$$;\nrevoke execute on function {helper}() from public;\n"
            f"grant execute on function {helper}() to authenticated;\n"
            f"alter policy {policy} on {name}\n  using ({query});"
        )
        return up, f"{back}\ndrop function if exists {helper}();"
    return f"alter policy {policy} on {name}\n  using ({cure.expression});", back
