"""The proof that no tenant's users reach another tenant's rows, tried on the data: every tenant against every other.

For users of every tenant, and for somebody of none, each relation that has the tenant's column is read as that user,
asking for rows of tenants that he does not belong to, and each table is written to. Relations past which policies do
not reach (views that run as their owner, partitions read directly, materialised views) are read like the others.
Everything happens in one transaction on one snapshot, which is rolled back.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.policies.isolation_calls import CallTrial, bypasses_of
from chatly_console.policies.isolation_reads import read_foreign_rows
from chatly_console.policies.isolation_writes import WriteTrial, shares_of
from chatly_console.policies.leak import Leak
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.service import ROOM, read_subject, read_tables
from chatly_console.policies.tenancy import Tenancy, find_tenancy
from chatly_console.policies.witnesses import choose_witnesses
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

Progress = Callable[[int, int], None]
_LOCK_TIMEOUT = 0.1
"""Seconds to wait for somebody else's lock: a row that others work on is told, not waited for."""
_PLANS_FUNCTIONS_ONCE = 180000
_SPARING = 3
_EXPLAINED = 100
"""Leaks of which the policies are worked out; more of the same kind teach nothing new."""


@dataclass(frozen=True, slots=True)
class Bypass:
    """A way past the policies that exists, whether or not it leaks today."""

    kind: str
    object: str
    roles: str
    note: str = ""
    """What became of trying it."""


@dataclass(slots=True)
class Proof:
    """What was tried and what was found."""

    tenancy: Tenancy
    users: int = 0
    written: tuple[str, ...] = ()
    """What was written to, by name."""
    writes: int = 0
    """Writes that were really attempted."""
    sparing: int = 1
    """Of how many writes on a pair's row one was attempted: with 1 each pair was tried on every table."""
    calls: int = 0
    """Calls of functions that run as their owner."""
    leaks: list[Leak] = field(default_factory=list)
    bypasses: list[Bypass] = field(default_factory=list)
    errors: list[tuple[str, Failure]] = field(default_factory=list)
    milliseconds: float = 0.0
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def pairs(self) -> int:
        """Ordered pairs of tenants."""
        count = len(self.tenancy.tenants)
        return count * (count - 1)

    @property
    def is_sound(self) -> bool:
        """Whether everything could be tried, and nothing leaked."""
        return not self.leaks and not self.errors

    @property
    def sentence(self) -> str:
        """The result in one line."""
        found = f"{len(self.leaks):,} leak{'s' * (len(self.leaks) != 1)}" if self.leaks else "no leak"
        commands = "4 commands" if self.written else "SELECT"
        return (
            f"{len(self.tenancy.tenants):,} tenants, {self.pairs:,} pairs, {len(self.tenancy.relations)} tables and "
            f"views, {self.users:,} users, {commands}: {found} ({self.milliseconds / 1000:.1f} s)"
        )


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

    A standby takes no writes, so there only reading is tried. Before PostgreSQL 18 each statement plans the functions
    of its policies anew, so that less is tried there unless it shall be `thorough`.
    """
    began = time.monotonic()
    tenancy = await find_tenancy(database, column)
    tables = {table.oid: table for table in await read_tables(database)}
    sparing = 1 if thorough or database.facts.version_number >= _PLANS_FUNCTIONS_ONCE else _SPARING
    proof = Proof(tenancy, sparing=sparing)
    witnesses = await choose_witnesses(database, tenancy)
    subjects = {role: await read_subject(database, role) for role in {w.identity.role or "" for w in witnesses}}
    proof.users = len(witnesses)
    trial, calls = WriteTrial(tenancy, tables), CallTrial(tenancy)
    async with database.rehearse(timeout=timeout, lock_timeout=_LOCK_TIMEOUT) as rehearsal:
        # the same statements run as every witness: planning or compiling them each time would take longer than they do
        await rehearsal.prepare("set local plan_cache_mode to force_generic_plan; set local jit to off")
        if writes and not database.facts.standby:
            proof.errors += await trial.prepare(rehearsal, subjects, await read_subject(database, database.facts.user))
            await calls.prepare(rehearsal)
        for witness, share in zip(witnesses, shares_of(witnesses, sparing), strict=True):
            progress(share.turn, len(witnesses))
            await rehearsal.become(witness.identity)
            leaks, errors = await read_foreign_rows(rehearsal, tenancy, witness, tables)
            written, failed = await trial.attempt(rehearsal, witness, subjects[witness.identity.role or ""], share)
            proof.leaks += [*leaks, *await calls.attempt(rehearsal, witness), *written]
            proof.errors += [*errors, *failed]
            await asyncio.sleep(0)
    progress(len(witnesses), len(witnesses))
    proof.written = tuple(t.relation.full_name for t in trial.targets)
    proof.writes, proof.calls = trial.attempted, calls.calls
    proof.leaks = [await _with_policies(database, leak, tables, at) for at, leak in enumerate(proof.leaks)]
    rows: Any = await database.records(load_sql(ROOM, "bypasses"))
    proof.bypasses = [Bypass(r["kind"], r["object"], r["detail"]) for r in rows]
    proof.bypasses += [Bypass(*each) for each in bypasses_of(calls)]
    proof.milliseconds = (time.monotonic() - began) * 1000
    return proof


async def _with_policies(database: Database, leak: Leak, tables: dict[int, Table], at: int) -> Leak:
    """The leak with the policies that let its row through."""
    table = tables.get(leak.relation.oid)
    if leak.policies or at >= _EXPLAINED:
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
