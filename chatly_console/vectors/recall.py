"""How much of the truth an approximate search finds, with ties counted as hits: pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

TOLERANCE = 1e-6
"""Distances that differ by less are the same: the order among equals is chance, so any of them is a hit."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One row that a search found: its key as text, and its distance in the metric's own unit."""

    key: str
    distance: float


def nearest(found: Sequence[Neighbour], k: int, *, without: str | None = None) -> list[Neighbour]:
    """The first `k`, without the row that was asked about: a row is always its own nearest neighbour."""
    return [neighbour for neighbour in found if neighbour.key != without][:k]


def recall(truth: Sequence[Neighbour], found: Sequence[Neighbour]) -> float | None:
    """The share of the true neighbours that were found; None where there is no truth to find.

    Every found row no farther than the farthest true one counts, because rows at the same distance are equally right.
    """
    if not truth:
        return None
    farthest = max(neighbour.distance for neighbour in truth)
    limit = farthest + TOLERANCE * max(1.0, abs(farthest))
    hits = {neighbour.key for neighbour in found if neighbour.distance <= limit}
    return min(len(hits), len(truth)) / len(truth)


def missed(truth: Sequence[Neighbour], found: Sequence[Neighbour]) -> set[str]:
    """The keys of true neighbours that were not found."""
    return {neighbour.key for neighbour in truth} - {neighbour.key for neighbour in found}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question fared."""

    question: str
    recall: float | None
    rows: int
    truth: int
    milliseconds: float


def worst_first(outcomes: Sequence[Outcome], most: int = 100) -> tuple[Outcome, ...]:
    """The outcomes with the lowest recall, of those the slowest, first."""
    told = (outcome for outcome in outcomes if outcome.recall is not None)
    return tuple(sorted(told, key=lambda one: (one.recall or 0.0, -one.milliseconds)))[:most]


@dataclass(slots=True)
class Tally:
    """What the questions so far say about one setting."""

    recalls: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    wanted: list[int] = field(default_factory=list)
    outcomes: list["Outcome"] = field(default_factory=list)

    def add(self, truth: Sequence[Neighbour], found: Sequence[Neighbour], seconds: float, question: str = "") -> None:
        """Take in one question; one without any true neighbour says nothing about recall."""
        share = recall(truth, found)
        self.outcomes.append(Outcome(question, share, len(found), len(truth), seconds * 1000))
        if share is not None:
            self.recalls.append(share)
        self.rows.append(len(found))
        self.wanted.append(len(truth))
        self.milliseconds.append(seconds * 1000)


@dataclass(frozen=True, slots=True)
class Distribution:
    """A tally in figures. The mean hides what the user meets, so the worst and the short ones stand beside it."""

    questions: int
    recall: float | None
    recall_min: float | None
    zeros: int
    below_half: int
    standard_error: float
    rows: float
    rows_min: int
    short: int
    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, tally: Tally) -> "Distribution":
        """The figures of a tally that holds at least one question."""
        shares = tally.recalls
        mean = fmean(shares) if shares else None
        spread = sum((share - mean) ** 2 for share in shares) if mean is not None else 0.0
        error = (spread / (len(shares) - 1) / len(shares)) ** 0.5 if len(shares) > 1 else 0.0
        return cls(
            questions=len(tally.rows),
            recall=mean,
            recall_min=min(shares, default=None),
            zeros=sum(share == 0 for share in shares),
            below_half=sum(share < 0.5 for share in shares),
            standard_error=error,
            rows=fmean(tally.rows) if tally.rows else 0.0,
            rows_min=min(tally.rows, default=0),
            short=sum(got < wanted for got, wanted in zip(tally.rows, tally.wanted, strict=True)),
            p50_ms=median(tally.milliseconds) if tally.milliseconds else 0.0,
            p95_ms=percentile(tally.milliseconds, 0.95),
        )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]
