"""How older versions print what newer ones print otherwise, and what newer ones than ours may print."""

import json

import pytest

from chatly_console.explain.analysis import analyse
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.running import PlanOptions, explain_statement, parameters_of, plain_statement

TEN = """\
 Limit  (cost=0.43..8.45 rows=1 width=36) (actual time=0.020..12.500 rows=1 loops=1)
   InitPlan 1 (returns $0)
     ->  Aggregate  (cost=1.00..2.00 rows=1 width=4) (actual time=3.000..3.000 rows=1 loops=1)
           ->  Seq Scan on limits  (cost=0.00..1.00 rows=1 width=4) (actual time=0.010..2.500 rows=9 loops=1)
   ->  Index Scan using orders_pkey on orders  (cost=0.43..8.45 rows=1 width=36) (actual time=0.01..12.4 rows=1 loops=1)
         Index Cond: (id > $0)
         Buffers: shared hit=3 read=2
         I/O Timings: read=1.250
 Planning time: 0.110 ms
 Execution time: 12.900 ms
"""

THIRTEEN = """\
Gather  (cost=1000.00..2000.00 rows=10 width=4) (actual time=1.000..90.000 rows=30 loops=1)
  Workers Planned: 2
  Workers Launched: 2
  WAL: records=3 fpi=1 bytes=900
  ->  Parallel Seq Scan on t  (cost=0.00..900.00 rows=4 width=4) (actual time=0.500..80.000 rows=10 loops=3)
        Filter: ((a)::text = 'x'::text)
        Rows Removed by Filter: 100000
        Worker 0: actual time=0.400..79.000 rows=9 loops=1
          Buffers: shared hit=10
        Worker 1: actual time=0.600..81.000 rows=11 loops=1
          Buffers: shared hit=11
Planning:
  Buffers: shared hit=40
Planning Time: 0.200 ms
JIT:
  Functions: 6
  Options: Inlining false, Optimization false, Expressions true, Deforming true
  Timing: Generation 1.000 ms, Inlining 0.000 ms, Optimization 2.000 ms, Emission 9.000 ms, Total 12.000 ms
Execution Time: 91.000 ms
"""

NINE = """\
 Hash Join  (cost=1.09..2.19 rows=4 width=8) (actual time=0.029..0.036 rows=4 loops=1)
   Hash Cond: (a.id = b.id)
   ->  Seq Scan on a  (cost=0.00..1.04 rows=4 width=4) (actual time=0.005..0.006 rows=4 loops=1)
   ->  Hash  (cost=1.04..1.04 rows=4 width=4) (actual time=0.010..0.010 rows=4 loops=1)
         Buckets: 1024  Batches: 1  Memory Usage: 1kB
         ->  Seq Scan on b  (cost=0.00..1.04 rows=4 width=4) (actual time=0.002..0.004 rows=4 loops=1)
 Total runtime: 0.080 ms
"""


def test_ten_charges_the_parameter_and_reads_times_in_small_letters() -> None:
    made = analyse(read_plans(TEN)[0])
    assert (made.plan.planning_ms, made.plan.execution_ms) == (0.11, 12.9)
    scan = made.plan.nodes[3]
    assert scan.index == "orders_pkey"
    assert made.timing.of(scan).self_ms == pytest.approx(12.4 - 3.0)
    assert made.timing.of(made.plan.root).self_ms == pytest.approx(0.1)
    assert made.io_ms(scan) == 1.25


def test_thirteen_has_planning_blocks_workers_wal_and_jit() -> None:
    made = analyse(read_plans(THIRTEEN)[0])
    scan = made.plan.nodes[1]
    assert [worker["Actual Rows"] for worker in scan.raw["Workers"]] == [9, 11]
    assert scan.raw["Workers"][1]["Shared Hit Blocks"] == 11
    assert made.timing.of(made.plan.root).self_ms == pytest.approx(10.0)
    assert made.plan.root.raw["WAL Records"] == 3
    assert made.plan.section("JIT")["Timing"]["Total"] == 12.0
    assert made.plan.section("JIT")["Options"]["Deforming"] is True
    assert made.plan.section("Planning")["Shared Hit Blocks"] == 40


def test_before_that_there_was_a_total_runtime() -> None:
    (plan,) = read_plans(NINE)
    assert plan.execution_ms == 0.08
    assert [node.kind for node in plan.nodes] == ["Hash Join", "Seq Scan", "Hash", "Seq Scan"]


def test_what_a_later_version_prints_is_kept() -> None:
    text = NINE.replace(
        "Hash Cond: (a.id = b.id)", "Hash Cond: (a.id = b.id)\n   Prefetch: avg=3.1 max=9\n   Novel Thing"
    )
    node = read_plans(text)[0].root
    assert node.raw["Prefetch"] == "avg=3.1 max=9"
    assert node.raw["Notes"] == ["Novel Thing"]
    keys = {"Plan": {"Node Type": "Future Scan", "Plan Rows": 1, "Io": {"Prefetch": 3}}, "Execution Time": 1.0}
    assert read_plans(json.dumps(keys))[0].root.raw["Io"] == {"Prefetch": 3}


@pytest.mark.parametrize(
    ("version", "absent", "present"),
    [
        (140000, ("serialize", "memory"), ("buffers", "wal", "settings")),
        (160000, ("serialize", "memory"), ("buffers",)),
        (170000, (), ("serialize", "memory")),
        (180000, (), ("serialize", "memory")),
    ],
)
def test_a_server_is_asked_only_for_what_it_knows(
    version: int, absent: tuple[str, ...], present: tuple[str, ...]
) -> None:
    options = PlanOptions(analyze=True, wal=True, serialize=True, memory=True)
    asked = explain_statement("select 1", options, version)
    assert all(word in asked for word in present)
    assert not any(word in asked for word in absent)


def test_an_explain_that_was_typed_is_taken_for_its_statement() -> None:
    assert plain_statement("explain (analyze, buffers off) select 1;", PlanOptions())[0] == "select 1"
    assert plain_statement("EXPLAIN ANALYSE VERBOSE select 1", PlanOptions())[1].analyze
    assert not plain_statement("explain (analyze off) select 1", PlanOptions())[1].analyze
    typed = "explain (analyze, wal true, timing off, buffers 0, serialize none, settings) delete from t"
    asked = PlanOptions(analyze=True, wal=True, timing=False, buffers=False)
    assert plain_statement(typed, PlanOptions()) == ("delete from t", asked)
    assert plain_statement("explain (generic_plan) select $1", PlanOptions())[1].generic
    assert plain_statement("select explain from t", PlanOptions())[0] == "select explain from t"


def test_parameters_are_counted_outside_of_quotes_and_comments() -> None:
    assert parameters_of("select $1, $2::text where a = $10") == 10
    assert parameters_of("select '$1', \"$2\", $$ $3 $$ -- $4\n/* $5 */") == 0
