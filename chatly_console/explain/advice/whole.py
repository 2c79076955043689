"""Rules on the whole statement: JIT, planning, triggers, output, paging, partitions, and time that is missing."""

from __future__ import annotations

from typing import Any

from chatly_console.explain.advice.columns import quoted
from chatly_console.explain.advice.finding import Finding, NodeRule, PlanRule, at_node, count, of_plan, percent
from chatly_console.explain.advice.scans import removed
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import DISABLED_COST, Node

JIT_SHARE, JIT_MS = 0.1, 20.0
PLANNING_MS, PLANNING_BLOCKS = 10.0, 1_000
TRIGGER_SHARE = 0.2
SERIALIZATION_SHARE = 0.3
OFFSET_RATIO, OFFSET_ROWS = 10, 1_000
UNIQUE_REMOVED_SHARE, UNIQUE_ROWS = 0.9, 10_000
PARTITIONS = 8
GAP_SHARE, GAP_MS = 0.2, 5.0
FENCE_SHARE, FENCE_ROWS = 0.9, 10_000
LOCK_SHARE = 0.5
MEASURING_NS = 60.0
"""Two readings of a quick clock, about 30 ns each; slow clocks take twenty times as long."""
MEASURING_SHARE, MEASURING_MS = 0.3, 5.0


def jit_ms(figures: Figures) -> float:
    """What compiling took; it is also in the times of the nodes."""
    timing = figures.plan.section("JIT").get("Timing")
    total: Any = timing.get("Total", 0) if isinstance(timing, dict) else 0
    return float(total) if isinstance(total, int | float) else 0.0


def jit(figures: Figures) -> Finding | None:
    """Compiling that took a good part of the time."""
    spent = jit_ms(figures)
    if spent < JIT_MS or spent < figures.timing.whole_ms * JIT_SHARE:
        return None
    return of_plan(
        figures, "jit", "warn", spent, f"Compiling expressions (JIT) took {spent:,.0f} ms.",
        "set local jit = off; or raise jit_above_cost.",
        "Statements that run for many seconds may win more by it than they pay.",
    )  # fmt: skip


def planning(figures: Figures) -> Finding | None:
    """Planning that took longer than running."""
    spent = figures.plan.planning_ms or 0.0
    section = figures.plan.section("Planning")
    blocks = float(section.get("Shared Hit Blocks", 0)) + float(section.get("Shared Read Blocks", 0))
    slow = figures.plan.timed and spent > PLANNING_MS and spent > figures.timing.whole_ms
    if not slow and blocks <= PLANNING_BLOCKS:
        return None
    return of_plan(
        figures, "planning", "info", spent if slow else None,
        f"Planning took {spent:,.1f} ms" + (f" and read {count(blocks)} blocks of the catalogue." if blocks else "."),
        "Prepare the statement if it is run often; see whether all partitions and joins are needed.",
        "The first plan of a session fills its caches and is always slow.",
    )  # fmt: skip


def triggers(figures: Figures) -> Finding | None:
    """Triggers, foreign keys among them, that took a good part of the time."""
    found = figures.plan.triggers
    spent = sum(trigger.ms for trigger in found)
    if not found or spent < figures.timing.whole_ms * TRIGGER_SHARE:
        return None
    worst = max(found, key=lambda trigger: trigger.ms)
    name = worst.constraint or worst.name
    fix = (
        f"Make an index on the referencing columns of {name}." if worst.constraint
        else f"Look into the function of trigger {name}; a statement-level trigger may do."
    )  # fmt: skip
    doubt = (
        "With the index there, the check itself costs about so much a row." if worst.constraint
        else "What it does may be needed for every row; the first call of a session also compiles its function."
    )  # fmt: skip
    return of_plan(
        figures, "triggers", "warn", spent,
        f"Trigger {name} took {worst.ms:,.1f} ms in {count(worst.calls)} calls; all triggers {spent:,.1f} ms.",
        fix, doubt,
    )  # fmt: skip


