"""Adopts drift: the statements that make what is found, and those that take it back, where both are certain.

What a rename did, or how values are to be turned into another type, no catalogue tells: that is left to a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.migrations.acl import acl_statements
from chatly_console.migrations.snapshot import Difference, Snapshot
from chatly_console.migrations.table_sql import column_sql, create_table

_ORDER = ("schema", "extension", "type", "sequence", "relation", "column", "routine", "constraint", "index", "trigger",
          "policy", "default acl", "comment")  # fmt: skip
_COMMENTED = {"table column": "column", "foreign table": "foreign table"}


@dataclass
class Adoption:
    """A migration made of drift. `left` are differences that no certain statement expresses."""

    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    left: list[Difference] = field(default_factory=list)

    @property
    def up_sql(self) -> str:
        """The way there."""
        return "\n".join(f"{one};" for one in self.up)

    @property
    def down_sql(self) -> str:
        """The way back, in the opposite order."""
        return "\n".join(f"{one};" for one in reversed(self.down))


def adopt(differences: Sequence[Difference], expected: Snapshot, found: Snapshot) -> Adoption:
    """Statements for these differences: `up` brings a database built from the files to what was found."""
    adoption = Adoption()
    ordered = sorted(differences, key=lambda one: _ORDER.index(one.kind) if one.kind in _ORDER else len(_ORDER))
    done: set[tuple[str, str]] = set()
    for one in ordered:
        key = (one.kind, one.identity)
        if one.change == "changed" and one.kind in _WHOLE:
            if key in done:
                continue
            done.add(key)
        pair = _pair(one, expected, found)
        if pair is None:
            adoption.left.append(one)
            continue
        up, down = pair
        adoption.up += up
        adoption.down += reversed(down)
    return adoption


_WHOLE = frozenset({"policy", "index", "trigger", "constraint", "routine", "comment"})
"""Objects that are replaced as a whole, however many of their fields differ."""

_Pair = tuple[list[str], list[str]]


def _pair(one: Difference, expected: Snapshot, found: Snapshot) -> _Pair | None:
    """Statements there and back; None where they are not certain."""
    key = (one.kind, one.identity)
    before, now = expected.objects.get(key), found.objects.get(key)
    if one.change == "changed" and one.field == "acl" and before is not None and now is not None:
        return acl_statements(one, expected, found)
    if one.kind == "relation":
        return _relation(one, expected, found)
    if one.kind == "column":
        return _column(one, before, now)
    if one.kind not in _MAKES or (one.change == "changed" and one.kind not in _WHOLE):
        return None
    make_now = _MAKES[one.kind](one.identity, now) if now is not None else []
    make_before = _MAKES[one.kind](one.identity, before) if before is not None else []
    if make_now is None or make_before is None:
        return None
    drop = _drop(one.kind, one.identity)
    if drop is None:  # is written over, not dropped
        return (make_now or _unmake(one), make_before or _unmake(one))
    there = ([drop] if before is not None else []) + make_now
    back = ([drop] if now is not None else []) + make_before
    return there, back


def _relation(one: Difference, expected: Snapshot, found: Snapshot) -> _Pair | None:
    name = one.identity
    if one.change == "changed":
        return _relation_field(one)
    side = found if one.change == "unexpected" else expected
    kind = side.objects[(one.kind, name)]["kind"]
    if kind == "v":
        query = str(side.objects[(one.kind, name)]["query"]).rstrip().rstrip(";")
        make, drop = [f"create view {name} as\n{query}"], [f"drop view {name}"]
    elif kind == "r":
        made = create_table(name, side)
        if made is None:
            return None
        make, drop = made, [f"drop table {name}"]
    else:
        return None
    return (make, drop) if one.change == "unexpected" else (drop, make)


def _relation_field(one: Difference) -> _Pair | None:
    table = f"alter table {one.identity}"
    if one.field in ("row security", "force row security"):
        words = "row level security"
        on, off = ("force", "no force") if one.field.startswith("force") else ("enable", "disable")
        up, down = f"{table} {on if one.found else off} {words}", f"{table} {on if one.expected else off} {words}"
        return [up], [down]
    if one.field == "query" and isinstance(one.found, str) and isinstance(one.expected, str):
        return None  # its columns may differ, which CREATE OR REPLACE does not take
    if one.field == "options":
        return _options(table, one.expected or [], one.found or []), _options(
            table, one.found or [], one.expected or []
        )
    return None


def _options(table: str, before: list[str], now: list[str]) -> list[str]:
    names = {option.partition("=")[0] for option in now}
    gone = [option.partition("=")[0] for option in before if option.partition("=")[0] not in names]
    changed = [option for option in now if option not in before]
    statements = [f"{table} set ({', '.join(changed)})"] if changed else []
    return statements + ([f"{table} reset ({', '.join(gone)})"] if gone else [])


def _column(one: Difference, before: Any, now: Any) -> _Pair | None:
    relation, _, name = _split_last(one.identity)
    table = f"alter table {relation}"
    if one.change != "changed":
        add = [f"{table} add column {column_sql(name, now or before)}"]
        drop = [f"{table} drop column {name}"]
        return (add, drop) if one.change == "unexpected" else (drop, add)
    column = f"{table} alter column {name}"
    if one.field == "default":
        return [_default(column, one.found)], [_default(column, one.expected)]
    if one.field == "not null":
        on, off = f"{column} set not null", f"{column} drop not null"
        return [on if one.found else off], [on if one.expected else off]
    if one.field == "statistics":
        value = one.found if one.found is not None else -1
        back = one.expected if one.expected is not None else -1
        return [f"{column} set statistics {value}"], [f"{column} set statistics {back}"]
    return None


def _default(column: str, value: Any) -> str:
    return f"{column} drop default" if value is None else f"{column} set default {value}"


def _split_last(identity: str) -> tuple[str, str, str]:
    """`public.t.c` as table and column, quotes kept."""
    at, quoted = len(identity), False
    for place in range(len(identity) - 1, -1, -1):
        quoted ^= identity[place] == '"'
        if identity[place] == "." and not quoted:
            at = place
            break
    return identity[:at], ".", identity[at + 1 :]


def _drop(kind: str, identity: str) -> str | None:
    table, _, name = _split_last(identity)
    return {
        "index": f"drop index {identity}",
        "policy": f"drop policy {name} on {table}",
        "trigger": f"drop trigger {name} on {table}",
        "constraint": f"alter table {table} drop constraint {name}",
        "schema": f"drop schema {identity}",
        "extension": f"drop extension {quote_identifier(identity)}",
    }.get(kind)


def _unmake(one: Difference) -> list[str]:
    """What takes away an object that is otherwise written over."""
    if one.kind == "routine":
        return [f"drop routine {one.identity}"]
    if one.kind == "type":
        return [f"drop type {one.identity}"]
    return _comment(one.identity, {"comment": None}) or []


def _policy(identity: str, fields: Any) -> list[str]:
    table, _, name = _split_last(identity)
    command = {"r": "select", "a": "insert", "w": "update", "d": "delete", "*": "all"}[fields["command"]]
    kind = "" if fields["permissive"] else " as restrictive"
    roles = ", ".join(role if role == "public" else quote_identifier(role) for role in fields["roles"])
    using = f" using ({fields['using']})" if fields["using"] is not None else ""
    check = f" with check ({fields['with check']})" if fields["with check"] is not None else ""
    return [f"create policy {name} on {table}{kind} for {command} to {roles}{using}{check}"]


def _trigger(identity: str, fields: Any) -> list[str]:
    table, _, name = _split_last(identity)
    state = {"O": "", "D": "disable", "R": "enable replica", "A": "enable always"}[fields["enabled"]]
    return [str(fields["definition"]), *([f"alter table {table} {state} trigger {name}"] if state else [])]


def _constraint(identity: str, fields: Any) -> list[str]:
    table, _, name = _split_last(identity)
    return [f"alter table {table} add constraint {name} {fields['definition']}"]


def _routine(identity: str, fields: Any) -> list[str] | None:
    return [str(fields["definition"]).rstrip()] if fields["definition"] else None


def _index(identity: str, fields: Any) -> list[str] | None:
    return [str(fields["definition"])] if fields["valid"] else None


def _comment(identity: str, fields: Any) -> list[str] | None:
    kind, _, place = identity.partition(" ")
    for words, short in _COMMENTED.items():
        if identity.startswith(f"{words} "):
            kind, place = short, identity.removeprefix(f"{words} ")
    if kind not in ("table", "column", "view", "index", "schema", "function", "policy", "trigger", "type", "sequence"):
        return None
    if "comment" not in fields:
        return None
    return [f"comment on {kind} {place} is {quote_literal(fields['comment']).strip()}"]


def _type(identity: str, fields: Any) -> list[str] | None:
    if fields["kind"] == "e":
        labels = ", ".join(quote_literal(label).strip() for label in fields["labels"] or ())
        return [f"create type {identity} as enum ({labels})"]
    return None


_MAKES: dict[str, Callable[[str, Any], list[str] | None]] = {
    "policy": _policy,
    "trigger": _trigger,
    "constraint": _constraint,
    "routine": _routine,
    "index": _index,
    "comment": _comment,
    "type": _type,
    "schema": lambda identity, fields: [f"create schema {identity}"],
    "extension": lambda identity, fields: [
        f"create extension {quote_identifier(identity)} with schema {quote_identifier(fields['schema'])}"
    ],
}
