"""Indexes for many statements: those on record that took most time, or all that read one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.combining import together
from chatly_console.advisor.costing import Costing, Priced
from chatly_console.advisor.index_service import Progress, look_at
from chatly_console.advisor.tried import ACCEPTED, Asked, Figures, IndexAdvice, Looked, Served, Tier, Tried, ranked
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
    return [Asked(row["query"], row["calls"], row["total_ms"]) for row in rows]


async def advise_many(
    database: Database,
    *,
    top: int = TOP,
    table: Table | None = None,
    identity: Identity = LOGIN,
    progress: Progress = lambda words: None,
) -> IndexAdvice:
    """Indexes for the `top` statements on record, or for all that read `table`. None of them is run.

    Raises `Failure` where there is no record; a statement that cannot be planned is skipped, with the reason.
    """
    progress("the statements on record")
    asked = await top_statements(database, _MOST_OF_A_TABLE if table else top, table.name if table else "")
    looked, skipped = await _look(database, asked, table, identity, progress)
    costing = await Costing.of(database, identity)
    tried = await _priced(looked, costing, progress)
    useful = [one.candidate for one in ranked(tried) if one.pays]
    combination = await together(looked, useful, costing, by_time=True)
    notes = list(costing.notes)
    about = f"{len(looked)} statements on record"
    if table is not None:
        about = f"{len(looked)} statements on record that read {table.schema}.{table.name}"
    return IndexAdvice(tuple(looked), tuple(ranked(tried)), combination, tuple(notes), tuple(skipped), about=about)


async def with_the_others(
    database: Database, advice: IndexAdvice, identity: Identity, progress: Progress = lambda words: None
) -> IndexAdvice:
    """The same advice with a note on what its first index does to the other statements on record of that table.

    Where there is no record of statements, the advice as it was.
    """
    if not advice.proposals:
        return advice
    best = advice.proposals[0].candidate
    progress(f"other statements that read {best.table.name}")
    try:
        asked = await top_statements(database, TOP, best.table.name)
    except Failure as failure:
        if failure.kind in _GOES_ON:
            raise
        return advice
    looked, _ = await _look(database, asked, Table(best.table.schema, best.table.name), identity, lambda words: None)
    costing = await Costing.of(database, identity)
    cheaper, dearer = 0, []
    for one in looked:
        before = one.run.plan.root.number("Total Cost")
        cost = (await costing.costs(one, [(best,)]))[0].cost
        cheaper += cost <= before * ACCEPTED
        if cost > before * _DEARER:
            dearer.append(" ".join(one.run.sql.split())[:100])
    words = f"Of {len(looked)} statements on record that read {best.table.name} the first index makes {cheaper} cheaper"
    words += f" and {len(dearer)} dearer: {'; '.join(dearer)}." if dearer else " by half or more, and none dearer."
    return replace(advice, notes=(*advice.notes, words)) if looked else advice


async def _look(
    database: Database, asked: Sequence[Asked], table: Table | None, identity: Identity, progress: Progress
) -> tuple[list[Looked], list[tuple[str, str]]]:
    looked: list[Looked] = []
    skipped: list[tuple[str, str]] = []
    for number, one in enumerate(asked, 1):
        progress(f"plan {number} of {len(asked)}")
        try:
            found, _ = await look_at(database, one, identity, lambda words: None, analyze=False)
        except Failure as failure:
            if failure.kind in _GOES_ON:
                raise
            skipped.append((one.sql, failure.sentence))
            continue
        if table is None or _reads(found, table):
            looked.append(found)
    return looked, skipped


def _reads(looked: Looked, table: Table) -> bool:
    nodes = looked.run.plan.nodes
    return any((node.text("Schema"), node.relation) == (table.schema, table.name) for node in nodes)


def merged(looked: Iterable[Looked]) -> list[Candidate]:
    """The candidates of all statements; one that another serves as well is not tried by itself."""
    found: list[Candidate] = []
    for one in looked:
        for candidate in one.candidates:
            alike = [kept for kept in found if kept.include == candidate.include]
            if not any(kept.serves_as(candidate) for kept in alike):
                found = [kept for kept in found if kept not in alike or not candidate.serves_as(kept)] + [candidate]
    return found[:_MOST_CANDIDATES]


async def _priced(looked: Sequence[Looked], costing: Costing, progress: Progress) -> list[Tried]:
    """Each index with the statements that it serves."""
    candidates = merged(looked)
    served: dict[str, list[tuple[Looked, Priced]]] = {candidate.name: [] for candidate in candidates}
    for number, one in enumerate(looked, 1):
        progress(f"costs of statement {number} of {len(looked)}")
        tables = {(node.text("Schema"), node.relation) for node in one.run.plan.nodes}
        ours = [c for c in candidates if (c.table.schema, c.table.name) in tables]
        for candidate, priced in zip(ours, await costing.costs(one, [(c,) for c in ours]), strict=True):
            if candidate.name in priced.used:
                served[candidate.name].append((one, priced))
    return [_tried(candidate, served[candidate.name]) for candidate in candidates]


def _tried(candidate: Candidate, found: Sequence[tuple[Looked, Priced]]) -> Tried:
    serves = tuple(
        Served(one.run.sql, one.asked.calls, one.weight, one.run.plan.root.number("Total Cost"), priced.cost)
        for one, priced in found
    )
    before, after = sum(s.cost_before for s in serves), sum(s.cost_after for s in serves)
    tier = found[0][1].tier if found else Tier.ESTIMATED
    size = next((priced.megabytes.get(candidate.name) for _, priced in found), None)
    return Tried(candidate, tier, Figures(before), Figures(after), size, None, bool(serves), serves)
