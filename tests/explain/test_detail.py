"""What the dialog of a node says: its times made right, and every key of the plan, known here or not."""

import json

from chatly_console.explain.analysis import analyse
from chatly_console.explain.detail import detail_of
from chatly_console.explain.parsing import read_plans
from tests.explain.made import node
from tests.explain.test_traps import of


def said(groups: list[tuple[str, list[tuple[str, str]]]], name: str) -> dict[str, str]:
    return dict(next((pairs for found, pairs in groups if found == name), []))


def test_keys_that_are_not_known_are_kept_and_shown() -> None:
    top = node("Future Scan", node("Seq Scan", ms=1, Novelty=[{"a": 1}]), ms=5, Prefetch_Distance=3.5)
    keys = {"Plan": top, "Execution Time": 6.0, "IO": {"Prefetch": 12}, "Settings": {"work_mem": "5MB"}}
    made = analyse(read_plans(json.dumps(keys))[0])
    of_root = detail_of(made, made.plan.root)
    assert said(of_root, "all keys")["Prefetch Distance"] == "3.5"
    assert said(of_root, "the whole plan") == {
        "execution": "6.0 ms", "setting work_mem": "5MB", "IO": '{"Prefetch": 12}'
    }  # fmt: skip
    below = detail_of(made, made.plan.nodes[1])
    assert said(below, "all keys")["Novelty"] == '[{"a": 1}]'
    assert not said(below, "the whole plan")


def test_triggers_and_processes_are_said() -> None:
    deleted = of("18", "delete-cascade")
    whole = said(detail_of(deleted, deleted.plan.root), "the whole plan")
    assert "39 calls" in whole["trigger child_parent_id_fkey"]
    parallel = of("18", "parallel-count")
    scan = next(found for found in parallel.plan.nodes if found.kind == "Seq Scan")
    groups = detail_of(parallel, scan)
    assert "3 took part" in said(groups, "times")["processes"]
    assert set(said(groups, "workers")) == {"worker 0", "worker 1"}
