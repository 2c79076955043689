"""A write tried as somebody and rolled back: whether it would pass, and every policy that stands in its way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.policies.checks import Action, Refused, checks
from chatly_console.policies.combination import Standing, exemption, standing
from chatly_console.policies.policy import Clause, Command, Subject, Table
from chatly_console.policies.rehearsed import MOST_COPIED, Rehearsed, rehearse_write
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.service import read_subject, read_tables
from chatly_console.policies.written import COMMAND_OF, Written, find_written
from chatly_console.server.database import Database

_REFUSED = "42501"
_FOR_TABLE = re.compile(r'(?:for|on) (?:table|relation|view) "?([^"]+)"?')
_NEEDED = {
    "insert": (Command.INSERT,), "update": (Command.UPDATE,), "delete": (Command.DELETE,), "merge": (Command.SELECT,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """A policy that said no to a row: as a policy of which command, what it said (false or null), to which row."""

    policy: str
    kind: str
    value: bool | None
    clause: Clause
    command: Command = Command.SELECT
    row: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of the statement. `left_out` are policies that silently kept it from rows that it would touch."""

    ok: bool
    rows: int = 0
    failure: Failure | None = None
    refused_by: tuple[Refusal, ...] = ()
    missing_grant: str = ""
    note: str = ""
    left_out: tuple[Refusal, ...] = ()
    strength: str = ""


async def try_write(database: Database, sql: str, identity: Identity, *, timeout: float = 30.0) -> Attempt:
    """Run a data-changing statement as `identity`, undo it, and say why it was refused or changed nothing."""
    request = Request(sql, (), identity, Mode.ROLLED_BACK, statement_timeout=timeout, lock_timeout=2.0)
    try:
        async with database.open(request) as result:
            while not result.exhausted:
                await result.fetch(5000)
            rows = _counted(result.tag)
            strength = result.strength
    except Failure as failure:
        if failure.kind is not FailureKind.SQL:
            raise
        return await _explain_refusal(database, sql, identity, failure)
    if rows:
        return Attempt(True, rows, strength=strength)
    return await _explain_silence(database, sql, identity, strength)


def _counted(tag: str) -> int:
    last = tag.split(" ")[-1]
    return int(last) if last.isdigit() else 0


async def _explain_refusal(database: Database, sql: str, identity: Identity, failure: Failure) -> Attempt:
    if failure.sqlstate != _REFUSED:
        return Attempt(False, failure=failure, note="The statement failed for a reason other than row level security.")
    table, written = await _found(database, sql)
    if "row-level security" not in failure.sentence:
        return Attempt(
            False, failure=failure, missing_grant=await _missing(database, identity, failure, table, written)
        )
    if table is None or written is None or not _is_about(failure, table):
        note = "The refusal is about another table than the one that the statement names."
        return Attempt(False, failure=failure, note=note if table and written else "")
    subject = await read_subject(database, identity.role or database.facts.user)
    try:
        found = await rehearse_write(database, sql, identity, written, table, subject)
    except Failure as second:
        if second.kind is not FailureKind.SQL:
            raise
        named = re.search(r'policy "(.+?)" for table', failure.sentence)
        known = (Refusal(named.group(1), "restrictive", False, Clause.CHECK),) if named else ()
        words = f"The other policies could not be asked: {second.sentence}"
        return Attempt(False, failure=failure, refused_by=known, note=words)
    refusals = refusals_of(found.refused)
    if "(USING expression)" in failure.sentence and not any(r.row.endswith("there") for r in refusals):
        refusals += await _of_hidden_rows(database, identity, table, found)
    return Attempt(
        False, failure=failure, refused_by=tuple(refusals), note=_why_none(table, subject, written, refusals)
    )


def refusals_of(refused: Sequence[Refused]) -> list[Refusal]:
    """The same as plain data."""
    return [
        Refusal(r.policy.name, r.policy.kind, r.value, r.check.combination.clause, r.check.command, r.check.row.value)
        for r in refused
    ]


async def _found(database: Database, sql: str) -> tuple[Table | None, Written | None]:
    """The table that the statement writes; where several schemas have one of that name, the one of `public`."""
    written = find_written(sql)
    if written is None:
        return None, None
    named = [t for t in await read_tables(database) if written.is_named(t.schema, t.name)]
    table = next((t for t in named if t.schema == "public"), named[0] if named else None)
    return table, find_written(sql, table.columns) if table else written


def _is_about(failure: Failure, table: Table) -> bool:
    found = _FOR_TABLE.search(failure.sentence)
    return found is None or found.group(1).rstrip('".') == table.name


