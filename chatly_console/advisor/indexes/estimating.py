"""Costs by formula, where the planner cannot be asked: a B-tree scan from its own row estimate; sizes of indexes."""

from collections.abc import Iterator, Sequence

from chatly_console.advisor.indexes.candidate import Candidate, plain_key
from chatly_console.advisor.indexes.tried import Looked
from chatly_console.explain.plan import Node, Plan

_RANDOM_PAGE, _ROW = 4.0, 0.015
"""The planner's own defaults: a page read at random, and a row with its index entry."""
_ENTRIES = 300
"""Entries on a page of an index."""
_ENTRY_BYTES = 16.0
_FILLED = 0.9


def can_estimate(candidate: Candidate) -> bool:
    """Whether the formula holds for it."""
    return candidate.method == "btree" and not candidate.opclass and not candidate.has_expression


def estimated_cost(looked: Looked, chosen: Sequence[Candidate]) -> tuple[float, frozenset[str]]:
    """The statement's cost with these indexes, each scan by the best of them, and the names of those that serve it."""
    whole = looked.run.plan.root.number("Total Cost")
    saved: dict[int, tuple[float, frozenset[str]]] = {}
    for ways in _ways(looked, chosen):
        for node in ways[0][0].nodes[:1]:
            won = _won([own for own, _ in ways], looked.run.plan)
            if won > saved.get(node.id, (0.0, frozenset()))[0]:
                saved[node.id] = (won, frozenset(name for _, name in ways))
    used = frozenset(name for _, names in saved.values() for name in names)
    return max(whole - sum(won for won, _ in saved.values()), 0.01), used


def _ways(looked: Looked, chosen: Sequence[Candidate]) -> Iterator[list[tuple[Candidate, str]]]:
    """What of the statement's own wishes the chosen indexes fulfil: one by one, and all arms of an OR together."""
    arms: dict[tuple[int, int], dict[int, tuple[Candidate, str]]] = {}
    for own in looked.candidates:
        name = next((one.name for one in chosen if can_estimate(one) and one.serves_as(own)), "")
        if not name or not own.nodes:
            continue
        if own.arm is None:
            yield [(own, name)]
            continue
        found = arms.setdefault((own.nodes[0].id, own.arm[1]), {})
        found.setdefault(own.arm[0], (own, name))
        if len(found) == own.arm[1]:
            yield list(found.values())


def _won(wishes: Sequence[Candidate], plan: Plan) -> float:
    """What B-tree scans in the place of the nodes win: two pages down, the leaves, at worst a page for each row."""
    first = wishes[0]
    replaced = scans = 0.0
    for node in first.nodes:
        loops = (
            max(node.parent.inputs[0].rows_planned or 1.0, 1.0) if node.relationship == "Inner" and node.parent else 1.0
        )
        replaced += node.number("Total Cost") * loops
        scans += sum(_scan_cost(wish, node, len(first.nodes)) for wish in wishes) * loops
    sort = sum(
        above.number("Total Cost") - above.number("Startup Cost")
        for above in first.nodes[0].ancestors()
        if above.kind == "Sort"
    )
    return min(replaced + sort, plan.root.number("Total Cost")) - scans


def _scan_cost(candidate: Candidate, node: Node, parts: int) -> float:
    planned = max((node.rows_planned or 1.0) * _processes(node), 1.0)
    rows = max(planned, candidate.looked_up / parts)
    limit = next((above for above in node.ancestors() if above.kind == "Limit"), None)
    if candidate.stops and limit is not None and limit.rows_planned is not None:
        matching = candidate.looked_up / parts or planned
        rows = min(rows, limit.rows_planned * max(matching / planned, 1.0))
    elif candidate.stops and limit is None:
        rows = 1.0  # the least or the greatest value
    pages = 2 + rows / _ENTRIES + (0 if candidate.include else min(rows, candidate.table.pages))
    return _RANDOM_PAGE * pages + _ROW * rows


def _processes(node: Node) -> float:
    """By how much the estimate of a parallel scan has to be taken: it is that of one of its processes."""
    gather = next((above for above in node.ancestors() if above.kind.startswith("Gather")), None)
    if gather is None or not node.raw.get("Parallel Aware"):
        return 1.0
    workers = gather.number("Workers Planned")
    return workers + max(1 - 0.3 * workers, 0.0)


def estimated_megabytes(candidate: Candidate) -> float | None:
    """The size of a B-tree on these columns; None for other methods and expressions. Ignores what equal keys share."""
    if not can_estimate(candidate):
        return None
    table = candidate.table
    columns = [plain_key(key) for key in (*candidate.keys, *candidate.include)]
    width = _ENTRY_BYTES + sum(table.column(name).width for name in columns)
    kept = sum(node.rows_planned or 0.0 for node in candidate.nodes) if candidate.where else 0.0
    rows = min(table.rows, max(kept, candidate.looked_up)) if kept else table.rows
    return rows * width / _FILLED / 1024 / 1024
