"""Tries to write rows of other tenants as somebody: change, delete, add, take over, and move one's own row away.

Everything is really attempted, for every other tenant, and undone at once: see `writes_sql`. What got through is
then put to the policies, to name those that let it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier as _q
from chatly_console.core.quote import quote_literal
from chatly_console.policies.combination import combination, exemption
from chatly_console.policies.isolation import writes_sql
from chatly_console.policies.isolation.leak import Leak, Witness
from chatly_console.policies.isolation.reads import Errors, ask_all
from chatly_console.policies.isolation.target import Column, Granted, Target
from chatly_console.policies.isolation.writes_sql import ADDED_OWN, MOVED, TRIED
from chatly_console.policies.policy import Clause, Command, Subject, Table
from chatly_console.policies.service import ROOM
from chatly_console.policies.tenancy import Relation, Tenancy
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.sql_files import load_sql


class Share(NamedTuple):
    """Which other tenants a witness adds rows for and moves rows to: the `part`-th of `parts`."""

    part: int
    parts: int


def shares_of(witnesses: Sequence[Witness], *, thorough: bool) -> list[Share]:
    """The users of one tenant divide the others among them; if it shall be `thorough`, each tries all."""
    count, before = Counter(w.tenant for w in witnesses), Counter[str]()
    shares = []
    for witness in witnesses:
        shares.append(Share(0, 1) if thorough else Share(before[witness.tenant], count[witness.tenant]))
        before[witness.tenant] += 1
    return shares


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of another tenant that was really written."""

    target: Target
    other: str
    key: str
    command: Command
    how: str


class WriteTrial:
    """The attempts to write; without `prepare` there are none."""

    def __init__(self, tenancy: Tenancy, tables: Mapping[int, Table], *, views_of_callers: bool) -> None:
        self._tenancy, self._tables, self._blind = tenancy, tables, views_of_callers
        self._calls: dict[str, list[tuple[Target, str]]] = {}
        """For each role the functions that it calls."""
        self.targets: list[Target] = []
        self.attempted = 0

    async def prepare(self, rehearsal: Rehearsal, subjects: Mapping[str, Subject], login: Subject) -> Errors:
        """As the login: the samples, and for every role the functions that try what it has privileges for.

        A table whose policies bind the login too is one of which nobody can tell what there is to aim at.
        """
        errors = Errors()
        tenants = quote_literal(json.dumps(self._tenancy.tenants))
        granted = await _granted(rehearsal, self._tenancy.relations, list(subjects))
        # for one row the planner hopes to meet it early, though the rows of a tenant may stand together at the end
        await rehearsal.prepare("set local enable_seqscan to off")
        for relation in self._tenancy.relations:
            by_role = {role: granted[relation.oid, role] for role in subjects if (relation.oid, role) in granted}
            table = self._tables.get(relation.oid)
            if (table is None and relation.kind != "v") or not any(g.is_any for g in by_role.values()):
                continue
            if table is not None and not exemption(table, login):
                words = f"The policies of {relation.full_name} bind {login.role} too, so its rows are not all known."
                errors.append((f"writing {relation.full_name}", Failure(words, FailureKind.REFUSED)))
                continue
            columns = next(iter(by_role.values())).columns
            users = {c.name: c.type_name for c in columns if c.is_user}
            target = Target(relation, table, tuple(c.name for c in columns), users)
            try:
                await self._make(rehearsal, target, by_role, tenants)
            except Failure as failure:
                if failure.kind is FailureKind.LINK:
                    raise
                errors.append((f"writing {relation.full_name}", failure))
        await rehearsal.prepare("set local enable_seqscan to on")  # what was made outlives each change of identity
        return errors

    async def _make(self, rehearsal: Rehearsal, target: Target, by_role: Mapping[str, Granted], tenants: str) -> None:
        blind = self._blind and target.table is not None
        scripts = [*writes_sql.sample_sql(target, tenants)]
        scripts += writes_sql.opener_sql(target) if target.table is not None else []
        scripts += writes_sql.blind_sql(target) if blind else []
        calls = []
        for number, (role, granted) in enumerate(by_role.items()):
            if granted.is_any:
                name = f"chatly_try_{target.relation.oid}_{number}"
                scripts += writes_sql.attempts_sql(target, granted, name, blind=blind)
                calls.append((role, name))
        for script in scripts:
            await rehearsal.records(script)
        self.targets.append(target)
        for role, name in calls:
            self._calls.setdefault(role, []).append((target, name))

    async def attempt(
        self, rehearsal: Rehearsal, witness: Witness, subject: Subject, share: Share
    ) -> tuple[list[Leak], Errors]:
        """All of it as the witness, whose identity is on."""
        calls = self._calls.get(subject.role, [])
        parts = [_call(at, name) for at, (_, name) in enumerate(calls)]
        names = [f"writing {target.relation.full_name} as {witness.identity.describe()}" for target, _ in calls]
        arguments = (json.dumps(witness.own), witness.identity.subject or "", *map(str, share))
        rows, errors = await ask_all(rehearsal, parts, names, *arguments)
        found = []
        for row in rows:
            target = calls[row["at"]][0]
            if row["command"] == TRIED:
                self.attempted += int(row["outcome"])
            elif row["outcome"]:
                code, _, words = str(row["outcome"]).partition(" ")
                errors.append((names[row["at"]], Failure(words, FailureKind.SQL, code)))
            else:
                found.append(_Found(target, row["other"], row["key"], Command(row["command"]), row["how"]))
        unique = {(f.target.relation.oid, f.other, f.command, f.how): f for f in found}
        return await self._as_leaks(rehearsal, list(unique.values()), witness, subject), _once(errors)

    async def _as_leaks(
        self, rehearsal: Rehearsal, found: Sequence[_Found], witness: Witness, subject: Subject
    ) -> list[Leak]:
        groups: dict[tuple[int, Command, str], list[_Found]] = {}
        for one in found:
            groups.setdefault((one.target.relation.oid, one.command, one.how), []).append(one)
        leaks = []
        for alike in groups.values():
            names = await _let_through(rehearsal, alike, witness, subject)
            leaks += [
                Leak(witness.identity, witness.tenant, f.other, f.target.relation, 1, tuple(json.loads(f.key)),
                     names.get(f.other, ()), f.command, f.how)
                for f in alike
            ]  # fmt: skip
        return leaks


