"""What row level security costs on a table: with and without, policy by policy, and each known cure tried on the spot.

All of it happens in one transaction that is rolled back. Times are those that EXPLAIN ANALYZE reports as execution, the
best of three runs; a policy's cost is that of asking its expression of every row.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.policies.combination import Standing, combination, exemption, standing
from chatly_console.policies.cures import HELPER, Cure, cures_of
from chatly_console.policies.parts import Parts
from chatly_console.policies.policy import Command, Policy, Table
from chatly_console.policies.rows_why import ALL_ROWS, all_rows_sql, need_primary
from chatly_console.policies.service import qualified, read_subject
from chatly_console.server.database import Database
from chatly_console.server.rehearsal import Rehearsal

_RUNS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One statement: execution time, rows that came out, rows that a filter removed, blocks touched, and how."""

    ms: float
    rows: int
    removed: int = 0
    blocks: int = 0
    node: str = ""

    @property
    def tested(self) -> int:
        """Rows that the condition was asked of."""
        return self.rows + self.removed


@dataclass(frozen=True, slots=True)
class PolicyCost:
    """A policy alone, on every row."""

    policy: Policy
    measured: Measured | None = None
    failure: Failure | None = None
    table: Table | None = None
    """Its table, where several are read."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A cure with what it was before and after; a cure that changes which rows pass is none."""

    cure: Cure
    before: Measured | None = None
    after: Measured | None = None
    failure: Failure | None = None
    type_name: str = ""
    table: Table | None = None
    """The cured policy's table, where several are read."""

    @property
    def ratio(self) -> float | None:
        """How many times quicker it became."""
        if self.before is None or self.after is None:
            return None
        return self.before.ms / max(self.after.ms, 0.001)

    @property
    def changes_rows(self) -> bool:
        """Whether other rows pass than before: then it is no cure."""
        return self.before is not None and self.after is not None and self.before.rows != self.after.rows


@dataclass(frozen=True, slots=True)
class Cost:
    """A table's row level security for one identity, or that of all tables that a query reads."""

    table: Table | None
    identity: Identity
    without: Measured | None
    with_policies: Measured | None
    policies: tuple[PolicyCost, ...]
    tried: tuple[Tried, ...]
    note: str = ""
    sql: str = ""
    """The query, where one was measured instead of the whole table."""


async def measure_cost(
    database: Database,
    table: Table,
    identity: Identity,
    parts: Mapping[str, Parts],
    *,
    builds_indexes: bool = True,
    timeout: float = 60.0,
) -> Cost:
    """Measure reading the whole table. An index that is tried keeps writers of the table waiting while it is built."""
    need_primary(database)
    subject = await read_subject(database, identity.role or database.facts.user)
    because = exemption(table, subject)
    if because or standing(table, subject, Command.SELECT) is Standing.NO_GRANT:
        note = f"no policy is asked: {because}" if because else "the privilege SELECT is missing"
        return Cost(table, identity, None, None, (), (), note)
    own = combination(table, subject, Command.SELECT)
    reading = f"select * from {qualified(table)}"
    async with database.rehearse(timeout=timeout) as rehearsal:
        await rehearsal.prepare(all_rows_sql(table))
        login = await read_subject(database, database.facts.user)
        without = await measure(rehearsal, reading) if exemption(table, login) else None
        await rehearsal.become(identity)
        with_policies = await measure(rehearsal, reading)
        costs = [await _alone(rehearsal, table, policy) for policy in own.policies]
        tried = []
        for policy, cost in zip(own.policies, costs, strict=True):
            for cure in cures_of(table, policy, parts.get(policy.name, Parts())):
                if cure.kind != "index" or builds_indexes:
                    tried.append(await _try(rehearsal, table, identity, cure, cost.measured))
    return Cost(table, identity, without, with_policies, tuple(costs), tuple(tried))


