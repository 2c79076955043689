"""Indexes for many statements: those on record that took most time, or all that read one table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatly_console.advisor.indexes.candidate import Candidate, plain_key
from chatly_console.advisor.indexes.candidates import Uses
from chatly_console.advisor.indexes.combining import teams_of, together, with_team
from chatly_console.advisor.indexes.costing import Costing, Priced
from chatly_console.advisor.indexes.looking import OLD_STATISTICS, Progress, look, with_uses
from chatly_console.advisor.indexes.scans import worthwhile
from chatly_console.advisor.indexes.tried import (
    ACCEPTED,
    Asked,
    Figures,
    IndexAdvice,
    Looked,
    Served,
    Tier,
    Tried,
    ranked,
)
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

TOP = 20
_ROOM = "chatly_console.advisor"
_MOST_CANDIDATES = 40
_MOST_OF_A_TABLE = 50
_DEARER = 1.05
"""A cost that rises by more than this part is told."""
_GOES_ON = (FailureKind.LINK, FailureKind.CANCELLED)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that all statements are wanted of."""

    schema: str
    name: str

    @property
    def qualified(self) -> str:
        """Its full name, quoted where needed."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"


async def named_table(database: Database, name: str) -> Table:
    """The table that somebody means by `name`, with or without its schema; raises `Failure` where there is none."""
    rows: Any = await database.records(load_sql(_ROOM, "named_table"), name)
    if not rows:
        raise Failure(f"There is no table {name}.", FailureKind.SQL)
    return Table(rows[0]["schema"], rows[0]["name"])


async def top_statements(database: Database, count: int, name: str = "") -> list[Asked]:
    """The statements on record that took most time, of those whose text has `name` in it; raises `Failure`."""
    found: Any = await database.records(load_sql(_ROOM, "statement_record"))
    if not found:
        raise Failure(
            "There is no record of statements here.", FailureKind.USAGE,
            hint="pg_stat_statements keeps one: it is loaded by shared_preload_libraries, then CREATE EXTENSION. "
            "Until then advise index takes a statement: -c SQL.",
        )  # fmt: skip
    sql = load_sql(_ROOM, "top_statements").replace("{schema}", quote_identifier(found[0]["schema"]))
    rows: Sequence[Any] = await database.records(sql, name.lower(), count)
    return [Asked(row["query"], row["calls"], row["total_ms"], row["hours"] or 0.0) for row in rows]


Statement = list[Looked]
"""A statement with each set of values for its parameters, the slowest first."""


async def advise_many(
    database: Database,
    *,
    top: int = TOP,
    table: Table | None = None,
    identity: Identity = LOGIN,
    goes_on: bool = False,
    progress: Progress = lambda words: None,
) -> IndexAdvice:
    """Indexes for the `top` statements on record, or for all that read `table`. None of them is run.

    Each is judged with values for its parameters, and the set of values with which an index does least counts. Raises
    `Failure` where there is no record; a statement that cannot be planned is skipped, with the reason, and so is
    (unless `goes_on`) one that waits for statistics.
    """
    progress("the statements on record")
    asked = await top_statements(database, _MOST_OF_A_TABLE if table else top, table.name if table else "")
    found, skipped = await _look(database, asked, table, identity, progress)
    statements = []
    for sets in found:
        old = next((finding for finding in sets[0].first if finding.rule == OLD_STATISTICS), None)
        if old is None or goes_on:
            statements.append(sets)
        else:
            skipped.append((sets[0].asked.sql, f"its statistics come first: {old.evidence} {old.fix}"))
    uses = _uses(statements)
    statements = [[with_uses(one, uses) for one in sets] for sets in statements]
    costing = await Costing.of(database, identity)
    tried = await _priced(statements, costing, progress)
    useful = [one.candidate for one in ranked(tried) if one.pays]
    progress("what goes together")
    combination = await together([sets[0] for sets in statements], useful, costing, by_time=True)
    about = f"{len(statements)} statements on record"
    if table is not None:
        about = f"{len(statements)} statements on record that read {table.schema}.{table.name}"
    return IndexAdvice(
        tuple(sets[0] for sets in statements), tuple(ranked(with_team(tried, combination))), combination,
        (*_given(statements), *costing.notes), tuple(skipped), about=about,
    )  # fmt: skip


def _given(statements: Sequence[Statement]) -> list[str]:
    count = sum(bool(sets[0].values) for sets in statements)
    if not count:
        return []
    few = f"The parameters of {count} of them were" if count < len(statements) else "Their parameters were"
    return [f"{few} given values from the statistics (the most common, from the middle, absent): what is worst counts."]


def _uses(statements: Iterable[Statement]) -> Uses:
    """How often each column is looked up, by the calls of the statements that do."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for sets in statements:
        for scan in worthwhile(sets[0].analysis, sets[0].tables):
            for name in {plain_key(atom.expression) for atom in scan.atoms if atom.kind == "equal"}:
                found[scan.table.qualified, name] += sets[0].asked.calls
    return found


