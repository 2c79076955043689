from tests.performance.measure import Experiment, Found, Variant, found, labels
from tests.performance.report import Report, write
from tests.performance.tables import Table, recall


def test_a_plan_is_told_from_the_top_down_without_what_only_passes_rows_on() -> None:
    scan = {"Node Type": "Index Scan", "Index Name": "i", "Parent Relationship": "Outer"}
    helper = {"Node Type": "ProjectSet", "Parent Relationship": "InitPlan"}
    plan = {"Node Type": "Limit", "Plans": [helper, {"Node Type": "Sort", "Plans": [scan]}]}
    assert list(labels(plan)) == ["Sort", "Index Scan `i`"]


def test_ties_with_the_exact_last_count_as_found() -> None:
    assert recall([[0.1, 0.2, 0.3]], [[0.1, 0.2, 0.3]]) == 1
    assert recall([[0.1, 0.3, 0.3]], [[0.1, 0.2, 0.3]]) == 1
    assert recall([[0.1, 0.4]], [[0.1, 0.2, 0.3]]) == 1 / 3


def run(milliseconds: float) -> dict[str, object]:
    plan = {"Node Type": "Seq Scan", "Relation Name": "t", "Plan Rows": 5, "Actual Rows": 7, "Actual Loops": 1,
            "Shared Hit Blocks": 2, "Shared Read Blocks": 1}  # fmt: skip
    return {"Execution Time": milliseconds, "Plan": plan}


def test_the_median_counts() -> None:
    told = found([run(9.0), run(1.0), run(2.0)])
    assert (told.ms, told.spread, told.blocks, told.expected, told.rows) == (2.0, (1.0, 9.0), 3, 5, 7)


def test_the_report_has_every_pair_and_table() -> None:
    pair = Experiment(
        "Find | it", "Because.", "ada@x.example", Variant("without", "select 1"), Variant("with", "select 2")
    )
    before, after = (
        Found(10.0, (9.0, 11.0), 100, 1, 2, "Seq Scan `t`"),
        Found(2.0, (1.0, 3.0), 3, 2, 2, "Index Scan `i`"),
    )
    table = Table(("a", "b"), [("1", "2")])
    vectors = Table(
        ("index", "build", "setting", "recall", "ms", "plan"),
        [("slow", "", "probes 1", "0.990", "5.00", "index"), ("", "", "probes 2", "0.500", "1.00", "index"),
         ("quick", "", "ef 40", "0.960", "2.00", "index")],
    )  # fmt: skip
    text = write(
        Report("2026-01-01", "PostgreSQL 18.6 on x", "0.8.6", "2 cores", 7, {"messages": 1_000_000},
               [(pair, before, after)],
               [(pair, before, after, "1 MB", "+5%", "no")], vectors, table, table, table, table)
    )  # fmt: skip
    assert "| Find \\| it | ada | 10.00 | 2.00 | 5.0 | 100 → 3 | 2 → 2 |" in text
    assert "1,000,000 messages" in text
    assert "The fastest that finds at least 95 of 100 is quick with ef 40: 2.00 ms." in text
    assert text.count("| 1 | 2 |") == 4
