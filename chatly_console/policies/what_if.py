"""What a changed policy would do, before anything is changed: rows gained and lost by each identity.

Both conditions, as the policies are and as they would be, are asked of every row in one pass, as the identity; nothing
is altered and no lock is taken that others feel.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.policies.combination import Standing, combination, exemption, standing
from chatly_console.policies.policy import PUBLIC, Clause, Command, Policy, Subject, Table
from chatly_console.policies.rows_why import ALL_ROWS, all_rows_sql, key_sql, label_sql, need_primary
from chatly_console.policies.service import read_subjects
from chatly_console.server.database import Database
from chatly_console.server.rehearsal import Rehearsal

MOST_NAMED = 20
Asked = tuple[Command, Clause | None]


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that somebody would gain or lose."""

    key: tuple[str | None, ...]
    label: str
    gained: bool


@dataclass(frozen=True, slots=True)
class Delta:
    """What one identity reaches before and after."""

    identity: Identity
    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0
    rows: tuple[ChangedRow, ...] = ()
    note: str = ""
    failure: Failure | None = None
    partial: bool = False
    """Whether the login itself is subject to policies here, so that there may be rows of which nobody was asked."""


async def what_if(
    database: Database,
    table: Table,
    after: Table,
    identities: Sequence[Identity],
    command: Command = Command.SELECT,
    clause: Clause | None = None,
    *,
    timeout: float = 30.0,
) -> list[Delta]:
    """Compare a table with its policies as they would be; for WITH CHECK the rows that are there stand for new ones.

    `clause` is by default the one that decides the command: WITH CHECK for INSERT, USING for the others.
    """
    need_primary(database)
    subjects = await read_subjects(database, [LOGIN, *identities], [table])
    partial = not exemption(table, subjects[LOGIN])
    deltas = []
    async with database.rehearse(timeout=timeout) as rehearsal:
        await rehearsal.prepare(all_rows_sql(table))
        for identity in identities:
            subject = subjects[identity]
            if standing(table, subject, command) is Standing.NO_GRANT:
                deltas.append(Delta(identity, note=f"the privilege {command} is missing"))
                continue
            if because := exemption(table, subject):
                deltas.append(Delta(identity, note=f"no policy is asked: {because}"))
                continue
            await rehearsal.become(identity)
            try:
                delta = await _delta(rehearsal, table, after, subject, identity, (command, clause))
                deltas.append(replace(delta, partial=partial))
            except Failure as failure:
                if failure.kind is FailureKind.LINK:
                    raise
                deltas.append(_failed(identity, failure, partial=partial))
    return deltas


def _failed(identity: Identity, failure: Failure, *, partial: bool) -> Delta:
    """What went wrong; where the login's own policies are asked too, it may be them."""
    if partial and failure.sqlstate == "42501":
        words = f"not known: the policies of the login itself cannot be asked as this role ({failure.sentence})"
        return Delta(identity, note=words, partial=True)
    return Delta(identity, failure=failure, partial=partial)


async def check_roles(database: Database, policy: Policy) -> None:
    """Raise Failure (USAGE) where the policy is for a role that does not exist: it would be for nobody."""
    wanted = [role for role in policy.roles if role not in (PUBLIC, "current_user", "session_user", "current_role")]
    rows: Any = await database.records(
        "select w.name from pg_catalog.jsonb_array_elements_text($1::text::jsonb) w(name) "
        "where not exists (select from pg_catalog.pg_roles r where r.rolname = w.name)",
        json.dumps(wanted),
    )
    if rows:
        raise Failure(f"There is no role {rows[0]['name']} on this server.", FailureKind.USAGE)


async def _delta(
    rehearsal: Rehearsal, table: Table, after: Table, subject: Subject, identity: Identity, asked: Asked
) -> Delta:
    now, then = (combination(t, subject, *asked).sql() for t in (table, after))
    source = (
        f"(select {key_sql(table)} as key, {label_sql(table)} as label, ({now}) as b, ({then}) as a "
        f"from {ALL_ROWS} as {quote_identifier(table.name)}) r"
    )
    counted: Any = await rehearsal.records(
        "select pg_catalog.count(*) filter (where b) as before, pg_catalog.count(*) filter (where a) as after, "
        "pg_catalog.count(*) filter (where a and not b) as gained, pg_catalog.count(*) filter (where b and not a) "
        f"as lost from {source}"
    )
    found = counted[0]
    rows: Any = []
    if found["gained"] or found["lost"]:
        rows = await rehearsal.records(
            f"select key, label, a as gained from {source} where a is distinct from b "
            f"order by a desc limit {MOST_NAMED}"
        )
    changed = tuple(ChangedRow(tuple(_list(r["key"])), r["label"] or "", r["gained"]) for r in rows)
    return Delta(identity, found["before"], found["after"], found["gained"], found["lost"], changed)


def _list(value: Any) -> list[Any]:
    loaded = json.loads(value) if isinstance(value, str) else value
    return loaded if isinstance(loaded, list) else []
