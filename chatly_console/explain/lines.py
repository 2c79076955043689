"""The lines of the drawn plan: one a node, with its figures in columns and its place in the tree."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatly_console.explain.analysis import Analysis
from chatly_console.explain.figures import ESTIMATE_BANDS, SHARE_BANDS
from chatly_console.explain.plan import Node
from chatly_console.explain.titles import method_of, target_of

QUIET_SHARE = 0.02
"""A subtree in which no node has this share of its own may be folded at first."""
KEPT_OPEN = 40
"""Plans with no more nodes are never folded."""

_AFTER = "ran on after the main plan"
_CONDITIONS = (
    ("Index Cond", ""), ("Hash Cond", ""), ("Merge Cond", ""), ("Recheck Cond", "recheck "),
    ("Join Filter", "filter "), ("Filter", "filter "), ("One-Time Filter", "once "), ("Sort Key", "by "),
    ("Group Key", "by "), ("Cache Key", "by "), ("TID Cond", ""), ("Order By", "by "), ("Function Call", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A node on one line. Bands are 0 to 3: how loudly its share, and its estimate, speak."""

    node: Node
    branch: str
    """The lines that join it to its parent: `│ └ `."""
    method: str
    target: str
    note: str
    """Its condition, sort key, or what else tells it from its like."""
    is_hot: bool
    """Whether it is on the way from the root to the slowest node."""
    is_hottest: bool
    share_band: int
    estimate_band: int
    folded: int
    """How many nodes below it are hidden."""
    heading: str
    """`CTE x`, `InitPlan 1`, `SubPlan 2`, or empty."""


def band(value: float, bands: tuple[float, ...]) -> int:
    """How many of the thresholds `value` has reached."""
    return sum(value >= threshold for threshold in bands)


def quiet_subtrees(analysis: Analysis) -> set[int]:
    """The nodes that are folded at first: below them nothing takes time, in a plan too large to be seen at once."""
    plan = analysis.plan
    if len(plan.nodes) <= KEPT_OPEN:
        return set()
    loudest = [analysis.share(node) for node in plan.nodes]
    for node in reversed(plan.nodes):
        if node.parent is not None:
            above = node.parent.id - 1
            loudest[above] = max(loudest[above], loudest[node.id - 1])
    hot = {node.id for node in analysis.hottest}
    return {
        node.id
        for node in plan.nodes
        if node.children
        and node.id not in hot
        and max((loudest[child.id - 1] for child in node.children), default=0.0) < QUIET_SHARE
    }


def plan_lines(analysis: Analysis, folded: Iterable[int] = (), *, step: int = 2) -> list[PlanLine]:
    """The lines of the tree in its order, without what is below the nodes in `folded`; `step` cells a level."""
    corner, fork, bar, blank = (mark[:step] for mark in ("└ ", "├ ", "│ ", "  "))
    hidden = set(folded)
    hot = {node.id for node in analysis.hottest}
    hottest = analysis.hottest[-1].id
    lines: list[PlanLine] = []
    stack: list[tuple[Node, str, str]] = [(analysis.plan.root, "", "")]
    while stack:
        node, branch, below = stack.pop()
        is_folded = node.id in hidden and bool(node.children)
        size = sum(1 for _ in node.subtree()) - 1 if is_folded else 0
        lines.append(_line(analysis, node, branch, hot, hottest, size))
        if not is_folded:
            last = len(node.children) - 1
            children = [
                (child, below + (corner if at == last else fork), below + (blank if at == last else bar))
                for at, child in enumerate(node.children)
            ]
            stack.extend(reversed(children))
    return lines


def _line(analysis: Analysis, node: Node, branch: str, hot: set[int], hottest: int, folded: int) -> PlanLine:
    estimate = analysis.estimate(node)
    return PlanLine(
        node,
        branch,
        method_of(node.raw),
        target_of(node.raw),
        f"{_AFTER}  {note_of(node)}".rstrip() if node.cte and node.id in analysis.timing.after_main else note_of(node),
        node.id in hot,
        node.id == hottest,
        band(analysis.share(node), SHARE_BANDS),
        band(estimate.factor, ESTIMATE_BANDS) if estimate is not None and estimate.is_off else 0,
        folded,
        node.subplan,
    )


def note_of(node: Node) -> str:
    """What tells a node from others of its method, in one piece: its condition or its key."""
    parts = []
    for key, words in _CONDITIONS:
        text = node.text(key)
        if text:
            parts.append(words + _without_outer_brackets(text))
    return "  ".join(parts)


def _without_outer_brackets(text: str) -> str:
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and at < len(text) - 1:
            return text
    return text[1:-1]
