"""Each rule of the advice fires on a plan made for it, and stays silent on its near miss."""

import re
from pathlib import Path
from typing import Any

import pytest

from chatly_console.explain import advice
from chatly_console.explain.advice import Finding
from chatly_console.explain.advice.columns import columns_of, sides_of
from chatly_console.explain.advice.finding import MINOR_MS, percent
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.build import build_plan
from chatly_console.explain.tables import TableFacts, UnsafeFunction
from tests.explain.made import node, plan

Top = dict[str, Any]


def scan(**keys: Any) -> Top:
    return node("Seq Scan", **{"ms": 100.0, "rows": 10, "Relation_Name": "orders", "Alias": "o", **keys})


def over(top: str, *below: Top, **keys: Any) -> Top:
    return node(top, *below, **{"ms": 500.0, "rows": 10, **keys})


def filtered(condition: str, removed: float = 50_000, **keys: Any) -> Top:
    return scan(Filter=condition, Rows_Removed_by_Filter=removed, **keys)


def joined(kind: str, inner: Top, outer_rows: float = 10, **keys: Any) -> Top:
    return over(kind, scan(rows=outer_rows, Alias="c", Relation_Name="customer"), inner, **keys)


CASES: list[tuple[str, Top, Top]] = [
    ("seq-scan-filter", filtered("(o.amount = 5)"), filtered("(o.amount = 5)", 9_000)),
    ("seq-scan-filter", filtered("(o.amount = 5)", 10, loops=2_000), filtered("(o.amount = 5)", rows=60_000)),
    (
        "scan-for-few",
        joined("Hash Join", node("Hash", scan(rows=20_000), rows=20_000, ms=90), Hash_Cond="(c.id = o.customer_id)"),
        joined("Hash Join", node("Hash", scan(rows=20_000), rows=20_000, ms=90), 5_000),
    ),
    (
        "index-filter",
        node("Index Scan", ms=9, Index_Name="i", Filter="(a > 1)", Rows_Removed_by_Filter=2_000, rows=10),
        node("Index Scan", ms=9, Index_Name="i", Filter="(a > 1)", Rows_Removed_by_Filter=2_000, rows=4_000),
    ),
    (
        "heap-fetches",
        node("Index Only Scan", ms=9, Heap_Fetches=5_000, rows=5_000),
        node("Index Only Scan", ms=9, Heap_Fetches=900, rows=900),
    ),
    (
        "lossy-bitmap",
        node("Bitmap Heap Scan", ms=9, Lossy_Heap_Blocks=60, Exact_Heap_Blocks=40),
        node("Bitmap Heap Scan", ms=9, Lossy_Heap_Blocks=40, Exact_Heap_Blocks=60),
    ),
    (
        "index-recheck",
        node("Bitmap Heap Scan", ms=9, Rows_Removed_by_Index_Recheck=5_000, rows=100),
        node(
            "Bitmap Heap Scan",
            ms=9,
            Rows_Removed_by_Index_Recheck=5_000,
            rows=100,
            Lossy_Heap_Blocks=9,
            Exact_Heap_Blocks=90,
        ),
    ),
    (
        "random-reads",
        node("Index Scan", ms=9, rows=20_000, Shared_Read_Blocks=5_000, Shared_Hit_Blocks=100),
        node("Index Scan", ms=9, rows=20_000, Shared_Read_Blocks=5_000, Shared_Hit_Blocks=9_000),
    ),
    (
        "many-index-searches",
        node("Index Scan", ms=9, Index_Searches=2_000, loops=1),
        node("Index Scan", ms=9, Index_Searches=2_000, loops=400),
    ),
    ("misestimate", scan(rows=5_000, planned=10), scan(rows=95, planned=1)),
    (
        "default-guess",
        node("Function Scan", ms=5, rows=50_000, planned=1_000, Function_Name="f"),
        node("Function Scan", ms=5, rows=50_000, planned=1_001, Function_Name="f"),
    ),
    (
        "nested-loop",
        joined("Nested Loop", node("Index Scan", ms=0.6, loops=2_000, Index_Name="i")),
        joined("Nested Loop", node("Index Scan", ms=0.2, loops=2_000, Index_Name="i")),
    ),
    (
        "join-filter",
        joined("Nested Loop", scan(), Rows_Removed_by_Join_Filter=20_000, Join_Filter="(c.a < o.b)"),
        joined("Nested Loop", scan(), Rows_Removed_by_Join_Filter=9_000, Join_Filter="(c.a < o.b)"),
    ),
    (
        "no-join-condition",
        joined("Nested Loop", node("Materialize", scan(rows=2_000), ms=9, rows=2_000, loops=1_000), 1_000),
        joined("Nested Loop", node("Index Scan", ms=0.01, rows=2_000, loops=1_000, Index_Cond="(a = c.id)"), 1_000),
    ),
    (
        "correlated-subquery",
        over(
            "Seq Scan",
            node("Aggregate", ms=0.1, loops=2_000) | {"Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1"},
        ),
        over(
            "Seq Scan",
            node("Aggregate", ms=0.1, loops=500) | {"Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1"},
        ),
    ),
    ("not-in", filtered("(NOT (SubPlan 1))"), filtered("(NOT (hashed SubPlan 1))")),
    (
        "rescans",
        joined("Nested Loop", node("Materialize", scan(), ms=1, rows=2_000, loops=200)),
        joined("Nested Loop", node("Materialize", scan(), ms=1, rows=2_000, loops=20)),
    ),
    (
        "memoize",
        node("Memoize", ms=9, Cache_Hits=100, Cache_Misses=5_000),
        node("Memoize", ms=9, Cache_Hits=5_000, Cache_Misses=100),
    ),
    (
        "sort-on-disk",
        over("Sort", scan(), Sort_Space_Type="Disk", Sort_Space_Used=9_000, Sort_Key=["a"]),
        over("Sort", scan(), Sort_Space_Type="Memory", Sort_Space_Used=9_000, Sort_Key=["a"]),
    ),
    (
        "sort-on-disk",
        over("Sort", scan(), Workers=[{"Worker Number": 0, "Sort Space Type": "Disk", "Sort Space Used": 9}]),
        over("Sort", scan(), Workers=[{"Worker Number": 0, "Sort Space Type": "Memory", "Sort Space Used": 9}]),
    ),
    (
        "hash-batches",
        over("Hash", scan(), Hash_Batches=4, Original_Hash_Batches=1),
        over("Hash", scan(), Hash_Batches=1),
    ),
    (
        "aggregate-spilled",
        over("Aggregate", scan(), Disk_Usage=800, HashAgg_Batches=5),
        over("Aggregate", scan(), HashAgg_Batches=1),
    ),
    (
        "temporary-files",
        node("CTE Scan", ms=9, Temp_Written_Blocks=2_000),
        node("CTE Scan", ms=9, Temp_Written_Blocks=500),
    ),
    (
        "sort-for-limit",
        over("Sort", scan(rows=20_000), Sort_Method="top-N heapsort", Sort_Key=["o.placed"]),
        over("Sort", scan(rows=20_000), Sort_Method="quicksort", Sort_Key=["o.placed"]),
    ),
    (
        "fewer-workers",
        over("Gather", scan(), Workers_Planned=2, Workers_Launched=0),
        over("Gather", scan(), Workers_Planned=2, Workers_Launched=2),
    ),
    ("parallel-overhead", over("Gather", scan(ms=100, loops=3)), over("Gather", scan(ms=400, loops=3))),
    (
        "worker-skew",
        scan(rows=20_000, loops=4, Workers=[{"Actual Rows": rows, "Actual Loops": 1} for rows in (79_000, 500, 500)]),
        scan(
            rows=20_000,
            loops=4,
            Workers=[{"Actual Rows": rows, "Actual Loops": 1} for rows in (30_000, 20_000, 20_000)],
        ),
    ),
    (
        "cache-poor",
        scan(Shared_Read_Blocks=2_000, Shared_Hit_Blocks=10),
        scan(Shared_Read_Blocks=2_000, Shared_Hit_Blocks=9_000),
    ),
    ("io-heavy", scan(**{"Shared I/O Read Time": 80.0}), scan(**{"Shared I/O Read Time": 40.0})),
    ("dirtied-by-reading", scan(Shared_Dirtied_Blocks=2_000), over("ModifyTable", scan(), Shared_Dirtied_Blocks=2_000)),
    (
        "full-page-images",
        over("ModifyTable", scan(), WAL_Records=5_000, WAL_FPI=2_000),
        over("ModifyTable", scan(), WAL_Records=5_000, WAL_FPI=500),
    ),
    ("wide-rows", scan(Plan_Width=4_000, rows=20_000), scan(Plan_Width=1_000, rows=20_000)),
    ("contains-pattern", filtered("(o.note ~~ '%x%'::text)"), filtered("(o.note ~~ 'x%'::text)")),
    ("contains-pattern", filtered("(lower(o.note) ~~ '%abc%'::text)"), filtered("(o.note !~~ '%abc%'::text)")),
    ("cast-column", filtered("((o.amount)::numeric > '5'::numeric)"), filtered("((o.note)::text = 'x'::text)")),
    ("function-on-column", filtered("(lower(o.note) = 'x'::text)"), filtered("(o.note = lower('X'::text))")),
    ("function-on-column", filtered("(lower(o.note) ~~ 'x%'::text)"), filtered("(lower(o.note) ~~ '%x%'::text)")),
    ("rls-per-row", filtered("(o.owner = auth.uid())"), filtered("(o.owner = (InitPlan 1).col1)")),
    (
        "vector-sort",
        over("Sort", scan(rows=20_000), Sort_Key=["(o.embedding <=> $1)"]),
        over("Sort", scan(rows=900), Sort_Key=["(o.embedding <=> $1)"]),
    ),
    (
        "vector-filter",
        node("Index Scan", ms=9, Index_Name="hnsw", Order_By="(e <=> $1)", Filter="(a = 1)", Rows_Removed_by_Filter=30),
        node("Index Scan", ms=9, Index_Name="hnsw", Order_By="(e <=> $1)", Filter="(a = 1)"),
    ),
    ("large-offset", over("Limit", scan(rows=5_000), rows=20), over("Limit", scan(rows=100), rows=20)),
    ("late-distinct", over("Unique", scan(rows=50_000), rows=10), over("Unique", scan(rows=50_000), rows=20_000)),
    (
        "late-having",
        over("Aggregate", scan(), Group_Key=["a"], Filter="(a > 5)", Rows_Removed_by_Filter=5_000),
        over("Aggregate", scan(), Group_Key=["a"], Filter="(count(*) > 5)", Rows_Removed_by_Filter=5_000),
    ),
    (
        "not-pruned",
        over("Append", *(scan(rows=0, ms=1) for _ in range(11)), scan(rows=5, ms=1)),
        over("Append", *(scan(rows=5, ms=1) for _ in range(12))),
    ),
    (
        "not-pruned",
        over("Merge Append", *(scan(rows=0, ms=1) for _ in range(11)), scan(rows=5, ms=1)),
        over("Merge Append", *(scan(rows=0, ms=1) for _ in range(7)), scan(rows=5, ms=1)),
    ),
    (
        "cte-fence",
        node("CTE Scan", ms=90, rows=10, CTE_Name="x", Filter="(a = 1)", Rows_Removed_by_Filter=50_000),
        over(
            "Append",
            *(
                node("CTE Scan", ms=90, rows=10, CTE_Name="x", Filter="(a = 1)", Rows_Removed_by_Filter=50_000)
                for _ in range(2)
            ),
        ),
    ),
    ("row-locks", over("LockRows", scan()), over("LockRows", scan(ms=490))),
    ("switched-off", scan(Disabled=True), scan()),
    ("switched-off", scan(Startup_Cost=1e10), over("Sort", scan(), Startup_Cost=1e9)),
]


