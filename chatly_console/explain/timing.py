"""Where the time went: total and own time of every node, with loops, workers, CTEs and InitPlans taken into account.

`work` is `Actual Total Time x Actual Loops`: milliseconds summed over all processes. `participants` is how many
processes ran the part of the plan below the nearest Gather: the loops of its child through its own (not the workers
launched plus one: the leader may not take part). A node's own time is its work without that of its children and of
what was computed for it elsewhere (a CTE for its scans, an InitPlan for the node that reads it), divided by the
participants; rounding never makes it negative. The own times add up to the root's total, plus what a data-modifying
CTE still did after the main plan had ended.
"""

from dataclasses import dataclass

from chatly_console.explain.plan import Node, Plan
from chatly_console.explain.sharing import Charge, charges_of

_GATHERS = ("Gather", "Gather Merge")


@dataclass(frozen=True, slots=True)
class NodeTime:
    """The times of one node in milliseconds. All are 0 where it was never executed or not timed."""

    total_ms: float
    """Elapsed, with all below it: of the process that took part, not summed over processes."""
    self_ms: float
    """Elapsed in the node itself; these add up."""
    work_ms: float
    """Summed over all processes, with all below it."""
    participants: float
    """How many processes ran the part of the plan in which it stands."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of a plan; `nodes` by the id of the node, from 1."""

    nodes: tuple[NodeTime, ...]
    whole_ms: float
    """What shares are taken of: the execution, or the root where that is longer or all that is known."""
    after_main_ms: float
    """What data-modifying CTEs did after the main plan had ended; it is in no total of the main plan."""
    after_main: frozenset[int]
    """The ids of the nodes in these CTEs."""

    def of(self, node: Node) -> NodeTime:
        """The times of this node."""
        return self.nodes[node.id - 1]

    def share(self, node: Node) -> float:
        """Its own time as a part of the whole, from 0 to 1."""
        return min(self.of(node).self_ms / self.whole_ms, 1.0) if self.whole_ms else 0.0


def time_plan(plan: Plan) -> Timing:
    """The times of every node; also of a plan that was not timed, where all are 0."""
    work = [(node.total_ms or 0.0) * (node.loops or 0.0) for node in plan.nodes]
    participants = _participants(plan)
    charges = charges_of(plan, work, participants)
    spent = [0.0] * len(work)
    for node in plan.nodes:
        if node.parent is not None and not node.is_init_plan:
            above = node.parent.id - 1
            spent[above] += work[node.id - 1] * participants[above] / participants[node.id - 1]
    _charge(charges, spent, participants)
    times = tuple(
        NodeTime(
            total_ms=work[at] / _processes(node, participants[at]),
            self_ms=max((work[at] - spent[at]) / participants[at], 0.0),
            work_ms=work[at],
            participants=participants[at],
        )
        for at, node in enumerate(plan.nodes)
    )
    after = [charge for charge in charges if charge.left > 0 and _modifies(charge.source)]
    whole = max(plan.execution_ms or 0.0, work[0] / participants[0])
    return Timing(
        times, whole, sum(charge.left for charge in after), frozenset(n.id for c in after for n in c.source.subtree())
    )


def _charge(charges: list[Charge], spent: list[float], participants: list[float]) -> None:
    for charge in charges:
        for reader, amount in charge.parts:
            at = reader.id - 1
            spent[at] += amount * participants[at]


def _participants(plan: Plan) -> list[float]:
    found = [1.0] * len(plan.nodes)
    for node in plan.nodes[1:]:
        assert node.parent is not None
        above = found[node.parent.id - 1]
        if node.parent.kind in _GATHERS and not node.is_init_plan:
            loops, of_gather = node.loops or 0.0, node.parent.loops or 0.0
            found[node.id - 1] = max(loops / of_gather, 1.0) if of_gather else 1.0
        else:
            found[node.id - 1] = 1.0 if node.is_init_plan and node.loops == 1 else above
    return found


def _processes(node: Node, participants: float) -> float:
    return max(min(participants, node.loops or 1.0), 1.0)


def _modifies(node: Node) -> bool:
    return node.kind == "ModifyTable" or any(below.kind == "ModifyTable" for below in node.subtree())
