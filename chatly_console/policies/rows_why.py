"""Why each row of a table is seen or not: every policy's value on every row, as the server itself works it out.

The login makes a temporary view of all rows; then, as the identity, the policies' expressions are asked for as columns
of that view. So rows that are hidden can be explained, while every expression runs with the identity's own rights,
claims, and row level security of the tables that it looks into. Nothing is kept.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.policies.combination import (
    Combination,
    Standing,
    Verdict,
    deciding,
    exemption,
    judge_all,
    standing,
)
from chatly_console.policies.parts import calls, names_in
from chatly_console.policies.policy import Command, Policy, Table
from chatly_console.policies.service import qualified, read_subjects
from chatly_console.server.database import Database
from chatly_console.server.rehearsal import Rehearsal

ALL_ROWS = "pg_temp.chatly_all_rows"
"""The view that `all_rows_sql` makes: all rows, whoever asks."""
MOST_ROWS = 500
Show = Literal["all", "visible", "hidden"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows to explain: those of one outcome, or the one with this key (a JSON array)."""

    show: Show
    key: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a policy looks at: a column of the row, or a call that needs none, and its value as text."""

    policy: str
    what: str
    value: str | None


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One row: its key, a few words to know it by, each policy's value, and what follows from them."""

    key: tuple[str | None, ...]
    label: str
    values: tuple[tuple[str, bool | None], ...]
    verdict: Verdict
    facts: tuple[Fact, ...] = ()
    """What the policies looked at; only known of a row that was asked for by its key."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of the table have the same values of all policies."""

    values: tuple[tuple[str, bool | None], ...]
    verdict: Verdict
    count: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an identity reaches the rows of a table that it does."""

    table: Table
    command: Command
    identity: Identity
    standing: Standing
    exempt_because: str
    combinations: tuple[Combination, ...]
    rows: tuple[ExplainedRow, ...]
    tallies: tuple[Tally, ...]
    truncated: bool
    partial: bool
    """Whether the login itself is subject to policies here, so that there may be rows that nobody told of."""

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The names of the key's columns."""
        return self.table.key or ("tableoid", "ctid")


async def explain_rows(
    database: Database,
    table: Table,
    identity: Identity,
    command: Command = Command.SELECT,
    *,
    show: Show = "all",
    key: Sequence[str | None] | None = None,
    limit: int = MOST_ROWS,
    tally: bool = True,
    timeout: float = 30.0,
) -> Explanation:
    """The rows of `table`, at most `limit` of them, each with the policies that admitted, hid or vetoed it.

    `key` asks for one row only; without `tally` the others are not counted.
    """
    if command is Command.INSERT:
        raise Failure("INSERT has no rows yet: try the statement instead.", FailureKind.USAGE)
    need_primary(database)
    async with database.rehearse(timeout=timeout) as rehearsal:
        subjects = await read_subjects(database, [LOGIN, identity], [table], within=rehearsal)
        subject, login = subjects[identity], subjects[LOGIN]
        await rehearsal.prepare(all_rows_sql(table))
        await rehearsal.become(identity)
        combinations = deciding(table, subject, command)
        stands = standing(table, subject, command)
        if stands is Standing.NO_GRANT:
            await rehearsal.become(LOGIN)  # no policy is asked: the privilege is missing
            combinations = ()
        wanted = Wanted(show, None if key is None else json.dumps(list(key)), limit)
        partial = not exemption(table, login)
        try:
            rows = await _read_rows(rehearsal, table, combinations, stands, wanted)
        except Failure as failure:
            if partial and not failure.hint:
                failure.hint = "This login is bound by policies itself: they too are asked as this role."
            raise
        if key is not None and len(rows) == 1:
            facts = await _facts(rehearsal, table, asked(combinations), wanted.key or "[]")
            rows = (replace(rows[0], facts=facts),)
        tallies = await _read_tallies(rehearsal, combinations, table, stands) if tally else ()
    because = exemption(table, subject)
    truncated = len(rows) > limit
    return Explanation(
        table, command, identity, stands, because, combinations, rows[:limit], tallies, truncated, partial
    )


def asked(combinations: Sequence[Combination]) -> list[tuple[Policy, str]]:
    """The policies to ask for, each once, with the expression."""
    found = {p.name: (p, p.expression(c.clause) or "null") for c in combinations for p in c.policies}
    return list(found.values())


def need_primary(database: Database) -> None:
    """Raise Failure (USAGE) on a standby, where the temporary view of all rows cannot be made."""
    if database.facts.standby:
        raise Failure(
            "This is a standby, which cannot make the temporary view that shows hidden rows to their policies.",
            FailureKind.USAGE,
            hint="Connect to the primary for this; policies, matrix and side by side work here.",
        )


def all_rows_sql(table: Table) -> str:
    """SQL that lets everybody in this transaction read all rows; system columns by name too, as policies may ask."""
    return (
        f"create temp view chatly_all_rows as select t.ctid, t.tableoid, t.* from {qualified(table)} t; "
        f"grant select on {ALL_ROWS} to public"
    )


def text_of(column: str) -> str:
    """SQL for a column's value as the text that psql shows, null for null."""
    name = quote_identifier(column)
    return f"case when {name} is distinct from null then pg_catalog.format('%s', {name}) end"


