"""What row level security costs a query that somebody wrote: with and without, policy by policy, and each cure tried.

The policies themselves are changed for that, in a transaction that is rolled back. Each change locks its table until
it has been measured, so it is tried only where that is allowed, and the lock is waited for so shortly that nobody
queues behind it for long; with and without can always be measured.

Putting the expression into the query instead would need no lock, but measures something else: as a plain condition it
loses the order that policies impose (an index that a function without LEAKPROOF may not use is used), and behind a
barrier view it loses the joins by index that a policy allows (measured: eight times as long).
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.core.request import Request
from chatly_console.core.sql import can_be_enclosed
from chatly_console.policies.change import drop_sql
from chatly_console.policies.combination import Combination, combination, exemption
from chatly_console.policies.cost import Cost, Measured, PolicyCost, Tried, measure, nodes_of, prepare_cure
from chatly_console.policies.cures import Cure, cures_of
from chatly_console.policies.parts import Parts, names_in, read_parts
from chatly_console.policies.policy import Command, Policy, Table
from chatly_console.policies.rows_why import need_primary
from chatly_console.policies.service import qualified, read_subject, read_tables
from chatly_console.server.database import Database
from chatly_console.server.guard import check_advisory
from chatly_console.server.rehearsal import Rehearsal

_LOCK_TIMEOUT = 0.1
"""Seconds to wait for a policy's table, since whoever comes after that queues meanwhile."""
_EVERYBODY = "chatly_every_row"
"""A permissive policy beside a restrictive one that is measured alone."""


async def measure_query_cost(
    database: Database, sql: str, identity: Identity, *, changes: bool = True, timeout: float = 60.0
) -> Cost:
    """Measure one query that only reads; without `changes` no policy is measured alone, and no cure is tried."""
    sql = sql.strip().rstrip(";").strip()
    check_query(sql)
    need_primary(database)
    subject = await read_subject(database, identity.role or database.facts.user)
    login = await read_subject(database, database.facts.user)
    everybody = Identity(database.facts.user, identity.claims)  # the same claims, but nobody whom policies bind
    async with database.rehearse(timeout=timeout, lock_timeout=_LOCK_TIMEOUT) as rehearsal:
        without = None
        tables = await _tables(database, rehearsal, sql, identity)
        if all(exemption(table, login) for table in tables):
            await rehearsal.become(everybody)
            without = await measure(rehearsal, sql, _first(tables))
        await rehearsal.become(identity)
        bound = [t for t in tables if not exemption(t, subject)]
        with_policies = await measure(rehearsal, sql, _first(bound or tables))
        cost = Cost(None, identity, without, with_policies, (), (), "", sql)
        if not bound:
            return replace(cost, note="no policy is asked: the query reads no table whose policies bind this identity")
        if not changes:
            return replace(cost, note="policies alone and cures are not tried on a read-only connection: they lock")
        costs, tried = list[PolicyCost](), list[Tried]()
        for table in bound:
            own = combination(table, subject, Command.SELECT)
            parts = await read_parts(database, table)
            costs += [await _alone(rehearsal, sql, identity, table, own, policy) for policy in own.policies]
            for policy in own.policies:
                for cure in cures_of(table, policy, parts.get(policy.name, Parts())):
                    tried.append(await _try(rehearsal, sql, identity, table, cure, with_policies))
    return replace(cost, policies=tuple(costs), tried=tuple(tried))


def check_query(sql: str) -> None:
    """Raise Failure where this is not one query that may run as somebody else on the login's connection."""
    if not sql:
        raise Failure("There is no query to measure.", FailureKind.USAGE)
    known = classify(sql)
    if not can_be_enclosed(sql) or not known.reads_only or not known.returns_rows or known.verb == "EXPLAIN":
        raise Failure("This is not one query that only reads.", FailureKind.USAGE)
    check_advisory(Request(sql))


def _first(tables: Sequence[Table]) -> str:
    return tables[0].name if tables else ""


async def _tables(database: Database, rehearsal: Rehearsal, sql: str, identity: Identity) -> list[Table]:
    """The guarded tables that the query reads, those that it names first; policies may look into more."""
    await rehearsal.become(identity)
    rows: Any = await rehearsal.records(f"explain (verbose, format json) {sql}")
    value = next(iter(rows[0].values()))
    plan = (json.loads(value) if isinstance(value, str) else value)[0]["Plan"]
    read = {(n.get("Schema"), n.get("Relation Name")) for n in nodes_of(plan)}
    named = names_in(sql)
    found = [t for t in await read_tables(database) if t.enabled and ((t.schema, t.name) in read or t.name in named)]
    return sorted(found, key=lambda t: t.name not in named)


async def _alone(
    rehearsal: Rehearsal, sql: str, identity: Identity, table: Table, own: Combination, policy: Policy
) -> PolicyCost:
    """The query as if this were the only policy by which the identity reads the table."""
    others = [drop_sql(table, p) for p in own.policies if p.name != policy.name]
    if not policy.permissive:
        others.append(f"create policy {_EVERYBODY} on {qualified(table)} for select using (true)")
    try:
        await rehearsal.become(LOGIN)
        for statement in others:
            await rehearsal.records(statement)
        await rehearsal.become(identity, keeping=True)
        return PolicyCost(policy, await measure(rehearsal, sql, table.name), table=table)
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        return PolicyCost(policy, failure=failure, table=table)
    finally:
        await rehearsal.become(identity)  # undoes the change, and with it the lock


async def _try(rehearsal: Rehearsal, sql: str, identity: Identity, table: Table, cure: Cure, before: Measured) -> Tried:
    """Change the policy, or what is beside it, measure the query, and undo it."""
    policy, name = quote_identifier(cure.policy.name), qualified(table)
    who = Identity.anon() if cure.kind == "role" else identity
    try:
        if cure.kind == "role":
            await rehearsal.become(who)
            before = await measure(rehearsal, sql, table.name)
        await rehearsal.become(LOGIN)
        type_name = await prepare_cure(rehearsal, table, cure)
        if cure.kind == "role":
            await rehearsal.records(f"alter policy {policy} on {name} to authenticated")
        else:
            await rehearsal.records(f"alter policy {policy} on {name} using ({cure.expression})")
        await rehearsal.become(who, keeping=True)
        after = await measure(rehearsal, sql, table.name)
        return Tried(cure, before, after, type_name=type_name, table=table)
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        return Tried(cure, before, failure=failure, table=table)
    finally:
        await rehearsal.become(identity)
