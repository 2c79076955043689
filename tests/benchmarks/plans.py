"""How long plans take: to be read and analysed, and to be on the screen."""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chatly_console.explain.analysis import analyse
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.text_export import as_text
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.ui.views import PlanViews
from tests.explain.stage import PlanStage, session_without_server

Row = tuple[str, str, str, bool]

NODES, SHOWN = 10_000, 1_000


def rows() -> list[Row]:
    """The table's rows: what, limit, measured, and whether it holds."""
    return [_json(), _text(), asyncio.run(_opened())]


def _best(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of this process alone: reading waits for nothing, and other programs are not what is measured."""
    spent = []
    for _ in range(times):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)


def _plan(nodes: int) -> dict[str, Any]:
    """A plan as of a union over many partitions: joins of two scans below one Append, with all that ANALYZE gives."""
    parts = [_join(number) for number in range(nodes // 3)]
    total = sum(part["Actual Total Time"] for part in parts)
    top = _node("Append", 1.0 + total, 1, Plans=parts)
    return {"Plan": top, "Planning Time": 12.5, "Execution Time": top["Actual Total Time"] + 0.3, "Triggers": []}


def _join(number: int) -> dict[str, Any]:
    scans = [
        _node("Seq Scan", 0.4, 1, number * 7, **{
            "Relation Name": f"part_{number}", "Schema": "public", "Alias": f"p_{number}",
            "Filter": f"((p_{number}.region = {number}) AND (p_{number}.name ~~ 'customer%'::text))",
            "Rows Removed by Filter": 1200, "Parent Relationship": "Outer"}),
        _node("Index Scan", 0.002, 120, 1, **{
            "Relation Name": "customer", "Alias": "c", "Index Name": "customer_pkey", "Scan Direction": "Forward",
            "Index Cond": f"(c.id = p_{number}.customer_id)", "Parent Relationship": "Inner"}),
    ]  # fmt: skip
    return _node("Nested Loop", 0.9, 1, 120, **{"Join Type": "Inner", "Parent Relationship": "Member", "Plans": scans})


def _node(kind: str, ms: float, loops: int, rows: int = 1, **keys: Any) -> dict[str, Any]:
    return {
        "Node Type": kind, "Parallel Aware": False, "Async Capable": False, "Startup Cost": 0.29, "Total Cost": 63.5,
        "Plan Rows": 120, "Plan Width": 40, "Actual Startup Time": 0.001, "Actual Total Time": ms, "Actual Rows": rows,
        "Actual Loops": loops, "Output": ["c.id", "c.name", "c.region"], "Shared Hit Blocks": 240,
        "Shared Read Blocks": 3, "Shared Dirtied Blocks": 0, "Shared Written Blocks": 0, "Temp Read Blocks": 0,
        "Temp Written Blocks": 0, **keys,
    }  # fmt: skip


def _json() -> Row:
    text = json.dumps([_plan(NODES)], indent=2)
    spent = _best(lambda: analyse(read_plans(text)[0]))
    return f"a JSON plan of {NODES:,} nodes: read and analysed", "0.5 s", f"{spent:.2f} s", spent <= 0.5


def _text() -> Row:
    text = as_text(read_plans(json.dumps([_plan(NODES)]))[0])
    spent = _best(lambda: read_plans(text))
    speed = len(text) / 1e6 / spent
    return f"a text plan of {len(text) / 1e6:.1f} MB: read", "2 MB/s or more", f"{speed:.1f} MB/s", speed >= 2


async def _opened() -> Row:
    """From the text to the slowest node on the screen."""
    text = json.dumps([_plan(SHOWN)])
    spent = []
    with tempfile.TemporaryDirectory() as folder:
        stage = PlanStage(session_without_server(), Path(folder))
        async with stage.run_test(size=(120, 40)) as pilot:
            for _ in range(5):
                stage.pane.analysis = None
                begun = time.perf_counter()
                stage.pane.read(text)
                while not _drawn(stage):
                    await asyncio.sleep(0.001)
                spent.append(time.perf_counter() - begun)
                await pilot.pause()
    best = min(spent)
    return f"a plan of {SHOWN:,} nodes: from its text to the screen", "0.3 s", f"{best:.2f} s", best <= 0.3


def _drawn(stage: PlanStage) -> bool:
    tree = stage.query_one(PlanTree)
    if stage.pane.analysis is None or not stage.query_one(PlanViews).size.height:
        return False
    if tree.analysis is not stage.pane.analysis:
        return False
    return any("◀ slowest" in tree.render_line(y).text for y in range(tree.size.height))
