r"""\copy: to a file and from one, as psql reads and writes them, by the rules of every other statement."""

import asyncio
import doctest
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode, Request
from chatly_console.query import copy_command
from chatly_console.query.copy_command import read_copy
from chatly_console.query.run import Phase
from chatly_console.query.ui.asking import CommitQuestion
from chatly_console.server.database import Database
from tests.benchmarks.tools import psql
from tests.query.stage import Stage, until
from tests.query.test_meta_commands import press_f5_on
from tests.query.test_pane import phase, words


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(copy_command).failed == 0


@pytest.mark.parametrize(
    ("argument", "sql", "path", "options"),
    [
        ("t to 'a b.csv' csv header", "select * from t", "a b.csv", "csv header"),
        ("public.t (a, \"B c\") to x.txt", 'select a, "B c" from public.t', "x.txt", ""),
        ('"odd (name)" (a) to x', 'select a from "odd (name)"', "x", ""),
        ("(select a from t) To '~/x' with (format csv)", "select a from t", "~/x", "with (format csv)"),
        ("t from x.csv", "copy t from stdin (format csv, header)", "x.csv", "(format csv, header)"),
        ("t from x.txt", "copy t from stdin", "x.txt", ""),
        ('"from"(a) from \'it\'\'s\' delimiter \';\' where a > 1;',
         '''copy "from"(a) from stdin delimiter ';' where a > 1''', "it's", "delimiter ';' where a > 1"),
    ],
)  # fmt: skip
def test_it_is_read_as_psql_reads_it(argument: str, sql: str, path: str, options: str) -> None:
    command = read_copy(argument)
    assert (command.sql, command.path, command.options) == (sql, path, options)


@pytest.mark.parametrize(
    "argument", ["", "t", "t from", "from 'x'", "(select 1) from 'x'", "t from program 'cat'", "t to stdout",
                 "binary t to 'x'"]
)  # fmt: skip
def test_what_cannot_be_done_says_how_it_is_written(argument: str) -> None:
    with pytest.raises(Failure) as caught:
        read_copy(argument)
    assert "\\copy TABLE" in caught.value.hint


async def make(database: Database, *statements: str) -> None:
    for sql in statements:
        async with database.open(Request(sql, mode=Mode.COMMITTED)) as result:
            await result.finish()


async def count(database: Database) -> object:
    return (await database.records("select count(*)::int as n from t"))[0]["n"]


@pytest.mark.parametrize("options", ["", "csv header", "(format csv, delimiter ';', null 'nil')"])
async def test_both_ways_are_byte_for_byte_those_of_psql(
    stage: Stage, database: Database, database_dsn: str, tmp_path: Path, options: str
) -> None:
    await make(
        database,
        "create table t (id int, words text)",
        "insert into t values (1, 'a;b,\"c\"'), (2, null), (3, ''), (4, E'tab\\tline\\n\\\\.'), (5, 'Café متجر')",
    )
    ours, theirs = tmp_path / "ours.dat", tmp_path / "theirs.dat"
    async with stage.run_test(size=(120, 40)) as pilot:
        await press_f5_on(stage, f"\\copy t to '{ours}' {options}")
        await until(ours.exists)
        command = [psql(), database_dsn, "-qc", f"\\copy t to '{theirs}' {options}"]
        await asyncio.to_thread(subprocess.run, command, check=True)
        assert ours.read_bytes() == theirs.read_bytes()
        await until(lambda: any("COPY 5: written to" in say.text for say in stage.said))
        await make(database, "create table kept as table t", "truncate t")
        await press_f5_on(stage, f"\\copy t (id, words) from '{theirs}' {options}")
        await until(lambda: isinstance(stage.screen, CommitQuestion) and stage.screen.is_mounted)
        assert "COPY added 5 rows to t. Keep them?" in str(stage.screen.query_one(".title").render())
        await pilot.press("y")
        await until(lambda: any("Committed, 5 rows" in say.text for say in stage.said))
    rows = await database.records("(table kept except all table t) union all (table t except all table kept)")
    assert rows == []


async def test_a_bad_line_says_which_and_nothing_is_kept(stage: Stage, database: Database, tmp_path: Path) -> None:
    await make(database, "create table t (id int)")
    source = tmp_path / "x.csv"
    source.write_text("id\n1\n2\nthree\n")
    async with stage.run_test(size=(120, 40)):
        await press_f5_on(stage, f"\\copy t from '{source}'")
        await until(lambda: phase(stage) is Phase.FAILED)
        assert "22P02" in words(stage) and "line 4" in words(stage)
        await until(lambda: database.pool_in_use == 0)
        assert await count(database) == 0
        await press_f5_on(stage, f"\\copy t from '{tmp_path}/nowhere.csv'")
        await until(lambda: any("there is no such file" in say.text for say in stage.said))


async def test_read_only_refuses_to_load(stage: Stage, database: Database, tmp_path: Path) -> None:
    await make(database, "create table t (id int)")
    source = tmp_path / "x.csv"
    source.write_text("id\n1\n")
    stage.session.profile = replace(stage.session.profile, read_only=True)
    async with stage.run_test(size=(120, 40)):
        await press_f5_on(stage, f"\\copy t from '{source}'")
        await until(lambda: any("read-only, so COPY FROM was not sent" in say.text for say in stage.said))
        assert await count(database) == 0


async def test_loading_joins_the_open_transaction(stage: Stage, database: Database, tmp_path: Path) -> None:
    await make(database, "create table t (id int)")
    source, target = tmp_path / "x.csv", tmp_path / "y.csv"
    source.write_text("id\n1\n2\n")
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("alt+t")
        await until(lambda: stage.mode != "auto")
        await press_f5_on(stage, f"\\copy t from '{source}'")
        await until(lambda: phase(stage) is Phase.DONE)
        assert await count(database) == 0
        await press_f5_on(stage, f"\\copy t to '{target}' csv")
        await until(target.exists)
        assert target.read_text() == "1\n2\n"
        await pilot.press("alt+r")
        await until(lambda: stage.mode == "auto")
        assert await count(database) == 0


async def test_a_load_is_cancelled(stage: Stage, database: Database, tmp_path: Path) -> None:
    await make(database, "create table t (id int, words text default pg_sleep(10)::text)")
    source = tmp_path / "x.csv"
    source.write_text("id\n1\n")
    async with stage.run_test(size=(120, 40)) as pilot:
        await press_f5_on(stage, f"\\copy t (id) from '{source}' csv header")
        await until(lambda: "ctrl+g cancels" in words(stage))
        assert "of 5 bytes sent" in words(stage)
        await pilot.press("ctrl+g")
        await until(lambda: phase(stage) is Phase.CANCELLED)
        await until(lambda: database.pool_in_use == 0)
        assert await count(database) == 0
