"""Plans of real servers 10 to 18, each run printed twice: by EXPLAIN in one form, by auto_explain in JSON."""

from pathlib import Path

import pytest

from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.plan import Node

FOLDER = Path(__file__).with_name("plans")
PAIRS = sorted(path for path in FOLDER.glob("1?/*.json") if path.name.count(".") == 2)
ALL = sorted(path for path in FOLDER.glob("1?/*") if path not in PAIRS)
IN_TEXT_ONLY_WITH_VERBOSE = "Inner Unique"
MEMBER_BEFORE_14 = ("ModifyTable", "Parent Relationship")
"""What a ModifyTable reads from is called Member there, and Outer since: the text does not say which it was."""
OF_15 = {f"I/O {name} Time": f"Shared I/O {name} Time" for name in ("Read", "Write")}
"""Its JSON and its text name the same time in different words."""
OVERLAP = {"Gather", "Gather Merge", "Append"}
"""Nodes whose children may have taken longer than they: workers end after the last row was fetched."""


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.name}"


def read(path: Path) -> Analysis:
    (plan,) = read_plans(path.read_text(encoding="utf-8"))
    return analyse(plan)


def said(value: object) -> object:
    """What JSON says as text does: nothing of what is zero, false or empty."""
    if isinstance(value, dict):
        kept = {
            OF_15.get(key, key): said(part)
            for key, part in value.items()
            if part or key in ("Worker Number", "Actual Rows")
        }
        return {key: part for key, part in kept.items() if key != IN_TEXT_ONLY_WITH_VERBOSE}
    return [said(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", PAIRS, ids=named)
def test_both_forms_of_one_run_are_the_same_plan(path: Path) -> None:
    one, other = read(path.with_suffix("")), read(path)
    assert len(one.plan.nodes) == len(other.plan.nodes)
    for ours, theirs in zip(one.plan.nodes, other.plan.nodes, strict=True):
        assert (ours.parent and ours.parent.id) == (theirs.parent and theirs.parent.id)
        kind, key = MEMBER_BEFORE_14
        renamed = {key: "Outer"} if theirs.parent is not None and theirs.parent.kind == kind else {}
        assert said(ours.raw) == said({**theirs.raw, **renamed})
    assert one.timing.nodes == other.timing.nodes
    assert one.estimates == other.estimates


def tolerance(node: Node) -> float:
    """Times are rounded to a thousandth of a millisecond per loop, at the node and at each of its children."""
    rounded = sum((below.loops or 0) * 0.0006 for below in node.subtree())
    return 0.002 + rounded


@pytest.mark.parametrize("path", ALL, ids=named)
def test_own_times_add_up_to_the_root_and_are_never_negative(path: Path) -> None:
    analysis = read(path)
    timing, root = analysis.timing, analysis.plan.root
    if not analysis.plan.timed:
        assert timing.whole_ms == (analysis.plan.execution_ms or 0.0)
        return
    assert all(times.self_ms >= 0 for times in timing.nodes)
    whole = sum(times.self_ms for times in timing.nodes)
    expected = timing.of(root).total_ms + timing.after_main_ms
    above = sum(
        max(timing.of(child).total_ms - timing.of(node).total_ms, 0.0)
        for node in analysis.plan.nodes
        for child in node.inputs
        if node.kind in OVERLAP
    )
    assert expected - tolerance(root) <= whole <= expected + above + tolerance(root)


@pytest.mark.parametrize("path", ALL, ids=named)
def test_shares_and_blocks_stay_within_the_whole(path: Path) -> None:
    analysis = read(path)
    nodes = analysis.plan.nodes
    assert all(0 <= analysis.share(node) <= 1 for node in nodes)
    key = "Shared Hit Blocks"
    if key in analysis.plan.root.raw and "cte" not in path.name and "init" not in path.name:
        assert sum(analysis.exclusive.of(key)) == pytest.approx(analysis.plan.root.number(key), abs=3)
    assert all(amount >= 0 for amount in analysis.exclusive.of(key))


@pytest.mark.parametrize("path", [path for path in ALL if path.suffix in (".yaml", ".xml", ".json")], ids=named)
def test_other_runs_of_the_statement_have_the_same_keys_beside_the_tree(path: Path) -> None:
    """Forms without a partner are of other runs, whose times differ, but not what they speak of."""
    text, other = read(path.with_suffix(".text")).plan, read(path).plan
    assert [trigger.calls for trigger in text.triggers] == [trigger.calls for trigger in other.triggers]
    assert {trigger.constraint for trigger in text.triggers} == {trigger.constraint for trigger in other.triggers}
    assert text.settings == other.settings
    assert (text.planning_ms is None) == (other.planning_ms is None)
    assert other.execution_ms is not None and other.execution_ms > 0
    silent = {"Query Identifier"}
    assert set(text.section("JIT")) - silent == {key for key, part in other.section("JIT").items() if part}
    assert set(text.section("Serialization")) <= set(other.section("Serialization"))
