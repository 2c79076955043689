"""A plan for programs and for terminals without a screen: the JSON of `explain --json`, and the drawing as text."""

from collections.abc import Iterator
from typing import Any

from chatly_console.explain.advice import Finding
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.blocks import BLOCKS
from chatly_console.explain.cells import columns_for, figures_text, heading_of, tree_text
from chatly_console.explain.diff import Comparison, summary
from chatly_console.explain.lines import plan_lines
from chatly_console.explain.plan import Node
from chatly_console.explain.titles import method_of, target_of
from chatly_console.explain.wording import figure_words, milliseconds, percent, short, times_words


def as_json(analysis: Analysis) -> dict[str, Any]:
    """The plan with its times made right, and its findings. Times are milliseconds; null is what the plan does not say.

    Of a node: `id` (from 1, in the order of the text), `parent`, `type`, `method` (in the words of a text plan),
    `relation`, `index`, `subplan`, `loops`, `workers` (launched), `participants` (processes that took part),
    `total_ms` and `self_ms` (elapsed), `work_ms` (summed over processes), `share` (of the execution, or of the cost),
    `rows_planned` (per loop), `rows` (all loops), `estimate_factor`, `never_executed`, `buffers` (of the node alone).
    """
    plan = analysis.plan
    return {
        "planning_ms": plan.planning_ms,
        "execution_ms": plan.execution_ms,
        "after_main_ms": _rounded(analysis.timing.after_main_ms),
        "triggers": [
            {"name": t.name or t.constraint, "relation": t.relation, "ms": t.ms, "calls": t.calls}
            for t in plan.triggers
        ],
        "settings": dict(plan.settings),
        "nodes": [_node_json(analysis, node) for node in plan.nodes],
        "findings": [finding_json(finding) for finding in analysis.findings],
    }


def _node_json(analysis: Analysis, node: Node) -> dict[str, Any]:
    times, estimate = analysis.timing.of(node), analysis.estimate(node)
    timed = node.total_ms is not None
    loops = node.loops or 0
    return {
        "id": node.id,
        "parent": None if node.parent is None else node.parent.id,
        "type": node.kind,
        "method": method_of(node.raw),
        "relation": node.relation or None,
        "index": node.index or None,
        "subplan": node.subplan or None,
        "loops": node.loops,
        "workers": node.raw.get("Workers Launched"),
        "participants": round(times.participants, 3),
        "total_ms": _rounded(times.total_ms) if timed else None,
        "self_ms": _rounded(times.self_ms) if timed else None,
        "work_ms": _rounded(times.work_ms) if timed else None,
        "share": round(analysis.share(node), 4),
        "rows_planned": node.rows_planned,
        "rows": None if node.rows is None else node.rows * loops,
        "estimate_factor": None if estimate is None else round(estimate.factor, 2),
        "never_executed": node.never_executed,
        "buffers": {key: value for key in BLOCKS if (value := analysis.exclusive.of(key)[node.id - 1])},
    }


def _rounded(value: float) -> float:
    return round(value, 3)


def finding_json(finding: Finding) -> dict[str, Any]:
    """One piece of advice for programs."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "node": None if finding.node is None else finding.node.id,
        "at_stake_ms": None if finding.at_stake_ms is None else _rounded(finding.at_stake_ms),
        "share": round(finding.share, 4),
        "evidence": finding.evidence,
        "fix": finding.fix,
        "doubt": finding.doubt,
    }


def as_drawing(analysis: Analysis, width: int) -> Iterator[str]:
    """The tree with its columns, whole, for a terminal of this width."""
    columns = columns_for(width, analysis)
    yield heading_of(columns, analysis).rstrip()
    for line in plan_lines(analysis):
        mark = "▎" if line.is_hottest else " "
        yield f"{mark}{figures_text(line, analysis, columns)} {tree_text(line)}".rstrip()


def as_advice(analysis: Analysis) -> Iterator[str]:
    """The findings, each with its stake, what to do, and why it may be wrong."""
    for number, finding in enumerate(analysis.findings, 1):
        where = "" if finding.node is None else f" (node {finding.node.id})"
        yield f"{number}. [{finding.severity}] {stake_words(finding)}{finding.evidence}{where}"
        yield f"   → {finding.fix}"
        yield f"   but: {finding.doubt}"


def stake_words(finding: Finding) -> str:
    """What can be won, at the front of a sentence."""
    if not finding.share:
        return ""
    if finding.at_stake_ms is None:
        return f"{percent(finding.share)} of the cost: "
    return f"{milliseconds(finding.at_stake_ms)} ({percent(finding.share)}): "


def times_line(analysis: Analysis) -> str:
    """`planning 0.3 ms, execution 81 ms`; empty where the plan says neither."""
    plan = analysis.plan
    named = (("planning", plan.planning_ms), ("execution", plan.execution_ms))
    return ", ".join(f"{name} {milliseconds(value)}" for name, value in named if value is not None)


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Two plans side by side for programs: ids are those of each plan."""
    return {
        "summary": [{"name": name, "before": before, "after": after} for name, before, after in summary(comparison)],
        "same_shape": comparison.same_shape,
        "changes": [
            {
                "kind": change.kind,
                "before": None if change.before is None else change.before.id,
                "after": None if change.after is None else change.after.id,
                "method": method_of(change.node.raw),
                "method_before": change.method_before or None,
                "relation": change.node.relation or None,
                "self_ms_before": change.before_ms,
                "self_ms": change.after_ms,
                "cost_before": change.before_cost,
                "cost": change.after_cost,
                "rows_before": change.before_rows,
                "rows": change.after_rows,
                "blocks_before": change.before_blocks,
                "blocks": change.after_blocks,
            }
            for change in comparison.changes
        ],
    }


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Two plans side by side as text."""
    for name, before, after in summary(comparison):
        was, now = figure_words(name, before), figure_words(name, after)
        yield f"{name.removesuffix(' ms'):<14} {was:>14} → {now:<14} {times_words(before, after)}"
    yield ""
    yield f"  {'self' if comparison.timed else 'own cost':^23} {'rows':^17} node"
    for change in comparison.changes:
        mark = {"same": " ", "method": "≠", "new": "+", "gone": "−"}[change.kind]
        own = (milliseconds(change.before_ms), milliseconds(change.after_ms))
        if not comparison.timed:
            own = (_short(change.before_cost), _short(change.after_cost))
        times = f"{own[0]:>10} → {own[1]:<10}"
        rows = f"{_short(change.before_rows):>7} → {_short(change.after_rows):<8}"
        was = f", before {change.method_before}" if change.method_before else ""
        indent = "" if change.kind == "gone" else "  " * change.node.depth
        name = f"{method_of(change.node.raw)} {target_of(change.node.raw)}".rstrip()
        yield f"{mark} {times} {rows} {indent}{name}{was}"


def _short(value: float | None) -> str:
    return "" if value is None else short(value)
