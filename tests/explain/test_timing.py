"""A plan from the server to the screen."""

import pytest

from chatly_console.core.failure import Failure
from chatly_console.explain.parsing import read_plans
from tests.explain.made import kinds, node, plan


def test_own_times_divide_by_the_processes_that_took_part_not_by_the_workers_launched() -> None:
    made = plan(
        node(
            "Gather Merge", node("Sort", node("Seq Scan", ms=100, loops=2), ms=150, loops=2), ms=200, Workers_Launched=2
        )
    )
    found = kinds(made)
    assert made.timing.of(found["Gather Merge"]).self_ms == pytest.approx(50)
    assert made.timing.of(found["Sort"]).self_ms == pytest.approx(50)
    assert made.timing.of(found["Seq Scan"]).self_ms == pytest.approx(100)


def test_a_text_that_is_no_plan_is_refused_with_its_line() -> None:
    with pytest.raises(Failure, match="Line 2"):
        read_plans("\nhello world\n")