def fired(analysis: Analysis, rule: str) -> list[Finding]:
    return [finding for finding in analysis.findings if finding.rule == rule]


@pytest.mark.parametrize(("rule", "top", "near_miss"), CASES, ids=[f"{at}-{case[0]}" for at, case in enumerate(CASES)])
def test_a_rule_fires_where_it_should_and_only_there(rule: str, top: Top, near_miss: Top) -> None:
    (finding,) = fired(plan(top), rule)
    assert finding.evidence.strip() and finding.fix.strip() and finding.doubt.strip()
    assert 0 <= finding.share <= 1
    assert not fired(plan(near_miss), rule)


BESIDE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("jit", {"JIT": {"Timing": {"Total": 40.0}}}, {"JIT": {"Timing": {"Total": 15.0}}}),
    ("planning", {"Planning_Time": 150.0}, {"Planning_Time": 50.0}),
    ("planning", {"Planning": {"Shared Hit Blocks": 5_000}}, {"Planning": {"Shared Hit Blocks": 50}}),
    (
        "triggers",
        {"Triggers": [{"Trigger Name": "t", "Constraint Name": "fk", "Time": 30.0, "Calls": 9}]},
        {"Triggers": [{"Trigger Name": "t", "Time": 3.0, "Calls": 9}]},
    ),
    ("serialization", {"Serialization": {"Time": 60.0, "Output Volume": 900}}, {"Serialization": {"Time": 20.0}}),
    ("unexplained", {"Execution_Time": 180.0}, {"Execution_Time": 104.0}),
    ("switched-off", {"Settings": {"enable_seqscan": "off"}}, {"Settings": {"work_mem": "8MB"}}),
]


