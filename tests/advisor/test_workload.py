"""Indexes for the statements on record, and for those that read one table."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.advisor.indexes.looking import look
from chatly_console.advisor.indexes.parameters import absent, middle, most_common
from chatly_console.advisor.indexes.report import details, told
from chatly_console.advisor.indexes.service import advise_index
from chatly_console.advisor.indexes.table_info import ColumnFacts
from chatly_console.advisor.indexes.tried import Asked
from chatly_console.advisor.indexes.workload import (
    Table,
    advise_many,
    named_table,
    top_statements,
    with_the_others,
)
from chatly_console.cli import main
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN
from chatly_console.server.database import Database
from tests.advisor.conftest import ALL, nothing_is_left
from tests.conftest import run_apart
from tests.server.conftest import opening_of

_ASKED = (
    ("select * from orders where customer = $1", "17", 9),
    ("select id, total from orders where customer = $1 and total > $2", "17, 500", 5),
    ("select count(*) from tenants where tenant = $1", "3", 60),
    ("select * from orders where id = $1", "17", 3),
    ("update tiny set a = a where id = $1", "5", 2),
)


@pytest.fixture(scope="module")
def recorded(indexes_dsn: str) -> str:
    run_apart(_record(indexes_dsn))
    return indexes_dsn


async def _record(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("create extension pg_stat_statements")
    for sql, values, times in _ASKED:
        for _ in range(times):
            await connection.fetch(sql, *(int(value) for value in values.split(", ")))
    await connection.close()


@pytest.fixture
async def workload(recorded: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(recorded))
    yield database
    await database.close()


async def test_the_statements_on_record_come_with_calls_and_time(workload: Database) -> None:
    found = {one.sql: one for one in await top_statements(workload, 20)}
    assert found[_ASKED[0][0]].calls == 9 and found[_ASKED[0][0]].total_ms > 0
    assert not any("pg_catalog" in sql or "create " in sql for sql in found)
    assert {one.sql for one in await top_statements(workload, 20, "tenants")} == {_ASKED[2][0]}


async def test_indexes_for_all_of_them_serve_several_and_go_together(workload: Database) -> None:
    advice = await advise_many(workload)
    best = {one.candidate.keys: one for one in advice.proposals}
    assert {("customer",), ("tenant",)} <= best.keys()
    assert {served.on_record for served in best["customer",].serves} == {_ASKED[0][0], _ASKED[1][0]}
    assert all(served.values and served.hours > 0 for served in best["customer",].serves), (
        "each judged by its worst values"
    )
    assert any("given values from the statistics" in note for note in advice.notes)
    lines = dict(details(best["customer",]))
    assert lines["weight"].split(" of every hour")[0].endswith(("ms", "s")) and "(worst: " in lines["serves"]
    assert best["customer",].saved_ms > 0
    assert ("id",) not in best, "the primary key serves already"
    assert advice.together is not None and advice.together.cost_after < advice.together.cost_before / 2
    assert any(
        "in 9 calls (worst: " in line and line.endswith("): select * from orders where customer = $1")
        for line in told(advice)
    )
    await nothing_is_left(workload)


async def test_of_a_table_only_its_statements_count(workload: Database) -> None:
    advice = await advise_many(workload, table=await named_table(workload, "tenants"))
    assert [looked.asked.sql for looked in advice.looked] == [_ASKED[2][0]]
    assert {one.candidate.table.name for one in advice.tried} == {"tenants"}
    nothing = await advise_many(workload, table=Table("public", "papers"))
    assert nothing.tried == () and "0 statements on record that read public.papers" in nothing.about


async def test_what_an_index_does_to_the_other_statements_is_told(workload: Database) -> None:
    advice = await advise_index(workload, "select * from orders where customer = 17")
    told_too = await with_the_others(workload, advice, LOGIN)
    words = "statements on record that read orders the first index makes 2 cheaper by half or more, and none dearer."
    assert any(note.startswith("Of ") and note.endswith(words) for note in told_too.notes)
    nothing = await advise_index(workload, "select * from orders where id = 17")
    assert await with_the_others(workload, nothing, LOGIN) is nothing


async def test_parameters_get_three_sets_of_values_and_the_slowest_counts(workload: Database) -> None:
    sql = "select * from orders where status = $1 and customer < $2"
    advice = await advise_index(workload, sql, permission=ALL)
    assert "$" not in advice.looked[0].run.sql and advice.looked[0].asked.sql == sql
    assert "the most common values" in advice.notes[0] and "absent values" in advice.notes[0]
    assert "Its general plan costs" in advice.notes[0]
    by_status = next(one for one in advice.tried if one.candidate.keys == ("status", "customer"))
    done = {one.values: one for one in by_status.by_values}
    assert len(done) == 3
    assert by_status.after == done["the most common values"].after, "the worst of them"
    assert (done["absent values"].after.blocks or 0) < 10, "though it would be quick for what is not there"
    assert not by_status.pays, "for the usual customers it reads much of the table all the same"
    await nothing_is_left(workload)


async def test_an_index_that_pays_with_every_value_is_proposed_with_each_of_them(workload: Database) -> None:
    advice = await advise_index(workload, "select * from orders where customer = $1 limit $2", permission=ALL)
    best = advice.proposals[0]
    assert best.candidate.keys == ("customer",) and not best.candidate.where
    assert len(best.by_values) > 1 and all(one.is_used for one in best.by_values)
    assert any("absent values: " in line and " → " in line for line in told(advice))


async def test_what_no_statistics_tell_of_keeps_the_general_plan(workload: Database) -> None:
    advice = await advise_index(workload, "select id from orders where point(customer, total) <@ $1::box")
    assert "$1" in advice.looked[0].run.sql
    assert any("no values here" in note for note in advice.notes)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ColumnFacts("integer", common={"3": 0.5, "9": 0.1}, middle="20", last="70", category="N"), ("3", "20", "71")),
        (ColumnFacts("smallint", common={"1": 0.5, "32767": 0.1}, category="N"), ("1", "32767", "32767")),
        (ColumnFacts("boolean", common={"t": 0.9, "f": 0.1}, category="B"), ("t", "f", "f")),
        (ColumnFacts("text", middle="m", last="z", category="S"), ("m", "m", "~ no such value ~")),
        (ColumnFacts("date", middle="2026-01-01", category="D"), ("2026-01-01", "2026-01-01", "9999-12-31")),
        (ColumnFacts("integer", category="N"), ("", "", "")),
    ],
)
def test_the_three_values_of_a_column(facts: ColumnFacts, expected: tuple[str, str, str]) -> None:
    assert (most_common(facts), middle(facts), absent(facts)) == expected


async def test_the_values_that_somebody_gave_are_tried_besides(workload: Database) -> None:
    advice = await advise_index(workload, "select count(*) from orders where customer = $1", given=("17",))
    best = advice.proposals[0]
    assert {one.values for one in best.by_values} >= {"your values", "absent values"}
    assert any("your values" in note for note in advice.notes)


async def test_without_a_record_that_is_said(database_dsn: str) -> None:
    database = await Database.connect(opening_of(database_dsn))
    try:
        with pytest.raises(Failure, match="no record of statements"):
            await advise_many(database)
        with pytest.raises(Failure, match="no table nowhere"):
            await named_table(database, "nowhere")
    finally:
        await database.close()


def test_the_command_advises_builds_on_demand_and_refuses_what_is_unclear(
    recorded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    advise = ["--dsn", recorded, "advise", "index"]
    assert main([*advise, "--top", "20", "--json"]) == 1
    made = json.loads(capsys.readouterr().out)
    assert made["candidates"][0]["serves"][0]["calls"] > 0 and made["together"]
    assert main([*advise, "--table", "tenants"]) == 1
    assert "tenants_tenant_idx on public.tenants (tenant);" in capsys.readouterr().out
    sql = "select * from tenants where tenant = 7"
    assert main([*advise, "-c", "select * from tenants where tenant = $1", "--measure", "--json"]) == 1
    measured = json.loads(capsys.readouterr().out)
    assert "tenant = '" in measured["statements"][0]["sql"] and measured["candidates"][0]["tier"] == "measured"
    assert main([*advise, "-c", sql, "--apply"]) == 2
    assert "add --yes" in capsys.readouterr().err
    assert main([*advise]) == 2 and main([*advise, "-c", sql, "--top", "3"]) == 2
    assert main(["--dsn", recorded, "advise", "--measure"]) == 2
    capsys.readouterr()
    assert main([*advise, "-c", sql, "--apply", "--yes"]) == 0
    shown = capsys.readouterr()
    assert "was built in" in shown.err and "built: tenants_tenant_idx, looked at again" in shown.out
    assert main([*advise, "-c", sql]) == 0, "nothing is left to propose"
    drop = "drop index public.tenants_tenant_idx"
    assert main(["--dsn", recorded, "query", "--commit", "-c", drop]) == 0


async def test_an_index_that_does_nothing_for_the_usual_values_is_not_proposed_for_many(
    workload: Database, recorded: str
) -> None:
    asked = "select id, note from orders where status = $1"
    connection = await asyncpg.connect(recorded)
    try:
        await connection.fetch(asked, "open")
    finally:
        await connection.close()
    advice = await advise_many(workload, table=await named_table(workload, "orders"))
    served = [one for one in advice.proposals if asked in {s.on_record for s in one.serves}]
    assert not any(one.candidate.keys[0] == "status" for one in served), "nearly all rows are done"


@pytest.mark.parametrize(
    ("sql", "filled"),
    [
        ("select * from orders where customer = any($1)", "any('{"),
        ("select * from orders where note like $1 and made > $2::timestamptz - $3::interval", "like 'orde%'"),
        ("select * from orders where customer = $1 or total = $2", " or total = '"),
        ("select id from papers order by embedding <=> $1 limit $2", "<=> '[0.1,0.1"),
        ("select count(*) from logs where customer = $1", "customer = '"),
    ],
)
async def test_each_way_to_compare_a_parameter_gets_a_value(workload: Database, sql: str, filled: str) -> None:
    sets, notes = await look(workload, Asked(sql), LOGIN, lambda words: None, analyze=False)
    assert all("$" not in one.run.sql for one in sets) and any(filled in one.run.sql for one in sets)
    assert not any("could not be planned" in note for note in notes), notes
