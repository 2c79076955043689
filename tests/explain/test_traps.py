"""Where the times of a plan are easily got wrong: each trap on the plan of a real server, with what it truly says."""

import pytest

from chatly_console.explain.analysis import Analysis
from chatly_console.explain.lines import plan_lines
from chatly_console.explain.plan import Node
from tests.explain.made import kinds, node, plan
from tests.explain.test_real_plans import FOLDER, read

VERSIONS = ("15", "18")
both_versions = pytest.mark.parametrize("version", VERSIONS)


def of(version: str, name: str, form: str = "text") -> Analysis:
    return read(FOLDER / version / f"{name}.{form}")


def own(analysis: Analysis, found: Node) -> float:
    return analysis.timing.of(found).self_ms


def all_of(analysis: Analysis, kind: str) -> list[Node]:
    return [found for found in analysis.plan.nodes if found.kind == kind]


@both_versions
def test_times_and_rows_are_per_loop_but_blocks_are_of_all_loops(version: str) -> None:
    made = of(version, "nested-loops")
    (join,) = all_of(made, "Nested Loop")
    inner = join.children[1]
    assert inner.loops is not None and inner.loops > 100
    assert made.timing.of(inner).total_ms == pytest.approx((inner.total_ms or 0) * inner.loops)
    assert made.estimate(inner) is not None
    assert made.exclusive.of("Shared Hit Blocks")[inner.id - 1] == inner.number("Shared Hit Blocks")


@both_versions
def test_with_the_leader_off_two_processes_took_part_not_three(version: str) -> None:
    made = of(version, "leader-off")
    gather, below = made.plan.root, made.plan.nodes[1]
    assert gather.raw["Workers Launched"] == 2
    assert made.timing.of(below).participants == 2
    assert own(made, gather) == pytest.approx((gather.total_ms or 0) - (below.total_ms or 0), abs=0.01)


@both_versions
def test_parts_of_a_parallel_append_may_run_in_fewer_processes_each(version: str) -> None:
    made = of(version, "parallel-append")
    (append,) = all_of(made, "Append")
    for part in append.children:
        times = made.timing.of(part)
        assert times.work_ms == pytest.approx((part.total_ms or 0) * (part.loops or 0))
        assert times.total_ms == pytest.approx(part.total_ms)
        assert times.self_ms == pytest.approx(times.work_ms / times.participants)


@both_versions
def test_the_bitmap_of_a_parallel_scan_is_made_by_one_process_while_the_others_wait(version: str) -> None:
    made = of(version, "parallel-bitmap")
    (bitmap,) = all_of(made, "Bitmap Index Scan")
    assert bitmap.loops == 1
    assert made.timing.of(bitmap).participants > 1
    assert made.timing.of(bitmap).total_ms == bitmap.total_ms
    assert own(made, bitmap) == pytest.approx((bitmap.total_ms or 0) / made.timing.of(bitmap).participants)


def test_a_gather_that_ends_later_than_its_parent_makes_nothing_negative() -> None:
    made = plan(node("Sort", node("Gather", node("Seq Scan", ms=5, loops=3), ms=10.2), ms=10.0))
    assert own(made, made.plan.root) == 0


@both_versions
def test_no_worker_launched_divides_by_nothing(version: str) -> None:
    made = of(version, "no-worker")
    (gather,) = all_of(made, "Gather")
    assert gather.raw["Workers Launched"] == 0
    assert {made.timing.of(found).participants for found in made.plan.nodes} == {1.0}


@both_versions
def test_the_time_of_a_cte_is_in_its_scans_and_counted_once(version: str) -> None:
    made = of(version, "cte-twice")
    source = next(found for found in made.plan.nodes if found.cte)
    scans = all_of(made, "CTE Scan")
    assert len(scans) == 2
    inside = sum(made.timing.of(scan).total_ms for scan in scans)
    alone = sum(own(made, scan) for scan in scans)
    assert alone == pytest.approx(inside - made.timing.of(source).total_ms, abs=0.05)
    assert own(made, made.plan.root) < made.timing.of(source).total_ms


