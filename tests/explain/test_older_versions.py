"""Plans as versions 11, 12, 14 and 16 print them, written by hand after their formats."""

from pathlib import Path

import pytest

from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.parsing import read_plans
from tests.explain.made import kinds

FOLDER = Path(__file__).with_name("older")


def of(version: int) -> Analysis:
    (plan,) = read_plans((FOLDER / f"{version}.text").read_text(encoding="utf-8"))
    return analyse(plan)


def adds_up(analysis: Analysis) -> None:
    """Within rounding, and the time by which a Gather's workers end after it."""
    timing = analysis.timing
    assert all(times.self_ms >= 0 for times in timing.nodes)
    assert sum(times.self_ms for times in timing.nodes) <= timing.of(analysis.plan.root).total_ms + 3.5


def test_eleven_has_jit_and_appends_whose_parts_run_in_fewer_processes() -> None:
    found = of(11)
    parts = [node for node in found.plan.nodes if node.relation]
    assert [found.timing.of(part).participants for part in parts] == [3, 3]
    assert [found.timing.of(part).work_ms for part in parts] == pytest.approx([40.0, 76.0])
    assert kinds(found)["Append"].raw["Subplans Removed"] == 2
    assert found.plan.section("JIT")["Timing"]["Total"] == 15.0
    assert not any(finding.rule == "jit" for finding in found.findings), "15 ms are not worth a word"
    adds_up(found)


def test_twelve_has_settings_alternatives_and_sorts_of_workers() -> None:
    found = of(12)
    assert found.plan.settings == {"work_mem": "512kB", "enable_hashjoin": "off", "search_path": 'app, "It\'s"'}
    never, hashed = (node for node in found.plan.nodes if node.relationship == "SubPlan")
    assert never.never_executed and hashed.loops == 1
    scan = kinds(found)["Seq Scan"].parent
    assert scan is not None and found.timing.of(scan).self_ms == pytest.approx(7.0)
    assert found.plan.root.raw["Workers"][0]["Sort Method"] == "quicksort"
    rules = {finding.rule for finding in found.findings}
    assert {"sort-on-disk", "switched-off"} <= rules
    adds_up(found)


def test_fourteen_has_memoize_a_query_identifier_and_times_without_an_area() -> None:
    found = of(14)
    memoize, scan = kinds(found)["Memoize"], kinds(found)["Index Scan"]
    assert (memoize.number("Cache Hits"), memoize.number("Cache Misses")) == (4000, 1000)
    assert found.io_ms(scan) == 0.75
    assert found.plan.raw["Query Identifier"] == -6143028462134214563
    assert found.plan.section("Planning")["I/O Read Time"] == 0.1
    adds_up(found)


def test_sixteen_has_run_conditions_groups_of_sorts_and_times_of_two_areas() -> None:
    found = of(16)
    window, sort = found.plan.root, kinds(found)["Incremental Sort"]
    assert window.text("Run Condition") == "(row_number() OVER (?) <= 3)"
    assert sort.raw["Pre-sorted Groups"]["Sort Methods Used"] == ["top-N heapsort", "quicksort"]
    assert sort.raw["I/O Read Time"] == 4.0 and found.io_ms(sort) == 1.0
    join = kinds(found)["Hash Join"]
    assert join.text("Join Type") == "Right Anti" and found.io_ms(join) == 4.0
    assert kinds(found)["Hash"].raw["Original Hash Batches"] == 1
    assert kinds(found)["Tid Range Scan"].relation == "customer"
    adds_up(found)
