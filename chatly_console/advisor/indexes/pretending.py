"""HYPOTHETICAL: the planner's cost with indexes that the extension hypopg pretends.

What it pretends lives in the server's process and not in the transaction, so it is forgotten on every way out of here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.tried import Looked
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.request import Mode, Request
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.plan import Plan
from chatly_console.explain.running import PlanOptions, explain_statement, parameters_of
from chatly_console.server.database import Database
from chatly_console.server.guard import check_advisory
from chatly_console.server.lease import in_any_case
from chatly_console.server.rehearsal import Rehearsal

_SECONDS = 10.0
_PRETENDED = ("btree", "brin", "hash")
_PREPARED = "chatly_advised"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a statement costs with some indexes, which of them its plan uses, and how large each would be."""

    cost: float
    used: frozenset[str]
    megabytes: dict[str, float]


def can_pretend(candidate: Candidate) -> bool:
    """Whether hypopg knows the method."""
    return candidate.method in _PRETENDED


async def pretended_costs(
    database: Database, schema: str, identity: Identity, looked: Looked, sets: Sequence[Sequence[Candidate]]
) -> list[Cost | None]:
    """The statement's cost with each set of indexes; None for a set that hypopg does not take. Raises `Failure`.

    The login pretends, and the plan is made for `identity`, with its policies.
    """
    if not identity.is_login:
        check_advisory(Request(looked.run.sql, (), identity, Mode.READ_ONLY))
    async with database.rehearse(timeout=_SECONDS) as rehearsal:
        costs: list[Cost | None] = []
        try:
            ask = await _asking(rehearsal, looked, database.facts.version_number)
            for chosen in sets:
                costs.append(await _with(rehearsal, schema, identity, ask, chosen) if chosen else _as_it_is(looked))
        finally:
            await in_any_case(_forget(rehearsal, schema))
    return costs


def _on_each_part(candidate: Candidate) -> list[str]:
    """hypopg knows no index of a partitioned table, but those of the partitions that hold rows."""
    leaves = [one.qualified for one in candidate.table.partitions if one.is_leaf and not one.is_foreign]
    return [candidate.sql_on(leaf) for leaf in leaves] or [candidate.sql(concurrently=False)]


def _as_it_is(looked: Looked) -> Cost:
    return Cost(looked.run.plan.root.number("Total Cost"), frozenset(), {})


async def _asking(rehearsal: Rehearsal, looked: Looked, version: int) -> str:
    """The EXPLAIN of the statement; of one whose values are not known, by a prepared statement and its general plan."""
    sql, options = looked.run.sql, PlanOptions()
    count = parameters_of(sql)
    if not count:
        return explain_statement(sql, options, version)
    await rehearsal.prepare("set local plan_cache_mode to force_generic_plan")
    await rehearsal.records(f"prepare {_PREPARED} as {sql}")
    return explain_statement(f"execute {_PREPARED}({', '.join(['null'] * count)})", options, version)


async def _with(
    rehearsal: Rehearsal, schema: str, identity: Identity, ask: str, chosen: Sequence[Candidate]
) -> Cost | None:
    names: dict[str, str] = {}
    sizes: dict[str, float] = {}
    await rehearsal.prepare("discard plans")  # one that was kept knows only the indexes that were pretended before
    await rehearsal.records(f"select {schema}.hypopg_reset()")
    try:
        for candidate in chosen:
            sql = (
                f"select indexname, {schema}.hypopg_relation_size(indexrelid)::float8 as size"
                f" from {schema}.hypopg_create_index($1)"
            )
            sizes[candidate.name] = 0.0
            for statement in _on_each_part(candidate):
                made: Any = (await rehearsal.records(sql, statement))[0]
                names[made["indexname"]] = candidate.name
                sizes[candidate.name] += made["size"] / 1024 / 1024
        if not identity.is_login:
            await rehearsal.become(identity)
        rows: Any = await rehearsal.records(ask)
    except Failure as failure:
        if failure.kind in (FailureKind.LINK, FailureKind.CANCELLED):
            raise
        return None
    finally:
        if not rehearsal.identity.is_login:
            await in_any_case(rehearsal.become(LOGIN))
    plan = read_plan(next(iter(rows[0].values())))
    used = frozenset(names[node.index] for node in plan.nodes if node.index in names)
    return Cost(plan.root.number("Total Cost"), used, sizes)


async def _forget(rehearsal: Rehearsal, schema: str) -> None:
    """Forget what was pretended and prepared, also after a statement that failed or was cancelled."""
    try:
        await rehearsal.become(LOGIN)
        await rehearsal.records(f"select {schema}.hypopg_reset()")
        prepared = "select from pg_catalog.pg_prepared_statements where name = $1"
        if await rehearsal.records(prepared, _PREPARED):
            await rehearsal.records(f"deallocate {_PREPARED}")
    except Failure as failure:
        if failure.kind is not FailureKind.LINK:  # with the session everything else is gone, too
            raise


def read_plan(value: object) -> Plan:
    """The plan in what a driver made of EXPLAIN's JSON."""
    return read_plans(value if isinstance(value, str) else json.dumps(value))[0]