@both_versions
def test_a_cte_that_writes_goes_on_after_the_main_plan_has_ended(version: str) -> None:
    made = of(version, "cte-writes")
    insert = next(found for found in made.plan.nodes if found.kind == "ModifyTable")
    assert made.timing.after_main_ms == pytest.approx(made.timing.of(insert).total_ms)
    assert insert.id in made.timing.after_main
    assert [line.node for line in plan_lines(made) if "after the main plan" in line.note] == [insert]
    assert made.timing.after_main_ms > (made.plan.root.total_ms or 0) * 10
    assert made.timing.whole_ms == made.plan.execution_ms
    assert sum(made.share(found) for found in made.plan.nodes) <= 1


@both_versions
def test_a_cte_that_writes_and_is_read_in_part_is_charged_in_part(version: str) -> None:
    made = of(version, "cte-writes-read")
    insert = next(found for found in made.plan.nodes if found.kind == "ModifyTable")
    (scan,) = all_of(made, "CTE Scan")
    inside = made.timing.of(scan).total_ms
    assert own(made, scan) == pytest.approx(0, abs=0.01)
    assert made.timing.after_main_ms == pytest.approx(made.timing.of(insert).total_ms - inside, abs=0.01)


@both_versions
def test_two_ctes_of_one_name_are_told_apart_by_their_place(version: str) -> None:
    made = of(version, "cte-same-name")
    sources = [found for found in made.plan.nodes if found.cte == "x"]
    scans = all_of(made, "CTE Scan")
    assert len(sources) == len(scans) == 2
    for scan in scans:
        (source,) = [found for found in scan.children if found.cte]
        assert own(made, scan) == pytest.approx(
            made.timing.of(scan).total_ms - made.timing.of(source).total_ms, abs=0.01
        )
    assert sum(times.self_ms for times in made.timing.nodes) == pytest.approx(made.plan.root.total_ms, abs=0.05)


@both_versions
def test_the_inner_cte_reads_the_outer_one_of_its_name(version: str) -> None:
    made = of(version, "cte-nested")
    assert sum(times.self_ms for times in made.timing.nodes) == pytest.approx(made.plan.root.total_ms, rel=0.02)


@both_versions
def test_an_init_plan_is_charged_to_the_node_that_reads_it(version: str) -> None:
    made = of(version, "init-plan")
    source = next(found for found in made.plan.nodes if found.subplan.startswith("InitPlan"))
    reader = next(found for found in made.plan.nodes if "InitPlan" in found.text("Filter") + found.text("Index Cond")
                  or "$0" in found.text("Filter") + found.text("Index Cond"))  # fmt: skip
    alone = (reader.total_ms or 0) - made.timing.of(source).total_ms
    assert own(made, reader) == pytest.approx(max(alone, 0), abs=0.01)
    assert own(made, made.plan.root) == pytest.approx((made.plan.root.total_ms or 0) - (reader.total_ms or 0), abs=0.01)


@both_versions
def test_a_gather_computes_for_its_workers_what_they_read(version: str) -> None:
    made = of(version, "init-plan-parallel")
    source = next(found for found in made.plan.nodes if found.subplan.startswith("InitPlan"))
    gather = next(found for found in made.plan.root.inputs)
    below = gather.children[0]
    alone = (gather.total_ms or 0) - (below.total_ms or 0) - made.timing.of(source).total_ms
    assert own(made, gather) == pytest.approx(max(alone, 0), abs=0.01)


@both_versions
def test_eleven_init_plans_are_not_mistaken_for_the_first(version: str) -> None:
    made = of(version, "init-plans-eleven")
    sources = [found for found in made.plan.nodes if found.subplan.startswith("InitPlan")]
    assert len(sources) == 11
    assert sum(times.self_ms for times in made.timing.nodes) == pytest.approx(made.plan.root.total_ms, abs=0.05)
    last = next(found for found in made.plan.nodes if found.kind.endswith("Only Scan"))
    assert own(made, last) <= (last.total_ms or 0) - made.timing.of(sources[-1]).total_ms + 0.01


