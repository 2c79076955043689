"""Plans that leave: as text that reads back the same, without names, as a picture, as a report, as a migration."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from chatly_console.core.failure import Failure
from chatly_console.explain.advice import Finding
from chatly_console.explain.analysis import analyse
from chatly_console.explain.anonymise import Anonymiser
from chatly_console.explain.build import build_plan
from chatly_console.explain.diff import compare
from chatly_console.explain.export import anonymised, export
from chatly_console.explain.keys import keys_of
from chatly_console.explain.migration import migration_of
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.text_export import as_text
from tests.explain.made import node, plan
from tests.explain.test_real_plans import ALL, FOLDER, named, read, said

HOSTILE = "\x1b]0;x\x07<script>alert(1)</script> ``` | [/]"


@pytest.mark.parametrize("path", ALL, ids=named)
def test_the_text_of_a_plan_reads_back_the_same(path: Path) -> None:
    original = read(path).plan
    (again,) = read_plans(as_text(original))
    assert [found.depth for found in again.nodes] == [found.depth for found in original.nodes]
    for ours, theirs in zip(again.nodes, original.nodes, strict=True):
        assert said(ours.raw) == said(theirs.raw)
    assert (again.planning_ms, again.execution_ms) == (original.planning_ms, original.execution_ms)
    assert again.settings == original.settings


@pytest.mark.parametrize("path", ALL[::7], ids=named)
def test_the_json_of_a_plan_reads_back_the_same(path: Path) -> None:
    original = read(path)
    (again,) = read_plans(export(original, "json"))
    assert [found.raw for found in again.nodes] == [found.raw for found in original.plan.nodes]
    assert analyse(again).timing.nodes == original.timing.nodes


@pytest.mark.parametrize("path", [path for path in ALL if path.suffix == ".text"], ids=named)
def test_nothing_tells_of_whom_an_anonymised_plan_is(path: Path) -> None:
    original = read(path)
    shown = anonymised(original)
    text = "".join(export(shown, name) for name in ("text", "json", "svg"))
    for word in ("customer", "orders", "reading", "line ->", "region", "placed", "child", "audit", "noted", "'x%'"):
        assert word not in text, word
    assert [found.kind for found in shown.plan.nodes] == [found.kind for found in original.plan.nodes]
    assert shown.timing.nodes == original.timing.nodes


def test_the_same_names_and_values_become_the_same_stand_ins() -> None:
    keys = node("Seq Scan", Relation_Name="orders", Alias="o", Filter="((o.note = 'secret'::text) AND (o.amount = 5))")
    other = node("Seq Scan", Relation_Name="orders", Alias="o", Filter="((o.note <> 'secret'::text) OR (amount = 5))")
    made = Anonymiser().keys({"Plan": node("Append", keys, other), "Query Text": "select secret from orders"})
    first, second = made["Plan"]["Plans"]
    assert first["Relation Name"] == second["Relation Name"] == "table_1"
    assert first["Filter"] == "((alias_1.column_1 = 'text_1'::text) AND (alias_1.column_2 = 1))"
    assert second["Filter"] == "((alias_1.column_1 <> 'text_1'::text) OR (column_2 = 1))"
    assert "Query Text" not in made
    assert "secret" not in json.dumps(made)


def test_a_picture_is_one_that_parses_and_holds_no_script() -> None:
    made = plan(node("Seq Scan", ms=5, Relation_Name=HOSTILE, Filter=f"(a = '{HOSTILE}')"))
    picture = ElementTree.fromstring(export(made, "svg"))
    assert picture.tag.endswith("svg")
    assert not [element for element in picture.iter() if element.tag.endswith("script")]


def test_a_report_has_the_plan_its_bottlenecks_and_what_to_do_before_and_after() -> None:
    before = read(FOLDER / "18" / "sort-disk.text")
    before.plan.query = f"select '{HOSTILE}' from orders order by note password 'x'"
    after = plan(node("Index Scan", ms=2, Relation_Name="orders", Index_Name="i"))
    report = export(before, "markdown", {"server": "18.6", "as": "ada | x"}, compare(before, after))
    for part in (
        "## Bottlenecks",
        "## Recommendations",
        "expected impact",
        "## Before and after",
        "set local work_mem",
    ):
        assert part in report
    assert "\x1b" not in report
    assert report.count("````") >= 2  # the fence is longer than the one in the statement
    assert "ada \\| x" in report


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(Failure, match="no format"):
        export(plan(node("Result")), "pdf")


def finding(sql: str) -> Finding:
    return Finding("rule", "warn", None, 0.5, 10.0, "it is slow", "do it", "perhaps not", sql)


def test_a_proposed_index_becomes_a_migration_that_can_be_undone() -> None:
    change = migration_of(finding('create index concurrently on app."Odd t" (a, "B c");'))
    assert change.up.startswith("create index concurrently if not exists odd_t_a_b_c_idx on app.")
    assert change.down == "drop index concurrently if exists app.odd_t_a_b_c_idx;"
    gin = migration_of(finding("create index concurrently on messages using gin (body gin_trgm_ops);"))
    assert "messages_body_idx on messages using gin (body gin_trgm_ops)" in gin.up
    two = migration_of(finding("create index concurrently on app.t (a);\ncreate index concurrently on app.t (b);"))
    assert two.up.count("if not exists") == 2 and two.name == "add t_a_idx and t_b_idx"
    assert two.down.split("\n")[0] == "drop index concurrently if exists app.t_b_idx;"
    statistics = migration_of(finding("create statistics (dependencies, mcv) on a, b from t;\nanalyze t;"))
    assert statistics.up.startswith("create statistics if not exists t_a_b_stats (dependencies, mcv) on a, b from t;")
    assert statistics.down == "drop statistics if exists t_a_b_stats;"
    long = migration_of(finding(f"create index concurrently on t ({'x' * 90});"))
    assert len(long.up.split()[6]) <= 63
    with pytest.raises(Failure):
        migration_of(finding("analyze t;"))


def test_unknown_keys_are_kept_and_shown() -> None:
    scan = {"Node Type": "Warp Scan", "Plan Rows": 1, "Total Cost": 1, "Flux": [1, {"deep": True}], "New": "x"}
    made = build_plan({"Plan": scan, "Quantum Time": 3})
    assert keys_of(made)["Plan"]["Flux"] == [1, {"deep": True}]
    assert keys_of(made)["Quantum Time"] == 3
    assert "New: x" in as_text(made)
