"""All that is known of a node, in words and in groups: its times made right first, then every key of the plan."""

import json
from collections.abc import Iterator

from chatly_console.explain.analysis import Analysis
from chatly_console.explain.blocks import BLOCKS
from chatly_console.explain.plan import Node, Plan
from chatly_console.explain.wording import factor_words, milliseconds, percent

Pair = tuple[str, str]
_SAID = ("Planning Time", "Execution Time", "Total Runtime", "Settings", "Query Text")
"""Keys of the whole plan that are shown in other words."""


def detail_of(analysis: Analysis, node: Node) -> list[tuple[str, list[Pair]]]:
    """Groups of names and values: times, rows, blocks, advice, all keys; of the root also what is beside the tree."""
    groups: list[tuple[str, list[Pair]]] = [
        ("times", list(_times(analysis, node))),
        ("rows", list(_rows(analysis, node))),
        ("blocks of its own", list(_blocks(analysis, node))),
        ("workers", list(_workers(node))),
        (
            "advice",
            [(str(one.severity), f"{one.evidence} → {one.fix}") for one in analysis.findings if one.node is node],
        ),
        ("all keys", [(key, _value(value)) for key, value in node.raw.items() if key != "Workers"]),
        ("the whole plan", list(_whole(analysis.plan)) if node.parent is None else []),
    ]
    return [(name, pairs) for name, pairs in groups if pairs]


def _whole(plan: Plan) -> Iterator[Pair]:
    """What the plan says beside its tree, what is not known here included."""
    for name, ms in (("planning", plan.planning_ms), ("execution", plan.execution_ms)):
        if ms is not None:
            yield name, milliseconds(ms)
    for trigger in plan.triggers:
        name = trigger.constraint or trigger.name
        yield f"trigger {name}", f"{milliseconds(trigger.ms)} in {trigger.calls:,} calls on {trigger.relation}"
    for name, value in plan.settings.items():
        yield f"setting {name}", value
    for key, value in plan.raw.items():
        if key not in _SAID and value not in ({}, [], None):
            yield key, _value(value)


def _times(analysis: Analysis, node: Node) -> Iterator[Pair]:
    if node.never_executed:
        yield "never executed", "the plan did not need it"
        return
    if node.total_ms is None:
        yield "own cost", f"{analysis.costs[node.id - 1][1]:,.2f}"
        yield "share", percent(analysis.share(node))
        return
    times = analysis.timing.of(node)
    yield "self", f"{milliseconds(times.self_ms)}, {percent(analysis.share(node))} of the execution"
    yield "total", f"{milliseconds(times.total_ms)} with all below"
    if (node.loops or 0) > 1:
        yield "per loop", f"{node.total_ms:g} ms in each of {node.loops:,.0f} loops"
    if times.participants > 1:
        yield "processes", f"{times.participants:g} took part; {milliseconds(times.work_ms)} summed over them"
    if times.participants > 1 and (node.loops or 0) < times.participants:
        yield "waiting", "it ran in fewer processes than took part: the others may have waited for it"
    if node.id in analysis.timing.after_main:
        yield "after the main plan", f"{milliseconds(analysis.timing.after_main_ms)} passed after the root had ended"
    if analysis.io_ms(node):
        yield "I/O", f"{milliseconds(analysis.io_ms(node))} over all processes"


def _rows(analysis: Analysis, node: Node) -> Iterator[Pair]:
    loops = node.loops or 1.0
    if node.rows_planned is not None:
        yield "estimated", f"{node.rows_planned * loops:,.0f}"
    if node.rows is not None:
        yield "real", f"{node.rows * loops:,.0f}"
    estimate = analysis.estimate(node)
    if estimate is not None and estimate.is_off:
        where = "; the error begins here" if estimate.starts_here else "; handed on from below"
        yield "off by", factor_words(estimate.factor) + (" more" if estimate.low else " fewer") + where
    for key in ("Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck"):
        if node.number(key):
            yield key.lower(), f"{node.number(key) * loops:,.0f} over all loops"


def _blocks(analysis: Analysis, node: Node) -> Iterator[Pair]:
    for key in BLOCKS:
        if key in node.raw:
            own = analysis.exclusive.of(key)[node.id - 1]
            if own:
                yield key.removesuffix(" Blocks").lower(), f"{own:,.0f} ({own * 8 / 1024:,.1f} MB)"


def _workers(node: Node) -> Iterator[Pair]:
    for worker in node.raw.get("Workers") or ():
        if isinstance(worker, dict):
            time, rows = worker.get("Actual Total Time"), worker.get("Actual Rows")
            parts = [
                f"{time:g} ms" if isinstance(time, int | float) else "",
                f"{rows:,.0f} rows" if isinstance(rows, int | float) else "",
                f"{worker['Sort Method']}" if "Sort Method" in worker else "",
            ]
            yield f"worker {worker.get('Worker Number', '?')}", ", ".join(part for part in parts if part)


def _value(value: object) -> str:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
