"""Tries to write rows of other tenants as somebody: change, delete, add, and move one's own row to another tenant.

A sample holds one row of every tenant from each table. UPDATE and DELETE aim at all foreign rows of it at once, since
policies leave rows out of these silently. INSERT and a move are refused row by row, so for every tenant the policies
are asked about the row that would come to be; what they would let through, and one row of every table in any case, is
really attempted. Each attempt is undone at once, within the transaction that is rolled back anyway.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.combination import combination, exemption
from chatly_console.policies.isolation_reads import Errors
from chatly_console.policies.leak import Leak, Witness
from chatly_console.policies.policy import Clause, Command, Subject, Table
from chatly_console.policies.rows_why import text_of
from chatly_console.policies.service import ROOM
from chatly_console.policies.tenancy import Relation, Tenancy
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.sql_files import load_sql

_MOST_CONFIRMED = 40
"""Writes of one user that policies would let through and that are really attempted."""
_MOVED, _BLIND = "moved there", "a statement without WHERE"
_MOVED_BLIND = f"{_MOVED} by {_BLIND}"


@dataclass(frozen=True, slots=True)
class Target:
    """A table that is written to; `sample` is the temporary table that holds a row of every tenant."""

    relation: Relation
    table: Table
    columns: tuple[str, ...]
    sample: str

    @property
    def tenant(self) -> str:
        """The tenant's column, quoted."""
        return quote_identifier(self.relation.column)

    def key_of(self, alias: str) -> str:
        """SQL for the columns of the key."""
        return ", ".join(f"{alias}.{quote_identifier(c)}" for c in self.table.key)


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of another tenant that policies would let be written, or that really was."""

    target: Target
    other: str
    key: str
    command: Command
    how: str
    policies: tuple[str, ...] = ()


class WriteTrial:
    """The attempts to write; without `prepare` there are none."""

    def __init__(self, tenancy: Tenancy, tables: Mapping[int, Table]) -> None:
        self._tenancy, self._tables = tenancy, tables
        self.targets: list[Target] = []
        self.attempted = 0

    async def prepare(self, rehearsal: Rehearsal) -> None:
        """As the login: the samples, which everybody may read, and the function that tries and undoes a statement."""
        tenants = quote_literal(json.dumps(self._tenancy.tenants))
        await rehearsal.prepare(load_sql(ROOM, "attempt_function"))
        for relation in self._tenancy.relations:
            table = self._tables.get(relation.oid)
            if table is None or not table.key:
                continue
            rows: Any = await rehearsal.records(load_sql(ROOM, "plain_columns"), str(table.oid))
            target = Target(relation, table, tuple(r["name"] for r in rows), f"pg_temp.chatly_sample_{relation.oid}")
            await rehearsal.prepare(
                f"create temp table chatly_sample_{relation.oid} as select s.* "
                f"from pg_catalog.jsonb_array_elements_text({tenants}) t(id) cross join lateral (select "
                f"{', '.join(map(quote_identifier, target.columns))} from {relation.sql_name} r "
                f"where r.{target.tenant} = t.id::{await _type_of(rehearsal, relation)} limit 1) s; "
                f"grant select on {target.sample} to public"
            )
            self.targets.append(target)

    async def attempt(self, rehearsal: Rehearsal, witness: Witness, subject: Subject) -> tuple[list[Leak], Errors]:
        """All of it as the witness, whose identity is on."""
        errors = Errors()
        targets = [t for t in self.targets if subject.privileges.get(t.table.oid, frozenset()) - {"SELECT", "TRUNCATE"}]
        if not targets:
            return [], errors
        found = await self._would_pass(rehearsal, targets, witness, subject, errors)
        found = await self._confirmed(rehearsal, found, targets, witness, subject)
        leaks = [
            Leak(witness.identity, witness.tenant, f.other, f.target.relation, 1, tuple(json.loads(f.key)),
                 f.policies, f.command, f.how)
            for f in found
        ]  # fmt: skip
        return leaks, errors

    async def _would_pass(
        self, rehearsal: Rehearsal, targets: list[Target], witness: Witness, subject: Subject, errors: Errors
    ) -> list[_Found]:
        """What the policies themselves say of every foreign row: in one statement, table by table where that fails."""
        own = json.dumps(witness.own)
        questions = {at: self._questions(at, target, subject) for at, target in enumerate(targets)}
        parts = {at: sql for at, sql in questions.items() if sql}
        if not parts:
            return []
        try:
            rows: list[Any] = list(await rehearsal.records(" union all ".join(parts.values()), own))
        except Failure as failure:
            if failure.kind is FailureKind.LINK:
                raise
            rows = []
            for at, part in parts.items():
                try:
                    rows += await rehearsal.records(part, own)
                except Failure as single:
                    where = f"writing {targets[at].relation.full_name} as {witness.identity.describe()}"
                    errors.append((where, single))
        return [
            _Found(targets[r["at"]], r["other"], r["key"], Command(r["command"]), r["how"], _names(r)) for r in rows
        ]

    def _questions(self, at: int, target: Target, subject: Subject) -> str:
        """SQL for all that one table's policies are asked."""
        granted = subject.privileges.get(target.table.oid, frozenset())
        return " union all ".join(
            _question(at, target, subject, command, clause, how)
            for command, clause, how in _ASKED
            if command in granted and not (how.startswith(_MOVED) and target.table.oid == self._tenancy.parent)
        )

    async def _confirmed(
        self, rehearsal: Rehearsal, found: list[_Found], targets: list[Target], witness: Witness, subject: Subject
    ) -> list[_Found]:
        """What is left of it once it was really attempted, with whatever an attempt reached that nobody foresaw."""
        blind = [f for f in found if f.how == _BLIND]
        asked = [f for f in found if f.how != _BLIND][:_MOST_CONFIRMED]
        always = [s for number, t in enumerate(targets) for s in _always(t, witness, number)]
        statements = [_statement(f, witness) for f in asked] + [sql for _, sql in always]
        if not statements:
            return blind
        rows: Any = await rehearsal.records(
            "select pg_temp.chatly_attempt(s.sql) as outcome "
            "from pg_catalog.jsonb_array_elements_text($1::text::jsonb) with ordinality s(sql, place) order by s.place",
            json.dumps(statements),
        )
        self.attempted += len(statements)
        outcomes = [str(row["outcome"]) for row in rows]
        kept = [f for f, outcome in zip(asked, outcomes, strict=False) if _got_through(outcome)]
        for (one, _), outcome in zip(always, outcomes[len(asked) :], strict=True):
            if outcome.startswith("rows ") and outcome != "rows 0":
                kept += await _rows_reached(rehearsal, one, witness, subject)
        moved = {(f.target.table.oid, f.other) for f in kept if f.how == _MOVED}
        once = {(f.target.table.oid, f.other, f.command, f.how): f for f in [*blind, *kept]}
        return [f for f in once.values() if f.how != _MOVED_BLIND or (f.target.table.oid, f.other) not in moved]


