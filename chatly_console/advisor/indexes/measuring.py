"""MEASURED: an index built in a transaction that is rolled back, the statement run before and after it.

Writers of the table wait from the build to the end, so it is only for tables of moderate size, with short limits, and
after consent. The login builds the index; what is measured runs as whoever asks.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.pretending import read_plan
from chatly_console.advisor.indexes.tried import Looked, WithValues, figures_of
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity, Strength
from chatly_console.core.request import Mode, Request
from chatly_console.explain import built_index
from chatly_console.explain.built_index import BuiltIndex
from chatly_console.explain.plan import Plan
from chatly_console.explain.running import PlanOptions, explain_statement
from chatly_console.explain.trying import LOCK_LIMIT, TIME_LIMIT, Trial, may_try
from chatly_console.server.database import Database
from chatly_console.server.guard import check_advisory
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.sql_files import load_sql

RUNS = 5
"""Runs after one that warms the caches; the one with the median time counts."""
_ENOUGH_MS = 2000.0
"""Of runs that took so long together no further one is made: writers wait meanwhile."""
LONGEST_BUILD = 5.0
"""Seconds that a build may be expected to take: so long writers would wait for it alone."""
_MEGABYTES_A_SECOND = {"gin": 8.0, "hnsw": 1.5, "gist": 8.0, "ivfflat": 20.0}
_OTHERS_A_SECOND = 60.0
"""How much of a table an index takes in a second, on a small machine; a wide margin is left by the limits."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a trial has shown; `sets` has each statement without and with the indexes, and whether it uses one."""

    sets: tuple[WithValues, ...]
    megabytes: float
    build_seconds: float
    writers_waited: float
    """Seconds from the build to the roll-back."""


async def measure(
    database: Database, statements: Sequence[Looked], indexes: Sequence[Candidate], identity: Identity
) -> Measured:
    """Build these indexes together, measure each statement, roll back.

    Raises `Failure` where they must not, or cannot, be measured here.
    """
    indexes = [index.trial for index in indexes]
    for index in indexes:
        await may_try(database, Trial((index.sql(concurrently=False),), (), index.table.qualified, index.name))
    expected = sum(i.table.megabytes / _MEGABYTES_A_SECOND.get(i.method, _OTHERS_A_SECOND) for i in indexes)
    if expected > LONGEST_BUILD:
        raise Failure(f"To build it takes about {expected:.0f} s, and writers would wait.", FailureKind.REFUSED)
    for one in statements:
        if not identity.is_login:
            check_advisory(Request(one.run.sql, (), identity, Mode.READ_ONLY))
    version = database.facts.version_number
    asked = [explain_statement(one.run.sql, PlanOptions(analyze=True), version) for one in statements]
    async with database.rehearse(LOGIN, timeout=TIME_LIMIT, lock_timeout=LOCK_LIMIT) as rehearsal:
        before = [await _median(rehearsal, sql, identity) for sql in asked]
        await rehearsal.become(LOGIN)
        began = time.monotonic()
        for index in indexes:
            await rehearsal.prepare(index.sql(concurrently=False))
        built = time.monotonic() - began
        found = [await _built(rehearsal, index) for index in indexes]
        after = [await _median(rehearsal, sql, identity) for sql in asked]
    waited = time.monotonic() - began
    names = {name for built_one in found for name in built_one.names}
    sets = tuple(
        WithValues(one.values, figures_of(a), figures_of(b), any(node.index in names for node in b.nodes))
        for one, a, b in zip(statements, before, after, strict=True)
    )
    return Measured(sets, sum(one.megabytes for one in found), built, waited)


def strength_note(identity: Identity) -> str:
    """How firmly the identity was held while it was measured; empty for the login itself."""
    words = f"Measured as {identity.describe()} ({Strength.ADVISORY}): the index and the run share a transaction."
    return "" if identity.is_login else words


async def _built(rehearsal: Rehearsal, candidate: Candidate) -> BuiltIndex:
    """The new index, if this transaction may use it."""
    rows = await rehearsal.records(load_sql("chatly_console.explain", built_index.SQL), candidate.qualified_name)
    built = BuiltIndex.of(list(rows[0].values()))
    if built.must_wait:
        raise Failure(
            "It cannot be measured now: a session with an older snapshot keeps the new index from being used"
            f"{f' (pid {built.holder})' if built.holder else ''}.",
            FailureKind.REFUSED,
            hint="Try again once that session's transaction has ended.",
        )
    return built


async def _median(rehearsal: Rehearsal, sql: str, identity: Identity) -> Plan:
    """The plan of the run with the median time, after one that warms the caches; what a run writes is undone."""
    plans: list[Plan] = []
    for _ in range(RUNS + 1):
        await rehearsal.become(identity)
        rows: Any = await rehearsal.records(sql)
        plans.append(read_plan(next(iter(rows[0].values()))))
        if len(plans) > 1 and sum(plan.execution_ms or 0.0 for plan in plans) > _ENOUGH_MS:
            break
    times = [plan.execution_ms or 0.0 for plan in plans[1:]]
    return plans[1:][times.index(median_low(times))]
