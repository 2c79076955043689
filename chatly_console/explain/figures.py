"""A plan with the figures that follow from it: times, shares, estimates, blocks, costs, and the hottest path."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from chatly_console.explain.blocks import READ_TIMES, WRITE_TIMES, Exclusive
from chatly_console.explain.estimates import Estimate, estimates_of
from chatly_console.explain.plan import DISABLED_COST, Node, Plan
from chatly_console.explain.tables import TableFacts, UnsafeFunction
from chatly_console.explain.timing import Timing, time_plan

SHARE_BANDS = (0.10, 0.50, 0.90)
ESTIMATE_BANDS = (10.0, 100.0, 1000.0)
"""From where a share of the time, or an estimate's factor, is marked once, twice, three times (depesz's bands)."""


class Figures:
    """What is known of a plan. Made in a thread for large plans; reading it is quick."""

    def __init__(
        self,
        plan: Plan,
        tables: Mapping[tuple[str, str], TableFacts] | None = None,
        unsafe: Sequence[UnsafeFunction] = (),
    ) -> None:
        self.plan = plan
        self.tables = tables or {}
        """What the server's statistics say of the tables, by schema and name; empty for a plan that was pasted."""
        self.unsafe = unsafe
        """The functions in the plan that keep it from being parallel; empty for a plan that was pasted."""
        self.timing: Timing = time_plan(plan)
        self.estimates = estimates_of(plan)
        self.exclusive = Exclusive(plan)

    def table(self, node: Node) -> TableFacts | None:
        """What is known of the node's table; a plan without VERBOSE does not say its schema."""
        found = self.tables.get((node.text("Schema"), node.relation))
        return found or next((facts for (_, name), facts in self.tables.items() if name == node.relation), None)

    def share(self, node: Node) -> float:
        """The node's own part of the whole, from 0 to 1: of the time, or of the cost where nothing was run."""
        if self.plan.timed:
            return self.timing.share(node)
        whole = self.costs[0][0]
        return min(self.costs[node.id - 1][1] / whole, 1.0) if whole > 0 else 0.0

    def estimate(self, node: Node) -> Estimate | None:
        """Rows estimated against real ones, where that can be judged."""
        return self.estimates[node.id - 1]

    def blocks(self, node: Node) -> float:
        """Shared, local and temporary blocks that the node itself touched."""
        return self.exclusive.of(
            "Shared Hit Blocks", "Shared Read Blocks", "Local Hit Blocks", "Local Read Blocks", "Temp Read Blocks",
            "Temp Written Blocks",
        )[node.id - 1]  # fmt: skip

    def io_ms(self, node: Node) -> float:
        """Milliseconds that the node itself waited for reads and writes, over all processes."""
        return self.exclusive.of(*READ_TIMES, *WRITE_TIMES)[node.id - 1]

    @cached_property
    def costs(self) -> list[tuple[float, float]]:
        """The total cost of each node and its own part, by id; without the penalty for what was switched off."""
        totals = [node.number("Total Cost") % DISABLED_COST for node in self.plan.nodes]
        own = list(totals)
        for node in self.plan.nodes[1:]:
            assert node.parent is not None
            loops = node.parent.inputs[0].number("Plan Rows") if _is_repeated(node) else 1.0
            own[node.parent.id - 1] -= totals[node.id - 1] * max(loops, 1.0)
        return [(total, max(alone, 0.0)) for total, alone in zip(totals, own, strict=True)]

    @cached_property
    def hottest(self) -> tuple[Node, ...]:
        """From the root to the node with the most time (or cost) of its own."""
        top = max(self.plan.nodes, key=self.share)
        return (*reversed(list(top.ancestors())), top)


def _is_repeated(node: Node) -> bool:
    return node.relationship == "Inner" and node.parent is not None and node.parent.kind == "Nested Loop"