@pytest.mark.parametrize(
    ("rule", "keys", "near_miss"), BESIDE, ids=[f"{at}-{case[0]}" for at, case in enumerate(BESIDE)]
)
def test_a_rule_on_the_whole_fires_where_it_should(rule: str, keys: dict[str, Any], near_miss: dict[str, Any]) -> None:
    assert fired(plan(scan(), **keys), rule)
    assert not fired(plan(scan(), **near_miss), rule)


def test_parallel_off_by_setting() -> None:
    large = scan(Shared_Hit_Blocks=20_000)
    assert fired(plan(large, Settings={"max_parallel_workers_per_gather": "0"}), "parallel-off")
    assert not fired(plan(large), "parallel-off")
    assert not fired(plan(scan(), Settings={"max_parallel_workers_per_gather": "0"}), "parallel-off")


def test_a_function_that_is_unsafe_keeps_a_large_scan_to_one_process() -> None:
    large, unsafe = scan(Shared_Hit_Blocks=20_000), (UnsafeFunction("app.score(integer)"),)

    def judged(top: Top, functions: tuple[UnsafeFunction, ...], **keys: Any) -> list[Finding]:
        return fired(analyse(build_plan({"Plan": top} | keys), None, functions), "parallel-unsafe")

    (finding,) = judged(large, unsafe)
    assert finding.fix == "alter function app.score(integer) parallel safe;"
    (builtin,) = judged(large, (UnsafeFunction("nextval(regclass)", is_builtin=True),))
    assert "alter" not in builtin.fix
    assert not judged(large, ())
    assert not judged(scan(Shared_Hit_Blocks=2_000), unsafe)
    assert not judged(over("Gather", large, Workers_Planned=2, Workers_Launched=2), unsafe)
    assert not judged(over("ModifyTable", large), unsafe)
    assert not judged(large, unsafe, Settings={"max_parallel_workers_per_gather": "0"})
    unrun = {"Node Type": "Seq Scan", "Relation Name": "orders", "Plan Rows": 1, "Total Cost": 9.0}
    for megabytes, expected in ((80.0, 1), (20.0, 0)):
        facts = {("public", "orders"): TableFacts(60_000, 0, 1.0, megabytes)}
        assert len(fired(analyse(build_plan({"Plan": unrun}), facts, unsafe), "parallel-unsafe")) == expected


