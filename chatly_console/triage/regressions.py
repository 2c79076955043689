"""Statements that have become slower than they used to be: the mean of a window against that of the past before it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chatly_console.triage.statements import Key, Statement

LEAST_CALLS = 5
"""Below this many calls, in the window or before it, a mean says nothing."""
_LEAST_FACTOR = 2.0
_LEAST_EXTRA_MS = 100.0
"""What the slowing down must have cost in the window before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Regression:
    """A statement in the window, and how long a call used to take."""

    statement: Statement
    usual_ms: float

    @property
    def factor(self) -> float:
        """How many times as long a call takes now."""
        return self.statement.mean_ms / self.usual_ms if self.usual_ms else 0.0

    @property
    def extra_ms(self) -> float:
        """What it costs in the window that calls are not as quick as they used to be."""
        return (self.statement.mean_ms - self.usual_ms) * self.statement.calls


def usual_means(before: Mapping[Key, Statement], stored: Sequence[Mapping[Key, Statement]]) -> dict[Key, float]:
    """The mean per call, in milliseconds, of the past before a window that began with the counters `before`.

    It is that since the oldest of the `stored` counts (the oldest comes first); where the counters were reset since,
    that of the newest count which knows the statement, and where nothing is stored that of all that was counted.
    """
    found: dict[Key, float] = {}
    for counters in stored:
        found.update({key: one.mean_ms for key, one in counters.items() if one.calls >= LEAST_CALLS})
    for key, one in before.items():
        oldest = next((counters[key] for counters in stored if key in counters), None)
        calls, total = one.calls, one.total_ms
        if oldest is not None and one.calls >= oldest.calls + LEAST_CALLS:
            calls, total = one.calls - oldest.calls, one.total_ms - oldest.total_ms
        if calls >= LEAST_CALLS and total >= 0 and not (oldest is not None and one.calls < oldest.calls):
            found[key] = total / calls
    return found


def regressions(window: Iterable[Statement], usual: Mapping[Key, float]) -> list[Regression]:
    """The statements that have become slower, that which costs most first."""
    found = [Regression(one, usual[one.key]) for one in window if one.calls >= LEAST_CALLS and one.key in usual]
    found = [one for one in found if one.factor >= _LEAST_FACTOR and one.extra_ms >= _LEAST_EXTRA_MS]
    return sorted(found, key=lambda one: -one.extra_ms)
