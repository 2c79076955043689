"""Rules on scans: rows read for nothing, the wrong index, an index without its table's visibility."""

from __future__ import annotations

from chatly_console.explain.advice.columns import columns_of, index_sql, sides_of, table_of
from chatly_console.explain.advice.finding import Finding, NodeRule, PlanRule, at_node, called, count, percent
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import Node

REMOVED_ROWS = 10_000
REMOVED_ROWS_CRIT = 100_000
REMOVED_SHARE = 0.5
INDEX_REMOVED_ROWS = 1_000
INDEX_REMOVED_SHARE = 0.5
INDEX_REMOVED_SHARE_CRIT = 0.95
HEAP_FETCHES = 1_000
HEAP_FETCH_SHARE = 0.1
LOSSY_SHARE = 0.5
LOSSY_SHARE_CRIT = 0.9
RECHECK_SHARE = 0.5
RECHECK_ROWS = 1_000
RANDOM_ROWS = 10_000
RANDOM_BLOCKS = 1_000
RANDOM_READ_SHARE = 0.5
SEARCHES_PER_LOOP = 10
SEARCHES = 1_000


def removed(node: Node, key: str = "Rows Removed by Filter") -> tuple[float, float]:
    """Rows that a filter removed, over all loops, and their part of those that it saw."""
    loops = node.loops or 0.0
    gone, kept = node.number(key) * loops, (node.rows or 0.0) * loops
    return gone, gone / (gone + kept) if gone else 0.0


def seq_scan_filter(figures: Figures, node: Node) -> Finding | None:
    """A Seq Scan that throws most of its rows away."""
    gone, share = removed(node)
    if gone < REMOVED_ROWS or share < REMOVED_SHARE:
        return None
    condition, alias = node.text("Filter"), node.text("Alias")
    found = columns_of(condition, alias).for_index
    keys = (found,) if found else sides_of(condition, alias)
    sql = "\n".join(index_sql(node.relation, node.text("Schema"), columns) for columns in keys)
    return at_node(
        figures, node, "seq-scan-filter", "crit" if gone > REMOVED_ROWS_CRIT else "warn",
        f"Seq Scan on {called(node)} removed {count(gone)} of {count(gone + (node.rows or 0) * (node.loops or 0))} rows"
        f" ({percent(share)}).",
        sql or f"Make an index on {called(node)} for this condition: {node.text('Filter')}",
        "Where most rows are kept for other values, or the table fits in a few blocks, the planner is right to read it "
        "all; every index costs each write.",
        sql=sql,
    )  # fmt: skip


def index_filter(figures: Figures, node: Node) -> Finding | None:
    """An index that finds far more rows than its filter keeps."""
    gone, share = removed(node)
    if gone < INDEX_REMOVED_ROWS or share < INDEX_REMOVED_SHARE:
        return None
    searched = columns_of(node.text("Index Cond"), node.text("Alias")).for_index
    filtered = columns_of(node.text("Filter"), node.text("Alias")).for_index
    columns = tuple(dict.fromkeys((*searched, *filtered)))[:3]
    # an index that has none of the filter's columns would find the same rows, for the filter to remove
    sql = index_sql(node.relation, node.text("Schema"), columns) if filtered else ""
    return at_node(
        figures, node, "index-filter", "crit" if share > INDEX_REMOVED_SHARE_CRIT else "warn",
        f"The index {node.index or 'scan'} finds {count(gone)} rows that the filter then removes ({percent(share)}).",
        sql or f"Find an index that answers the filter, or make this one partial: {node.text('Filter')}",
        "A wider index is larger, and slower to write; a rare statement may not be worth it.",
        sql=sql,
    )  # fmt: skip