def serialization(figures: Figures) -> Finding | None:
    """Making the output, which takes longer than one thinks."""
    section = figures.plan.section("Serialization")
    spent = float(section.get("Time", 0) or 0)
    if not spent or spent < figures.timing.whole_ms * SERIALIZATION_SHARE:
        return None
    return of_plan(
        figures, "serialization", "warn", spent,
        f"Making {count(float(section.get('Output Volume', 0)))} kB of output took {spent:,.1f} ms.",
        "Select fewer or narrower columns; what is out of line (TOAST) has to be fetched for it.",
        "Whoever needs all of it has to pay for it.",
    )  # fmt: skip


def large_offset(figures: Figures, node: Node) -> Finding | None:
    """Rows that are read to be skipped."""
    below = node.inputs[0] if node.inputs else None
    if below is None:
        return None
    read, returned = (below.rows or 0) * (below.loops or 0), (node.rows or 0) * (node.loops or 0)
    if read < OFFSET_ROWS or read < returned * OFFSET_RATIO or not returned:
        return None
    return at_node(
        figures, node, "large-offset", "warn", f"{count(read)} rows were read to return {count(returned)}.",
        "Page by key: where (sort columns) > (last seen) order by ... limit n.",
        "Jumping to any page by number is not possible that way.", with_all_below=True,
    )  # fmt: skip


def late_unique(figures: Figures, node: Node) -> Finding | None:
    """Duplicates that a join made and DISTINCT has to remove."""
    if not node.inputs or node.raw.get("Partial Mode") in ("Partial", "Finalize"):
        return None
    if node.kind == "Aggregate" and any("(" in str(part) for part in node.raw.get("Output") or ["("]):
        return None
    below = node.inputs[0]
    before, after = (below.rows or 0) * (below.loops or 0), (node.rows or 0) * (node.loops or 0)
    if before < UNIQUE_ROWS or after > before * (1 - UNIQUE_REMOVED_SHARE):
        return None
    return at_node(
        figures, node, "late-distinct", "info",
        f"{count(before)} rows were made to keep {count(after)} distinct ones.",
        "Use EXISTS in the place of a join whose columns are not selected.",
        "DISTINCT over a plain column has to see all its rows.", with_all_below=True,
    )  # fmt: skip


def late_having(figures: Figures, node: Node) -> Finding | None:
    """Groups made and thrown away by a condition on what they are grouped by."""
    condition, gone = node.text("Filter"), removed(node)[0]
    keys = [str(key) for key in node.raw.get("Group Key") or ()]
    if gone < UNIQUE_ROWS / 10 or not any(key in condition for key in keys) or "(" in condition.strip("()"):
        return None
    return at_node(
        figures, node, "late-having", "info", f"{count(gone)} groups were made and then removed: {condition}",
        "Put the condition on the grouped column into WHERE.", "Conditions on an aggregate must stay in HAVING.",
    )  # fmt: skip


def not_pruned(figures: Figures, node: Node) -> Finding | None:
    """Many partitions read, few with rows."""
    parts = [child for child in node.inputs if not child.never_executed]
    empty = [child for child in parts if not child.rows]
    if len(parts) <= PARTITIONS or len(empty) < len(parts) - 2:
        return None
    return at_node(
        figures, node, "not-pruned", "warn", f"{len(parts)} parts were read, {len(empty)} of them for nothing.",
        "Compare the partition key itself, without a cast or function, with a constant or parameter.",
        "Parts that are not partitions (UNION ALL) cannot be pruned by a key.", with_all_below=True,
    )  # fmt: skip


def fence(figures: Figures, node: Node) -> Finding | None:
    """A CTE computed whole, most of which its only reader throws away."""
    gone, share = removed(node)
    if gone < FENCE_ROWS or share < FENCE_SHARE:
        return None
    name = node.text("CTE Name")
    readers = [scan for scan in figures.plan.nodes if scan.kind == "CTE Scan" and scan.text("CTE Name") == name]
    if len(readers) != 1:
        return None
    return at_node(
        figures, node, "cte-fence", "warn",
        f"CTE {name} was computed whole; its only reader kept {percent(1 - share)}.",
        f"with {quoted(name)} as not materialized (...), or put the condition inside.",
        "A CTE with volatile functions or that writes must be computed whole.", with_all_below=True,
    )  # fmt: skip


