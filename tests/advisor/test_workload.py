"""Indexes for the statements on record, and for those that read one table."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.advisor.index_report import told
from chatly_console.advisor.index_service import advise_index
from chatly_console.advisor.workload import (
    Table,
    advise_many,
    named_table,
    top_statements,
    with_the_others,
    with_typical_values,
)
from chatly_console.cli import main
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN
from chatly_console.server.database import Database
from tests.advisor.conftest import nothing_is_left
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
    assert {served.sql for served in best["customer",].serves} == {_ASKED[0][0], _ASKED[1][0]}
    assert best["customer",].saved_ms > 0
    assert ("id",) not in best, "the primary key serves already"
    assert advice.together is not None and advice.together.cost_after < advice.together.cost_before / 2
    assert any("in 9 calls: select * from orders where customer = $1" in line for line in told(advice))
    await nothing_is_left(workload)


async def test_of_a_table_only_its_statements_count(workload: Database) -> None:
    advice = await advise_many(workload, table=await named_table(workload, "tenants"))
    assert [looked.run.sql for looked in advice.looked] == [_ASKED[2][0]]
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


async def test_parameters_get_usual_values(workload: Database) -> None:
    sql = "select id from orders where customer = $1 and status = $2 and made > $3 limit $4"
    found = await with_typical_values(workload, sql)
    assert "$" not in found and "status = 'done'" in found and "limit '10'" in found
    unknown = "select id from orders where customer + $1 = total"
    assert await with_typical_values(workload, unknown) == unknown


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
