"""Rules on memory: sorts, hashes and aggregates that did not fit into it, and sorts that an index would spare."""

from __future__ import annotations

import re

from chatly_console.explain.advice.columns import index_sql
from chatly_console.explain.advice.finding import Finding, NodeRule, PlanRule, at_node, called, count
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import Node

BATCHES_CRIT = 8
MEMORY_OVER_DISK = 3
"""Rows take two to three times as much memory as on disk."""
TOP_N_ROWS = 10_000
TEMP_BLOCKS = 1_000
_PLAIN_KEY = re.compile(
    r'(?:(?P<alias>"(?:[^"]|"")+"|\w+)\.)?(?:"(?:[^"]|"")+"|\w+)(?: (?:ASC|DESC|NULLS|FIRST|LAST|COLLATE).*)?$'
)
_WORK_MEM_DOUBT = (
    "work_mem is granted to every sort and hash of every session: raise it for this statement or role, not for all."
)


def _work_mem(kilobytes: float) -> str:
    megabytes = max(int(kilobytes * MEMORY_OVER_DISK / 1024) + 1, 8)
    return f"set local work_mem = '{megabytes}MB';"


def sort_on_disk(figures: Figures, node: Node) -> Finding | None:
    """A sort that went to disk."""
    kilobytes = node.number("Sort Space Used") if node.text("Sort Space Type") == "Disk" else 0.0
    for worker in node.raw.get("Workers") or ():
        if isinstance(worker, dict) and worker.get("Sort Space Type") == "Disk":
            kilobytes = max(kilobytes, float(worker.get("Sort Space Used", 0)))
    if not kilobytes:
        return None
    return at_node(
        figures, node, "sort-on-disk", "warn",
        f"Sort by {node.text('Sort Key')} needed {count(kilobytes)} kB on disk.", _work_mem(kilobytes),
        f"An index in this order spares the sort. {_WORK_MEM_DOUBT}",
    )  # fmt: skip


def hash_batches(figures: Figures, node: Node) -> Finding | None:
    """A hash table that was cut into batches."""
    batches, original = node.number("Hash Batches"), node.number("Original Hash Batches")
    if batches <= 1:
        return None
    grew = f" (planned were {count(original)}: the estimate was wrong)" if original and original != batches else ""
    return at_node(
        figures, node, "hash-batches", "crit" if batches > BATCHES_CRIT else "warn",
        f"The hash of {called(node.inputs[0]) if node.inputs else 'a join'} took {count(batches)} batches{grew}.",
        _work_mem(node.number("Peak Memory Usage") * batches / MEMORY_OVER_DISK), _WORK_MEM_DOUBT,
        with_all_below=False,
    )  # fmt: skip


def aggregate_spilled(figures: Figures, node: Node) -> Finding | None:
    """A HashAggregate that went to disk."""
    kilobytes = node.number("Disk Usage")
    if not kilobytes and node.number("HashAgg Batches") <= 1:
        return None
    return at_node(
        figures, node, "aggregate-spilled", "warn",
        f"{count((node.rows or 0) * (node.loops or 0))} groups did not fit into memory: {count(kilobytes)} kB on disk.",
        "set local hash_mem_multiplier = 4;",
        f"If the groups were estimated wrongly, statistics on their columns come first. {_WORK_MEM_DOUBT}",
    )  # fmt: skip


def other_temporary_files(figures: Figures, node: Node) -> Finding | None:
    """Temporary blocks that no sort, hash or aggregate explains."""
    if node.kind in ("Sort", "Hash", "Aggregate", "Hash Join", "Incremental Sort") or not node.raw.get(
        "Temp Written Blocks"
    ):
        return None
    written = figures.exclusive.of("Temp Written Blocks")[node.id - 1]
    if written < TEMP_BLOCKS:
        return None
    return at_node(
        figures, node, "temporary-files", "info", f"{called(node)} wrote {count(written)} temporary blocks.",
        "set local work_mem = '64MB';", _WORK_MEM_DOUBT,
    )  # fmt: skip


def sort_for_limit(figures: Figures, node: Node) -> Finding | None:
    """All rows of a table read and sorted for the first few."""
    keys = node.raw.get("Sort Key")
    if node.text("Sort Method") != "top-N heapsort" or not node.inputs or not isinstance(keys, list):
        return None
    below = node.inputs[0]
    rows = (below.rows or 0) * (below.loops or 0)
    scan = _sorted_table(below, str(keys[0])) if rows >= TOP_N_ROWS else None
    if scan is None:
        return None
    plain = tuple(str(key).removeprefix(f"{scan.text('Alias')}.") for key in keys)
    sql = index_sql(scan.relation, scan.text("Schema"), plain) if scan is below and scan.kind == "Seq Scan" else ""
    return at_node(
        figures, node, "sort-for-limit", "warn",
        f"{count(rows)} rows were sorted by {node.text('Sort Key')} for the first {count(node.rows or 0)}.",
        sql or f"An index on {scan.relation} in this order, led by what is compared by equality, spares the sort.",
        "A filter that few rows pass is quicker by its own index, with the sort.", sql=sql, with_all_below=True,
    )  # fmt: skip


def _sorted_table(below: Node, key: str) -> Node | None:
    """The scan of the table whose plain column is sorted by; None for what no index of a table can have in order."""
    column = _PLAIN_KEY.match(key)
    if column is None:
        return None
    tables = [node for node in below.subtree() if node.relation]
    if column["alias"]:
        return next((node for node in tables if node.text("Alias") == column["alias"].strip('"')), None)
    return below if below.relation else None


NODE_RULES: dict[str, tuple[NodeRule, ...]] = {
    "Sort": (sort_on_disk, sort_for_limit),
    "Hash": (hash_batches,),
    "Aggregate": (aggregate_spilled,),
    "*": (other_temporary_files,),
}
PLAN_RULES: tuple[PlanRule, ...] = ()
