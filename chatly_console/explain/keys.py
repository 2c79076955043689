"""A plan as the keys of EXPLAIN (FORMAT JSON) again, to be kept, exported and read back."""

from typing import Any

from chatly_console.explain.plan import Plan


def keys_of(plan: Plan) -> dict[str, Any]:
    """The object of one statement: `Plan`, `Planning Time`, `Triggers` and whatever else there was."""
    made: list[dict[str, Any]] = [dict(node.raw) for node in plan.nodes]
    for node, keys in zip(plan.nodes, made, strict=True):
        if node.parent is not None:
            made[node.parent.id - 1].setdefault("Plans", []).append(keys)
    found: dict[str, Any] = {"Plan": made[0], **plan.raw}
    if plan.query:
        found["Query Text"] = plan.query
    for name, value in (("Planning Time", plan.planning_ms), ("Execution Time", plan.execution_ms)):
        if value is not None:
            found[name] = value
    if plan.settings:
        found["Settings"] = dict(plan.settings)
    found["Triggers"] = [
        {"Trigger Name": one.name, "Constraint Name": one.constraint, "Relation": one.relation, "Time": one.ms,
         "Calls": one.calls}
        for one in plan.triggers
    ]  # fmt: skip
    return found
