"""Index advice in words and as JSON."""

from collections.abc import Iterator
from typing import Any

from chatly_console.advisor.index_service import IndexAdvice, Tried
from chatly_console.explain.wording import milliseconds

_SHOWN = 5
_ENOUGH_HOURS = 24.0
"""From when the server's counters say how much is written; before, a load or a restore would mislead."""
COLUMNS = ("effect", "index", "tier", "why")


def row(one: Tried) -> tuple[str, str, str, str]:
    """A candidate as a row of the grid."""
    mark = "✓" if one.pays else "·"
    return f"{mark} {effect(one)}", one.candidate.sql(), one.tier.value, one.candidate.why


def details(one: Tried) -> list[tuple[str, str]]:
    """All about one candidate: what each line is, and its words."""
    verdict = "pays" if one.pays else "the planner does not use it" if not one.is_used else "does not pay"
    return [
        ("effect", f"{effect(one)}  ({one.tier.value}: {verdict})"),
        ("why", one.candidate.why),
        ("index", f"{one.candidate.sql()};"),
        ("price", price(one)),
        ("undo", f"{one.candidate.undo};"),
    ]


def summary(advice: IndexAdvice) -> str:
    """What came of it in one line."""
    spent, cost = advice.run.plan.execution_ms, advice.run.plan.root.number("Total Cost")
    now = f"now {milliseconds(spent) if spent is not None else f'cost {cost:,.0f}'}"
    first = f"   ▲ first: {advice.first[0].fix}" if advice.first else ""
    count = len(advice.proposals)
    return (
        f"{now}   {count or 'no'} {'index pays' if count == 1 else 'indexes pay'} of {len(advice.tried)} tried{first}"
    )


def effect(one: Tried) -> str:
    """`771 ms → 0.05 ms · 18,523 → 8 blocks`, or the planner's costs where nothing was measured."""
    if one.ms_before is not None and one.ms_after is not None:
        parts = [f"{milliseconds(one.ms_before)} → {milliseconds(one.ms_after)}"]
        parts.append(f"{one.blocks_before:,.0f} → {one.blocks_after:,.0f} blocks")
        return " · ".join(parts)
    return f"cost {one.cost_before:,.0f} → {one.cost_after:,.0f}"


def price(one: Tried) -> str:
    """What it costs to have: size, the time to build it, and the writes that keep it."""
    parts = [f"{one.megabytes:,.1f} MB, built in {one.build_seconds:.1f} s"] if one.megabytes is not None else []
    table = one.candidate.table
    if table.hours >= _ENOUGH_HOURS:
        parts.append(f"{table.writes / table.hours:,.0f} writes an hour have to keep it up")
    else:
        parts.append("how much is written to the table is not known yet")
    return " · ".join(parts)


def told(advice: IndexAdvice) -> Iterator[str]:
    """The advice line by line."""
    root = advice.run.plan
    now = (
        milliseconds(root.execution_ms)
        if root.execution_ms is not None
        else f"cost {root.root.number('Total Cost'):,.0f}"
    )
    yield f"now: {now}"
    for finding in advice.first:
        yield f"first: {finding.evidence}"
        yield f"       {finding.fix}"
    if not advice.proposals:
        yield "no index pays for this statement" + ("" if advice.tried else ": nothing in its plan asks for one")
    for one in advice.proposals[:_SHOWN]:
        yield f"{one.tier.value}: {effect(one)}"
        yield f"  {one.candidate.sql()};"
        yield f"  {one.candidate.why}; {price(one)}"
        yield f"  undo: {one.candidate.undo};"
    rest = len(advice.tried) - len(advice.proposals)
    if rest:
        yield f"{rest} other candidates do not pay"
    yield from advice.notes


def document(advice: IndexAdvice) -> dict[str, Any]:
    """The advice for programs; costs are the planner's, times in milliseconds, null where not measured."""
    return {
        "execution_ms": advice.run.plan.execution_ms,
        "cost": advice.run.plan.root.number("Total Cost"),
        "first": [{"rule": f.rule, "evidence": f.evidence, "fix": f.fix, "sql": f.sql} for f in advice.first],
        "candidates": [
            {
                "sql": f"{one.candidate.sql()};",
                "undo": f"{one.candidate.undo};",
                "why": one.candidate.why,
                "tier": one.tier.value,
                "pays": one.pays,
                "used": one.is_used,
                "megabytes": one.megabytes,
                "build_s": one.build_seconds,
                "before": {"cost": one.cost_before, "ms": one.ms_before, "blocks": one.blocks_before},
                "after": {"cost": one.cost_after, "ms": one.ms_after, "blocks": one.blocks_after},
            }
            for one in advice.tried
        ],
        "notes": list(advice.notes),
    }