def heap_fetches(figures: Figures, node: Node) -> Finding | None:
    """An Index Only Scan that has to look into the table after all."""
    fetches, rows = node.number("Heap Fetches"), (node.rows or 0) * (node.loops or 0)
    if fetches <= HEAP_FETCHES or fetches <= rows * HEAP_FETCH_SHARE:
        return None
    return at_node(
        figures, node, "heap-fetches", "warn",
        f"Index Only Scan on {called(node)} had to visit the table {count(fetches)} times for {count(rows)} rows.",
        f"vacuum (analyze) {table_of(node)};",
        "A long transaction keeps vacuum from doing its work, and a table that changes all the time stays so.",
        sql=f"vacuum (analyze) {table_of(node)};",
    )  # fmt: skip


def lossy_bitmap(figures: Figures, node: Node) -> Finding | None:
    """A bitmap too large for work_mem, which remembers pages in the place of rows."""
    lossy, exact = node.number("Lossy Heap Blocks"), node.number("Exact Heap Blocks")
    share = lossy / (lossy + exact) if lossy else 0.0
    if share < LOSSY_SHARE:
        return None
    return at_node(
        figures, node, "lossy-bitmap", "crit" if share > LOSSY_SHARE_CRIT else "warn",
        f"{count(lossy)} of {count(lossy + exact)} blocks of the bitmap are lossy: each row in them is checked again.",
        "Raise work_mem for this statement (set local work_mem = '64MB').",
        "work_mem is granted to every sort and hash of every session: raise it where it is needed, not everywhere.",
    )  # fmt: skip


def index_recheck(figures: Figures, node: Node) -> Finding | None:
    """An index that names candidates, most of which are none; not because the bitmap is lossy."""
    gone, share = removed(node, "Rows Removed by Index Recheck")
    if gone < RECHECK_ROWS or share < RECHECK_SHARE or node.number("Lossy Heap Blocks"):
        return None
    return at_node(
        figures, node, "index-recheck", "warn",
        f"{percent(share)} of the rows that the index named did not fit the condition ({count(gone)} rows).",
        "Look at the index's operator class: longer search words for pg_trgm, jsonb_path_ops for @>.",
        "GIN and GiST indexes are lossy by design; some rechecks always remain.",
    )  # fmt: skip


def random_reads(figures: Figures, node: Node) -> Finding | None:
    """An index scan over many rows that are strewn over the table."""
    rows = (node.rows or 0) * (node.loops or 0)
    read, hit = node.number("Shared Read Blocks"), node.number("Shared Hit Blocks")
    if rows < RANDOM_ROWS or read < RANDOM_BLOCKS or read < (read + hit) * RANDOM_READ_SHARE:
        return None
    return at_node(
        figures, node, "random-reads", "warn",
        f"Index scan on {called(node)}: {count(rows)} rows from {count(read)} blocks that were not in memory.",
        "A covering index (INCLUDE) spares the table; BRIN or CLUSTER help where rows are read in their order.",
        "A second run may find the blocks in memory: measure again before you change anything.",
    )  # fmt: skip


def many_searches(figures: Figures, node: Node) -> Finding | None:
    """A scan that descends into its index again and again: the leading column is skipped, or a list is long."""
    searches, loops = node.number("Index Searches"), node.loops or 1.0
    if searches < SEARCHES or searches <= loops * SEARCHES_PER_LOOP:
        return None
    return at_node(
        figures, node, "many-index-searches", "warn",
        f"{node.index} was searched {count(searches)} times in {count(loops)} loops.",
        "Put the column that is compared by equality first in the index.",
        "A long IN list needs a search for each of its values whatever the index.",
    )  # fmt: skip


NODE_RULES: dict[str, tuple[NodeRule, ...]] = {
    "Seq Scan": (seq_scan_filter,),
    "Index Scan": (index_filter, random_reads, many_searches, index_recheck),
    "Index Only Scan": (index_filter, heap_fetches, many_searches),
    "Bitmap Heap Scan": (index_filter, lossy_bitmap, index_recheck),
    "Bitmap Index Scan": (many_searches,),
}
PLAN_RULES: tuple[PlanRule, ...] = ()
