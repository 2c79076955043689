"""Puts indexes together, one after the other, as long as each wins a tenth of the cost that there was."""

from collections.abc import Awaitable, Callable, Sequence

from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.tried import Combination

LEAST_PART = 0.10
MOST = 5
"""Indexes in one proposal."""

Price = Callable[[Sequence[Candidate]], Awaitable[float]]
"""The cost of all statements, weighted, with these indexes and no others."""


async def combine(candidates: Sequence[Candidate], before: float, price: Price) -> Combination | None:
    """The indexes that together cost least, greedily; None where the best alone is all that there is to win."""
    chosen: list[Candidate] = []
    cost = before
    while len(chosen) < MOST:
        rest = [one for one in candidates if not any(kept.serves_as(one) for kept in chosen)]
        prices = [(await price([*chosen, one]), one) for one in rest]
        if not prices:
            break
        best, one = min(prices, key=lambda pair: (pair[0], len(pair[1].keys) + len(pair[1].include)))
        if cost - best < before * LEAST_PART:
            break
        chosen = [kept for kept in chosen if not one.serves_as(kept)] + [one]
        cost = best
    return Combination(tuple(chosen), before, cost) if len(chosen) > 1 else None
