"""Looks for indexes that make statements quicker: baseline, statistics first, candidates, try, accept.

Each result says how it was come by (see `tried.Tier`). Nothing is left behind by any of them: no index, no lock,
nothing pretended, whatever happens.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatly_console.advisor.indexes.candidates import MOST_CANDIDATES
from chatly_console.advisor.indexes.combining import together, with_team
from chatly_console.advisor.indexes.costing import Costing
from chatly_console.advisor.indexes.looking import OLD_STATISTICS, Progress, look
from chatly_console.advisor.indexes.sampling import sample
from chatly_console.advisor.indexes.trials import Trials
from chatly_console.advisor.indexes.tried import (
    Asked,
    Figures,
    Given,
    IndexAdvice,
    Looked,
    Tier,
    Tried,
    WithValues,
    ranked,
    with_worst,
)
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.server.database import Database

_MOST_SAMPLED = 6
_GOES_ON = (FailureKind.LINK, FailureKind.CANCELLED)
_NOT_IMMUTABLE = "42P17"


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be done to find out; by default only what a server that is read-only allows, too."""

    copies: bool = False
    """Temporary copies of some rows may be made, and rolled back."""
    goes_on: bool = False
    """Look for indexes although the statistics are too old to judge by."""
    builds: bool = False
    """Indexes may be built for a trial, and rolled back: writers of the table wait meanwhile."""
    writes: bool = False
    """A statement that writes may be run for its figures, and rolled back."""


async def advise_index(
    database: Database,
    sql: str,
    *,
    given: Given = (),
    identity: Identity = LOGIN,
    permission: Permission = Permission(),
    progress: Progress = lambda words: None,
) -> IndexAdvice:
    """Look for an index for one statement, which is run only if it reads (or where that is permitted).

    Where it has parameters it is looked at with the values `given`, and with others from the statistics.
    Raises `Failure`; whatever happens, no index, lock or open transaction is left.
    """
    sets, notes = await look(
        database, Asked(sql, given=given), identity, progress, analyze=True, writes=permission.writes
    )
    looked = sets[0]
    if not permission.goes_on and any(finding.rule == OLD_STATISTICS for finding in looked.first):
        return IndexAdvice((looked,), (), None, tuple(notes), waits_for_statistics=True)
    costing = await Costing.of(database, identity)
    tried = await _alone(sets, costing)
    useful = [one.candidate for one in ranked(tried) if one.is_used]
    combination = await together([looked], useful, costing, by_time=False)
    notes += costing.notes
    if permission.copies and identity.is_login and costing.may_copy:
        tried = await _sampled(database, sets, tried, progress)
    if permission.builds:
        trials = Trials(database, sets, identity, progress)
        tried = await trials.alone(tried)
        combination = await trials.together(tried, combination)
        notes += trials.notes
    tried = with_team(tried, combination)
    return IndexAdvice((looked,), tuple(ranked(tried)), combination, tuple(notes))


async def _alone(sets: Sequence[Looked], costing: Costing) -> list[Tried]:
    """What each candidate would do by itself, to the statement with each set of values."""
    every = {candidate.on: candidate for looked in reversed(sets) for candidate in reversed(looked.candidates)}
    candidates = list(reversed(every.values()))[:MOST_CANDIDATES]
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
    """What only a copy can tell: the methods that nobody can pretend, and whether an expression can be indexed."""
    unknown = [one for one in tried if one.tier is Tier.ESTIMATED and not one.is_used and one.candidate.arm is None]
    for one in unknown[:_MOST_SAMPLED]:
        progress(f"trying {one.candidate.name} on a copy of some rows")
        try:
            found = [await sample(database, looked, one.candidate) for looked in sets]
        except Failure as failure:
            if failure.kind in _GOES_ON:
                raise
            if failure.sqlstate == _NOT_IMMUTABLE:
                tried.remove(one)
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
