"""How far the planner's rows are from the real ones, where that begins, and where a difference means nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from chatly_console.explain.plan import SUB_PLAN, Node, Plan
from chatly_console.explain.sharing import cte_sources

NOTABLE = 10.0
"""The factor from which an estimate is off (depesz's bands: 10, 100, 1000)."""
FEWEST_ROWS = 100
"""On either side at least so many rows, all loops together: below, a factor costs nothing."""
_ALREADY = 0.3
"""A node is no origin where one of its inputs is off by at least this part of its own factor, the same way."""
_COUNT_NOTHING = ("BitmapAnd", "BitmapOr", "ModifyTable", "Hash", "LockRows", "Gather", "Gather Merge", "Materialize")
"""Nodes whose rows say nothing (always 0), or only repeat those of their input."""
_READ_ALL = ("Sort", "Hash", "Aggregate", "SetOp", "WindowAgg")
"""Nodes that read all of their input before they return a row."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Rows estimated against real ones. `factor` is at least 1; `low` means that more rows came than expected."""

    planned: float
    """All loops together."""
    actual: float
    factor: float
    low: bool
    starts_here: bool = False
    """Whether the error begins at this node, and is not handed on by one below."""

    @property
    def is_off(self) -> bool:
        """Whether the factor is notable, and the rows are many enough for it to matter."""
        return self.factor >= NOTABLE and max(self.planned, self.actual) >= FEWEST_ROWS

    @property
    def sign(self) -> str:
        """Up where more rows came than were expected, down where fewer did."""
        return "↑" if self.low else "↓"


def estimates_of(plan: Plan) -> tuple[Estimate | None, ...]:
    """The estimate of every node by its id from 1; None where none can be judged."""
    stopped, sources = _stopped_early(plan), cte_sources(plan)
    found = [_judge(node, stopped[node.id - 1]) for node in plan.nodes]
    return tuple(
        replace(estimate, starts_here=True)
        if estimate is not None and estimate.is_off and not _is_handed_on(node, estimate, found, sources)
        else estimate
        for node, estimate in zip(plan.nodes, found, strict=True)
    )


def _is_handed_on(node: Node, estimate: Estimate, found: list[Estimate | None], sources: Mapping[int, Node]) -> bool:
    """Whether one below is as wrong: an input, or for the scan of a CTE what computes it."""
    source = sources.get(node.id)
    of_cte = found[source.id - 1] if source is not None else None
    below = [*_inputs_judged(node, found), *([of_cte] if of_cte is not None else [])]
    return any(_as_wrong(one, estimate) for one in below)


def _inputs_judged(node: Node, found: list[Estimate | None]) -> Iterator[Estimate]:
    """The estimates that feed a node, through nodes that have none of their own."""
    for child in node.inputs:
        estimate = found[child.id - 1]
        if estimate is not None:
            yield estimate
        else:
            yield from _inputs_judged(child, found)


def _as_wrong(below: Estimate, above: Estimate) -> bool:
    return below.is_off and below.low == above.low and below.factor >= above.factor * _ALREADY


def _judge(node: Node, stopped: bool) -> Estimate | None:
    if not node.loops or node.rows is None or node.rows_planned is None or node.kind in _COUNT_NOTHING:
        return None
    planned, actual = max(node.rows_planned, 1.0), max(node.rows, 1.0)
    low = actual > planned
    factor = max(planned, actual) / min(planned, actual)
    meaningless = (stopped and not low) or (low and _reads_again(node))
    return Estimate(node.rows_planned * node.loops, node.rows * node.loops, 1.0 if meaningless else factor, low)


def _reads_again(node: Node) -> bool:
    """The inner side of a Merge Join counts the rows that it reads again for duplicates of the outer side."""
    return node.relationship == "Inner" and node.parent is not None and node.parent.kind == "Merge Join"


def _stopped_early(plan: Plan) -> list[bool]:
    """Which nodes may have been stopped before they returned all their rows, so that few rows mean nothing."""
    found = [False] * len(plan.nodes)
    for node in plan.nodes[1:]:
        above = node.parent
        assert above is not None
        inherited = found[above.id - 1] and above.kind not in _READ_ALL
        found[node.id - 1] = inherited or _stops(above, node)
    return found


def _stops(above: Node, node: Node) -> bool:
    if above.kind in ("Limit", "Merge Join"):
        return True
    if node.relationship == SUB_PLAN:
        return not node.raw.get("Subplan Name", "").startswith("hashed") and (node.rows or 0) <= 1
    if node.relationship == "Inner" and above.kind == "Nested Loop":
        return above.raw.get("Inner Unique") is True or above.raw.get("Join Type") in ("Semi", "Anti")
    return node.is_init_plan
