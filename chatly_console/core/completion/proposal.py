"""A proposal for what to write at the cursor, and the pool in which proposals compete."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import nsmallest
from typing import NamedTuple

from chatly_console.core.completion.matching import BEGINS, SCATTERED, Matcher

ASKED = 9
"""The rank of what is proposed only to who types its beginning."""


class Proposal(NamedTuple):
    """One thing to write. `label` is what is shown, `text` what is written; both are raw."""

    text: str
    label: str
    kind: str
    """column, relation, view, join, function, keyword, value, type, schema, alias, role, cte, extension"""
    detail: str = ""
    back: int = 0
    """How many characters before its end the cursor is left: inside of a function's parentheses."""
    quiet: bool = False
    """Whether it is shown pale, because the identity has no right to it."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The proposals for a place, the best first: each replaces the characters from `start` to `end`."""

    proposals: tuple[Proposal, ...]
    start: int
    end: int
    prefix: str
    is_strong: bool
    """Whether they are worth showing before a letter was typed: behind a dot, FROM or ON."""


Sort = tuple[int, int, int, int]
"""How good an offer is: the class of its match, its rank, its length, its turn."""


@dataclass(slots=True)
class Pool:
    """Takes offers that match what was typed, and sorts them: by how well they match, then by what they are.

    An offer is made into a proposal only when it is among the best: thousands of names may match one letter.
    """

    matcher: Matcher
    found: list[tuple[Sort, Callable[[], Proposal]]] = field(default_factory=list)

    def offer(self, proposal: Proposal, rank: int, *, name: str | None = None) -> None:
        """Take in one: `rank` orders what matches equally well; `name` is what is compared, by default its label."""
        grade = self.matcher.grade((name if name is not None else proposal.label).lower())
        if grade is not None:
            self.add(grade, rank, len(proposal.label), lambda: proposal)

    def offer_all(
        self, lowered: Sequence[str], ranks: Sequence[int], make: Callable[[int], Proposal], *, far: int
    ) -> None:
        """Take in those of many names that match; `make` gives the proposal for a place among them.

        Names whose rank is `far` or worse must have the letters together: scattered ones are in too many of them.
        """
        for place, grade in self.matcher.among(lowered):
            rank = ranks[place]
            fits = grade <= BEGINS if rank >= ASKED else grade < SCATTERED or rank < far
            if rank >= 0 and fits:
                self.add(grade, rank, len(lowered[place]), partial(make, place))

    def add(self, grade: int, rank: int, length: int, make: Callable[[], Proposal]) -> None:
        """Take in one whose match is known."""
        self.found.append(((grade, rank, length if self.matcher.typed else 0, len(self.found)), make))

    def best(self, limit: int) -> tuple[Proposal, ...]:
        """The best ones, each text once; nothing where just that stands there already."""
        unique: dict[str, Proposal] = {}
        for _, make in nsmallest(limit, self.found):
            proposal = make()
            unique.setdefault(proposal.text, proposal)
        listed = tuple(unique.values())
        if listed and listed[0].text.lower() == self.matcher.typed:
            goes_on = len(listed) > 1 and listed[1].label.lower().startswith(self.matcher.typed)
            return listed if goes_on else ()
        return listed