def test_a_share_of_a_table_that_the_planner_guesses_asks_for_statistics_on_the_expression() -> None:
    facts = {("public", "orders"): TableFacts(60_000, 100, 0.1)}

    def judged(condition: str, planned: float, rows: float = 9) -> list[Finding]:
        top = scan(Filter=condition, rows=rows, planned=planned)
        return fired(analyse(build_plan({"Plan": top}), facts), "default-guess")

    (third,) = judged("(lower(o.note) > 'x'::text)", 20_000)
    assert third.sql == "create statistics on (lower(note)) from orders;\nanalyze orders;"
    (two_hundredth,) = judged("(app.score(o.amount, 2) = 5)", 300)
    assert "a two-hundredth" in two_hundredth.evidence and not two_hundredth.sql
    assert not judged("(o.amount > 5)", 20_000), "a plain column has statistics"
    assert not judged("(lower(o.note) > 'x'::text)", 25_000)
    assert not judged("(lower(o.note) > 'x'::text)", 20_000, rows=18_000), "the guess was right"


def test_an_error_of_a_cte_is_told_once_where_it_begins() -> None:
    source = scan(rows=5_000, planned=10) | {"Parent Relationship": "InitPlan", "Subplan Name": "CTE x"}
    reader = node("CTE Scan", ms=200, rows=5_000, planned=10, CTE_Name="x")
    made = plan({**over("Append", reader, reader, planned=20, rows=10_000), "Plans": [source, reader, reader]})
    (finding,) = fired(made, "misestimate")
    assert finding.node is not None and finding.node.kind == "Seq Scan"


