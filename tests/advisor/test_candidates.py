"""Candidates of a plan by the statistics alone: what kinds of index it asks for, in which order of keys."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chatly_console.advisor.indexes.candidates import candidates_of
from chatly_console.advisor.indexes.looking import to_be_partitioned
from chatly_console.advisor.indexes.table_info import ColumnFacts, IndexFacts, TableInfo
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.parsing import read_plans

COLUMNS = {
    "a": ColumnFacts("integer", distinct=1000, category="N"),
    "b": ColumnFacts("integer", distinct=500, category="N"),
    "c": ColumnFacts("integer", distinct=2, common={"1": 0.9, "2": 0.1}, category="N"),
    "at": ColumnFacts("timestamp with time zone", distinct=100_000, correlation=0.99, category="D"),
    "body": ColumnFacts("text", distinct=100_000, width=400, category="S"),
}
TABLE = TableInfo("public", "t", 1_000_000, 20_000, COLUMNS)


def analysed(condition: str, *above: dict[str, Any], rows: int = 10) -> Analysis:
    node: dict[str, Any] = {
        "Node Type": "Seq Scan", "Relation Name": "t", "Schema": "public", "Alias": "t", "Startup Cost": 0.0,
        "Total Cost": 30_000.0, "Plan Rows": rows, "Plan Width": 40, "Output": ["t.a", "t.b"], "Filter": condition,
    }  # fmt: skip
    for parent in above:
        node = {
            "Startup Cost": 0.0,
            "Total Cost": 30_000.0,
            "Plan Rows": rows,
            "Plan Width": 40,
            **parent,
            "Plans": [node],
        }
    return analyse(read_plans(json.dumps([{"Plan": node}]))[0])


def found(condition: str, *above: dict[str, Any], table: TableInfo = TABLE, **more: Any) -> list[str]:
    uses = more.pop("uses", None)
    return [one.rest for one in candidates_of(analysed(condition, *above, **more), [table], uses)]


def test_the_most_selective_column_comes_first_unless_others_ask_more_for_another() -> None:
    condition = "((t.b = 5) AND (t.a = 7) AND (t.at > '2026-01-01'::timestamp with time zone))"
    small = replace(TABLE, rows=100_000_000)
    uses = {("public.t", "b"): 900.0, ("public.t", "a"): 1.0}
    assert "(a, b, at)" in found(condition, table=small)
    assert "(b, a, at)" in found(condition, table=small, uses=uses)


def test_no_key_is_added_that_leaves_most_rows_or_once_few_are_left() -> None:
    assert found("((t.a = 7) AND (t.c = 1))", table=replace(TABLE, rows=100_000_000))[0] == "(a)"
    assert found("((t.a = 7) AND (t.b = 5))", table=replace(TABLE, rows=40_000))[0] == "(a)"


def test_a_sort_with_a_limit_comes_before_a_range_and_without_one_behind() -> None:
    sort = {"Node Type": "Sort", "Sort Key": ["t.at DESC"], "Output": ["t.a"]}
    limit = {"Node Type": "Limit", "Output": ["t.a"]}
    both = found("((t.a = 7) AND (t.b > 5))", sort, limit, rows=1000)
    assert both[:3] == ["(a, at desc, b)", "(a, at desc)", "(a, b)"]
    assert "(a, at desc)" in found("((t.a = 7) AND (t.b > 5))", sort, rows=1000)


@pytest.mark.parametrize(
    ("condition", "megabytes", "expected"),
    [("(t.body = 'x'::text)", 2000, True), ("(t.body = 'x'::text)", 100, False), ("(t.a = 7)", 2000, False)],
)
def test_a_hash_is_for_wide_keys_of_huge_tables(condition: str, megabytes: float, expected: bool) -> None:
    table = replace(TABLE, pages=megabytes * 128)
    assert ("using hash (body)" in found(condition, table=table)) is expected


def test_of_a_table_beyond_all_memory_partitions_are_advised_in_words() -> None:
    analysis = analysed("(t.at > '2026-01-01'::timestamp with time zone)")
    assert to_be_partitioned(analysis, [TABLE]) == []
    words = to_be_partitioned(analysis, [replace(TABLE, pages=200 * 1024 * 128.0)])
    assert len(words) == 1 and words[0].startswith("public.t has 200 GB and is asked for by at: partitions")


def test_small_tables_and_what_keeps_most_rows_ask_for_nothing() -> None:
    assert found("(t.a = 7)", table=replace(TABLE, pages=100)) == []
    assert found("(t.a = 7)", table=replace(TABLE, rows=400)) == []
    assert found("(t.a > 7)", rows=600_000) == []


def test_a_name_that_another_index_has_is_not_taken() -> None:
    other = IndexFacts("t_a_idx", "btree", ("b",), opclasses=("int4_ops",), standard=(True,), orders=(0,))
    table = replace(TABLE, indexes=(other,))
    names = [one.name for one in candidates_of(analysed("(t.a = 7)"), [table])]
    assert names[0] == "t_a_idx_2"
