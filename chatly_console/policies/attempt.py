"""A write tried as somebody and rolled back: whether it would pass, and every policy that refuses it.

The server names one restrictive policy at most and no permissive one. So the refused statement is run once more into a
temporary copy of the table, by the same identity, and each policy is asked about the rows that it would have written.
Triggers do not run there: where one changes the row, the answer is about the row as it was before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.core.request import Mode, Request
from chatly_console.core.sql import TokenKind, tokens
from chatly_console.policies.combination import Standing, combination, exemption, standing
from chatly_console.policies.policy import Clause, Command, Policy, Subject, Table
from chatly_console.policies.service import count_matrix, qualified, read_subject, read_tables
from chatly_console.server.database import Database

_REFUSED = "42501"
_COPY = "pg_temp.chatly_candidate"
_MOST_COPIED = 20_000
_FOR_TABLE = re.compile(r'(?:for|on) (?:table|relation|view) "?([^"]+)"?')


@dataclass(frozen=True, slots=True)
class Refusal:
    """A policy that said no to a row, and what it said: false or null."""

    policy: str
    kind: str
    value: bool | None
    clause: Clause


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of the statement."""

    ok: bool
    rows: int = 0
    failure: Failure | None = None
    refused_by: tuple[Refusal, ...] = ()
    missing_grant: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Target:
    """What a statement writes, and where in its text the name stands."""

    command: Command
    words: str
    start: int
    end: int
    has_alias: bool


async def try_write(database: Database, sql: str, identity: Identity, *, timeout: float = 30.0) -> Attempt:
    """Run a data-changing statement as `identity`, undo it, and say why it was refused or changed nothing."""
    request = Request(sql, (), identity, Mode.ROLLED_BACK, statement_timeout=timeout, lock_timeout=2.0)
    try:
        async with database.open(request) as result:
            while not result.exhausted:
                await result.fetch(5000)
            rows = _counted(result.tag)
    except Failure as failure:
        if failure.kind is not FailureKind.SQL:
            raise
        return await _explain_refusal(database, sql, identity, failure)
    note = "" if rows else await _why_nothing(database, sql, identity)
    return Attempt(True, rows, note=note)


def _counted(tag: str) -> int:
    last = tag.split(" ")[-1]
    return int(last) if last.isdigit() else 0


async def _explain_refusal(database: Database, sql: str, identity: Identity, failure: Failure) -> Attempt:
    if failure.sqlstate != _REFUSED:
        return Attempt(False, failure=failure, note="The statement failed for a reason other than row level security.")
    if "row-level security" not in failure.sentence:
        return Attempt(False, failure=failure, missing_grant=failure.sentence)
    table = await _table_of(database, failure, sql)
    target = _target(sql)
    if table is None or target is None:
        return Attempt(False, failure=failure)
    subject = await read_subject(database, identity.role or database.facts.user)
    if standing(table, subject, target.command) is Standing.NO_POLICY:
        words = f"No permissive {target.command} policy of {table.full_name} applies to {subject.role}."
        return Attempt(False, failure=failure, note=words)
    try:
        refused = await _ask_policies(database, sql, identity, target, table, subject)
    except Failure as second:
        if second.kind is FailureKind.LINK:
            raise
        named = re.search(r'policy "(.+?)" for table', failure.sentence)
        known = (Refusal(named.group(1), "restrictive", False, Clause.CHECK),) if named else ()
        return Attempt(
            False, failure=failure, refused_by=known, note=f"The other policies could not be asked: {second.sentence}"
        )
    return Attempt(False, failure=failure, refused_by=tuple(refused))


async def _table_of(database: Database, failure: Failure, sql: str) -> Table | None:
    """The table that the message is about; where two schemas have one of its name, the one that is written."""
    found = _FOR_TABLE.search(failure.sentence)
    name = found.group(1) if found else ""
    candidates = [table for table in await read_tables(database) if table.name == name]
    if len(candidates) > 1:
        written = [r.name.replace('"', "") for r in classify(sql).relations if r.written]
        candidates = [t for t in candidates if f"{t.schema}.{t.name}" in written] or [
            t for t in candidates if t.schema == "public"
        ]
    return candidates[0] if candidates else None


_VERBS = {"insert": Command.INSERT, "update": Command.UPDATE, "delete": Command.DELETE}
_NO_ALIAS = frozenset(["", "(", ";", "*", "set", "values", "select", "default", "where", "using", "overriding", "with"])
_BEFORE_NAME = frozenset({"insert", "into", "update", "delete", "from", "only"})


