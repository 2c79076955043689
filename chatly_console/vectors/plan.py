"""Reads from a plan which node served a search: the figures of a curve mean nothing without it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ServedBy:
    """The scan at the bottom of a search; `approximate` says that a vector index chose the rows."""

    words: str
    approximate: bool

    @property
    def short(self) -> str:
        """A few words for a table, with the glyph that the plot has for it: ● an index chose, ○ exact."""
        return ("● " if self.approximate else "○ ") + self.words.replace("Index Scan using ", "").replace(
            "Bitmap Heap Scan", "bitmap"
        )


def served_by(plan: Mapping[str, Any], vector_indexes: set[str]) -> ServedBy:
    """What served a search, from `EXPLAIN (FORMAT JSON)`; partitions other than the first are counted."""
    nodes = list(_nodes(plan))
    is_sorted = any(node["Node Type"] in ("Sort", "Incremental Sort") for node in nodes)
    scans = [node for node in nodes if node["Node Type"].endswith("Scan") and "Relation Name" in node]
    if not scans:
        return ServedBy("nothing: no row can pass", approximate=False)
    first = scans[0]
    name = first.get("Index Name") or next(
        (n["Index Name"] for n in nodes if n["Node Type"] == "Bitmap Index Scan" and "Index Name" in n), None
    )
    approximate = any(node.get("Index Name") in vector_indexes for node in scans)
    words = str(first["Node Type"]) + (f" using {name}" if name else "")
    if is_sorted and not approximate:
        words += " + Sort"
    if len(scans) > 1:
        words += f", {len(scans)} scans"
    return ServedBy(words, approximate)


def rows_removed(plan: Mapping[str, Any]) -> int:
    """How many rows the scans of an analysed plan found and their filters threw away."""
    names = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return sum(int(node.get(name, 0)) * int(node.get("Actual Loops", 1)) for node in _nodes(plan) for name in names)


def indexes_in(plan: Mapping[str, Any]) -> set[str]:
    """The names of all indexes that a plan goes through."""
    return {str(node["Index Name"]) for node in _nodes(plan) if "Index Name" in node}


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        if child.get("Parent Relationship") not in ("InitPlan", "SubPlan"):
            yield from _nodes(child)