def test_stale_statistics_come_before_the_index() -> None:
    top = filtered("(o.amount = 5)", rows=5_000, planned=10)
    facts = {("public", "orders"): TableFacts(60_000, 30_000, 41.0)}
    stale = analyse(build_plan({"Plan": top}), facts)
    rules = [finding.rule for finding in stale.findings]
    assert rules.index("stale-statistics") < rules.index("seq-scan-filter")
    assert rules.index("misestimate") < rules.index("seq-scan-filter")
    fresh = analyse(build_plan({"Plan": top}), {("public", "orders"): TableFacts(60_000, 100, 0.1)})
    assert not fired(fresh, "stale-statistics")


def test_advice_is_ranked_by_what_is_at_stake_and_trifles_come_last() -> None:
    trifle = filtered("(o.b = 5)", ms=MINOR_MS / 2)
    made = plan(over("Append", trifle, filtered("(o.a = 5)", ms=40), filtered("(o.c = 5)", ms=400)))
    found = fired(made, "seq-scan-filter")
    assert [finding.at_stake_ms for finding in found] == [400, 40, 0.5]
    assert [finding.is_minor for finding in found] == [False, False, True]


def test_nothing_is_said_of_what_never_ran() -> None:
    assert not plan(over("Append", scan(), filtered("(o.a = 5)", loops=0))).findings


def test_an_index_is_written_down_where_the_columns_are_plain() -> None:
    (finding,) = fired(plan(filtered("((o.amount = 5) AND (o.placed > '2026-01-01'::date))")), "seq-scan-filter")
    assert finding.sql == "create index concurrently on orders (amount, placed);"
    (either,) = fired(plan(filtered("((o.amount = 5) OR (o.placed > '2026-01-01'::date))")), "seq-scan-filter")
    assert either.sql.split("\n") == [
        "create index concurrently on orders (amount);", "create index concurrently on orders (placed);"
    ]  # fmt: skip
    (both,) = fired(plan(filtered("((o.a = 1) AND ((o.b = 2) OR (o.c = 3)))")), "seq-scan-filter")
    assert both.sql == "create index concurrently on orders (a);"
    assert not sides_of("((o.a = 1) OR (length(o.b) = 2))", "o")
    for condition in ("(length(o.b) = 2)", "(lower((o.b)::text) = 'x'::text)"):
        assert not columns_of(condition, "o").for_index
    (literal,) = fired(plan(filtered("((o.a = 'x OR b = 1) AND (c = 2'::text) AND (o.\"or\" = 3))")), "seq-scan-filter")
    assert literal.sql == 'create index concurrently on orders (a, "or");'
    (prefix,) = fired(plan(filtered("((o.note ~~ 'x%'::text) AND (o.placed > now()))")), "seq-scan-filter")
    assert prefix.sql == "create index concurrently on orders (note text_pattern_ops);"


def test_what_is_to_be_done_names_the_schema_of_the_table() -> None:
    keys = {"Schema": "app", "Relation Name": "Orders"}
    far = filtered("(lower(o.note) = 'x'::text)", rows=5_000, planned=10) | keys
    for rule in ("function-on-column", "misestimate"):
        (finding,) = fired(plan(far), rule)
        assert 'app."Orders"' in finding.sql
    (seldom,) = fired(plan(node("Index Only Scan", ms=9, Heap_Fetches=5_000, rows=5_000) | keys), "heap-fetches")
    assert seldom.sql == 'vacuum (analyze) app."Orders";'


def test_an_index_for_a_pattern_is_on_what_the_pattern_is_of() -> None:
    def index(condition: str) -> str:
        (finding,) = fired(plan(filtered(condition)), "contains-pattern")
        return finding.sql

    assert "gin (note gin_trgm_ops)" in index("((o.note)::text ~~* '%refund%'::text)")
    assert "gin (lower(note) gin_trgm_ops)" in index("(lower(o.note) ~~ '%refund%'::text)")
    assert "gin (lower(note) gin_trgm_ops)" in index("(lower((o.note)::text) ~~ '%refund%'::text)")
    assert not index("(o.note ~~ '%re%'::text)"), "three letters make a trigram"
    assert not index("(o.note ~~ '%a_b_c%'::text)")