@both_versions
def test_what_is_selected_is_charged_to_who_had_the_time_for_it(version: str) -> None:
    made = of(version, "init-plan-target")
    assert sum(times.self_ms for times in made.timing.nodes) == pytest.approx(made.plan.root.total_ms, abs=0.02)


@both_versions
def test_a_sub_plan_is_in_its_parents_time_with_all_its_loops(version: str) -> None:
    made = of(version, "sub-plan")
    scan, below = made.plan.nodes[0], made.plan.nodes[1]
    assert below.relationship == "SubPlan" and below.loops == 1000
    assert own(made, scan) == pytest.approx((scan.total_ms or 0) - (below.total_ms or 0) * 1000, abs=0.6)


@both_versions
def test_rounding_never_makes_a_time_negative(version: str) -> None:
    made = of(version, "many-loops")
    assert any((found.loops or 0) > 900 for found in made.plan.nodes)
    assert min(times.self_ms for times in made.timing.nodes) >= 0
    below = plan(node("Nested Loop", node("Seq Scan", ms=1), node("Index Scan", ms=0.003, loops=3000), ms=8.295))
    assert own(below, below.plan.root) == 0


@both_versions
def test_few_rows_under_a_limit_are_no_wrong_estimate(version: str) -> None:
    made = of(version, "limit")
    for found in made.plan.nodes[1:3]:
        estimate = made.estimate(found)
        assert estimate is not None and not estimate.is_off
    assert not any(finding.rule == "misestimate" for finding in made.findings)


@both_versions
def test_a_merge_join_that_stops_early_or_reads_twice_is_no_wrong_estimate(version: str) -> None:
    early = of(version, "merge-join-early")
    assert not any(finding.rule == "misestimate" for finding in early.findings)
    twice = of(version, "merge-join")
    (join,) = all_of(twice, "Merge Join")
    inner = twice.estimate(join.children[1])
    assert inner is not None and inner.factor == 1


def test_no_rows_count_as_one_and_what_never_ran_has_no_factor() -> None:
    made = plan(node("Append", node("Seq Scan", rows=0, planned=50, ms=1), node("Sort", loops=0), ms=2))
    assert made.estimates[1] is not None and made.estimates[1].factor == 50
    assert made.estimates[2] is None


@both_versions
def test_never_executed_is_not_the_same_as_no_time(version: str) -> None:
    made = of(version, "never-executed")
    never = [found for found in made.plan.nodes if found.never_executed]
    assert never and all(found.total_ms is None and found.rows is None for found in never)
    assert not any(finding.node in never for finding in made.findings)


@both_versions
def test_without_timing_there_are_rows_but_no_times(version: str) -> None:
    made = of(version, "timing-off")
    assert made.plan.analyzed and not made.plan.timed
    assert all(found.total_ms is None and found.rows is not None for found in made.plan.nodes)


@both_versions
def test_without_costs_and_summary_the_times_are_still_right(version: str) -> None:
    made = of(version, "costs-off")
    assert made.plan.execution_ms is None and made.plan.root.rows_planned is None
    assert made.timing.whole_ms == pytest.approx(made.plan.root.total_ms)
    assert all(estimate is None for estimate in made.estimates)


@both_versions
def test_what_was_pruned_while_it_ran_is_said(version: str) -> None:
    made = of(version, "pruned")
    (append,) = all_of(made, "Append")
    never = sum(found.never_executed for found in append.children)
    assert never == 2 or append.raw["Subplans Removed"] == 2


@both_versions
def test_the_penalty_for_what_is_switched_off_is_no_cost(version: str) -> None:
    made = of(version, "disabled")
    assert made.costs[0][0] < 1e9
    assert max(alone for _, alone in made.costs) < 1e9
    if version == "18":
        assert made.plan.root.raw["Disabled"] is True


