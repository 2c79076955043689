"""One piece of advice, and how pieces are ranked: by the time at stake, since that is what can be won."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from chatly_console.explain.plan import JOINS, Node

if TYPE_CHECKING:
    from chatly_console.explain.analysis import Analysis

Severity = Literal["info", "warn", "crit"]

MINOR_SHARE = 0.05
MINOR_MS = 1.0
"""Below this part of the time, or this time, advice is not worth the reader's attention first."""

BETTER_THAN_A_SCAN = ("contains-pattern", "cast-column", "function-on-column", "rls-per-row", "not-in")
LARGE_PLAN = 500
TRIFLE_SHARE = 0.001
"""In a plan of so many nodes, what could win less than this part of the time is not looked at."""
STATISTICS = ("stale-statistics", "misestimate", "default-guess")
_RULES = ("rows", "scans", "predicates", "joins", "memory", "parallel", "reading", "whole")


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


NodeRule = Callable[["Analysis", Node], Finding | None]
PlanRule = Callable[["Analysis"], Finding | None]


def findings_of(analysis: Analysis) -> tuple[Finding, ...]:
    """All advice on a plan, most time at stake first; what is minor comes last."""
    found: list[Finding] = []
    node_rules: dict[str, list[NodeRule]] = {}
    for name in _RULES:
        module = import_module(f"{__package__}.{name}")
        for rule in module.PLAN_RULES:
            made = rule(analysis)
            if made is not None:
                found.append(made)
        for kind, rules in module.NODE_RULES.items():
            node_rules.setdefault(kind, []).extend(rules)
    anywhere = node_rules.get("*", [])
    for node in analysis.plan.nodes:
        if node.never_executed or _is_trifle(analysis, node):
            continue
        for node_rule in (*node_rules.get(node.kind, ()), *anywhere):
            made = node_rule(analysis, node)
            if made is not None:
                found.append(made)
    return tuple(sorted(_without_repeats(found), key=_rank))


def _is_trifle(analysis: Analysis, node: Node) -> bool:
    """Whether nothing can be won at a node or (by a better estimate) at its join; asked in large plans only."""
    timing = analysis.timing
    if len(timing.nodes) < LARGE_PLAN or not timing.whole_ms:
        return False
    won = timing.of(node).total_ms
    if node.parent is not None and node.parent.kind in JOINS:
        won += timing.of(node.parent).self_ms
    return won < timing.whole_ms * TRIFLE_SHARE


def _without_repeats(found: list[Finding]) -> list[Finding]:
    """Leave out that an index is needed where another rule says which, or why none can serve."""
    better = {finding.node for finding in found if finding.rule in BETTER_THAN_A_SCAN}
    return [
        finding for finding in found if finding.rule != "seq-scan-filter" or finding.sql or finding.node not in better
    ]


def _rank(finding: Finding) -> tuple[bool, float, bool, bool]:
    """Most time at stake first; of the same time, what mends an estimate comes before what builds on it."""
    return finding.is_minor, -round(finding.share, 3), finding.rule not in STATISTICS, finding.severity != "crit"


def at_node(
    analysis: Analysis,
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
    timing = analysis.timing
    if analysis.plan.timed:
        times = timing.of(node)
        stake = times.total_ms if with_all_below else times.self_ms
        share = min(stake / timing.whole_ms, 1.0) if timing.whole_ms else 0.0
        return Finding(rule, severity, node, share, stake, evidence, fix, doubt, sql)
    return Finding(rule, severity, node, analysis.share(node), None, evidence, fix, doubt, sql)


def of_plan(
    analysis: Analysis, rule: str, severity: Severity, stake_ms: float | None, evidence: str, fix: str, doubt: str
) -> Finding:
    """A finding on the plan as a whole, with `stake_ms` milliseconds to be won."""
    whole = analysis.timing.whole_ms
    share = min(stake_ms / whole, 1.0) if stake_ms and whole else 0.0
    return Finding(rule, severity, None, share, stake_ms, evidence, fix, doubt)


def count(number: float) -> str:
    """A number of rows or blocks with separators: `1,204`."""
    return f"{number:,.0f}"


def percent(share: float) -> str:
    """A share in percent, never 100 where something is left."""
    return f"{min(share * 100, 99.9) if share < 1 else 100:.{0 if share >= 0.1 else 1}f} %"


def called(node: Node) -> str:
    """What the node works on, for a sentence: the table, the index, or its method."""
    return node.relation or node.index or node.text("CTE Name") or node.text("Function Name") or node.kind
