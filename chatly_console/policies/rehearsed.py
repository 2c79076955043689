"""A write run once more into a temporary copy of its table, to ask every policy about each row that it touches.

The server names one restrictive policy at most, and no permissive one. So the statement is aimed at a copy of the rows
that the identity sees, by the same identity; triggers that run before a row is written are copied along.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.asking import Answered, ask, pairs_of
from chatly_console.policies.checks import Action, Check, Refused, Row, checks, left_out, refused
from chatly_console.policies.policy import Clause, Policy, Subject, Table
from chatly_console.policies.rows_why import text_of
from chatly_console.policies.service import ROOM, qualified
from chatly_console.policies.written import Written
from chatly_console.server.database import Database
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.sql_files import load_sql

_COPY = "pg_temp.chatly_candidate"
_BEFORE = "pg_temp.chatly_before"
MOST_COPIED = 100_000
"""Rows of the table that are copied at most; a statement that touches others is not explained."""

_ACTIONS = {"insert": Action.INSERT, "update": Action.UPDATE, "delete": Action.DELETE}


@dataclass(slots=True)
class Rehearsed:
    """What every policy said about the rows that the statement touched."""

    refused: list[Refused] = field(default_factory=list)
    left_out: list[Refused] = field(default_factory=list)
    touched: int = 0
    keys: list[tuple[str | None, ...]] = field(default_factory=list)
    """The keys of the rows that were to be inserted."""
    copied: int = 0


async def rehearse_write(
    database: Database, sql: str, identity: Identity, written: Written, table: Table, subject: Subject
) -> Rehearsed:
    """Run it into the copy and ask; raises Failure where the copy cannot take the statement."""
    found = Rehearsed()
    aimed = written.aimed_at(sql, _COPY, quote_identifier(table.name))
    async with database.rehearse(identity) as rehearsal:
        await _make_copy(rehearsal, table)
        if written.verb == "insert":
            await rehearsal.records(aimed)
            await _ask_inserted(rehearsal, found, table, subject, written)
        if written.verb != "insert" or written.conflict == "update":
            await rehearsal.prepare(f"truncate {_COPY}")
            await _fill(rehearsal, found, table)
            marker = await _marker(rehearsal)
            await rehearsal.records(aimed)
            await _ask_touched(rehearsal, found, table, subject, written, marker)
    found.refused, found.left_out = _once(found.refused), _once(found.left_out)
    return found


async def _make_copy(rehearsal: Rehearsal, table: Table) -> None:
    await rehearsal.prepare(
        f"create temp table chatly_candidate (like {qualified(table)} including defaults including generated "
        "including identity including indexes, chatly_row bigint)"
    )
    await rehearsal.prepare(re.sub(r"\btable_oid\b", str(table.oid), load_sql(ROOM, "copy_triggers")))


async def _fill(rehearsal: Rehearsal, found: Rehearsed, table: Table) -> None:
    """All rows that the identity sees, numbered, and the same once more as they are before the statement."""
    rows: Any = await rehearsal.records(load_sql(ROOM, "plain_columns"), str(table.oid))
    columns = ", ".join(quote_identifier(r["name"]) for r in rows)
    await rehearsal.prepare(
        f"insert into {_COPY} ({columns}, chatly_row) overriding system value select {columns}, "
        f"pg_catalog.row_number() over () from (select {columns} from {qualified(table)} limit {MOST_COPIED}) t"
    )
    await rehearsal.prepare(f"create temp table chatly_before as table {_COPY}")
    counted: Any = await rehearsal.records(f"select pg_catalog.count(*) as n from {_BEFORE}")
    found.copied = counted[0]["n"]


async def _marker(rehearsal: Rehearsal) -> str:
    """SQL that is true of the rows of the copy that are written from now on."""
    rows: Any = await rehearsal.records(f"select coalesce(pg_catalog.min(xmin::text), '') as x from {_COPY}")
    return f"xmin::text <> {quote_literal(rows[0]['x'])}"


async def _ask_inserted(
    rehearsal: Rehearsal, found: Rehearsed, table: Table, subject: Subject, written: Written
) -> None:
    """Every row that was to be inserted has to pass the policies of INSERT, also where it meets one that is there."""
    asked = checks(table, subject, Action.INSERT, reads=written.reads)
    for answer in await ask(rehearsal, _COPY, table, pairs_of(asked), key="pg_catalog.jsonb_build_array(ctid::text)"):
        found.touched += 1
        found.refused += refused(asked, _new(answer))
    if table.key and written.conflict:
        key = f"pg_catalog.jsonb_build_array({', '.join(map(text_of, table.key))})"
        found.keys = [a.key for a in await ask(rehearsal, _COPY, table, (), key=key)][:20]


async def _ask_touched(
    rehearsal: Rehearsal, found: Rehearsed, table: Table, subject: Subject, written: Written, marker: str
) -> None:
    """The rows that were changed, removed, or inserted by MERGE."""
    merges, upserts = written.verb == "merge", written.verb == "insert"
    changed = f"chatly_row is not null and {marker}"
    gone = f"chatly_row not in (select c.chatly_row from {_COPY} c where c.chatly_row is not null)"
    update = Action.MERGE_UPDATE if merges else Action.UPSERT if upserts else Action.UPDATE
    reads = written.reads or merges
    await _ask_group(
        rehearsal, found, table, checks(table, subject, update, reads=reads), changed,
        f"chatly_row in (select c.chatly_row from {_COPY} c where c.chatly_row is not null and c.{marker})",
    )  # fmt: skip
    delete = Action.MERGE_DELETE if merges else Action.DELETE
    await _ask_group(rehearsal, found, table, checks(table, subject, delete, reads=reads), "false", gone)
    if merges:
        asked = checks(table, subject, Action.MERGE_INSERT, reads=written.reads)
        await _ask_group(rehearsal, found, table, asked, "chatly_row is null", "false")


async def _ask_group(
    rehearsal: Rehearsal, found: Rehearsed, table: Table, asked: Sequence[Check], new: str, old: str
) -> None:
    """Ask about the rows of the copy where `new`, and about their former selves, the rows where `old`."""
    asked = [check for check in asked if check.row is not Row.PROPOSED]
    number = "pg_catalog.jsonb_build_array(coalesce(chatly_row::text, ctid::text))"
    olds = pairs_of(c for c in asked if c.row is Row.OLD)
    news = pairs_of(c for c in asked if c.row is Row.NEW)
    before = {a.key: a for a in await ask(rehearsal, _BEFORE, table, olds, key=_plain(number), where=old)}
    after = {a.key: a for a in await ask(rehearsal, _COPY, table, news, key=number, where=new)}
    for key in before | after:

        def value_of(policy: Policy, clause: Clause, row: Row, key: tuple[str | None, ...] = key) -> bool | None:
            return (before if row is Row.OLD else after)[key].value_of(policy, clause)

        found.touched += 1
        silent = left_out(asked, value_of)
        found.left_out += silent
        if not silent:
            found.refused += refused([c for c in asked if c.row is Row.OLD or key in after], value_of)


def _plain(number: str) -> str:
    return number.replace("coalesce(chatly_row::text, ctid::text)", "chatly_row::text")


def _new(answer: Answered) -> Any:
    def value_of(policy: Policy, clause: Clause, row: Row) -> bool | None:
        return answer.value_of(policy, clause)

    return value_of


def _once(refusals: Iterable[Refused]) -> list[Refused]:
    """Each policy once for each of its expressions and each kind of row."""
    return list({(r.policy.name, r.check.combination.clause, r.check.row): r for r in refusals}.values())