async def with_the_others(
    database: Database, advice: IndexAdvice, identity: Identity, progress: Progress = lambda words: None
) -> IndexAdvice:
    """The same advice with a note on what its indexes do to the other statements on record that took most time.

    Where there is no record of statements, the advice as it was.
    """
    if not advice.proposals:
        return advice
    best = advice.proposals[0]
    chosen = advice.together.candidates if advice.together else (best.candidate, *best.needs)
    progress("other statements that read the same tables")
    try:
        asked: dict[str, Asked] = {}
        for name in dict.fromkeys(one.table.name for one in chosen):
            asked |= {one.sql: one for one in await top_statements(database, TOP, name)}
    except Failure as failure:
        if failure.kind in _GOES_ON:
            raise
        return advice
    every, _ = await _look(database, list(asked.values()), None, identity, lambda words: None)
    names = {one.table.qualified for one in chosen}
    looked = [sets[0] for sets in every if names & _tables(sets[0])]
    costing = await Costing.of(database, identity)
    cheaper, dearer = 0, []
    for one in looked:
        before = one.run.plan.root.number("Total Cost")
        own = tuple(index for index in chosen if index.table.qualified in _tables(one))
        cost = (await costing.costs(one, [own]))[0].cost
        cheaper += cost <= before * ACCEPTED
        if cost > before * _DEARER:
            dearer.append(" ".join(one.run.sql.split())[:100])
    what = "these indexes make" if len(chosen) > 1 else "the first index makes"
    tables = ", ".join(sorted(one.table.name for one in {c.table.qualified: c for c in chosen}.values()))
    count = (
        f"{len(looked)} statement{'s' if len(looked) > 1 else ''} on record that read{'' if len(looked) > 1 else 's'}"
    )
    words = f"Of {count} {tables} {what} {cheaper} cheaper"
    words += f" and {len(dearer)} dearer: {'; '.join(dearer)}." if dearer else " by half or more, and none dearer."
    longer = _longer(best.candidate, looked)
    return replace(advice, notes=(*advice.notes, words, *longer)) if looked else advice


def _longer(best: Candidate, looked: Iterable[Looked]) -> list[str]:
    """A wider index that would serve the statement and others on record as well."""
    wider = {c.on: c for one in looked for c in one.candidates if c.serves_as(best) and c.on != best.on}
    names = [one.on.partition(" ")[2] for one in wider.values()]
    return (
        [f"Other statements ask for more of the same: {', '.join(names[:3])} would serve them, too."] if names else []
    )


