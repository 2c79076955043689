"""Two plans side by side: nodes are matched by what they do, also where the method has changed."""

from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.build import build_plan
from chatly_console.explain.diff import compare, summary
from chatly_console.explain.report import comparison_lines
from tests.explain.made import node, plan
from tests.explain.test_real_plans import ALL, read


def test_a_plan_is_the_same_as_itself() -> None:
    for path in ALL[::5]:
        made = read(path)
        comparison = compare(made, made)
        assert comparison.same_shape
        assert all(change.before is change.after and change.is_faster is None for change in comparison.changes)


def test_another_method_for_the_same_table_is_told_as_such() -> None:
    before = plan(node("Sort", node("Seq Scan", ms=100, Relation_Name="t", Alias="t"), ms=110))
    after = plan(node("Sort", node("Index Scan", ms=1, Relation_Name="t", Alias="t", Index_Name="t_a_idx"), ms=2))
    (sort, scan) = compare(before, after).changes
    assert sort.kind == "same"
    assert (scan.kind, scan.method_before) == ("method", "Seq Scan")
    assert scan.is_faster is True
    assert (scan.before_ms, scan.after_ms) == (100, 1)


def test_another_join_of_the_same_tables_is_the_same_join() -> None:
    def scan(name: str) -> dict[str, object]:
        return node("Seq Scan", ms=1, Relation_Name=name, Alias=name)

    before = plan(node("Hash Join", scan("a"), node("Hash", scan("b"), ms=2), ms=5))
    after = plan(node("Nested Loop", scan("b"), scan("a"), ms=5))
    changes = compare(before, after).changes
    assert [change.kind for change in changes] == ["method", "same", "same", "gone"]
    assert changes[0].method_before == "Hash Join"
    assert changes[-1].node.kind == "Hash"


def test_small_differences_are_noise() -> None:
    before, after = plan(node("Seq Scan", ms=10.0)), plan(node("Seq Scan", ms=11.0))
    assert compare(before, after).changes[0].is_faster is None
    assert compare(after, plan(node("Seq Scan", ms=20.0))).changes[0].is_faster is False


def test_the_summary_takes_costs_where_nothing_was_run() -> None:
    keys = {"Node Type": "Seq Scan", "Plan Rows": 1, "Startup Cost": 0.0}
    from chatly_console.explain.analysis import analyse
    from chatly_console.explain.build import build_plan

    before, after = (analyse(build_plan({"Plan": {**keys, "Total Cost": cost}})) for cost in (100.0, 50.0))
    assert list(summary(compare(before, after))) == [("cost", 100.0, 50.0)]


def test_plans_that_were_not_run_are_compared_by_their_costs() -> None:
    def cost(kind: str, units: float) -> Analysis:
        keys = {"Node Type": kind, "Relation Name": "t", "Alias": "t", "Total Cost": units, "Plan Rows": 9}
        return analyse(build_plan({"Plan": keys}))

    comparison = compare(cost("Seq Scan", 6_280.0), cost("Index Scan", 222.0))
    assert not comparison.timed
    (change,) = comparison.changes
    assert (change.before_ms, change.before_cost, change.after_cost) == (None, 6_280.0, 222.0)
    lines = "\n".join(comparison_lines(comparison))
    assert "own cost" in lines and "6,280 → 222" in lines
