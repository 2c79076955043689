"""Two plans of one statement side by side: which nodes are the same, and what became of their time, rows and blocks."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from chatly_console.explain.analysis import Analysis
from chatly_console.explain.plan import JOINS, Node, Plan
from chatly_console.explain.titles import method_of, target_of

NOTABLE = 1.2
"""The factor from which a figure is said to have changed: below, two runs of one plan differ as much."""
NOTABLE_MS = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """A node of either plan, or of both. Times are milliseconds of its own, None where that plan has none."""

    before: Node | None
    after: Node | None
    before_ms: float | None
    after_ms: float | None
    before_rows: float | None
    after_rows: float | None
    before_blocks: float
    after_blocks: float
    before_cost: float | None = None
    after_cost: float | None = None
    """Of the node's own, in the planner's units."""

    @property
    def node(self) -> Node:
        """The node as it is after, or was before where it is gone."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def kind(self) -> str:
        """`same`, `new`, `gone`, or `method` where another method does its work."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        same = method_of(self.before.raw) == method_of(self.after.raw) and self.before.index == self.after.index
        return "same" if same else "method"

    @property
    def method_before(self) -> str:
        """How it was done before, where that has changed."""
        if self.kind != "method" or self.before is None:
            return ""
        index = f" using {self.before.index}" if self.before.index else ""
        return method_of(self.before.raw) + index

    @property
    def is_faster(self) -> bool | None:
        """Whether it takes notably less time of its own, or (False) more; None where it is about the same."""
        if self.before_ms is None or self.after_ms is None or abs(self.before_ms - self.after_ms) < NOTABLE_MS:
            return None
        low, high = sorted((self.before_ms, self.after_ms))
        return self.after_ms < self.before_ms if high > low * NOTABLE else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans, before and after, and the changes in the order of the tree after; what is gone comes last."""

    before: Analysis
    after: Analysis
    changes: tuple[Change, ...]
    words: str = ""
    """What the two are, or how they were come by; empty where nothing is known of it."""

    @property
    def timed(self) -> bool:
        """Whether there are times to compare; else there are costs."""
        return self.before.plan.timed and self.after.plan.timed

    @property
    def same_shape(self) -> bool:
        """Whether only figures differ."""
        return all(change.kind == "same" for change in self.changes)


def compare(before: Analysis, after: Analysis, words: str = "") -> Comparison:
    """Match the nodes of two plans, and put their figures side by side; `words` say what the two are."""
    pairs = _matched(before.plan, after.plan)
    old = {id(node): partner for node, partner in pairs.items()}
    changes = [_change(before, after, old.get(id(node)), node) for node in after.plan.nodes]
    kept = {id(partner) for partner in pairs.values()}
    changes += [_change(before, after, node, None) for node in before.plan.nodes if id(node) not in kept]
    return Comparison(before, after, tuple(changes), words)


def _change(before: Analysis, after: Analysis, old: Node | None, new: Node | None) -> Change:
    return Change(
        old, new,
        _own(before, old), _own(after, new),
        _rows(old), _rows(new),
        before.blocks(old) if old is not None else 0.0,
        after.blocks(new) if new is not None else 0.0,
        None if old is None else before.costs[old.id - 1][1],
        None if new is None else after.costs[new.id - 1][1],
    )  # fmt: skip


def _own(analysis: Analysis, node: Node | None) -> float | None:
    return None if node is None or node.total_ms is None else analysis.timing.of(node).self_ms


def _rows(node: Node | None) -> float | None:
    if node is None:
        return None
    return node.rows_planned if node.rows is None else node.rows * (node.loops or 0)


def _matched(before: Plan, after: Plan) -> dict[Node, Node]:
    """The partner before of each node after: by what they read first, then by what they do with it."""
    found: dict[Node, Node] = {}
    taken: set[int] = set()
    old_names, new_names = _names_below(before), _names_below(after)
    for key in (_exactly, _by_family, _by_contents):
        waiting: dict[object, list[Node]] = defaultdict(list)
        for node in reversed(before.nodes):
            if node.id not in taken:
                waiting[key(node, old_names[node.id - 1])].append(node)
        for node in after.nodes:
            candidates = waiting.get(key(node, new_names[node.id - 1]))
            if node not in found and candidates:
                partner = candidates.pop()
                found[node] = partner
                taken.add(partner.id)
    return found


def _exactly(node: Node, names: frozenset[str]) -> object:
    return node.kind, target_of(node.raw), node.subplan, names


def _by_family(node: Node, names: frozenset[str]) -> object:
    return _family(node), node.relation, node.text("Alias"), names


def _by_contents(node: Node, names: frozenset[str]) -> object:
    """Only what is neither a scan nor empty-handed: a join of the same tables in another way."""
    if node.kind in JOINS:
        return "join", names
    return _family(node), len(names), node.depth, node.id if not names else 0


def _family(node: Node) -> str:
    if node.kind in JOINS:
        return "join"
    if node.kind == "Bitmap Index Scan":
        return "bitmap"
    if node.kind.endswith("Scan"):
        return "scan"
    return {"Incremental Sort": "Sort", "Gather Merge": "Gather", "Group": "Aggregate"}.get(node.kind, node.kind)


def _names_below(plan: Plan) -> list[frozenset[str]]:
    """What each node and those below it read, by their aliases."""
    found: list[set[str]] = [set() for _ in plan.nodes]
    for node in reversed(plan.nodes):
        alias = node.text("Alias") or node.relation
        if alias:
            found[node.id - 1].add(alias)
        if node.parent is not None:
            found[node.parent.id - 1] |= found[node.id - 1]
    return [frozenset(names) for names in found]


def summary(comparison: Comparison) -> Iterator[tuple[str, float, float]]:
    """Name, before and after of what sums a plan up: `execution ms`, `planning ms`, `blocks`, `rows`."""
    before, after = comparison.before, comparison.after
    if comparison.timed:
        yield "execution ms", before.timing.whole_ms, after.timing.whole_ms
    else:
        yield "cost", before.costs[0][0], after.costs[0][0]
    if before.plan.planning_ms is not None and after.plan.planning_ms is not None:
        yield "planning ms", before.plan.planning_ms, after.plan.planning_ms
    touched = [sum(a.plan.root.number(f"Shared {kind} Blocks") for kind in ("Hit", "Read")) for a in (before, after)]
    if any(touched):
        yield "blocks", touched[0], touched[1]
    rows = [a.plan.root.rows for a in (before, after)]
    if rows[0] is not None and rows[1] is not None:
        yield "rows", rows[0], rows[1]
