"""The proof that no tenant's users reach another tenant's rows, tried on the data: every tenant against every other.

For users of every tenant, and for somebody of none, each relation that has the tenant's column is read as that user,
asking for rows of tenants that he does not belong to. Relations past which policies do not reach (views that run as
their owner, partitions read directly, materialised views) are read like the others, so a leak through them is found.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.rows_why import explain_rows, text_of
from chatly_console.policies.service import ROOM, read_tables
from chatly_console.policies.tenancy import Relation, Tenancy, find_tenancy
from chatly_console.server.database import Database
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.sql_files import load_sql

Progress = Callable[[int, int], None]
NOBODY = "a user of no tenant"
_EXPLAINED = 20
"""Leaks of which the policies are worked out; more of the same kind teach nothing new."""


@dataclass(frozen=True, slots=True)
class Leak:
    """Rows of a tenant that somebody else reads."""

    identity: Identity
    tenant: str
    other: str
    relation: Relation
    count: int
    key: tuple[str | None, ...]
    policies: tuple[str, ...] = ()
    command: Command = Command.SELECT


@dataclass(frozen=True, slots=True)
class Bypass:
    """A way past the policies that exists, whether or not it leaks today."""

    kind: str
    object: str
    roles: str


@dataclass(slots=True)
class Proof:
    """What was tried and what was found."""

    tenancy: Tenancy
    users: int = 0
    leaks: list[Leak] = field(default_factory=list)
    bypasses: list[Bypass] = field(default_factory=list)
    errors: list[tuple[str, Failure]] = field(default_factory=list)
    unreadable: int = 0
    milliseconds: float = 0.0

    @property
    def pairs(self) -> int:
        """Ordered pairs of tenants."""
        count = len(self.tenancy.tenants)
        return count * (count - 1)

    @property
    def sentence(self) -> str:
        """The result in one line."""
        found = f"{len(self.leaks):,} leak{'s' * (len(self.leaks) != 1)}" if self.leaks else "no leak"
        return (
            f"{len(self.tenancy.tenants):,} tenants, {self.pairs:,} pairs, {len(self.tenancy.relations)} tables and "
            f"views, {self.users:,} users: {found} ({self.milliseconds / 1000:.1f} s)"
        )


async def prove_isolation(
    database: Database, *, column: str = "", progress: Progress = lambda done, of: None, timeout: float = 30.0
) -> Proof:
    """Try it for one user of every role in every tenant, an outsider and anon."""
    began = time.monotonic()
    tenancy = await find_tenancy(database, column)
    tables = {table.oid: table for table in await read_tables(database)}
    proof = Proof(tenancy)
    chosen = _witnesses(tenancy)
    proof.users = len(chosen)
    async with database.rehearse(timeout=timeout) as rehearsal:
        for done, (tenant, identity, own) in enumerate(chosen):
            progress(done, len(chosen))
            await rehearsal.become(identity)
            await _read_all(rehearsal, proof, tenant, identity, own, tables)
            await asyncio.sleep(0)
    progress(len(chosen), len(chosen))
    proof.leaks = [await _with_policies(database, leak, tables, at) for at, leak in enumerate(proof.leaks)]
    rows: Any = await database.records(load_sql(ROOM, "bypasses"))
    proof.bypasses = [Bypass(r["kind"], r["object"], r["detail"]) for r in rows]
    proof.milliseconds = (time.monotonic() - began) * 1000
    return proof


def _witnesses(tenancy: Tenancy) -> list[tuple[str, Identity, tuple[str, ...]]]:
    """Who tries it: (tenant, identity, all tenants that he belongs to)."""
    own: dict[str, set[str]] = {}
    for tenant, user, _ in tenancy.members:
        own.setdefault(user, set()).add(tenant)
    chosen: dict[tuple[str, str], str] = {}
    for tenant, user, role in tenancy.members:
        chosen.setdefault((tenant, role), user)
    found = {
        (tenant, user): (tenant, Identity.authenticated(user), tuple(sorted(own[user])))
        for (tenant, _), user in chosen.items()
    }
    outsider = Identity.authenticated(str(uuid.UUID(int=0)))
    return [("anon", Identity.anon(), ()), (NOBODY, outsider, ()), *found.values()]


async def _read_all(
    rehearsal: Rehearsal,
    proof: Proof,
    tenant: str,
    identity: Identity,
    own: tuple[str, ...],
    tables: Mapping[int, Table],
) -> None:
    """All relations in one statement; one by one where that fails, so that one error hides nothing."""
    allowed = json.dumps(own)
    relations = await _readable(rehearsal, proof.tenancy)
    parts = [_foreign_rows(at, relation, tables.get(relation.oid)) for at, relation in relations]
    if not parts:
        return
    try:
        rows: list[Any] = list(await rehearsal.records(" union all ".join(parts), allowed))
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        rows = []
        for (_, relation), part in zip(relations, parts, strict=True):
            try:
                rows += await rehearsal.records(part, allowed)
            except Failure as single:
                proof.errors.append((f"{relation.full_name} as {identity.describe()}", single))
    for row in rows:
        key = tuple(json.loads(row["key"]))
        relation = proof.tenancy.relations[row["at"]]
        proof.leaks.append(Leak(identity, tenant, row["other"], relation, row["n"], key))


async def _readable(rehearsal: Rehearsal, tenancy: Tenancy) -> list[tuple[int, Relation]]:
    """The relations on which the identity has the privilege at all; the others are refused, which is no leak."""
    oids = ",".join(str(r.oid) for r in tenancy.relations)
    rows: Any = await rehearsal.records(
        "select c.oid::bigint as oid from pg_catalog.pg_class c "
        f"where c.oid = any (pg_catalog.string_to_array({quote_literal(oids)}, ',')::oid[]) "
        "and pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE') "
        "and pg_catalog.has_table_privilege(c.oid, 'SELECT')"
    )
    granted = {row["oid"] for row in rows}
    return [(at, r) for at, r in enumerate(tenancy.relations) if r.oid in granted]


def _foreign_rows(at: int, relation: Relation, table: Table | None) -> str:
    """SQL for the rows of other tenants than those in the JSON array $1, by tenant, with one row's key."""
    column = quote_identifier(relation.column)
    name = f"{quote_identifier(relation.schema)}.{quote_identifier(relation.name)}"
    key = table.key if table is not None and table.key else (relation.column,)
    return (
        f"select {at} as at, {column}::text as other, pg_catalog.count(*) as n, "
        f"min(pg_catalog.jsonb_build_array({', '.join(map(text_of, key))})::text) as key from {name} "
        f"where {column} is not null and {column}::text not in "
        f"(select pg_catalog.jsonb_array_elements_text($1::pg_catalog.text::pg_catalog.jsonb)) group by 2"
    )


async def _with_policies(database: Database, leak: Leak, tables: Mapping[int, Table], at: int) -> Leak:
    """The leak with the policies that let its row through."""
    table = tables.get(leak.relation.oid)
    if table is None or not table.key or at >= _EXPLAINED:
        return leak
    try:
        explained = await explain_rows(database, table, leak.identity, key=leak.key, limit=1)
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        return leak
    names = explained.rows[0].verdict.admitted_by if explained.rows else ()
    return Leak(
        leak.identity, leak.tenant, leak.other, leak.relation, leak.count, leak.key,
        names or ((explained.exempt_because,) if explained.exempt_because else ()),
    )  # fmt: skip
