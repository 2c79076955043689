"""One piece of advice: what was seen, how much time is at stake, what to do, and why that may be wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import Node

Severity = Literal["info", "warn", "crit"]

MINOR_SHARE = 0.05
MINOR_MS = 1.0
"""Below this part of the time, or this time, advice is not worth the reader's attention first."""

BETTER_THAN_A_SCAN = ("contains-pattern", "cast-column", "function-on-column", "rls-per-row", "not-in")
STATISTICS = ("stale-statistics", "misestimate", "default-guess")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at a node (None: the plan as a whole), and the one thing to do about it.

    `at_stake_ms` is the time that could be saved at most, None where the plan was not timed; `share` is its part of
    the whole, of the cost where there is no time. `sql` is the change itself, where it can be written down.
    """

    rule: str
    severity: Severity
    node: Node | None
    share: float
    at_stake_ms: float | None
    evidence: str
    fix: str
    doubt: str
    """Why it might be wrong."""
    sql: str = ""

    @property
    def is_minor(self) -> bool:
        """Whether little can be won."""
        return self.share < MINOR_SHARE or (self.at_stake_ms is not None and self.at_stake_ms < MINOR_MS)


NodeRule = Callable[[Figures, Node], Finding | None]
PlanRule = Callable[[Figures], Finding | None]


def at_node(
    figures: Figures,
    node: Node,
    rule: str,
    severity: Severity,
    evidence: str,
    fix: str,
    doubt: str,
    *,
    sql: str = "",
    with_all_below: bool = False,
) -> Finding:
    """A finding whose stake is the time of the node: its own, or with all below it."""
    timing = figures.timing
    if figures.plan.timed:
        times = timing.of(node)
        stake = times.total_ms if with_all_below else times.self_ms
        share = min(stake / timing.whole_ms, 1.0) if timing.whole_ms else 0.0
        return Finding(rule, severity, node, share, stake, evidence, fix, doubt, sql)
    return Finding(rule, severity, node, figures.share(node), None, evidence, fix, doubt, sql)


def of_plan(
    figures: Figures, rule: str, severity: Severity, stake_ms: float | None, evidence: str, fix: str, doubt: str
) -> Finding:
    """A finding on the plan as a whole, with `stake_ms` milliseconds to be won."""
    whole = figures.timing.whole_ms
    share = min(stake_ms / whole, 1.0) if stake_ms and whole else 0.0
    return Finding(rule, severity, None, share, stake_ms, evidence, fix, doubt)


def count(number: float) -> str:
    """A number of rows or blocks with separators: `1,204`."""
    return f"{number:,.0f}"


def percent(share: float) -> str:
    """A share in percent, never 100 where something is left."""
    if 0.995 <= share < 1:
        return f"{min(share * 100, 99.9):.1f} %"
    return f"{min(share, 1) * 100:.{0 if share >= 0.1 else 1}f} %"


def called(node: Node) -> str:
    """What the node works on, for a sentence: the table, the index, or its method."""
    return node.relation or node.index or node.text("CTE Name") or node.text("Function Name") or node.kind
