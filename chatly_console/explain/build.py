"""Makes a plan of the keys of EXPLAIN (FORMAT JSON), into which every form is read."""

from collections.abc import Mapping
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.plan import Node, Plan, RawKeys, Trigger


def build_plan(keys: Mapping[str, Any], *, source: str = "") -> Plan:
    """The plan of one statement; raises `Failure` where `keys` hold no plan."""
    top = keys.get("Plan")
    if not isinstance(top, Mapping):
        raise Failure("This is not a plan: it has no key Plan.", FailureKind.USAGE)
    settings = keys.get("Settings")
    return Plan(
        _nodes(top),
        planning_ms=_number(keys.get("Planning Time")),
        execution_ms=_number(keys.get("Execution Time", keys.get("Total Runtime"))),
        triggers=tuple(_trigger(found) for found in keys.get("Triggers") or () if isinstance(found, Mapping)),
        settings={str(name): str(value) for name, value in settings.items()} if isinstance(settings, Mapping) else {},
        raw={key: value for key, value in keys.items() if key not in ("Plan", "Triggers")},
        query=str(keys.get("Query Text", "")),
        source=source,
    )


def _nodes(top: Mapping[str, Any]) -> list[Node]:
    nodes: list[Node] = []
    stack: list[tuple[Mapping[str, Any], Node | None]] = [(top, None)]
    while stack:
        keys, parent = stack.pop()
        node = _node(keys, parent, len(nodes) + 1)
        nodes.append(node)
        if parent is not None:
            parent.children.append(node)
        below = keys.get("Plans")
        if isinstance(below, list):
            stack.extend((child, node) for child in reversed(below) if isinstance(child, Mapping))
    return nodes


def _node(keys: Mapping[str, Any], parent: Node | None, number: int) -> Node:
    raw: RawKeys = {key: value for key, value in keys.items() if key != "Plans"}
    relationship = str(raw.get("Parent Relationship", ""))
    node = Node(number, parent, raw, str(raw.get("Node Type", "?")), relationship)
    node.depth = 0 if parent is None else parent.depth + 1
    node.rows_planned = _number(raw.get("Plan Rows"))
    node.loops = _number(raw.get("Actual Loops"))
    if node.loops:
        node.startup_ms = _number(raw.get("Actual Startup Time"))
        node.total_ms = _number(raw.get("Actual Total Time"))
        node.rows = _number(raw.get("Actual Rows"))
    return node


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _trigger(keys: Mapping[str, Any]) -> Trigger:
    return Trigger(
        str(keys.get("Trigger Name", "")),
        str(keys.get("Relation", "")),
        str(keys.get("Constraint Name", "")),
        _number(keys.get("Time")) or 0.0,
        int(_number(keys.get("Calls")) or 0),
    )