@both_versions
def test_triggers_and_jit_are_beside_the_tree(version: str) -> None:
    deleted = of(version, "delete-cascade")
    (trigger,) = deleted.plan.triggers
    assert trigger.constraint == "child_parent_id_fkey" and trigger.calls == 39 and trigger.ms > 0
    jit = of(version, "settings-jit")
    if version == "15":  # the other server was built without
        assert jit.plan.section("JIT")["Functions"] > 0
    assert jit.plan.settings["work_mem"] == "5MB"


@both_versions
def test_writing_nodes_return_no_rows_and_that_is_no_wrong_estimate(version: str) -> None:
    for name in ("delete-cascade", "upsert", "merge"):
        made = of(version, name)
        assert made.estimate(made.plan.root) is None
    merged = of(version, "merge").plan.root
    assert (merged.raw["Tuples Inserted"], merged.raw["Tuples Updated"]) == (3, 2)


def test_children_that_overlap_are_legal() -> None:
    made = plan(node("Append", node("Foreign Scan", ms=8, Async_Capable=True),
                     node("Foreign Scan", ms=8, Async_Capable=True), ms=9))  # fmt: skip
    assert own(made, made.plan.root) == 0
    assert sum(made.share(found) for found in made.plan.nodes) > 1


@both_versions
def test_scans_of_other_servers_that_run_at_once_are_each_as_long_as_they_were(version: str) -> None:
    made = of(version, "async-append")
    far = all_of(made, "Foreign Scan")
    assert [one.raw["Async Capable"] for one in far] == [True, True]
    assert all(own(made, one) == pytest.approx(one.total_ms) for one in far)
    assert min(times.self_ms for times in made.timing.nodes) >= 0


@both_versions
def test_waiting_for_disks_is_of_the_node_alone_and_in_every_version_s_words(version: str) -> None:
    made = of(version, "io-timings")
    sort, scan = made.plan.root, made.plan.nodes[1]
    read = scan.number("Shared I/O Read Time")
    assert made.io_ms(scan) == pytest.approx(read + scan.number("Shared I/O Write Time")) and read > 0
    temp = sort.number("Temp I/O Read Time") + sort.number("Temp I/O Write Time")
    assert made.io_ms(sort) == pytest.approx(temp) and temp > 0
    old = of(version, "io-timings", "text.json")
    assert [old.io_ms(node) for node in old.plan.nodes] == pytest.approx([made.io_ms(n) for n in made.plan.nodes])


@both_versions
def test_a_sub_plan_that_is_hashed_runs_once_and_one_that_is_not_once_for_each_row(version: str) -> None:
    made = of(version, "sub-plan-hashed")
    below = next(found for found in made.plan.nodes if found.relationship == "SubPlan")
    assert below.loops == 1 and "hashed" in (below.parent.text("Filter") if below.parent else "")
    assert not any(finding.rule in ("correlated-subquery", "not-in") for finding in made.findings)
    each = of(version, "sub-plan")
    assert max(found.loops or 0 for found in each.plan.nodes if found.relationship == "SubPlan") == 1000


@both_versions
def test_names_that_look_like_plans_are_names(version: str) -> None:
    made = of(version, "odd-names")
    assert made.plan.root.index == "line -> (odd) on"
    assert made.plan.root.text("Alias") == "l (cost=1)"
    text = of(version, "odd-text")
    assert len(text.plan.nodes) == 1
    assert text.plan.root.text("Filter").count("\n") == 1


def test_a_statement_of_1_000_nodes_in_depth_is_no_recursion() -> None:
    deepest = node("Seq Scan", ms=1)
    for depth in range(900):
        deepest = node("Subquery Scan", deepest, ms=1 + depth * 0.001)
    made = plan(deepest)
    assert len(made.plan.nodes) == 901
    assert kinds(made)["Seq Scan"].depth == 900