def _call(at: int, name: str) -> str:
    own = "array(select pg_catalog.jsonb_array_elements_text($1::text::jsonb))"
    numbers = f"$3::text::int + {at}, $4::text::int"
    return f"select {at} as at, f.* from pg_temp.{name}({own}, $2::text, {numbers}) f"


async def _granted(
    rehearsal: Rehearsal, relations: Sequence[Relation], roles: Sequence[str]
) -> dict[tuple[int, str], Granted]:
    oids = json.dumps([str(r.oid) for r in relations])
    rows: Any = await rehearsal.records(load_sql(ROOM, "write_columns"), oids, json.dumps(list(roles)))
    columns: dict[tuple[int, str], list[Column]] = {}
    deletes: dict[tuple[int, str], bool] = {}
    for r in rows:
        at = (r["oid"], r["role"])
        deletes[at] = r["deletes"]
        columns.setdefault(at, []).append(
            Column(r["name"], r["type"], r["has_default"], r["inserts"], r["updates"], r["is_user"])
        )
    return {at: Granted(tuple(found), deletes[at]) for at, found in columns.items()}


async def _let_through(
    rehearsal: Rehearsal, alike: Sequence[_Found], witness: Witness, subject: Subject
) -> dict[str, tuple[str, ...]]:
    """By tenant the permissive policies that let the row through, as they say themselves of the sample's rows."""
    one = alike[0]
    target, table = one.target, one.target.table
    if table is None:
        return {}
    if because := exemption(table, subject):
        return {found.other: (because,) for found in alike}
    clause = Clause.CHECK if one.command is Command.INSERT or one.how.startswith(MOVED) else Clause.USING
    own = combination(table, subject, one.command, clause)
    names = ", ".join(f"case when ({p.expression(clause)}) then {quote_literal(p.name)} end" for p in own.permissive)
    source = target.sample
    if one.how == ADDED_OWN:
        me = quote_literal(witness.identity.subject)
        columns = (f"{me}::{target.users[c]} as {_q(c)}" if c in target.users else _q(c) for c in target.columns)
        source = f"(select {', '.join(columns)}, chatly_tenant from {target.sample})"
    if one.how.startswith(MOVED):
        mine = f"s.chatly_tenant in (select pg_catalog.jsonb_array_elements_text({_json(witness.own)}))"
        columns = (f"{'o' if c == target.relation.column else 'm'}.{_q(c)}" for c in target.columns)
        source = (
            f"(select {', '.join(columns)}, o.chatly_tenant from (select * from {target.sample} s where {mine} limit 1)"
            f" m cross join {target.sample} o)"
        )
    try:
        rows: Any = await rehearsal.records(
            f"select chatly_tenant as other, pg_catalog.jsonb_build_array({names}) as names "
            f"from {source} as {_q(table.name)}"
        )
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        return {}
    return {row["other"]: _names(row["names"]) for row in rows}


def _json(values: Iterable[str]) -> str:
    return f"{quote_literal(json.dumps(list(values)))}::jsonb"


def _names(found: Any) -> tuple[str, ...]:
    loaded = json.loads(found) if isinstance(found, str) else found
    return tuple(name for name in loaded if name is not None)


def _once(errors: Errors) -> Errors:
    """Each error once for each table."""
    return list({(where, failure.sentence): (where, failure) for where, failure in errors}.values())
