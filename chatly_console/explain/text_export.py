"""Writes a plan as EXPLAIN (FORMAT TEXT) does, whatever form it was read from."""

from collections.abc import Iterator, Mapping
from typing import Any

from chatly_console.explain.plan import Node, Plan
from chatly_console.explain.titles import text_title

_HEAD = {
    "Node Type", "Parent Relationship", "Subplan Name", "Strategy", "Partial Mode", "Join Type", "Scan Direction",
    "Operation", "Command", "Relation Name", "Schema", "Alias", "Index Name", "CTE Name", "Function Name",
    "Table Function Name", "Tuplestore Name", "Custom Plan Provider", "Parallel Aware", "Async Capable", "Startup Cost",
    "Total Cost", "Plan Rows", "Plan Width", "Actual Startup Time", "Actual Total Time", "Actual Rows", "Actual Loops",
    "Workers", "Sort Method", "Sort Space Used", "Sort Space Type", "Grouping Sets", "Sampling Method",
    "Sampling Parameters", "Exact Heap Blocks", "Lossy Heap Blocks", "Full-sort Groups", "Pre-sorted Groups",
    "Original Hash Buckets", "Original Hash Batches", "WAL Records", "WAL FPI", "WAL Bytes", "WAL Buffers Full",
    "Maximum Storage", "Storage", "Hash Buckets", "Hash Batches", "Planned Partitions", "HashAgg Batches", "Cache Hits",
    "Cache Misses", "Cache Evictions", "Cache Overflows", "Peak Memory Usage", "Disk Usage",
}  # fmt: skip
"""Keys that have a form of their own in the text."""
_TOGETHER = (
    ("Buckets", "Hash Buckets", ""), ("Planned Partitions", "Planned Partitions", ""), ("Batches", "Hash Batches", ""),
    ("Batches", "HashAgg Batches", ""), ("Hits", "Cache Hits", ""), ("Misses", "Cache Misses", ""),
    ("Evictions", "Cache Evictions", ""), ("Overflows", "Cache Overflows", ""),
    ("Memory Usage", "Peak Memory Usage", "kB"), ("Disk Usage", "Disk Usage", "kB"),
)  # fmt: skip
"""What stands on one line, by its name there, its key, and its unit."""
_ALWAYS = {"Heap Fetches", "Workers Launched", "Workers Planned", "Subplans Removed"}
"""Counters that are said also where they are 0."""


def as_text(plan: Plan) -> str:
    """The plan in text form, with times and counters as they were read."""
    lines: list[str] = []
    columns: dict[int, int] = {}
    for node in plan.nodes:
        column = 0 if node.parent is None else columns[node.parent.id] + (2 if node.parent.parent is None else 6)
        if node.subplan:
            lines.append(" " * column + node.subplan)
            column += 2
        columns[node.id] = column
        arrow = "" if node.parent is None else "->  "
        lines.append(f"{' ' * column}{arrow}{text_title(node.raw)}{_figures(node.raw)}")
        inside = " " * (column + (2 if node.parent is None else 6))
        lines += [inside + line for line in _details(node)]
    return "\n".join([*lines, *_summary(plan)]) + "\n"


def _figures(raw: Mapping[str, Any]) -> str:
    words = ""
    if "Total Cost" in raw and "Startup Cost" in raw:
        words += (
            f"  (cost={raw['Startup Cost']:.2f}..{raw['Total Cost']:.2f} rows={raw.get('Plan Rows', 0)}"
            f" width={raw.get('Plan Width', 0)})"
        )
    return words + (" " if words else "  ") * ("Actual Loops" in raw) + _actual(raw)


def _actual(raw: Mapping[str, Any], *, brackets: bool = True) -> str:
    if "Actual Loops" not in raw:
        return ""
    if raw["Actual Loops"] == 0:
        return "(never executed)"
    time = (
        f" time={raw['Actual Startup Time']:.3f}..{raw['Actual Total Time']:.3f}" if "Actual Total Time" in raw else ""
    )
    rows = raw["Actual Rows"]
    shown = f"{rows:.2f}" if isinstance(rows, float) else str(rows)
    words = f"actual{time} rows={shown} loops={raw['Actual Loops']}"
    return f"({words})" if brackets else words


def _details(node: Node) -> Iterator[str]:
    raw = node.raw
    for key, value in raw.items():
        if key in _HEAD or key.endswith((" Blocks", "I/O Read Time", "I/O Write Time")) or isinstance(value, Mapping):
            continue
        if isinstance(value, list):
            yield f"{key}: {', '.join(str(part) for part in value)}"
        elif isinstance(value, bool):
            if value:
                yield f"{key}: true"
        elif value or key in _ALWAYS:
            yield f"{key}: {value}"
    yield from _composed(raw)
    for worker in raw.get("Workers") or ():
        if isinstance(worker, Mapping):
            yield from _worker(worker)