def waits_for_rows(figures: Figures, node: Node) -> Finding | None:
    """Locking rows that took most of the time."""
    if figures.timing.share(node) < LOCK_SHARE:
        return None
    return at_node(
        figures, node, "row-locks", "warn", "Most of the time went into locking rows: others had locked them.",
        "See who holds them (Triage, blocking); FOR UPDATE SKIP LOCKED serves queues.",
        "With many rows, locking alone writes each of them.",
    )  # fmt: skip


def unexplained(figures: Figures) -> Finding | None:
    """Time between the root and the end of the execution that nothing accounts for."""
    plan, timing = figures.plan, figures.timing
    if plan.execution_ms is None or not plan.timed:
        return None
    known = timing.of(plan.root).total_ms + sum(trigger.ms for trigger in plan.triggers) + timing.after_main_ms
    serialized = float(plan.section("Serialization").get("Time", 0) or 0)
    gap = plan.execution_ms - known - serialized - jit_ms(figures)
    if gap < GAP_MS or gap < plan.execution_ms * GAP_SHARE:
        return None
    return of_plan(
        figures, "unexplained", "info", gap, f"{gap:,.1f} ms passed outside of the plan's nodes.",
        "Look at what starts and ends the statement: many partitions, locks, temporary files to remove.",
        "Starting and ending workers is in it too.",
    )  # fmt: skip


def switched_off(figures: Figures) -> Finding | None:
    """A plan that settings have bent."""
    off = [name for name, value in figures.plan.settings.items() if name.startswith("enable_") and value == "off"]
    disabled = [node for node in figures.plan.nodes if node.raw.get("Disabled") is True or _is_penalised(node)]
    if not off and not disabled:
        return None
    what = ", ".join(off) or "a method that it needs"
    return of_plan(
        figures, "switched-off", "info", None, f"This is not the natural plan: {what} is switched off.",
        f"reset {off[0]};" if off else "reset the enable_... settings.",
        "It may be switched off on purpose, to compare.",
    )  # fmt: skip


def measuring(figures: Figures) -> Finding | None:
    """Measuring itself: two readings of the clock for every row that a node returns."""
    plan = figures.plan
    if not plan.timed:
        return None
    calls = sum(((node.rows or 0) + 1) * (node.loops or 0) for node in plan.nodes)
    processes = max(times.participants for times in figures.timing.nodes)
    spent = calls * MEASURING_NS / 1e6 / processes
    if spent < MEASURING_MS or spent < figures.timing.whole_ms * MEASURING_SHARE:
        return None
    return of_plan(
        figures, "measuring", "info", None,
        f"Rows were handed on {count(calls)} times; reading the clock for that took about {spent:,.0f} ms by itself.",
        "Compare with TIMING OFF (o, options): rows and buffers stay, and the execution time is closer to the truth.",
        "It depends on the machine's clock: pg_test_timing measures it.",
    )  # fmt: skip


def _is_penalised(node: Node) -> bool:
    below = [child.number("Startup Cost") for child in node.children]
    return node.number("Startup Cost") >= DISABLED_COST > max(below, default=0.0)


NODE_RULES: dict[str, tuple[NodeRule, ...]] = {
    "Limit": (large_offset,),
    "Unique": (late_unique,),
    "Aggregate": (late_unique, late_having),
    **dict.fromkeys(("Append", "Merge Append"), (not_pruned,)),
    "CTE Scan": (fence,),
    "LockRows": (waits_for_rows,),
}
PLAN_RULES: tuple[PlanRule, ...] = (jit, planning, triggers, serialization, unexplained, switched_off, measuring)
