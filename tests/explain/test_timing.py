"""Own times add up, whatever the tree: held against trees whose own times are known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.explain.made import kinds, node, plan

Tree = tuple[float, int, list[Any]]
"""Own milliseconds over all loops, loops, and what is below."""

trees: st.SearchStrategy[Tree] = st.recursive(
    st.tuples(st.floats(0, 1000), st.integers(1, 2000), st.just([])),
    lambda below: st.tuples(st.floats(0, 1000), st.integers(1, 2000), st.lists(below, max_size=3)),
    max_leaves=12,
)


def built(tree: Tree) -> tuple[dict[str, Any], float]:
    """The node as EXPLAIN prints it, rounded per loop, and its true time with all below."""
    own, loops, below = tree
    made = [built(part) for part in below]
    whole = own + sum(ms for _, ms in made)
    return node("Append", *(keys for keys, _ in made), ms=round(whole / loops, 3), loops=loops), whole


def own_times(tree: Tree) -> list[tuple[float, int]]:
    own, loops, below = tree
    return [(own, loops + sum(part[1] for part in below)), *(found for part in below for found in own_times(part))]


@given(trees)
def test_own_times_are_what_they_were_but_for_rounding(tree: Tree) -> None:
    made = plan(built(tree)[0])
    found = [times.self_ms for times in made.timing.nodes]
    for ours, (true, loops) in zip(found, own_times(tree), strict=True):
        assert ours >= 0
        assert ours == pytest.approx(true, abs=0.0006 * loops + 1e-6)
    rounding = sum(0.0012 * times for _, times in own_times(tree))
    assert sum(found) == pytest.approx(made.timing.of(made.plan.root).total_ms, abs=rounding + 1e-6)


def test_own_times_divide_by_the_processes_that_took_part_not_by_the_workers_launched() -> None:
    below = node("Sort", node("Seq Scan", ms=100, loops=2), ms=150, loops=2)
    made = plan(node("Gather Merge", below, ms=200, Workers_Launched=2))
    found = kinds(made)
    assert made.timing.of(found["Gather Merge"]).self_ms == pytest.approx(50)
    assert made.timing.of(found["Sort"]).self_ms == pytest.approx(50)
    assert made.timing.of(found["Seq Scan"]).self_ms == pytest.approx(100)


def test_an_estimate_is_off_where_it_starts_and_not_above() -> None:
    scan = node("Seq Scan", ms=1, rows=50_000, planned=10, Relation_Name="orders")
    made = plan(node("Sort", node("Gather", scan, ms=2, rows=50_000, planned=10), ms=3, rows=50_000, planned=10))
    assert [bool(estimate and estimate.starts_here) for estimate in made.estimates] == [False, False, True]
    assert [finding.rule for finding in made.findings].count("misestimate") == 1


def test_a_few_rows_more_than_expected_are_no_wrong_estimate() -> None:
    made = plan(node("Seq Scan", ms=1, rows=99, planned=1))
    assert made.estimates[0] is not None and not made.estimates[0].is_off


@given(st.floats(0, 500), st.integers(1, 8), st.lists(st.floats(0, 500), min_size=1, max_size=6))
def test_below_a_gather_own_times_are_those_of_one_process(gather: float, processes: int, own: list[float]) -> None:
    """A chain of nodes that every process runs, whatever number of workers was launched."""
    whole = own[-1]
    chain = node("Seq Scan", ms=whole, loops=processes)
    for spent in reversed(own[:-1]):
        whole += spent
        chain = node("Materialize", chain, ms=whole, loops=processes)
    made = plan(node("Gather", chain, ms=whole + gather, Workers_Launched=9))
    found = [times.self_ms for times in made.timing.nodes]
    assert found == pytest.approx([gather, *own], abs=1e-6)
    assert min(found) >= 0
