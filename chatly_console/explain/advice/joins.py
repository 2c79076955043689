"""Rules on joins and subqueries: what is run again and again, and joins that have nothing to join by."""

from __future__ import annotations

from chatly_console.explain.advice.columns import columns_of, index_sql
from chatly_console.explain.advice.finding import Finding, NodeRule, PlanRule, at_node, called, count, percent
from chatly_console.explain.advice.scans import REMOVED_SHARE, removed
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import SUB_PLAN, Node

INNER_LOOPS = 1_000
INNER_MS = 500.0
INNER_MS_CRIT = 5_000.0
JOIN_FILTER_ROWS = 10_000
JOIN_FILTER_ROWS_CRIT = 1_000_000
SUBPLAN_LOOPS = 1_000
SUBPLAN_LOOPS_CRIT = 10_000
RESCANS = 100
RESCANS_CRIT = 10_000
RESCANNED_ROWS = 100_000
CACHE_HIT_SHARE = 0.5
CACHE_LOOKUPS = 1_000
PAIRS = 1_000_000
SIBLING_ROWS = 10_000
SIBLING_ROWS_CRIT = 1_000_000
SIBLING_RATIO = 10
_NOT_IN = ("NOT (SubPlan", "<> ALL (SubPlan", "NOT (ANY")
"""How the versions print NOT IN over a subquery that is not hashed."""


def _rows(node: Node) -> float:
    return (node.rows or 0) * (node.loops or 0)


def _scan_below(node: Node) -> Node | None:
    """The scan that feeds a side of a join, through a Hash, Sort or Materialize."""
    while node.kind in ("Hash", "Sort", "Materialize", "Memoize") and node.inputs:
        node = node.inputs[0]
    return node if node.kind.endswith("Scan") else None


def many_loops(figures: Figures, node: Node) -> Finding | None:
    """A Nested Loop whose inner side runs so often that it takes long."""
    if len(node.inputs) < 2 or not figures.plan.timed:
        return None
    inner = node.inputs[1]
    spent = figures.timing.of(inner).total_ms
    if (inner.loops or 0) < INNER_LOOPS or spent < INNER_MS:
        return None
    scan = _scan_below(inner)
    condition = scan.text("Filter") if scan is not None and scan.kind == "Seq Scan" else ""
    sql = index_sql(scan.relation, scan.text("Schema"), columns_of(condition, scan.text("Alias")).equal[:2]) if (
        scan is not None and condition) else ""  # fmt: skip
    return at_node(
        figures, inner, "nested-loop", "crit" if spent >= INNER_MS_CRIT else "warn",
        f"The inner side of the Nested Loop ({called(inner)}) ran {count(inner.loops or 0)} times.",
        sql or "See why so many rows reach the loop: with a right estimate the planner takes a hash or merge join.",
        "With an index on the inner side and few outer rows, a Nested Loop is the best there is.",
        sql=sql, with_all_below=True,
    )  # fmt: skip


def join_filter(figures: Figures, node: Node) -> Finding | None:
    """Pairs that are made and thrown away."""
    gone, share = removed(node, "Rows Removed by Join Filter")
    if gone < JOIN_FILTER_ROWS:
        return None
    return at_node(
        figures, node, "join-filter", "crit" if gone >= JOIN_FILTER_ROWS_CRIT else "warn",
        f"The join made {count(gone)} pairs that its filter removed ({percent(share)}): {node.text('Join Filter')}",
        "Join by equality where you can, or give the inner side an index on the filter's column.",
        "Joins by ranges and inequalities cannot be hashed; a GiST index on a range type may serve them.",
    )  # fmt: skip


def cartesian(figures: Figures, node: Node) -> Finding | None:
    """A Nested Loop without any condition over many pairs."""
    if len(node.inputs) < 2 or node.raw.get("Join Filter"):
        return None
    outer, inner = node.inputs
    tied = any("Cond" in key or key in ("Filter", "Cache Key") for below in inner.subtree() for key in below.raw)
    pairs = _rows(outer) * (inner.rows or 0)
    if tied or pairs < PAIRS:
        return None
    return at_node(
        figures, node, "no-join-condition", "crit",
        f"Nothing ties {called(outer)} to {called(inner)}: every row meets every row ({count(pairs)} pairs).",
        "Look for a missing join condition.", "A cross join may be meant, for a calendar or a grid.",
        with_all_below=True,
    )  # fmt: skip