async def _missing(
    database: Database, identity: Identity, failure: Failure, table: Table | None, written: Written | None
) -> str:
    """The privilege that is missing, as far as it can be told; else the server's words."""
    if table is None or written is None or f"table {table.name}" not in failure.sentence.replace('"', ""):
        return failure.sentence
    subject = await read_subject(database, identity.role or database.facts.user)
    needed = [*_NEEDED[written.verb], *([Command.SELECT] if written.reads else [])]
    needed += [Command.UPDATE] if written.conflict == "update" else []
    held = subject.privileges.get(table.oid, frozenset())
    missing = [command.value for command in dict.fromkeys(needed) if command not in held]
    if missing:
        return f"{', '.join(missing)} on {table.full_name}"
    verbs = " and ".join(command.value for command in dict.fromkeys(needed))
    return f"{verbs} on {table.full_name} is granted for some columns only, and not for all of these"


async def _of_hidden_rows(
    database: Database, identity: Identity, table: Table, found: Rehearsed
) -> list[Refusal]:  # fmt: skip
    """INSERT ... ON CONFLICT has met a row that the identity may not see or change: the policies that say so."""
    refusals: dict[str, Refusal] = {}
    for key in found.keys:
        explained = await explain_rows(database, table, identity, Command.UPDATE, key=key, limit=1, tally=False)
        for row in explained.rows:
            values = dict(row.values)
            for combined in explained.combinations:
                admits = any(values[p.name] for p in combined.permissive)
                for p in combined.policies:
                    if not values[p.name] and (not p.permissive or not admits):
                        refusals.setdefault(
                            p.name, Refusal(p.name, p.kind, values[p.name], Clause.USING, Command.UPDATE,
                                            "the row that is there")
                        )  # fmt: skip
    return list(refusals.values())


def _why_none(table: Table, subject: Subject, written: Written, refusals: Sequence[Refusal]) -> str:
    """Where no policy says no, it is because none says yes: there is no permissive one for that command."""
    action = {"insert": Action.INSERT, "update": Action.UPDATE, "delete": Action.DELETE}.get(written.verb)
    action = Action.UPSERT if written.conflict == "update" else action or Action.MERGE_UPDATE
    asked = checks(table, subject, action, reads=written.reads)
    if written.verb == "merge":
        asked += checks(table, subject, Action.MERGE_INSERT, reads=written.reads)
    closed = dict.fromkeys(c.command.value for c in asked if c.refuses and not c.combination.permissive)
    if closed:
        names = " and ".join(closed)
        words = f"No permissive {names} policy of {table.full_name} applies to {subject.role}"
        if Command.SELECT.value in closed and written.verb == "insert":
            words += " (RETURNING and ON CONFLICT read the new row)"
        return f"{words}."
    return "" if refusals else "No policy says no to the rows that the statement would write into a copy."


async def _explain_silence(database: Database, sql: str, identity: Identity, strength: str) -> Attempt:
    """Why an UPDATE, DELETE or MERGE that was not refused changed nothing."""
    table, written = await _found(database, sql)
    plain = Attempt(True, 0, note="No row was written.", strength=strength)
    if table is None or written is None or written.verb == "insert":
        return plain
    command = COMMAND_OF[written.verb]
    subject = await read_subject(database, identity.role or database.facts.user)
    if exemption(table, subject):
        return Attempt(
            True, 0, note="No row matches; row level security plays no part here.", strength=strength
        )  # fmt: skip
    for needed in (Command.SELECT, command):
        if standing(table, subject, needed) is Standing.NO_POLICY and (written.reads or needed is command):
            extra = " (a WHERE needs one to find its rows)" if needed is Command.SELECT else ""
            words = f"Silently nothing: no {needed} policy of {table.full_name} applies to {subject.role}{extra}."
            return Attempt(True, 0, note=words, strength=strength)
    try:
        found = await rehearse_write(database, sql, identity, written, table, subject)
    except Failure as failure:
        if failure.kind is not FailureKind.SQL:
            raise
        return plain
    return Attempt(True, 0, note=_silence(identity, table, command, found), strength=strength,
                   left_out=tuple(refusals_of(found.left_out)))  # fmt: skip


def _silence(identity: Identity, table: Table, command: Command, found: Rehearsed) -> str:
    who = identity.describe() or "the login"
    seen = f"{who} sees {found.copied:,} rows of {table.full_name}"
    if found.copied >= MOST_COPIED:
        return f"Silently nothing: {seen.replace('sees', 'sees more than')}; only these were looked at."
    if not found.left_out:
        return f"Silently nothing: {seen}, and none of these matches; others are hidden, or not there."
    return f"Silently nothing: {seen}, {found.touched:,} of these match, and {command} leaves them out."