async def measure(rehearsal: Rehearsal, sql: str, table: str = "") -> Measured:
    """The quickest of a few runs; rows tested are those of `table`, or else of the first table that is read."""
    found = []
    for _ in range(_RUNS):
        rows: Any = await rehearsal.records(f"explain (analyze, buffers, timing off, format json) {sql}")
        value = next(iter(rows[0].values()))
        found.append(_measured((json.loads(value) if isinstance(value, str) else value)[0], table))
        if found[0].ms > 2000:
            break
    return min(found, key=lambda m: m.ms)


def _measured(explained: Mapping[str, Any], table: str) -> Measured:
    plan = explained["Plan"]
    scans = [node for node in nodes_of(plan) if "Relation Name" in node]
    named = [node for node in scans if node["Relation Name"] == table]
    chosen = (named or scans) if table else scans[:1]  # the scans of a partitioned table bear its partitions' names
    scan = chosen[0] if chosen else plan
    blocks = int(plan.get("Shared Hit Blocks") or 0) + int(plan.get("Shared Read Blocks") or 0)
    rows = round(float(plan["Actual Rows"]))
    # a query may keep few of the rows that the policies were asked about
    kept = rows if not table else sum(_per_scan(node, "Actual Rows") for node in chosen)
    removed = sum(_per_scan(node, "Rows Removed by Filter") for node in chosen)
    return Measured(float(explained["Execution Time"]), rows, removed + kept - rows, blocks, str(scan["Node Type"]))


def _per_scan(node: Mapping[str, Any], what: str) -> int:
    return round(float(node.get(what) or 0) * int(node.get("Actual Loops") or 1))


def nodes_of(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All nodes of a plan, each before those below it; what sub-plans read comes last."""
    later = []
    yield plan
    for child in plan.get("Plans") or ():
        if child.get("Parent Relationship") in ("SubPlan", "InitPlan"):
            later.append(child)
        else:
            yield from nodes_of(child)
    for child in later:
        yield from nodes_of(child)


def _condition(table: Table, expression: str) -> str:
    return f"select 1 from {ALL_ROWS} as {quote_identifier(table.name)} where ({expression})"


async def _alone(rehearsal: Rehearsal, table: Table, policy: Policy) -> PolicyCost:
    try:
        return PolicyCost(policy, await measure(rehearsal, _condition(table, policy.using or "true")))
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        return PolicyCost(policy, failure=failure)


async def _try(rehearsal: Rehearsal, table: Table, identity: Identity, cure: Cure, before: Measured | None) -> Tried:
    """Prepare the cure as the login, measure it as the identity, and undo it."""
    try:
        if cure.kind == "role":
            await rehearsal.become(Identity.anon())
            asked = await measure(rehearsal, _condition(table, cure.expression))
            spared = await measure(rehearsal, _condition(table, "false"))
            return Tried(cure, asked, spared)
        if before is None:
            return Tried(cure)
        await rehearsal.become(LOGIN)
        type_name = await prepare_cure(rehearsal, table, cure)
        await rehearsal.become(identity, keeping=True)
        return Tried(cure, before, await measure(rehearsal, _condition(table, cure.expression)), type_name=type_name)
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        return Tried(cure, before, failure=failure)
    finally:
        await rehearsal.become(identity)


async def prepare_cure(rehearsal: Rehearsal, table: Table, cure: Cure) -> str:
    """Build the index, or make the helper; returns the type of the helper's rows."""
    if cure.kind == "index":
        await rehearsal.records(f"create index on {qualified(table)} ({quote_identifier(cure.index_column)})")
    if cure.kind != "helper":
        return ""
    await rehearsal.records(f"create temp view chatly_helper_rows as {cure.sub_select}")
    rows: Any = await rehearsal.records(
        "select pg_catalog.format_type(a.atttypid, a.atttypmod) as type from pg_catalog.pg_attribute a "
        "where a.attrelid = 'pg_temp.chatly_helper_rows'::pg_catalog.regclass and a.attnum = 1"
    )
    type_name = str(rows[0]["type"])
    await rehearsal.records(
        f"create function {HELPER}() returns setof {type_name} language sql stable security definer "
        f"set search_path = '' as $chatly$ {cure.sub_select} $chatly$"
    )
    return type_name
