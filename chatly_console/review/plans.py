"""What a plan that was run says against it: whole tables read for a few of their rows."""

from collections.abc import Iterator
from typing import Any

MANY_ROWS = 5_000
"""From so many rows on, reading a table whole for a few of them is worth an index."""
FEW = 0.1
"""What counts as a few: a tenth."""


def whole_tables(plan: dict[str, Any]) -> list[str]:
    """The tables of the plan (EXPLAIN's JSON) that were read whole though most rows were thrown away."""
    found = []
    for node in _nodes(plan["Plan"]):
        if node["Node Type"] != "Seq Scan":
            continue
        loops = node["Actual Loops"]
        kept, thrown = node["Actual Rows"] * loops, node.get("Rows Removed by Filter", 0) * loops
        if thrown >= MANY_ROWS and kept <= (kept + thrown) * FEW:
            found.append(f"{node['Relation Name']}: {kept:,.0f} of {kept + thrown:,.0f} rows were wanted")
    return found


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)
