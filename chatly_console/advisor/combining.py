"""Puts indexes together, one after the other, as long as each wins a tenth of the cost that there was."""

from collections.abc import Awaitable, Callable, Sequence

from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.costing import Costing
from chatly_console.advisor.tried import Combination, Looked

LEAST_PART = 0.10
MOST = 5
"""Indexes in one proposal."""
MOST_CANDIDATES = 8

Prices = Callable[[Sequence[tuple[Candidate, ...]]], Awaitable[list[float]]]
"""The cost of all statements, weighted, with each of these sets of indexes and no others."""


async def combine(candidates: Sequence[Candidate], before: float, prices: Prices) -> Combination | None:
    """The indexes that together cost least, greedily; None where the best alone is all that there is to win."""
    chosen: tuple[Candidate, ...] = ()
    cost = before
    while len(chosen) < MOST:
        rest = [one for one in candidates if not any(kept.serves_as(one) for kept in chosen)]
        if not rest:
            break
        costs = await prices([(*chosen, one) for one in rest])
        best, one = min(zip(costs, rest, strict=True), key=lambda pair: (pair[0], _length(pair[1])))
        if cost - best < before * LEAST_PART:
            break
        chosen = (*(kept for kept in chosen if not one.serves_as(kept)), one)
        cost = best
    return Combination(chosen, before, cost) if len(chosen) > 1 else None


def _length(candidate: Candidate) -> int:
    return len(candidate.keys) + len(candidate.include)


async def together(
    looked: Sequence[Looked], candidates: Sequence[Candidate], costing: Costing, *, by_time: bool
) -> Combination | None:
    """What indexes win together for these statements: of their costs, or of the time that they took."""
    useful = candidates[:MOST_CANDIDATES]
    plain = [one.run.plan.root.number("Total Cost") for one in looked]
    weights = [one.weight / cost if by_time and cost else 1.0 for one, cost in zip(looked, plain, strict=True)]

    async def prices(sets: Sequence[tuple[Candidate, ...]]) -> list[float]:
        sums = [0.0] * len(sets)
        for one, weight in zip(looked, weights, strict=True):
            own = [tuple(index for index in indexes if _reads(one, index)) for indexes in sets]
            for number, priced in enumerate(await costing.costs(one, own)):
                sums[number] += weight * priced.cost
        return sums

    whole = sum(weight * cost for weight, cost in zip(weights, plain, strict=True))
    return await combine(useful, whole, prices) if len(useful) > 1 else None


def _reads(looked: Looked, index: Candidate) -> bool:
    table = index.table
    return any((node.text("Schema"), node.relation) == (table.schema, table.name) for node in looked.run.plan.nodes)
