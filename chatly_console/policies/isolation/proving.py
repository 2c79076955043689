"""The proof that no tenant's users reach another tenant's rows, tried on the data: every tenant against every other.

For users of every tenant, and for somebody of none, each relation that has the tenant's column is read as that user,
asking for rows of tenants that he does not belong to, and each table is written to. Relations past which policies do
not reach (views that run as their owner, partitions read directly, materialised views) are read like the others.
Everything happens in transactions that are rolled back.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.policies.isolation.crew import Crew, Progress
from chatly_console.policies.isolation.kinds import kinds_of
from chatly_console.policies.isolation.leak import Leak
from chatly_console.policies.isolation.proof import Proof
from chatly_console.policies.isolation.trial import Plan, Turn
from chatly_console.policies.isolation.witnesses import choose_witnesses
from chatly_console.policies.isolation.writes import shares_of
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.service import read_subject, read_tables
from chatly_console.policies.tenancy import find_tenancy
from chatly_console.server.database import Database

_EXPLAINED, _EACH = 200, 10
"""Leaks of which the policies are worked out, in all and of each kind; more of the same teach nothing new."""


async def prove_isolation(
    database: Database,
    *,
    column: str = "",
    writes: bool = True,
    thorough: bool = False,
    progress: Progress = lambda done, of: None,
    timeout: float = 30.0,
) -> Proof:
    """Try it for one user of every role in every tenant, an outsider and anon; `writes` also attempts to write.

    Each pair of tenants is tried on every relation with every command; if it shall be `thorough`, by each of the
    users, where else they share what takes a statement for each pair. A standby takes no writes, so there only
    reading is tried.
    """
    began = time.monotonic()
    tenancy = await find_tenancy(database, column)
    tables = {table.oid: table for table in await read_tables(database)}
    witnesses = await choose_witnesses(database, tenancy)
    roles = {w.identity.role or "" for w in witnesses}
    plan = Plan(
        tenancy,
        tables,
        {role: await read_subject(database, role) for role in roles},
        await read_subject(database, database.facts.user),
        writes and not database.facts.standby,
        database.facts.version_number,
    )
    proof = Proof(tenancy, users=len(witnesses), thorough=thorough)
    shares = shares_of(witnesses, thorough=thorough)
    turns = [Turn(at, *both) for at, both in enumerate(zip(witnesses, shares, strict=True))]
    await Crew(database, plan, turns, progress, timeout).work(proof)
    proof.leaks = await _with_policies(database, proof.leaks, tables)
    proof.milliseconds = (time.monotonic() - began) * 1000
    return proof


async def _with_policies(database: Database, leaks: Sequence[Leak], tables: dict[int, Table]) -> list[Leak]:
    chosen = [id(leak) for kind in kinds_of(leaks) for leak in kind.leaks[:_EACH]][:_EXPLAINED]
    wanted = set(chosen)
    return [await _explained(database, k, tables) if id(k) in wanted else k for k in leaks]


async def _explained(database: Database, leak: Leak, tables: dict[int, Table]) -> Leak:
    """The leak with the policies that let its row through."""
    table = tables.get(leak.relation.oid)
    if leak.policies:
        return leak
    if table is None:
        return replace(leak, policies=(f"none: a {leak.relation.kind_words} is not subject to policies of the caller",))
    if not table.key or not leak.key or leak.command is not Command.SELECT:
        return leak
    try:
        explained = await explain_rows(database, table, leak.identity, key=leak.key, limit=1, tally=False)
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        return leak
    names = explained.rows[0].verdict.admitted_by if explained.rows else ()
    return replace(leak, policies=names or ((explained.exempt_because,) if explained.exempt_because else ()))