def sub_plan(figures: Figures, node: Node) -> Finding | None:
    """A subquery that runs anew for each row."""
    loops = node.loops or 0
    if node.relationship != SUB_PLAN or loops < SUBPLAN_LOOPS:
        return None
    return at_node(
        figures, node, "correlated-subquery", "crit" if loops > SUBPLAN_LOOPS_CRIT else "warn",
        f"{node.subplan} ran {count(loops)} times, once for each row above.",
        "Write it as a join, as a lateral join, or aggregate once and join the result.",
        "Where each run is an index look-up, a rewrite wins little.", with_all_below=True,
    )  # fmt: skip


def unhashed_not_in(figures: Figures, node: Node) -> Finding | None:
    """NOT IN over a subquery that is searched for every row."""
    text = node.raw.get("Filter")
    if (
        not isinstance(text, str)
        or "SubPlan" not in text
        or "hashed" in text
        or not any(words in text for words in _NOT_IN)
    ):
        return None
    if (node.rows or 0) * (node.loops or 0) + removed(node)[0] < SUBPLAN_LOOPS:
        return None
    return at_node(
        figures, node, "not-in", "warn", f"NOT IN is searched row by row at {called(node)}.",
        "Write it as NOT EXISTS, which is planned as an anti join.",
        "NOT EXISTS differs where the subquery has NULLs: NOT IN then returns nothing at all.", with_all_below=True,
    )  # fmt: skip


def rescans(figures: Figures, node: Node) -> Finding | None:
    """A materialized side that is read from the start again and again."""
    loops = node.loops or 0
    if loops < RESCANS or _rows(node) < RESCANNED_ROWS:
        return None
    return at_node(
        figures, node, "rescans", "crit" if loops > RESCANS_CRIT else "warn",
        f"{count(node.rows or 0)} rows are read again {count(loops)} times ({count(_rows(node))} in all).",
        "Give the join something to hash or an index to look into.",
        "Joins by inequality leave the planner no other way.", with_all_below=True,
    )  # fmt: skip


def poor_cache(figures: Figures, node: Node) -> Finding | None:
    """A Memoize that seldom finds what it kept."""
    hits, misses, evictions = (node.number(f"Cache {name}") for name in ("Hits", "Misses", "Evictions"))
    if hits + misses < CACHE_LOOKUPS or (hits >= (hits + misses) * CACHE_HIT_SHARE and not evictions):
        return None
    thrown = f", {count(evictions)} were thrown out" if evictions else ""
    return at_node(
        figures, node, "memoize", "info",
        f"Memoize found {count(hits)} of {count(hits + misses)} in its cache{thrown}.",
        "Raise work_mem or hash_mem_multiplier for this statement." if evictions
        else "Better statistics of the join's column (n_distinct) keep the planner from caching in vain.",
        "A miss costs little more than no cache at all.", with_all_below=True,
    )  # fmt: skip


def tiny_sibling(figures: Figures, node: Node) -> Finding | None:
    """A whole table read for a join with a few rows."""
    if len(node.inputs) < 2:
        return None
    sides = [(_scan_below(side), side) for side in node.inputs]
    for (scan, side), (_, other) in (sides, sides[::-1]):
        if scan is None or scan.kind != "Seq Scan" or scan.loops != 1 or removed(scan)[1] >= REMOVED_SHARE:
            continue  # where a filter removes most rows, an index for the filter is what helps
        rows, few = _rows(scan) + removed(scan)[0], _rows(other)
        if rows < SIBLING_ROWS or few * SIBLING_RATIO >= rows or _rows(node) * SIBLING_RATIO >= rows:
            continue
        columns = columns_of(node.text("Hash Cond") or node.text("Merge Cond"), scan.text("Alias")).equal
        sql = index_sql(scan.relation, scan.text("Schema"), columns[:1])
        return at_node(
            figures, side, "scan-for-few", "crit" if rows > SIBLING_ROWS_CRIT else "warn",
            f"{called(scan)} is read whole ({count(rows)} rows) for {count(few)} rows of the other side.",
            sql or "An index on the joined column lets the few rows be looked up.",
            "If the few rows match much of the table, reading it whole is right.", sql=sql, with_all_below=True,
        )  # fmt: skip
    return None


NODE_RULES: dict[str, tuple[NodeRule, ...]] = {
    "Nested Loop": (many_loops, join_filter, cartesian),
    "Hash Join": (join_filter, tiny_sibling),
    "Merge Join": (join_filter, tiny_sibling),
    "Materialize": (rescans,),
    "Memoize": (poor_cache,),
    "*": (sub_plan, unhashed_not_in),
}
PLAN_RULES: tuple[PlanRule, ...] = ()