def _target(sql: str) -> _Target | None:
    """Where the statement names the table that it writes; None for a form that is not read here (WITH, MERGE)."""
    words = [t for t in tokens(sql) if t.kind is not TokenKind.COMMENT and sql[t.start : t.end].strip()]
    if not words or (verb := sql[words[0].start : words[0].end].lower()) not in _VERBS:
        return None
    at = 0
    while at < len(words) and sql[words[at].start : words[at].end].lower() in _BEFORE_NAME:
        at += 1
    if at >= len(words):
        return None
    last = at
    while last + 2 < len(words) and sql[words[last].end : words[last + 2].start].strip() == ".":
        last += 2
    after = sql[words[last + 1].start : words[last + 1].end].lower() if last + 1 < len(words) else ""
    return _Target(
        _VERBS[verb], sql[words[at].start : words[last].end], words[at].start, words[last].end, after not in _NO_ALIAS
    )


async def _ask_policies(
    database: Database, sql: str, identity: Identity, target: _Target, table: Table, subject: Subject
) -> Sequence[Refusal]:
    """Write into a copy instead, and ask each policy about the rows that are new there."""
    checks = [(p, Clause.CHECK) for p in combination(table, subject, target.command, Clause.CHECK).policies]
    if target.command is Command.UPDATE or " returning " in f" {sql.lower()} ":
        checks += [(p, Clause.USING) for p in combination(table, subject, Command.SELECT).policies]
    alias = "" if target.has_alias else f" as {quote_identifier(table.name)}"
    aimed = sql[: target.start] + _COPY + alias + sql[target.end :]
    asked = ", ".join(f"({p.expression(clause)}) as p{i}" for i, (p, clause) in enumerate(checks))
    async with database.rehearse(identity) as rehearsal:
        if target.command is Command.INSERT:
            await rehearsal.prepare(
                f"create temp table chatly_candidate (like {qualified(table)} including defaults including generated "
                "including identity)"
            )
        else:
            await rehearsal.prepare(
                f"create temp table chatly_candidate as select * from {qualified(table)} limit {_MOST_COPIED}"
            )
        before: Any = await rehearsal.records(f"select coalesce(pg_catalog.min(xmin::text), '') as x from {_COPY}")
        await rehearsal.records(aimed)
        rows: Any = await rehearsal.records(
            f"select {asked} from {_COPY} as {quote_identifier(table.name)} "
            f"where {quote_identifier(table.name)}.xmin::text <> $1",
            before[0]["x"],
        )
    return _refusals(checks, rows)


def _refusals(checks: Sequence[tuple[Policy, Clause]], rows: Sequence[Any]) -> list[Refusal]:
    """The policies that refuse a row: all permissive ones where none said yes, each restrictive one that said no."""
    found: dict[tuple[str, Clause], Refusal] = {}
    for row in rows:
        for clause in Clause:
            own = [(p, row[f"p{i}"]) for i, (p, c) in enumerate(checks) if c is clause]
            none_admits = not any(value for p, value in own if p.permissive)
            for p, value in own:
                if not value and (not p.permissive or none_admits):
                    found.setdefault((p.name, clause), Refusal(p.name, p.kind, value, clause))
    return list(found.values())


async def _why_nothing(database: Database, sql: str, identity: Identity) -> str:
    """Why an UPDATE or DELETE that was not refused changed nothing."""
    target = _target(sql)
    if target is None or target.command is Command.INSERT:
        return "No row was written."
    name = target.words.replace('"', "")
    tables = await read_tables(database)
    table = next((t for t in tables if name in (f"{t.schema}.{t.name}", t.full_name)), None)
    if table is None:
        return "No row was written."
    subject = await read_subject(database, identity.role or database.facts.user)
    if exemption(table, subject):
        return "No row matches; row level security plays no part here."
    for command in (Command.SELECT, target.command):
        if standing(table, subject, command) is Standing.NO_POLICY:
            extra = " (a WHERE needs one to find its rows)" if command is Command.SELECT else ""
            return f"Silently nothing: no {command} policy of {table.full_name} applies to {subject.role}{extra}."
    cells = {c.command: c for c in await count_matrix(database, [identity], [table])}
    seen, reached = cells[Command.SELECT], cells[target.command]
    total = "" if seen.total is None else f" of {seen.total:,}"
    return (
        f"Silently nothing: {identity.describe() or subject.role} sees {seen.visible:,}{total} rows of "
        f"{table.full_name} and may {target.command} {reached.visible:,} of them; none of these matches."
    )
