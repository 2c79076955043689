"""Rules on I/O: what was read from disk, what a SELECT wrote, and what WAL was made of."""

from __future__ import annotations

from chatly_console.explain.advice.columns import table_of
from chatly_console.explain.advice.finding import Finding, NodeRule, PlanRule, at_node, called, count, of_plan, percent
from chatly_console.explain.blocks import READ_TIMES
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import Node

IO_SHARE = 0.5
READ_SHARE = 0.5
READ_BLOCKS = 1_000
DIRTIED_BLOCKS = 1_000
FULL_PAGE_SHARE = 0.2
WAL_RECORDS = 1_000
WIDE_BYTES = 2_000
WIDE_ROWS = 10_000


def io_heavy(figures: Figures) -> Finding | None:
    """A statement that mostly waited for the disk."""
    root = figures.plan.root
    processes = max(times.participants for times in figures.timing.nodes)
    waited = sum(root.number(key) for key in READ_TIMES) / processes
    if not figures.timing.whole_ms or waited < figures.timing.whole_ms * IO_SHARE:
        return None
    return of_plan(
        figures, "io-heavy", "warn", waited,
        f"{percent(min(waited / figures.timing.whole_ms, 1.0))} of the time was spent waiting for reads.",
        "Run it again: what is in memory then is the usual case. If it stays, read fewer blocks.",
        "A cold cache after a restart says nothing about the statement.",
    )  # fmt: skip


def cache_poor(figures: Figures, node: Node) -> Finding | None:
    """A node whose blocks were mostly not in memory."""
    if not node.kind.endswith("Scan") or "Shared Read Blocks" not in node.raw:
        return None
    read = figures.exclusive.of("Shared Read Blocks")[node.id - 1]
    hit = figures.exclusive.of("Shared Hit Blocks")[node.id - 1]
    if read < READ_BLOCKS or read < (read + hit) * READ_SHARE:
        return None
    return at_node(
        figures, node, "cache-poor", "info",
        f"{count(read)} of {count(read + hit)} blocks of {called(node)} were not in shared buffers.",
        "Run it again; if it stays so, the table is larger than shared_buffers or seldom used.",
        "The operating system may have had them: without I/O timing nobody knows.",
    )  # fmt: skip


def dirtied_by_select(figures: Figures) -> Finding | None:
    """A statement that only reads, and yet changed blocks: hint bits, and pruning."""
    plan = figures.plan
    dirtied = plan.root.number("Shared Dirtied Blocks")
    if dirtied < DIRTIED_BLOCKS or any(node.kind == "ModifyTable" for node in plan.nodes):
        return None
    names = ", ".join(dict.fromkeys(table_of(node) for node in plan.nodes if node.relation)) or "the tables"
    return of_plan(
        figures, "dirtied-by-reading", "info", None,
        f"Reading changed {count(dirtied)} blocks: it marked rows that were written lately.",
        f"vacuum {names};", "It happens once after a load; the next run does not pay for it.",
    )  # fmt: skip


def full_page_images(figures: Figures) -> Finding | None:
    """WAL that is mostly whole pages."""
    records, images = figures.plan.root.number("WAL Records"), figures.plan.root.number("WAL FPI")
    if records < WAL_RECORDS or images < records * FULL_PAGE_SHARE:
        return None
    return of_plan(
        figures, "full-page-images", "info", None,
        f"{count(images)} of {count(records)} WAL records carry a whole page.",
        "Let checkpoints be further apart (max_wal_size), or turn on wal_compression.",
        "Right after a checkpoint every first write of a page does so.",
    )  # fmt: skip


def wide_rows(figures: Figures, node: Node) -> Finding | None:
    """Many rows that are wide."""
    rows = (node.rows or 0) * (node.loops or 0)
    if node.number("Plan Width") < WIDE_BYTES or rows < WIDE_ROWS or not node.kind.endswith("Scan"):
        return None
    return at_node(
        figures, node, "wide-rows", "info",
        f"{called(node)} hands on {count(rows)} rows of about {count(node.number('Plan Width'))} bytes.",
        "Select only the columns that are needed; join the wide ones at the end.",
        "The width is an estimate; values out of line (TOAST) are fetched only when they are used.",
    )  # fmt: skip


NODE_RULES: dict[str, tuple[NodeRule, ...]] = {"*": (cache_poor, wide_rows)}
PLAN_RULES: tuple[PlanRule, ...] = (io_heavy, dirtied_by_select, full_page_images)