async def _look(
    database: Database, asked: Sequence[Asked], table: Table | None, identity: Identity, progress: Progress
) -> tuple[list[Statement], list[tuple[str, str]]]:
    found: list[Statement] = []
    skipped: list[tuple[str, str]] = []
    for number, one in enumerate(asked, 1):
        progress(f"plans of statement {number} of {len(asked)}")
        try:
            sets, _ = await look(database, one, identity, lambda words: None, analyze=False)
        except Failure as failure:
            if failure.kind in _GOES_ON:
                raise
            skipped.append((one.sql, failure.sentence))
            continue
        if table is None or table.qualified in _tables(sets[0]):
            found.append(sets)
    return found, skipped


def _tables(looked: Looked) -> set[str]:
    """What a statement reads, partitions and the whole that they are of."""
    return {
        name for own in looked.tables for name in (own.qualified, own.root.qualified if own.root else own.qualified)
    }


def merged(looked: Iterable[Looked]) -> list[Candidate]:
    """The candidates of all statements; one that another serves as well is not tried by itself."""
    found: list[Candidate] = []
    for one in looked:
        for candidate in one.candidates:
            alike = [kept for kept in found if kept.include == candidate.include]
            if not any(kept.serves_as(candidate) for kept in alike):
                found = [kept for kept in found if kept not in alike or not candidate.serves_as(kept)] + [candidate]
    return found[:_MOST_CANDIDATES]


async def _priced(statements: Sequence[Statement], costing: Costing, progress: Progress) -> list[Tried]:
    """Each index with the statements that it serves."""
    candidates = merged(one for sets in statements for one in sets)
    served: dict[str, list[tuple[Served, Priced]]] = {candidate.on: [] for candidate in candidates}
    for number, sets in enumerate(statements, 1):
        progress(f"costs of statement {number} of {len(statements)}")
        ours = [c for c in candidates if c.table.qualified in _tables(sets[0])]
        every = [await costing.costs(one, [(c,) for c in ours]) for one in sets] if ours else []
        for candidate, priced in zip(ours, zip(*every, strict=True), strict=True):
            one, worst = max(zip(sets, priced, strict=True), key=lambda pair: pair[1].cost)
            if candidate.name in worst.used:
                served[candidate.on].append((_served(sets[0].asked, one, worst, len(sets) > 1), worst))
    tried = [_tried(candidate, served[candidate.on]) for candidate in candidates]
    return await _with_teams(tried, statements, costing)


async def _with_teams(tried: list[Tried], statements: Sequence[Statement], costing: Costing) -> list[Tried]:
    """The same, where indexes that serve an OR only together have what they do for its statement."""
    for sets in statements:
        for team in teams_of(sets):
            every = [(one, (await costing.costs(one, [team]))[0]) for one in sets]
            one, worst = max(every, key=lambda pair: pair[1].cost)
            if not {member.name for member in team} <= worst.used:
                continue
            found = [(_served(sets[0].asked, one, worst, len(sets) > 1), worst)]
            for member in team:
                needs = tuple(other for other in team if other.on != member.on)
                at = next((n for n, t in enumerate(tried) if t.candidate.serves_as(member) and not t.pays), None)
                if at is not None:
                    tried[at] = replace(_tried(tried[at].candidate, found), needs=needs)
    return tried


def _served(asked: Asked, worst: Looked, priced: Priced, is_of_several: bool) -> Served:
    return Served(
        worst.run.sql, asked.calls, worst.weight, worst.run.plan.root.number("Total Cost"), priced.cost,
        worst.values if is_of_several else "", asked.hours, asked.sql,
    )  # fmt: skip


def _tried(candidate: Candidate, found: Sequence[tuple[Served, Priced]]) -> Tried:
    serves = tuple(served for served, _ in found)
    before, after = sum(s.cost_before for s in serves), sum(s.cost_after for s in serves)
    tier = found[0][1].tier if found else Tier.ESTIMATED
    size = next((priced.megabytes.get(candidate.name) for _, priced in found), None)
    return Tried(candidate, tier, Figures(before), Figures(after), size, None, bool(serves), serves)
