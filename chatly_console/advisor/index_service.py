"""Looks for indexes that make statements quicker: baseline, statistics first, candidates, try, accept.

Each result says how it was come by (see `tried.Tier`). Nothing is left behind by any of them: no index, no lock,
nothing pretended, whatever happens.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chatly_console.advisor.candidates import candidates_of
from chatly_console.advisor.combining import together
from chatly_console.advisor.costing import Costing
from chatly_console.advisor.measuring import measure, strength_note
from chatly_console.advisor.sampling import sample
from chatly_console.advisor.table_facts import read_tables
from chatly_console.advisor.tried import Asked, Figures, IndexAdvice, Looked, Tier, Tried, ranked
from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.explain.advice.finding import BETTER_THAN_A_SCAN, STATISTICS
from chatly_console.explain.analysis import analyse
from chatly_console.explain.running import PlanOptions, parameters_of, plain_statement
from chatly_console.explain.service import PlanRun, read_table_facts, run_plan
from chatly_console.server.database import Database

REWRITES = (*BETTER_THAN_A_SCAN, "large-offset", "correlated-subquery", "late-having", "late-distinct")
OLD_STATISTICS = "stale-statistics"
"""Until they are mended the planner's costs say nothing, with an index or without."""
_SECONDS = 30.0
_MOST_SAMPLED = 6
_MOST_MEASURED = 8
_GOES_ON = (FailureKind.LINK, FailureKind.CANCELLED)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be done to find out; by default only what a server that is read-only allows, too."""

    copies: bool = False
    """Temporary copies of some rows may be made, and rolled back."""
    goes_on: bool = False
    """Look for indexes although the statistics are too old to judge by."""
    builds: bool = False
    """Indexes may be built for a trial, and rolled back: writers of the table wait meanwhile."""


async def advise_index(
    database: Database,
    sql: str,
    *,
    identity: Identity = LOGIN,
    permission: Permission = Permission(),
    progress: Progress = lambda words: None,
) -> IndexAdvice:
    """Look for an index for one statement, which is run only if it reads.

    Raises `Failure`; whatever happens, no index, lock or open transaction is left.
    """
    looked, notes = await look_at(database, Asked(sql), identity, progress, analyze=True)
    if not permission.goes_on and any(finding.rule == OLD_STATISTICS for finding in looked.first):
        return IndexAdvice((looked,), (), None, tuple(notes), waits_for_statistics=True)
    costing = await Costing.of(database, identity)
    tried = await _alone(looked, costing)
    useful = [one.candidate for one in ranked(tried) if one.is_used]
    combination = await together([looked], useful, costing, by_time=False)
    notes += costing.notes
    if permission.copies and identity.is_login:
        tried = await _sampled(database, looked, tried, progress)
    if permission.builds:
        tried, refusals = await _measured(database, looked, tried, identity, progress)
        notes += refusals
    return IndexAdvice((looked,), tuple(ranked(tried)), combination, tuple(notes))


async def look_at(
    database: Database, asked: Asked, identity: Identity, progress: Progress, *, analyze: bool
) -> tuple[Looked, list[str]]:
    """The plan of a statement as it is, and the candidates that it asks for, with what there is to remark."""
    sql, _ = plain_statement(asked.sql, PlanOptions())
    reads = classify(sql).reads_only and analyze and not parameters_of(sql)
    progress("the plan as it is")
    run, notes = await _baseline(database, sql, identity, reads=reads)
    analysis = analyse(run.plan, await read_table_facts(database, run.plan))
    findings = await asyncio.to_thread(lambda: analysis.findings)
    first = tuple(f for f in findings if f.rule in (*STATISTICS, *REWRITES) and not f.is_minor)
    if not classify(sql).reads_only:
        notes.append("It writes, so it was not run: costs are the planner's.")
    elif parameters_of(sql):
        notes.append("Its parameters have no values here, so it was not run: costs are of its general plan.")
    if any(finding.rule in STATISTICS for finding in first):
        notes.append("The planner's estimates are off: see to the statistics first, then ask again.")
    candidates = await asyncio.to_thread(candidates_of, analysis, await read_tables(database, run.plan))
    return Looked(asked, run, analysis, first, tuple(candidates)), notes


async def _baseline(database: Database, sql: str, identity: Identity, *, reads: bool) -> tuple[PlanRun, list[str]]:
    """The statement's plan, run where it may be; only planned where running it takes too long."""
    options = PlanOptions(analyze=reads)
    try:
        return await run_plan(database, sql, options, identity=identity, time_limit=_SECONDS), []
    except Failure as failure:
        if not reads or failure.kind is not FailureKind.TIMEOUT:
            raise
    note = f"It runs for more than {_SECONDS:.0f} s, so only costs are compared."
    return await run_plan(database, sql, replace(options, analyze=False), identity=identity), [note]


async def _alone(looked: Looked, costing: Costing) -> list[Tried]:
    """What each candidate would do by itself."""
    before = looked.run.plan.root.number("Total Cost")
    costs = await costing.costs(looked, [(candidate,) for candidate in looked.candidates])
    return [
        Tried(candidate, cost.tier, Figures(before), Figures(cost.cost), cost.megabytes.get(candidate.name), None,
              candidate.name in cost.used)
        for candidate, cost in zip(looked.candidates, costs, strict=True)
    ]  # fmt: skip


async def _sampled(database: Database, looked: Looked, tried: list[Tried], progress: Progress) -> list[Tried]:
    """What only a copy can tell: the methods that nobody can pretend."""
    asked = [one for one in tried if one.tier is Tier.ESTIMATED and not one.is_used][:_MOST_SAMPLED]
    for one in asked:
        progress(f"trying {one.candidate.name} on a copy of some rows")
        try:
            found = await sample(database, looked, one.candidate)
        except Failure as failure:
            if failure.kind in _GOES_ON:
                raise
            continue
        if found is not None:
            after = Figures(one.before.cost * found.ratio)
            tried[tried.index(one)] = replace(
                one, tier=Tier.SAMPLED, after=after, megabytes=found.megabytes, is_used=found.is_used
            )
    return tried


async def _measured(
    database: Database, looked: Looked, tried: list[Tried], identity: Identity, progress: Progress
) -> tuple[list[Tried], list[str]]:
    """The most promising ones built for real, one after the other, and rolled back."""
    if not looked.run.options.analyze:
        return tried, ["A statement that is not run cannot be measured."]
    notes = []
    for one in _worth_building(tried):
        progress(f"building and measuring {one.candidate.name}")
        try:
            found = await measure(database, looked, one.candidate, identity)
        except Failure as failure:
            if failure.kind in _GOES_ON:
                raise
            notes.append(f"{one.candidate.name} was not measured: {failure.sentence}")
            continue
        tried[tried.index(one)] = replace(
            one, tier=Tier.MEASURED, before=found.before, after=found.after, megabytes=found.megabytes,
            build_seconds=found.build_seconds, is_used=found.is_used,
        )  # fmt: skip
    note = strength_note(identity)
    return tried, [*notes, note] if note else notes


def _worth_building(tried: Sequence[Tried]) -> list[Tried]:
    """Those that the planner would use, the most promising first, and those of which only a trial tells."""
    unknown = [one for one in tried if one.tier is Tier.ESTIMATED and not one.is_used]
    useful = [one for one in ranked(tried) if one.is_used]
    return [*unknown, *useful][:_MOST_MEASURED]
