"""Rules on parallel plans: workers that did not come, were not worth it, had unequal work, or were not allowed."""

from __future__ import annotations

from chatly_console.explain.advice.finding import Finding, NodeRule, PlanRule, at_node, called, count, percent
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import Node, Plan

OVERHEAD_SHARE = 0.5
OVERHEAD_MS = 10.0
SKEW = 3.0
SKEWED_ROWS = 10_000
LARGE_SCAN_BLOCKS = 8 * 1024
"""64 MB: a scan that two workers would share under the default settings (8 MB, tripled for each worker)."""


def fewer_workers(figures: Figures, node: Node) -> Finding | None:
    """Workers that were planned and did not come."""
    planned, launched = node.number("Workers Planned"), node.raw.get("Workers Launched")
    if not isinstance(launched, int) or launched >= planned:
        return None
    return at_node(
        figures, node, "fewer-workers", "warn", f"{launched} of {count(planned)} planned workers ran.",
        "Raise max_parallel_workers (and max_worker_processes), or plan with fewer a statement.",
        "Others had them at this moment; another run may get all.", with_all_below=True,
    )  # fmt: skip


def gather_overhead(figures: Figures, node: Node) -> Finding | None:
    """A Gather in which starting workers and passing rows took longer than their work."""
    times = figures.timing.of(node)
    if times.self_ms < OVERHEAD_MS or times.self_ms < times.total_ms * OVERHEAD_SHARE:
        return None
    if figures.timing.share(node) < 0.1 or any("InitPlan" in child.subplan for child in node.children):
        return None
    return at_node(
        figures, node, "parallel-overhead", "info",
        f"{percent(times.self_ms / times.total_ms)} of the Gather's time went into starting workers and passing rows.",
        "set local max_parallel_workers_per_gather = 0; and compare.",
        "A first run pays for starting workers that a busy server would have at hand.",
    )  # fmt: skip


def worker_skew(figures: Figures, node: Node) -> Finding | None:
    """One worker that had most of the work."""
    workers = [worker for worker in node.raw.get("Workers") or () if isinstance(worker, dict)]
    rows = [float(w.get("Actual Rows", 0)) * float(w.get("Actual Loops", 1)) for w in workers if "Actual Rows" in w]
    whole = (node.rows or 0) * (node.loops or 0)
    if len(rows) < 2 or whole < SKEWED_ROWS:
        return None
    processes = [*rows, max(whole - sum(rows), 0.0)]
    mean = sum(processes) / len(processes)
    if max(processes) <= mean * SKEW:
        return None
    return at_node(
        figures, node, "worker-skew", "info",
        f"One process had {count(max(processes))} of {count(whole)} rows at {called(node)}.",
        "Few large partitions or index ranges are shared out badly; smaller ones spread.",
        "Skew of the data itself cannot be tuned away.",
    )  # fmt: skip


def unsafe_function(figures: Figures) -> Finding | None:
    """A large scan that no worker shared because a function in the statement may not be called in parallel plans."""
    plan = figures.plan
    writes = any(node.kind == "ModifyTable" or node.kind.startswith("Gather") for node in plan.nodes)
    if not figures.unsafe or writes or _allows_no_workers(plan):
        return None
    large = [node for node in plan.nodes if node.kind == "Seq Scan" and _blocks(figures, node) >= LARGE_SCAN_BLOCKS]
    if not large:
        return None
    node = max(large, key=figures.share)
    own = [function for function in figures.unsafe if not function.is_builtin]
    named = ", ".join(function.name for function in (own or figures.unsafe)[:3])
    fix = (
        f"alter function {own[0].name} parallel safe;" if own
        else "Call it outside of the statement that reads so much, in one of its own."
    )  # fmt: skip
    return at_node(
        figures, node, "parallel-unsafe", "info",
        f"{called(node)} was read by one process: {named} is marked PARALLEL UNSAFE, which forbids workers.",
        fix,
        "It must be true: a function that writes, uses sequences or changes settings is unsafe. A table of this size"
        " may be read by one process anyway.",
    )  # fmt: skip


def _blocks(figures: Figures, node: Node) -> float:
    """The size of what is scanned: the blocks that were touched, or where nothing was run those of the table."""
    if node.raw.get("Parallel Aware"):
        return 0.0
    facts = figures.table(node)
    touched = node.number("Shared Hit Blocks") + node.number("Shared Read Blocks")
    return touched if figures.plan.analyzed or facts is None else facts.megabytes * 1024 / 8


def _allows_no_workers(plan: Plan) -> bool:
    return "0" in (plan.settings.get(f"max_parallel_workers{of}") for of in ("", "_per_gather"))


def not_parallel(figures: Figures) -> Finding | None:
    """A large scan that no worker shared because settings forbid it."""
    if not _allows_no_workers(figures.plan):
        return None
    scans = [node for node in figures.plan.nodes if node.kind == "Seq Scan"]
    large = [node for node in scans if _blocks(figures, node) >= LARGE_SCAN_BLOCKS]
    if not large:
        return None
    node = max(large, key=figures.share)
    return at_node(
        figures, node, "parallel-off", "info",
        f"{called(node)} was read by one process: the settings allow no workers.",
        "set local max_parallel_workers_per_gather = 2;", "Workers help one statement at the cost of the others.",
    )  # fmt: skip


NODE_RULES: dict[str, tuple[NodeRule, ...]] = {
    "Gather": (fewer_workers, gather_overhead),
    "Gather Merge": (fewer_workers, gather_overhead),
    "*": (worker_skew,),
}
PLAN_RULES: tuple[PlanRule, ...] = (not_parallel, unsafe_function)