_ASKED = (
    (Command.INSERT, Clause.CHECK, "added"),
    (Command.UPDATE, Clause.CHECK, _MOVED),
    (Command.UPDATE, Clause.CHECK, _MOVED_BLIND),
    (Command.UPDATE, Clause.USING, _BLIND),
    (Command.DELETE, Clause.USING, _BLIND),
)


def _got_through(outcome: str) -> bool:
    """Whether the policies let it through: written, or stopped later by a key or a constraint (class 23)."""
    return outcome.startswith("23") or (outcome.startswith("rows ") and outcome != "rows 0")


def _own(witness: Witness) -> str:
    return f"(select pg_catalog.jsonb_array_elements_text({quote_literal(json.dumps(witness.own))}::jsonb))"


def _question(at: int, target: Target, subject: Subject, command: Command, clause: Clause, how: str) -> str:
    """SQL for the rows of the sample of other tenants than those in $1 that this command's policies let pass."""
    own = "(select pg_catalog.jsonb_array_elements_text($1::text::jsonb))"
    table, tenant = target.table, target.tenant
    passes = "true" if exemption(table, subject) else combination(table, subject, command, clause).sql()
    source, mine = target.sample, ""
    if how.startswith(_MOVED):
        columns = ", ".join(
            f"o.{quote_identifier(c)}" if c == target.relation.column else f"m.{quote_identifier(c)}"
            for c in target.columns
        )
        source = (
            f"(select {columns} from {target.sample} m cross join {target.sample} o where m.{tenant}::text in {own})"
        )
    elif how == _BLIND and not exemption(table, subject):
        # what the SELECT policies show as well is found by the real UPDATE and DELETE
        mine = f" and not ({combination(table, subject, Command.SELECT).sql()})"
    key = f"pg_catalog.jsonb_build_array({', '.join(map(text_of, table.key))})::text"
    names = _admitting(target, subject, command, clause)
    return (
        f"select {at} as at, {quote_literal(command.value)} as command, {quote_literal(how)} as how, "
        f"{tenant}::text as other, {key} as key, {names} as names from {source} as {quote_identifier(table.name)} "
        f"where {tenant}::text not in {own} and ({passes}){mine}"
    )


