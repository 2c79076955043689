"""All rules asked about a plan, and what they found ranked: by the time at stake, since that is what can be won."""

from chatly_console.explain.advice import joins, memory, parallel, predicates, reading, rows, scans, whole
from chatly_console.explain.advice.finding import BETTER_THAN_A_SCAN, STATISTICS, Finding, NodeRule
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import JOINS, Node

LARGE_PLAN = 500
TRIFLE_SHARE = 0.001
"""In a plan of so many nodes, what could win less than this part of the time is not looked at."""
_RULES = (rows, scans, predicates, joins, memory, parallel, reading, whole)


def findings_of(figures: Figures) -> tuple[Finding, ...]:
    """All advice on a plan, most time at stake first; what is minor comes last."""
    found: list[Finding] = []
    node_rules: dict[str, list[NodeRule]] = {}
    for module in _RULES:
        for rule in module.PLAN_RULES:
            made = rule(figures)
            if made is not None:
                found.append(made)
        for kind, rules in module.NODE_RULES.items():
            node_rules.setdefault(kind, []).extend(rules)
    anywhere = node_rules.get("*", [])
    for node in figures.plan.nodes:
        if node.never_executed or _is_trifle(figures, node):
            continue
        for node_rule in (*node_rules.get(node.kind, ()), *anywhere):
            made = node_rule(figures, node)
            if made is not None:
                found.append(made)
    return tuple(sorted(_without_repeats(found), key=_rank))


def _is_trifle(figures: Figures, node: Node) -> bool:
    """Whether nothing can be won at a node or (by a better estimate) at its join; asked in large plans only."""
    timing = figures.timing
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
