import pytest

from chatly_console.migrations.layouts import read_folder
from chatly_console.resources import data_folder
from chatly_console.review.items import ITEMS, Standing, judged
from chatly_console.review.plans import whole_tables
from chatly_console.review.repeatable import unrepeatable


@pytest.mark.parametrize(
    "statement",
    [
        "create table if not exists t (id int)",
        "create unique index concurrently if not exists i on t (a)",
        "CREATE OR REPLACE FUNCTION f() returns int language sql as 'select 1'",
        "drop policy if exists p on t",
        "alter table public.t enable row level security",
        "alter table t add column if not exists a int",
        "insert into t values (1)\non conflict (id) do nothing",
        "comment on table t is 'x'",
        "do $$ begin end $$",
    ],
)
def test_what_can_be_run_twice(statement: str) -> None:
    assert unrepeatable([statement]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "create table t (id int)",
        "create index i on t (a)",
        "create policy p on t for select using (true)",
        "create trigger g before update on t for each row execute function f()",
        "alter table t add column a int",
        "insert into t values (1)",
        "drop table t",
        "create type s as enum ('a')",
        "drop table t; -- create table if not exists",
    ],
)
def test_what_cannot(statement: str) -> None:
    assert unrepeatable([statement]) == [statement]


def test_a_policy_may_be_made_where_it_was_dropped_before_and_only_there() -> None:
    drop = "drop policy if exists p on public.t"
    assert unrepeatable([drop, "create policy p on public.t for select using (true)"]) == []
    other = "create policy p on public.u for select using (true)"
    assert unrepeatable([drop, other]) == [other]


def test_chatlys_own_migrations_are_repeatable_by_their_form() -> None:
    for file in read_folder(data_folder("database")).files:
        assert unrepeatable(statement.sql for statement in file.up.statements) == [], file.label


def scan(rows: int, removed: int, loops: int = 1) -> dict[str, object]:
    node = {"Node Type": "Seq Scan", "Relation Name": "t", "Actual Rows": rows, "Actual Loops": loops}
    return {"Plan": {"Node Type": "Sort", "Plans": [node | {"Rows Removed by Filter": removed}]}}


def test_a_whole_table_is_told_where_few_of_many_rows_were_wanted() -> None:
    assert whole_tables(scan(10, 99_990)) == ["t: 10 of 100,000 rows were wanted"]
    assert whole_tables(scan(0, 60, loops=100)) == ["t: 0 of 6,000 rows were wanted"]
    assert whole_tables(scan(90_000, 10_000)) == []  # most of them were
    assert whole_tables(scan(1, 400)) == []  # the table is small


def test_there_are_ten_points_and_one_that_found_something_fails() -> None:
    assert [item.number for item in ITEMS] == list(range(1, 11))
    assert judged(ITEMS[0], "words", [], "mend").standing is Standing.OK
    assert judged(ITEMS[0], "words", ["t"], "mend").standing is Standing.FAIL