def _statement(found: _Found, witness: Witness) -> str:
    """The real statement for one row."""
    target = found.target
    columns = ", ".join(map(quote_identifier, target.columns))
    other = f"where s.{target.tenant}::text = {quote_literal(found.other)}"
    if found.how == _MOVED_BLIND:
        return (
            f"update {target.relation.sql_name} set {target.tenant} = "
            f"(select s.{target.tenant} from {target.sample} s {other})"
        )
    if found.how == _MOVED:
        return (
            f"update {target.relation.sql_name} as r set {target.tenant} = s.{target.tenant} from {target.sample} s "
            f"{other} and r.{target.tenant}::text in {_own(witness)} and ({target.key_of('r')}) in "
            f"(select {target.key_of('m')} from {target.sample} m)"
        )
    return (
        f"insert into {target.relation.sql_name} ({columns}) overriding system value "
        f"select {columns} from {target.sample} s {other}"
    )


async def _rows_reached(rehearsal: Rehearsal, one: _Found, witness: Witness, subject: Subject) -> list[_Found]:
    """The foreign rows of the sample that a real UPDATE or DELETE reached, or the attempt itself."""
    target, table = one.target, one.target.table
    if one.command is Command.INSERT:
        return [one]
    passes = "true" if exemption(table, subject) else combination(table, subject, one.command).sql()
    keys = f"(select {target.key_of('s')} from {target.sample} s where s.{target.tenant}::text not in {_own(witness)})"
    name = quote_identifier(table.name)
    rows: Any = await rehearsal.records(
        f"select {target.tenant}::text as other, "
        f"pg_catalog.jsonb_build_array({', '.join(map(text_of, table.key))})::text as key, "
        f"{_admitting(target, subject, one.command, Clause.USING)} as names "
        f"from {target.relation.sql_name} as {name} where ({target.key_of(name)}) in {keys} and ({passes})"
    )
    return [_Found(target, r["other"], r["key"], one.command, one.how, _names(r)) for r in rows] or [one]


def _admitting(target: Target, subject: Subject, command: Command, clause: Clause) -> str:
    """SQL for the names of the permissive policies that let the row through, as a JSON array."""
    if because := exemption(target.table, subject):
        return f"pg_catalog.jsonb_build_array({quote_literal(because)})"
    own = combination(target.table, subject, command, clause)
    names = ", ".join(f"case when ({p.expression(clause)}) then {quote_literal(p.name)} end" for p in own.permissive)
    return f"pg_catalog.jsonb_build_array({names})"


def _names(row: Any) -> tuple[str, ...]:
    loaded = json.loads(row["names"]) if isinstance(row["names"], str) else row["names"]
    return tuple(name for name in loaded if name is not None)


def _always(target: Target, witness: Witness, number: int) -> Iterator[tuple[_Found, str]]:
    """Attempted whatever the policies say: every foreign row changed and deleted, and one added."""
    foreign = f"s.{target.tenant}::text not in {_own(witness)}"
    keys = f"(select {target.key_of('s')} from {target.sample} s where {foreign})"
    columns = ", ".join(map(quote_identifier, target.columns))
    name, any_other = target.relation.sql_name, "another tenant"
    yield (
        _Found(target, any_other, "[]", Command.UPDATE, "changed"),
        f"update {name} as r set {target.tenant} = r.{target.tenant} where ({target.key_of('r')}) in {keys}",
    )
    yield (
        _Found(target, any_other, "[]", Command.DELETE, "deleted"),
        f"delete from {name} as r where ({target.key_of('r')}) in {keys}",
    )
    yield (
        _Found(target, any_other, "[]", Command.INSERT, "added"),
        f"insert into {name} ({columns}) overriding system value select {columns} from {target.sample} s "
        f"where {foreign} order by s.{target.tenant} offset {number} limit 1",
    )


async def _type_of(rehearsal: Rehearsal, relation: Relation) -> str:
    """The type of the tenant's column, for SQL."""
    rows: Any = await rehearsal.records(
        "select pg_catalog.format_type(a.atttypid, a.atttypmod) as type from pg_catalog.pg_attribute a "
        "where a.attrelid = $1::text::oid and a.attname = $2",
        str(relation.oid),
        relation.column,
    )
    return str(rows[0]["type"])
