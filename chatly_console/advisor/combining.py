"""Puts indexes together, one after the other, as long as each wins a tenth of the cost that there was."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.costing import Costing
from chatly_console.advisor.tried import Combination, Figures, Looked, Tier, Tried

LEAST_PART = 0.10
MOST = 5
"""Indexes in one proposal."""
MOST_CANDIDATES = 8

Indexes = tuple[Candidate, ...]
Prices = Callable[[Sequence[Indexes]], Awaitable[list[float]]]
"""The cost of all statements, weighted, with each of these sets of indexes and no others."""


async def combine(
    candidates: Sequence[Candidate], before: float, prices: Prices, teams: Sequence[Indexes] = ()
) -> Combination | None:
    """The indexes that together cost least, greedily; None where the best alone is all that there is to win.

    Of `teams` each is worth something only as a whole: the arms of an OR.
    """
    options = [*((one,) for one in candidates), *teams]
    chosen: Indexes = ()
    cost = before
    while len(chosen) < MOST:
        rest = [option for option in options if not all(any(k.serves_as(one) for k in chosen) for one in option)]
        if not rest:
            break
        costs = await prices([(*chosen, *option) for option in rest])
        best, option = min(zip(costs, rest, strict=True), key=lambda pair: (pair[0], _length(pair[1])))
        if cost - best < before * LEAST_PART:
            break
        chosen = (*(kept for kept in chosen if not any(one.serves_as(kept) for one in option)), *option)
        cost = best
    return Combination(chosen, before, cost) if len(chosen) > 1 else None


def _length(option: Indexes) -> int:
    return sum(len(one.keys) + len(one.include) for one in option)


def teams_of(looked: Sequence[Looked]) -> list[Indexes]:
    """The indexes that are worth something only together."""
    found: dict[tuple[int, int, int], list[Candidate]] = {}
    for number, one in enumerate(looked):
        for candidate in one.candidates:
            if candidate.arm is not None and candidate.nodes:
                found.setdefault((number, candidate.nodes[0].id, candidate.arm[1]), []).append(candidate)
    whole = [tuple(team) for (_, _, count), team in found.items() if len(team) == count]
    return list({tuple(one.on for one in team): team for team in whole}.values())


async def together(
    looked: Sequence[Looked], candidates: Sequence[Candidate], costing: Costing, *, by_time: bool
) -> Combination | None:
    """What indexes win together for these statements: of their costs, or of the time that they took."""
    useful, teams = candidates[:MOST_CANDIDATES], teams_of(looked)
    plain = [one.run.plan.root.number("Total Cost") for one in looked]
    weights = [one.weight / cost if by_time and cost else 1.0 for one, cost in zip(looked, plain, strict=True)]

    async def prices(sets: Sequence[Indexes]) -> list[float]:
        sums = [0.0] * len(sets)
        for one, weight in zip(looked, weights, strict=True):
            own = [tuple(index for index in indexes if _reads(one, index)) for indexes in sets]
            for number, priced in enumerate(await costing.costs(one, own)):
                sums[number] += weight * priced.cost
        return sums

    whole = sum(weight * cost for weight, cost in zip(weights, plain, strict=True))
    return await combine(useful, whole, prices, teams) if len(useful) > 1 or teams else None


def _reads(looked: Looked, index: Candidate) -> bool:
    table = index.table.qualified
    return any(table in (own.qualified, own.root.qualified if own.root else "") for own in looked.tables)


def with_team(tried: Sequence[Tried], combination: Combination | None) -> list[Tried]:
    """The same, where those that are worth something only together have the figures of all of them."""
    if combination is None:
        return list(tried)
    before = combination.before or Figures(combination.cost_before)
    after = combination.after or Figures(combination.cost_after)
    found = []
    for one in tried:
        needed = tuple(other for other in combination.candidates if other.on != one.candidate.on)
        is_member = one.candidate.arm is not None and len(needed) < len(combination.candidates)
        team = tuple(other for other in needed if other.arm is not None)
        tier = Tier.MEASURED if combination.after is not None else one.tier
        changed = replace(one, tier=tier, before=before, after=after, is_used=True, needs=team, by_values=())
        found.append(changed if is_member else one)
    return found
