"""A plan as the server gave it: a tree of nodes, and what it says beside the tree.

Times and rows of a node are per loop, as EXPLAIN prints them; `timing.py` makes totals and shares of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

RawKeys = dict[str, Any]
"""Keys of EXPLAIN (FORMAT JSON) and their values; all forms of a plan are read into these."""

INIT_PLAN = "InitPlan"
SUB_PLAN = "SubPlan"
JOINS = ("Nested Loop", "Hash Join", "Merge Join")
DISABLED_COST = 1e10
"""What versions before 18 add to the cost of a node that `enable_...` switched off; it says nothing of the cost."""


@dataclass(slots=True, eq=False)
class Node:
    """One node. `id` counts from 1 in the order of the text; times are milliseconds per loop, None where unknown."""

    id: int
    parent: Node | None
    raw: RawKeys
    """All its keys but `Plans`, also those that are not known here."""
    kind: str
    """`Node Type`: `Seq Scan`, `Aggregate`."""
    relationship: str = ""
    """What it is to its parent: Outer, Inner, Member, Subquery, InitPlan, SubPlan; empty for the root."""
    depth: int = 0
    children: list[Node] = field(default_factory=list)
    rows_planned: float | None = None
    startup_ms: float | None = None
    total_ms: float | None = None
    rows: float | None = None
    loops: float | None = None

    @property
    def never_executed(self) -> bool:
        """Whether the plan ran, and this node did not."""
        return self.loops == 0

    @property
    def subplan(self) -> str:
        """`CTE name`, `InitPlan 1 (returns $0)`, `SubPlan 2`, or empty."""
        return str(self.raw.get("Subplan Name", ""))

    @property
    def cte(self) -> str:
        """The name of the CTE that this subtree computes, or empty."""
        return self.subplan[4:] if self.subplan.startswith("CTE ") else ""

    @property
    def is_init_plan(self) -> bool:
        """Whether it is computed once and read elsewhere (InitPlans proper, and CTEs)."""
        return self.relationship == INIT_PLAN

    @property
    def relation(self) -> str:
        """The table, index-only or not, that it reads or writes, without its schema; or empty."""
        return str(self.raw.get("Relation Name", ""))

    @property
    def index(self) -> str:
        """The index that it uses, or empty."""
        return str(self.raw.get("Index Name", ""))

    @property
    def inputs(self) -> list[Node]:
        """The children that feed it rows: no InitPlans, no SubPlans."""
        return [child for child in self.children if child.relationship not in (INIT_PLAN, SUB_PLAN)]

    def number(self, key: str) -> float:
        """A numeric key, 0 where it is missing."""
        value = self.raw.get(key)
        return float(value) if isinstance(value, (int, float)) else 0.0

    def text(self, key: str) -> str:
        """A key as text; lists joined by commas; empty where it is missing."""
        value = self.raw.get(key)
        if isinstance(value, list):
            return ", ".join(str(part) for part in value)
        return "" if value is None else str(value)

    def subtree(self) -> Iterator[Node]:
        """This node and all below it, in the order of the text."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def ancestors(self) -> Iterator[Node]:
        """Its parent, and so on up to the root."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger that fired: milliseconds over all its calls."""

    name: str
    relation: str
    constraint: str
    ms: float
    calls: int


@dataclass(slots=True, eq=False)
class Plan:
    """One plan. Times are milliseconds, None where the plan does not say."""

    nodes: list[Node]
    """In the order of the text; the first is the root."""
    planning_ms: float | None = None
    execution_ms: float | None = None
    triggers: tuple[Trigger, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings that differ from the server's built-in values (EXPLAIN (SETTINGS))."""
    raw: RawKeys = field(default_factory=dict)
    """What the plan says beside its tree, by its keys: `Planning`, `JIT`, `Serialization`, `Query Identifier` ..."""
    query: str = ""
    source: str = ""
    """The text it was read from."""

    @property
    def root(self) -> Node:
        """The node on top."""
        return self.nodes[0]

    @property
    def analyzed(self) -> bool:
        """Whether the statement was run, so that there are real rows."""
        return self.root.loops is not None

    @property
    def timed(self) -> bool:
        """Whether there are real times (TIMING ON)."""
        return any(node.total_ms is not None for node in self.nodes)

    def section(self, name: str) -> Mapping[str, Any]:
        """One of the sections beside the tree; empty where there is none."""
        found = self.raw.get(name)
        return found if isinstance(found, Mapping) else {}
