"""The flame graph of a plan: a row a level, each node as wide as its time with all below it."""

from dataclasses import dataclass

from chatly_console.explain.analysis import Analysis
from chatly_console.explain.plan import Node


@dataclass(frozen=True, slots=True)
class Block:
    """A node in the graph: from cell `start` on, `width` cells wide (at least one), on row `row`."""

    node: Node
    row: int
    start: int
    width: int
    share: float
    """Its part of the whole plan, with all below."""


def weights(analysis: Analysis) -> list[float]:
    """The share of each node with all below it, by its id: sums of own shares, so that they fit into each other."""
    nodes = analysis.plan.nodes
    found = [analysis.share(node) for node in nodes]
    for node in reversed(nodes):
        if node.parent is not None:
            found[node.parent.id - 1] += found[node.id - 1]
    return found


def blocks(analysis: Analysis, top: Node, width: int) -> list[Block]:
    """The graph from `top` down in `width` cells; what is narrower than a cell is left out."""
    weight = weights(analysis)
    found = [Block(top, 0, 0, width, weight[top.id - 1])]
    whole = weight[top.id - 1]
    if whole <= 0:
        return found
    stack: list[tuple[Node, int, float]] = [(top, 0, 0.0)]
    while stack:
        node, row, left = stack.pop()
        for child in sorted(node.children, key=lambda one: one.is_init_plan):
            part = weight[child.id - 1]
            start, end = round(left / whole * width), round((left + part) / whole * width)
            if end > start:
                found.append(Block(child, row + 1, start, end - start, part))
                stack.append((child, row + 1, left))
            left += part
    return sorted(found, key=lambda block: (block.row, block.start))
