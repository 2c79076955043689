"""Whose time an InitPlan or a CTE is in: it is computed inside the nodes that read it, wherever it is printed."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from chatly_console.explain.plan import Node, Plan

_RETURNS = re.compile(r"InitPlan (\d+) \(returns (.*)\)$")
_NUMBERED = re.compile(r"InitPlan (\d+)")
_READ = re.compile(r"\(InitPlan (\d+)\)|\$(\d+)")
_ROUNDING = 0.9
"""A reader must have taken at least this part of what it is charged: times are rounded per loop."""
EXPRESSIONS = (
    "Params Evaluated", "One-Time Filter", "Index Cond", "Recheck Cond", "Filter", "TID Cond", "Hash Cond",
    "Merge Cond", "Join Filter", "Order By", "Function Call", "Sort Key", "Group Key", "Cache Key", "Run Condition",
    "Output",
)  # fmt: skip
"""The keys of a node that hold expressions."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What was computed for other nodes: elapsed milliseconds (or blocks) for each, and what was left over."""

    source: Node
    parts: tuple[tuple[Node, float], ...]
    left: float


def charges_of(plan: Plan, work: list[float], participants: list[float]) -> list[Charge]:
    """The charges of all InitPlans and CTEs; `work` is any figure that a node holds with all below it, by id."""
    found = []
    sources = [node for node in plan.nodes if node.is_init_plan and not node.never_executed]
    if not sources:
        return []
    readers = _parameter_readers(plan) if any(not node.cte for node in sources) else {}
    scans = _cte_scans(plan)
    for source in sources:
        at = source.id - 1
        amount = work[at] / participants[at]
        if source.cte:
            found.append(_spread(source, amount, scans.get(source.id, []), work, participants))
        else:
            found.append(Charge(source, ((_first_reader(source, readers, work, participants), amount),), 0.0))
    return found


def _spread(source: Node, amount: float, scans: list[Node], work: list[float], participants: list[float]) -> Charge:
    """Share a CTE out among its scans by the time of each; more than all of theirs was spent after them."""
    times = [work[scan.id - 1] / participants[scan.id - 1] for scan in scans]
    whole = sum(times)
    inside = min(amount, whole)
    parts = tuple((scan, inside * time / whole) for scan, time in zip(scans, times, strict=True)) if whole else ()
    return Charge(source, parts, amount - inside if whole else amount)


def cte_sources(plan: Plan) -> dict[int, Node]:
    """The top node of the CTE that each CTE Scan reads, by the id of the scan."""
    by_id = {node.id: node for node in plan.nodes if node.cte}
    return {scan.id: by_id[source] for source, scans in _cte_scans(plan).items() for scan in scans} if by_id else {}


def _cte_scans(plan: Plan) -> dict[int, list[Node]]:
    """The scans of each CTE, by the id of its top node: a name means the nearest one above that defines it."""
    found: dict[int, list[Node]] = defaultdict(list)
    for scan in plan.nodes:
        if scan.kind == "CTE Scan":
            source = _definition(scan, scan.text("CTE Name"))
            if source is not None:
                found[source.id].append(scan)
    return found


def _definition(scan: Node, name: str) -> Node | None:
    own = next((child for child in scan.children if child.cte == name), None)
    if own is not None:
        return own
    below = scan
    for above in scan.ancestors():
        found = next((child for child in above.children if child.cte == name and child is not below), None)
        if found is not None:
            return found
        below = above
    return None


def _parameter_readers(plan: Plan) -> dict[str, list[Node]]:
    """The nodes whose expressions name each InitPlan: by `InitPlan 1` (17 and later) and by `$0` (before)."""
    found: dict[str, list[Node]] = defaultdict(list)
    for node in plan.nodes:
        for key in EXPRESSIONS:
            value = node.raw.get(key)
            if value is None:
                continue
            text = value if isinstance(value, str) else str(value)
            if "$" in text or "(InitPlan" in text:
                for by_number, by_parameter in set(_READ.findall(text)):
                    name = f"InitPlan {by_number}" if by_number else f"${by_parameter}"
                    if node not in found[name]:
                        found[name].append(node)
    return found


def _first_reader(source: Node, readers: dict[str, list[Node]], work: list[float], participants: list[float]) -> Node:
    """The node that waited for the InitPlan's value: who reads it, or the Gather that had to know it for its workers.

    Text plans without VERBOSE do not show what is selected; then it is the one below the InitPlan's place that had
    the time for it.
    """
    top = source.parent
    assert top is not None
    inside = {node.id for node in source.subtree()}
    asked = {node.id for name in _names(source.subplan) for node in readers.get(name, ())}
    needed = work[source.id - 1] / participants[source.id - 1] * _ROUNDING
    in_turn = [node for node in _as_they_run(top) if node.id not in inside]
    for node in in_turn:
        if node.id in asked and not node.never_executed:
            for able in (node, *node.ancestors()):
                if _own(able, work, participants) >= needed:
                    return able
                if able is top:
                    break
    places = [node for node in in_turn if not node.never_executed] or [top]
    return next(
        (node for node in (top, *places) if _own(node, work, participants) >= needed),
        max(places, key=lambda node: _own(node, work, participants)),
    )


def _own(node: Node, work: list[float], participants: list[float]) -> float:
    """Elapsed in the node, with what was computed for it."""
    below = sum(work[child.id - 1] / participants[child.id - 1] for child in node.children if not child.is_init_plan)
    return work[node.id - 1] / participants[node.id - 1] - below


def _as_they_run(top: Node) -> Iterator[Node]:
    """A subtree from below: what is read below has come before what stands above."""
    order: list[Node] = []
    stack = [top]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(node.children)
    return reversed(order)


def _names(subplan: str) -> set[str]:
    returned = _RETURNS.match(subplan)
    if returned:
        return {part.strip() for part in returned[2].split(",")}
    numbered = _NUMBERED.match(subplan)
    return {numbered[0]} if numbered else set()
