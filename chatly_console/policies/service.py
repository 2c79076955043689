"""What the server says of row level security: tables with their policies, roles, and what each identity reaches."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.core.catalogue import Relation
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.policies.combination import Standing, deciding, exemption, standing
from chatly_console.policies.policy import COMMANDS, Command, Policy, Subject, Table
from chatly_console.server.database import Database
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.shared_catalogue import SharedCatalogue
from chatly_console.server.sql_files import load_sql

ROOM = "chatly_console.policies"


async def read_tables(database: Database) -> list[Table]:
    """All tables, those of `public` first: what they are from the catalogue of all panes, and what guards them."""
    catalogue = await SharedCatalogue.of(database).as_it_stands()
    rows = await database.records(load_sql(ROOM, "tables"))
    guards: dict[Any, Any] = {row["oid"]: row for row in rows}

    def put_together() -> list[Table]:
        found = [r for r in catalogue.relations.values() if r.oid in guards]
        found.sort(key=lambda r: (r.schema != "public", r.schema, r.name))
        return [_table(r, [c.name for c in catalogue.columns_of(r.oid)], guards[r.oid]) for r in found]

    return await asyncio.to_thread(put_together)


def find_table(tables: Iterable[Table], name: str) -> Table:
    """The table that a person means by `name` or `schema.name`; raises Failure (USAGE)."""
    found = [t for t in tables if name in (t.full_name, f"{t.schema}.{t.name}", qualified(t))]
    found = found or [t for t in tables if t.name == name]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Failure(f"There is no table {name} here.", FailureKind.USAGE)
    names = ", ".join(f"{t.schema}.{t.name}" for t in found)
    raise Failure(f"{name} is not clear: {names}.", FailureKind.USAGE)


async def read_subject(database: Database, role: str) -> Subject:
    """What the server holds of a role; raises Failure (USAGE) where there is no such role."""
    return (await _subjects(database, [role], None))[role]


async def read_subjects(
    database: Database,
    identities: Iterable[Identity],
    tables: Sequence[Table] | None = None,
    *,
    within: Rehearsal | None = None,
) -> dict[Identity, Subject]:
    """The subjects of several identities, in one question; of all tables, or of these; `within` a transaction."""
    roles = {identity: identity.role or database.facts.user for identity in identities}
    found = await _subjects(within or database, sorted(set(roles.values())), tables)
    return {identity: found[role] for identity, role in roles.items()}


async def _subjects(
    asked: Database | Rehearsal, roles: Sequence[str], tables: Sequence[Table] | None
) -> dict[str, Subject]:
    oids = None if tables is None else json.dumps([str(table.oid) for table in tables])
    ask = asked.last_records if isinstance(asked, Rehearsal) else asked.records
    rows: Any = await ask(load_sql(ROOM, "subject"), json.dumps(list(roles)), oids)
    found = {
        row["role"]: Subject(
            row["role"],
            row["superuser"],
            row["bypasses_rls"],
            frozenset(row["covered_by"] or ()),
            frozenset(row["owns"]),
            {int(oid): frozenset(names) for oid, names in row["privileges"].items()},
        )
        for row in rows
    }
    for role in roles:
        if role not in found:
            raise Failure(f"There is no role {role} on this server.", FailureKind.USAGE)
    return found


def qualified(table: Table) -> str:
    """The table's name for SQL."""
    return f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"


def _table(relation: Relation, columns: Sequence[str], row: Any) -> Table:
    policies = tuple(
        Policy(
            p["name"],
            p["permissive"],
            Command(p["command"]) if p["command"] else None,
            tuple(p["roles"]),
            p["using"],
            p["check"],
            p["comment"],
        )
        for p in row["policies"]
    )
    return Table(
        relation.oid,
        relation.schema,
        relation.name,
        relation.owner,
        "p" if relation.kind == "partitioned table" else "r",
        relation.row_security,
        relation.forces_row_security,
        policies,
        tuple(columns),
        tuple(row["key"]),
        {role: frozenset(names) for role, names in row["grants"].items()},
        row["estimate"],
    )


# The matrix


@dataclass(frozen=True, slots=True)
class Cell:
    """What one identity may do with one table by one command; `visible` None where rows cannot be counted."""

    identity: Identity
    table: Table
    command: Command
    standing: Standing
    visible: int | None = None
    total: int | None = None
    failure: Failure | None = None

    @property
    def verdict(self) -> str:
        """One of: error, no grant, no policy, unguarded, exempt, checked, none, some, all."""
        if self.failure is not None:
            return "error"
        if self.standing is not Standing.POLICED:
            return "unguarded" if self.standing is Standing.UNGUARDED else str(self.standing.value)
        if self.visible is None:
            return "checked"
        if self.visible == 0:
            return "none"
        return "all" if self.visible == self.total else "some"


async def count_matrix(
    database: Database, identities: Sequence[Identity], tables: Sequence[Table], *, timeout: float = 30.0
) -> list[Cell]:
    """Who reaches how many rows of which table by which command, counted on the data as it is now, on one snapshot.

    SELECT is what the server itself lets through. UPDATE and DELETE are those of these rows that the command's own
    policies admit, which is what a statement with a WHERE reaches.
    """
    subjects = await read_subjects(database, [LOGIN, *identities], tables)
    login = subjects[LOGIN]
    cells: list[Cell] = []
    async with database.rehearse(timeout=timeout) as rehearsal:
        totals = {t.oid: await _total(rehearsal, t, login) for t in tables}
        for identity in identities:
            await rehearsal.become(identity)
            for table in tables:
                cells += await _cells(rehearsal, identity, subjects[identity], table, totals[table.oid])
    return cells


async def _total(rehearsal: Rehearsal, table: Table, login: Subject) -> int | None:
    """All rows, as far as the login is somebody to whom no policy applies."""
    if not exemption(table, login) or standing(table, login, Command.SELECT) is Standing.NO_GRANT:
        return None
    try:
        rows: Any = await rehearsal.records(f"select pg_catalog.count(*) as n from {qualified(table)}")
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        return None
    return int(rows[0]["n"])


async def _cells(
    rehearsal: Rehearsal, identity: Identity, subject: Subject, table: Table, total: int | None
) -> list[Cell]:
    stands = {command: standing(table, subject, command) for command in COMMANDS}
    counts: dict[Command, int | None] = dict.fromkeys(COMMANDS)
    failure = None
    if stands[Command.SELECT] is not Standing.NO_GRANT:
        try:
            counts |= await _counts(rehearsal, subject, table)
        except Failure as error:
            if error.kind is FailureKind.LINK:
                raise
            failure = error
    cells = []
    for command in COMMANDS:
        counted = command is not Command.INSERT
        granted = stands[command] is not Standing.NO_GRANT
        cells.append(
            Cell(
                identity,
                table,
                command,
                stands[command],
                counts[command] if counted and granted else 0 if counted else None,
                total if counted else None,
                failure if granted and counted else None,
            )
        )
    return cells


async def _counts(rehearsal: Rehearsal, subject: Subject, table: Table) -> dict[Command, int | None]:
    def condition(command: Command) -> str:
        return " and ".join(c.sql() for c in deciding(table, subject, command)[:1]) or "true"

    rows: Any = await rehearsal.records(
        f"select pg_catalog.count(*) as s, pg_catalog.count(*) filter (where {condition(Command.UPDATE)}) as u, "
        f"pg_catalog.count(*) filter (where {condition(Command.DELETE)}) as d from {qualified(table)}"
    )
    return {Command.SELECT: rows[0]["s"], Command.UPDATE: rows[0]["u"], Command.DELETE: rows[0]["d"]}
