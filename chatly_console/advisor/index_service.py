"""Looks for indexes that make statements quicker: baseline, statistics first, candidates, try, accept.

Each result says how it was come by (see `tried.Tier`). Nothing is left behind by any of them: no index, no lock,
nothing pretended, whatever happens.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chatly_console.advisor.candidates import MOST_CANDIDATES, candidates_of
from chatly_console.advisor.combining import together
from chatly_console.advisor.costing import Costing
from chatly_console.advisor.parameters import value_sets, with_values
from chatly_console.advisor.sampling import sample
from chatly_console.advisor.table_facts import read_tables
from chatly_console.advisor.trials import Trials
from chatly_console.advisor.tried import (
    Asked,
    Figures,
    IndexAdvice,
    Looked,
    Tier,
    Tried,
    WithValues,
    ranked,
    with_worst,
)
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
    sets, notes = await _with_values(database, sql, identity, progress)
    looked = sets[0]
    if not permission.goes_on and any(finding.rule == OLD_STATISTICS for finding in looked.first):
        return IndexAdvice((looked,), (), None, tuple(notes), waits_for_statistics=True)
    costing = await Costing.of(database, identity)
    tried = await _alone(sets, costing)
    useful = [one.candidate for one in ranked(tried) if one.is_used]
    combination = await together([looked], useful, costing, by_time=False)
    notes += costing.notes
    if permission.copies and identity.is_login:
        tried = await _sampled(database, sets, tried, progress)
    if permission.builds:
        trials = Trials(database, sets, identity, progress)
        tried = await trials.alone(tried)
        combination = await trials.together(combination)
        notes += trials.notes
    return IndexAdvice((looked,), tuple(ranked(tried)), combination, tuple(notes))


async def _with_values(
    database: Database, sql: str, identity: Identity, progress: Progress
) -> tuple[list[Looked], list[str]]:
    """The statement as it is; where it has parameters, with each set of values for them, the slowest first."""
    general, notes = await look_at(database, Asked(sql), identity, progress, analyze=True)
    if not parameters_of(general.run.sql):
        return [general], notes
    filled = value_sets(general.run.sql, general.run.plan, await read_tables(database, general.run.plan))
    found: list[Looked] = []
    said: list[str] = []
    for words, values in filled.items():
        own = with_values(general.run.sql, values)
        if not own:
            continue
        try:
            looked, remarks = await look_at(database, Asked(own), identity, progress, analyze=True)
        except Failure as failure:
            if failure.kind in _GOES_ON:
                raise
            remarks = [f"With {words} it could not be planned: {failure.sentence}"]
        else:
            found.append(replace(looked, asked=Asked(sql), values=words))
        said += [remark for remark in remarks if remark not in said]
    if not found:
        return [general], notes
    found.sort(key=lambda one: -(one.run.plan.execution_ms or one.run.plan.root.number("Total Cost")))
    cost = general.run.plan.root.number("Total Cost")
    return found, [
        f"Its parameters were given {_listed([one.values for one in found])} from the statistics"
        f"{': the slowest counts' if len(found) > 1 else ''}."
        f" Its general plan costs {cost:,.0f}.",
        *said,
    ]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


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


async def _alone(sets: Sequence[Looked], costing: Costing) -> list[Tried]:
    """What each candidate would do by itself, to the statement with each set of values."""
    every = {candidate.on: candidate for looked in sets for candidate in looked.candidates}
    candidates = list(every.values())[:MOST_CANDIDATES]
    priced = [await costing.costs(looked, [(candidate,) for candidate in candidates]) for looked in sets]
    tried = []
    for candidate, costs in zip(candidates, zip(*priced, strict=True), strict=True):
        done = [
            WithValues(looked.values, Figures(looked.run.plan.root.number("Total Cost")), Figures(cost.cost),
                       candidate.name in cost.used)
            for looked, cost in zip(sets, costs, strict=True)
        ]  # fmt: skip
        first = costs[0]
        one = Tried(candidate, first.tier, done[0].before, done[0].after, first.megabytes.get(candidate.name))
        tried.append(with_worst(one, done))
    return tried


async def _sampled(database: Database, sets: Sequence[Looked], tried: list[Tried], progress: Progress) -> list[Tried]:
    """What only a copy can tell: the methods that nobody can pretend."""
    asked = [one for one in tried if one.tier is Tier.ESTIMATED and not one.is_used][:_MOST_SAMPLED]
    for one in asked:
        progress(f"trying {one.candidate.name} on a copy of some rows")
        try:
            found = [await sample(database, looked, one.candidate) for looked in sets]
        except Failure as failure:
            if failure.kind in _GOES_ON:
                raise
            continue
        done = [
            WithValues(looked.values, Figures(cost), Figures(cost * sampled.ratio), sampled.is_used)
            for looked, sampled in zip(sets, found, strict=True)
            if sampled is not None and (cost := looked.run.plan.root.number("Total Cost"))
        ]
        if len(done) == len(sets) and found[0] is not None:
            new = replace(one, tier=Tier.SAMPLED, megabytes=found[0].megabytes)
            tried[tried.index(one)] = with_worst(new, done)
    return tried
