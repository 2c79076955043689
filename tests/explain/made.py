"""Plans made by hand for tests, in few words: a node is a kind, figures, and what is below it."""

from typing import Any

from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.build import build_plan
from chatly_console.explain.plan import Node


def node(kind: str, *below: dict[str, Any], ms: float | None = None, rows: float = 1, loops: float = 1,
         planned: float | None = None, **keys: Any) -> dict[str, Any]:  # fmt: skip
    """The keys of one node; other keys with _ for the space: `Join_Type="Inner"`."""
    made: dict[str, Any] = {"Node Type": kind, "Plan Rows": rows if planned is None else planned, "Total Cost": 1.0}
    made |= {"Actual Rows": rows, "Actual Loops": loops}
    if ms is not None:
        made |= {"Actual Startup Time": 0.0, "Actual Total Time": ms}
    made |= {key.replace("_", " "): value for key, value in keys.items()}
    if below:
        made["Plans"] = [{"Parent Relationship": "Outer" if at == 0 else "Inner"} | b for at, b in enumerate(below)]
    return made


def plan(top: dict[str, Any], **keys: Any) -> Analysis:
    """The analysis of a plan with this node on top."""
    return analyse(build_plan({"Plan": top} | {key.replace("_", " "): value for key, value in keys.items()}))


def kinds(analysis: Analysis) -> dict[str, Node]:
    """The nodes by their kind; of several the last."""
    return {found.kind: found for found in analysis.plan.nodes}