def _composed(raw: Mapping[str, Any]) -> Iterator[str]:
    """The lines that hold several keys."""
    if "Sort Method" in raw:
        yield f"Sort Method: {raw['Sort Method']}  {raw.get('Sort Space Type', '')}: {raw.get('Sort Space Used', 0)}kB"
    heap = [
        f"{name}={raw[f'{name.title()} Heap Blocks']}"
        for name in ("exact", "lossy")
        if raw.get(f"{name.title()} Heap Blocks")
    ]
    if heap:
        yield f"Heap Blocks: {' '.join(heap)}"
    for grouping in raw.get("Grouping Sets") or ():
        for name, sets in grouping.items():
            for columns in sets:
                yield f"{name.removesuffix('s')}: {', '.join(columns) or '()'}"
    if "Sampling Method" in raw:
        yield f"Sampling: {raw['Sampling Method']} ({', '.join(raw.get('Sampling Parameters') or ())})"
    for kind in ("Full-sort", "Pre-sorted"):
        if isinstance(raw.get(f"{kind} Groups"), Mapping):
            yield _groups(kind, raw[f"{kind} Groups"])
    together = [f"{name}: {raw[key]}{_originally(raw, key)}{unit}" for name, key, unit in _TOGETHER if key in raw]
    if together:
        yield "  ".join(together)
    if "Storage" in raw:
        yield f"Storage: {raw['Storage']}  Maximum Storage: {raw.get('Maximum Storage', 0)}kB"
    yield from buffers_lines(raw)


def _originally(raw: Mapping[str, Any], key: str) -> str:
    before = raw.get(f"Original {key}", raw[key])
    return f" (originally {before})" if before != raw[key] else ""


def _groups(kind: str, groups: Mapping[str, Any]) -> str:
    """How an Incremental Sort sorted its groups."""
    words = (
        f"{kind} Groups: {groups.get('Group Count', 0)}  Sort Method: {', '.join(groups.get('Sort Methods Used', ()))}"
    )
    for area in ("Memory", "Disk"):
        space = groups.get(f"Sort Space {area}")
        if isinstance(space, Mapping):
            average, peak = space.get("Average Sort Space Used", 0), space.get("Peak Sort Space Used", 0)
            words += f"  Average {area}: {average}kB  Peak {area}: {peak}kB"
    return words


def buffers_lines(raw: Mapping[str, Any]) -> Iterator[str]:
    """`Buffers: shared hit=3 read=1, temp read=2`, and the same for I/O timings and WAL; nothing of what is 0."""
    areas = []
    for area in ("shared", "local", "temp"):
        kinds = ("hit", "read", "dirtied", "written")
        parts = [f"{kind}={raw[key]}" for kind in kinds if raw.get(key := f"{area.title()} {kind.title()} Blocks")]
        if parts:
            areas.append(f"{area} {' '.join(parts)}")
    if areas:
        yield f"Buffers: {', '.join(areas)}"
    timings = []
    for area in ("Shared ", "Local ", "Temp ", ""):
        parts = [
            f"{kind.lower()}={raw[key]:.3f}" for kind in ("Read", "Write") if raw.get(key := f"{area}I/O {kind} Time")
        ]
        if parts:
            timings.append(f"{area.lower()}{' '.join(parts)}")
    if timings:
        yield f"I/O Timings: {', '.join(timings)}"
    wal = [f"{name}={raw[key]}" for name, key in _WAL if raw.get(key)]
    if wal:
        yield f"WAL: {' '.join(wal)}"


_WAL = (("records", "WAL Records"), ("fpi", "WAL FPI"), ("bytes", "WAL Bytes"), ("buffers full", "WAL Buffers Full"))


def _worker(worker: Mapping[str, Any]) -> Iterator[str]:
    name = f"Worker {worker.get('Worker Number', 0)}:  "
    if "Actual Loops" in worker:
        yield name + _actual(worker, brackets=False)
    if "Sort Method" in worker:
        yield f"{name}Sort Method: {worker['Sort Method']}  {worker['Sort Space Type']}: {worker['Sort Space Used']}kB"
    for line in buffers_lines(worker):
        yield f"  {line}"


def _summary(plan: Plan) -> Iterator[str]:
    if plan.settings:
        yield "Settings: " + ", ".join(f"{name} = '{value}'" for name, value in plan.settings.items())
    planning = list(buffers_lines(plan.section("Planning")))
    if planning:
        yield "Planning:"
        yield from (f"  {line}" for line in planning)
    if plan.planning_ms is not None:
        yield f"Planning Time: {plan.planning_ms:.3f} ms"
    for trigger in plan.triggers:
        on = f" on {trigger.relation}" if trigger.relation else ""
        constraint = f"for constraint {trigger.constraint}" if trigger.constraint else trigger.name
        yield f"Trigger {constraint}{on}: time={trigger.ms:.3f} calls={trigger.calls}"
    if plan.execution_ms is not None:
        yield f"Execution Time: {plan.execution_ms:.3f} ms"