def key_sql(table: Table) -> str:
    """SQL for a row's key as a JSON array of text."""
    columns = (
        ", ".join(text_of(c) for c in table.key) if table.key else "tableoid::pg_catalog.regclass::text, ctid::text"
    )
    return f"pg_catalog.jsonb_build_array({columns})"


LABELS = ("title", "subject", "name", "display_name", "email", "slug", "body", "content", "filename")


def label_sql(table: Table) -> str:
    """SQL for the column by which a person knows a row."""
    free = [c for c in table.columns if c not in table.key]
    column = next((c for wanted in LABELS for c in free if c == wanted), free[0] if free else None)
    return "null::text" if column is None else f"pg_catalog.left({text_of(column)}, 200)"


def _condition(combinations: Sequence[Combination], stands: Standing) -> str:
    if stands is Standing.NO_GRANT:
        return "false"
    return " and ".join(f"({c.sql()})" for c in combinations) or "true"


async def _read_rows(
    rehearsal: Rehearsal,
    table: Table,
    combinations: Sequence[Combination],
    stands: Standing,
    wanted: Wanted,
) -> tuple[ExplainedRow, ...]:
    policies = asked(combinations)
    values = "".join(f", ({expression}) as p{i}" for i, (_, expression) in enumerate(policies))
    condition = _condition(combinations, stands)
    where = {"all": "true", "visible": condition, "hidden": f"not ({condition})"}[wanted.show]
    if wanted.key is not None:
        where += f" and {key_sql(table)} = $1::pg_catalog.text::pg_catalog.jsonb"
    order = ", ".join(map(quote_identifier, table.key)) if table.key else "tableoid, ctid"
    parts = [text_of(c) for c in table.key] or ["tableoid::pg_catalog.regclass::text", "ctid::text"]
    keys = ", ".join(f"{part} as k{i}" for i, part in enumerate(parts))
    found: Any = await rehearsal.last_records(
        f"select {keys}, {label_sql(table)} as label{values} "
        f"from {ALL_ROWS} as {quote_identifier(table.name)} where {where} order by {order} limit {wanted.limit + 1}",
        *(() if wanted.key is None else (wanted.key,)),
    )
    names, key_count = [p.name for p, _ in policies], len(parts)
    judged: dict[tuple[bool | None, ...], tuple[tuple[tuple[str, bool | None], ...], Verdict]] = {}
    rows = []
    for row in map(tuple, found):
        said = row[key_count + 1 :]
        if said not in judged:
            known = tuple(zip(names, said, strict=True))
            judged[said] = (known, _verdict(combinations, known, stands))
        rows.append(ExplainedRow(row[:key_count], row[key_count] or "", *judged[said]))
    return tuple(rows)


async def _facts(
    rehearsal: Rehearsal, table: Table, policies: Sequence[tuple[Policy, str]], key: str
) -> tuple[Fact, ...]:
    """The columns of the row that each policy reads, and what its calls without columns return for this identity."""
    wanted: list[tuple[str, str, str]] = []
    for policy, expression in policies:
        names = names_in(expression)
        wanted += [(policy.name, column, text_of(column)) for column in table.columns if column in names]
        for call in calls(expression):
            if "." in call.name and not names_in(call.arguments) & set(table.columns):
                text = expression[call.start : call.end]
                wanted.append((policy.name, text, f"pg_catalog.array_to_string(array(select {text}), ', ', 'null')"))
    if not wanted:
        return ()
    columns = ", ".join(f"({sql})::text as f{i}" for i, (_, _, sql) in enumerate(wanted))
    try:
        found: Any = await rehearsal.records(
            f"select {columns} from {ALL_ROWS} as {quote_identifier(table.name)} "
            f"where {key_sql(table)} = $1::pg_catalog.text::pg_catalog.jsonb limit 1",
            key,
        )
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        return ()
    return tuple(Fact(policy, what, found[0][f"f{i}"]) for i, (policy, what, _) in enumerate(wanted)) if found else ()


async def _read_tallies(
    rehearsal: Rehearsal, combinations: Sequence[Combination], table: Table, stands: Standing
) -> tuple[Tally, ...]:
    policies = asked(combinations)
    values = "".join(f"({expression}) as p{i}, " for i, (_, expression) in enumerate(policies))
    places = ", ".join(f"p{i}" for i in range(len(policies)))
    found: Any = await rehearsal.records(
        f"select {places}{', ' if places else ''}pg_catalog.count(*) as n "
        f"from (select {values}1 as one from {ALL_ROWS} as {quote_identifier(table.name)}) v"
        + (f" group by {places} order by n desc" if places else "")
    )
    tallies = []
    for row in found:
        known = tuple((p.name, row[f"p{i}"]) for i, (p, _) in enumerate(policies))
        tallies.append(Tally(known, _verdict(combinations, known, stands), row["n"]))
    return tuple(tallies)


def _verdict(
    combinations: Sequence[Combination], values: tuple[tuple[str, bool | None], ...], stands: Standing
) -> Verdict:
    return Verdict(False) if stands is Standing.NO_GRANT else judge_all(combinations, dict(values))
