"""A proposal for what to write at the cursor, and the pool in which proposals compete."""

from dataclasses import dataclass, field
from typing import NamedTuple

from chatly_console.core.completion.matching import Matcher


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


@dataclass(slots=True)
class Pool:
    """Takes offers that match what was typed, and sorts them: by how well they match, then by what they are."""

    matcher: Matcher
    found: list[tuple[tuple[int, int, int, int], Proposal]] = field(default_factory=list)

    def offer(self, proposal: Proposal, rank: int, *, name: str | None = None, grade: int | None = None) -> None:
        """Take in one: `rank` orders what matches equally well; `name` is what is compared, by default its label."""
        if grade is None:
            grade = self.matcher.grade((name if name is not None else proposal.label).lower())
            if grade is None:
                return
        length = len(proposal.label) if self.matcher.typed else 0
        self.found.append(((grade, rank, length, len(self.found)), proposal))

    def best(self, limit: int) -> tuple[Proposal, ...]:
        """The best ones, each text once; nothing where just that stands there already."""
        self.found.sort(key=lambda entry: entry[0])
        unique: dict[str, Proposal] = {}
        for _, proposal in self.found:
            unique.setdefault(proposal.text, proposal)
            if len(unique) >= limit:
                break
        listed = tuple(unique.values())
        if listed and listed[0].text.lower() == self.matcher.typed:
            goes_on = len(listed) > 1 and listed[1].label.lower().startswith(self.matcher.typed)
            return listed if goes_on else ()
        return listed
