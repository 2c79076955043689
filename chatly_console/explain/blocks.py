"""Blocks and I/O times of a node alone: EXPLAIN counts them for all loops and workers, with all nodes below."""

from chatly_console.explain.plan import Plan
from chatly_console.explain.sharing import charges_of

BLOCKS = tuple(
    f"{area} {kind} Blocks"
    for area in ("Shared", "Local", "Temp")
    for kind in ("Hit", "Read", "Dirtied", "Written")
    if area != "Temp" or kind in ("Read", "Written")
)
READ_TIMES = ("Shared I/O Read Time", "Local I/O Read Time", "Temp I/O Read Time", "I/O Read Time")
WRITE_TIMES = ("Shared I/O Write Time", "Local I/O Write Time", "Temp I/O Write Time", "I/O Write Time")
"""As versions 17 and later, 15 and later (Temp), and those before spell them; milliseconds over all processes."""


class Exclusive:
    """Figures of each node alone, worked out for a key when it is first asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found: dict[tuple[str, ...], list[float]] = {}

    def of(self, *keys: str) -> list[float]:
        """The sum of these keys for every node alone, by its id from 1."""
        if keys not in self._found:
            self._found[keys] = self._work_out(keys)
        return self._found[keys]

    def _work_out(self, keys: tuple[str, ...]) -> list[float]:
        nodes = self._plan.nodes
        whole = [sum(node.number(key) for key in keys) for node in nodes]
        alone = list(whole)
        for node in nodes[1:]:
            if not node.is_init_plan:
                assert node.parent is not None
                alone[node.parent.id - 1] -= whole[node.id - 1]
        for charge in charges_of(self._plan, whole, [1.0] * len(nodes)):
            for reader, amount in charge.parts:
                alone[reader.id - 1] -= amount
        return [max(amount, 0.0) for amount in alone]
