"""Costs by formula, where the planner cannot be asked: a B-tree scan from its own row estimate; sizes of indexes."""

from collections.abc import Sequence

from chatly_console.advisor.candidate import Candidate, plain_key
from chatly_console.advisor.tried import Looked
from chatly_console.explain.plan import Plan

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
    """The statement's cost with these indexes, each node by the best of them, and the names of those that serve it."""
    whole = looked.run.plan.root.number("Total Cost")
    saved: dict[int, tuple[float, str]] = {}
    for index in chosen:
        if not can_estimate(index):
            continue
        for own in looked.candidates:
            if own.node is not None and index.serves_as(own):
                won = whole - _cost_with(own, looked.run.plan)
                if won > saved.get(own.node.id, (0.0, ""))[0]:
                    saved[own.node.id] = (won, index.name)
    return max(whole - sum(won for won, _ in saved.values()), 0.01), frozenset(name for _, name in saved.values())


def _cost_with(candidate: Candidate, plan: Plan) -> float:
    """The cost with a B-tree scan in the node's place: two pages down, the leaves, at worst a page for each row."""
    node = candidate.node
    assert node is not None
    per_loop = node.rows_planned or 1.0
    limit = next((above for above in node.ancestors() if above.kind == "Limit"), None)
    if limit is not None and limit.rows_planned is not None and candidate.keys[-1] not in node.text("Filter"):
        per_loop = min(per_loop, limit.rows_planned)
    pages = 2 + per_loop / _ENTRIES + (0 if candidate.include else min(per_loop, candidate.table.pages))
    scan = _RANDOM_PAGE * pages + _ROW * per_loop
    loops = max(node.parent.inputs[0].rows_planned or 1.0, 1.0) if node.relationship == "Inner" and node.parent else 1.0
    whole, own = plan.root.number("Total Cost"), node.number("Total Cost")
    sort = sum(
        above.number("Total Cost") - above.number("Startup Cost") for above in node.ancestors() if above.kind == "Sort"
    )
    return max(whole - own * loops - sort, 0.0) + scan * loops


def estimated_megabytes(candidate: Candidate) -> float | None:
    """The size of a B-tree on these columns; None for other methods and expressions. Ignores what equal keys share."""
    if not can_estimate(candidate):
        return None
    table = candidate.table
    columns = [plain_key(key) for key in (*candidate.keys, *candidate.include)]
    width = _ENTRY_BYTES + sum(table.column(name).width for name in columns)
    kept = candidate.node.rows_planned if candidate.where and candidate.node is not None else None
    rows = min(table.rows, kept) if kept else table.rows
    return rows * width / _FILLED / 1024 / 1024