def test_two_columns_that_depend_on_each_other_get_statistics() -> None:
    (finding,) = fired(plan(scan(rows=5_000, planned=10, Filter="((o.city = 'x') AND (o.zip = '1'))")), "misestimate")
    assert "create statistics" in finding.fix and "city, zip" in finding.fix


def test_a_plan_that_was_not_run_is_judged_by_its_costs() -> None:
    keys = {"Node Type": "Seq Scan", "Plan Rows": 10, "Total Cost": 100.0, "Startup Cost": 1e10, "Disabled": True}
    made = analyse(build_plan({"Plan": keys}))
    assert all(finding.at_stake_ms is None for finding in made.findings)


def test_no_index_has_a_computed_value_or_a_cte_in_order() -> None:
    def top(below: Top, key: str) -> Analysis:
        return plan(over("Sort", below, Sort_Method="top-N heapsort", Sort_Key=[key]))

    assert not fired(top(scan(rows=20_000), "(count(*)) DESC"), "sort-for-limit")
    assert not fired(top(node("CTE Scan", ms=90, rows=20_000, CTE_Name="b", Alias="b"), "b.n DESC"), "sort-for-limit")
    join = joined("Hash Join", node("Hash", scan(rows=9)), rows=20_000)
    (finding,) = fired(top(join, "o.placed DESC"), "sort-for-limit")
    assert "orders" in finding.fix and not finding.sql


def test_an_index_for_the_filter_helps_more_than_one_for_the_join() -> None:
    few = node("Hash", scan(rows=5, Alias="c"), rows=5, ms=1)
    made = plan(over("Hash Join", filtered("(o.amount = 5)"), few, rows=5, Hash_Cond="(o.customer_id = c.id)"))
    assert fired(made, "seq-scan-filter") and not fired(made, "scan-for-few")


def test_reading_the_clock_may_be_what_takes_the_time() -> None:
    assert fired(plan(scan(ms=100, rows=1_000_000)), "measuring")
    assert not fired(plan(scan(ms=100, rows=100_000)), "measuring")


def test_in_a_large_plan_trifles_are_left_out_and_what_matters_is_not() -> None:
    trifles = [filtered("(o.a = 5)", ms=0.01, rows=1) for _ in range(600)]
    large = plan(over("Append", *trifles, filtered("(o.b = 5)", ms=400)))
    assert len(fired(large, "seq-scan-filter")) == 1
    small = plan(over("Append", *trifles[:50], filtered("(o.b = 5)", ms=400)))
    assert len(fired(small, "seq-scan-filter")) == 51


def test_every_rule_has_its_case() -> None:
    folder = Path(advice.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    rules = set(re.findall(r'(?:at_node|of_plan)\(\s*figures,\s*(?:\w+,\s*)?"([a-z-]+)"', code))
    assert len(rules) > 40
    elsewhere = {"parallel-off", "parallel-unsafe", "stale-statistics", "measuring"}
    assert rules - elsewhere <= {case[0] for case in CASES} | {case[0] for case in BESIDE}


def test_a_share_is_never_called_all_where_something_is_left() -> None:
    assert [percent(share) for share in (1.0, 0.996, 0.9999, 0.42, 0.004)] == [
        "100 %",
        "99.6 %",
        "99.9 %",
        "42 %",
        "0.4 %",
    ]


def test_no_index_is_proposed_that_would_find_the_same_rows_again() -> None:
    found: Top = {"ms": 9, "Index_Name": "i", "Relation_Name": "t", "Rows_Removed_by_Filter": 2_000, "rows": 10}
    only_searched = node("Index Scan", Index_Cond="(sent_at > now())", Filter="(body ~~* '%refund%'::text)", **found)
    one = fired(plan(only_searched), "index-filter")[0]
    assert not one.sql and "answers the filter" in one.fix and "body" in one.fix
    also_filtered = node("Index Scan", Index_Cond="(sent_at > now())", Filter="(status = 'new'::text)", **found)
    one = fired(plan(also_filtered), "index-filter")[0]
    assert "(sent_at, status)" in one.sql or "(status, sent_at)" in one.sql
