"""Dumps of pg_dump: loaded whole, whichever way they come, and what is dumped afterwards is the same text."""

import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatly_console.cli import main
from chatly_console.query.run import Phase
from chatly_console.query.ui.asking import CommitQuestion
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from chatly_console.shell.dialogs import Confirm
from tests.benchmarks.tools import psql
from tests.conftest import _as_superuser, run_apart
from tests.query.stage import Stage, until
from tests.query.test_meta_commands import press_f5_on
from tests.query.test_pane import phase, words, write

PG_DUMP = str(Path(psql()).with_name("pg_dump"))
_KEY = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)


def dumped(dsn: str, *options: str) -> str:
    done = subprocess.run([PG_DUMP, *options, dsn], capture_output=True, check=True)
    return done.stdout.decode()


def without_key(text: str) -> str:
    """Each dump has a key of its own."""
    return _KEY.sub("", text)


@pytest.fixture(scope="session")
def nasty_dsn(server: EmbeddedServer) -> Iterator[str]:
    name = f"nasty_{uuid.uuid4().hex[:12]}"
    run_apart(_as_superuser(server.dsn("postgres"), f"create database {name}"))
    command = [psql(), server.dsn(name), "-Xqv", "ON_ERROR_STOP=1", "-f", str(Path(__file__).with_name("nasty.sql"))]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    yield server.dsn(name)
    run_apart(_as_superuser(server.dsn("postgres"), f"drop database {name} with (force)"))


@pytest.fixture(scope="session")
def dump(nasty_dsn: str) -> str:
    return dumped(nasty_dsn)


@pytest.fixture
def database_dsn(server: EmbeddedServer) -> Iterator[str]:
    """One of its own for each test: a dump makes more than can be cleared away."""
    name = f"into_{uuid.uuid4().hex[:12]}"
    run_apart(_as_superuser(server.dsn("postgres"), f"create database {name}"))
    yield server.dsn(name)
    run_apart(_as_superuser(server.dsn("postgres"), f"drop database {name} with (force)"))


def is_whole(dsn: str, dump: str) -> None:
    assert without_key(dumped(dsn)).splitlines() == without_key(dump).splitlines()


@pytest.mark.parametrize("options", [[], ["--column-inserts", "--clean", "--if-exists"]])
def test_from_the_command_line(
    nasty_dsn: str, dump: str, database_dsn: str, tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dump.sql"
    file.write_text(dumped(nasty_dsn, *options))
    assert main(["query", "--dsn", database_dsn, "-f", str(file)]) == 0, "tried and rolled back"
    assert "rolled back" in capsys.readouterr().err
    assert main(["query", "--dsn", database_dsn, "-f", str(file), "--commit"]) == 0
    assert "307 rows changed" in capsys.readouterr().err
    is_whole(database_dsn, dump)


async def agree(stage: Stage, pilot: object, question: str) -> None:
    await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
    assert question in " ".join(str(line.render()) for line in stage.screen.query("Static"))
    await pilot.press("y")  # type: ignore[attr-defined]
    await until(lambda: isinstance(stage.screen, CommitQuestion) and stage.screen.is_mounted)
    await pilot.press("y")  # type: ignore[attr-defined]
    await until(lambda: any("307 rows changed" in say.text for say in stage.said))


async def test_as_an_included_file(database_dsn: str, stage: Stage, dump: str, tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text(dump)
    async with stage.run_test(size=(120, 40)) as pilot:
        await press_f5_on(stage, f"\\i {tmp_path}/dump.sql")
        await agree(stage, pilot, "of dump.sql, of which")
        assert len(stage.pane.results.views) == 1, "it has one tab, as one run"
        header = str(stage.pane.result.query_one("#result-header").render())
        assert "statements" in header and "committed" in header
    is_whole(database_dsn, dump)


async def test_pasted_into_a_buffer(database_dsn: str, stage: Stage, dump: str) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "")
        stage.pane.editing.editor.insert(dump)
        await pilot.press("alt+a")
        await agree(stage, pilot, "All or nothing")
    is_whole(database_dsn, dump)


async def test_an_error_in_its_data_names_the_line_of_the_file(
    stage: Stage, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "d.sql").write_text("create table t (i int);\n\ncopy t from stdin;\n1\n2\nthree\n\\.\nselect 1;\n")
    async with stage.run_test(size=(120, 40)) as pilot:
        await press_f5_on(stage, f"\\i {tmp_path}/d.sql")
        await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
        await pilot.press("y")
        await until(lambda: phase(stage) is Phase.FAILED)
        assert "d.sql, line 6" in words(stage)
        write(stage, f"-- another first line\n{(tmp_path / 'd.sql').read_text()}")
        stage.pane.action_run_all()
        await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
        await pilot.press("y")
        await until(lambda: re.search(r"at +line 7", words(stage)) is not None)
        await until(lambda: any("statement 2 of 3 failed; all" in say.text for say in stage.said))
    assert not await database.records("select 1 as x from pg_class where relname = 't'")


async def test_it_is_cancelled_in_the_middle_and_nothing_is_kept(
    stage: Stage, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "s.sql").write_text("create table t (i int);\ninsert into t select 1 from pg_sleep(60);\nselect 1;\n")
    async with stage.run_test(size=(120, 40)) as pilot:
        await press_f5_on(stage, f"\\i {tmp_path}/s.sql")
        await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
        await pilot.press("y")
        await until(lambda: "statement 2 of 3, insert t" in words(stage))
        await pilot.press("ctrl+g")
        await until(lambda: any("statement 2 of 3 was cancelled; all of it" in say.text for say in stage.said))
        await until(lambda: database.pool_in_use == 0)
    assert not await database.records("select 1 as x from pg_class where relname = 't'")


async def test_one_that_commits_as_it_goes_says_so_and_what_it_kept(
    stage: Stage, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "own.sql").write_text(
        "set search_path = public;\ncreate table t (i int);\nvacuum t;\nbegin;\ninsert into t values (1);\n"
        "savepoint a;\ninsert into t values (2);\nrollback to a;\ncommit;\nbegin;\ninsert into t values (3);\n"
        "select 1 / 0;\n"
    )
    async with stage.run_test(size=(120, 40)) as pilot:
        await press_f5_on(stage, f"\\i {tmp_path}/own.sql")
        await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
        asked = " ".join(str(line.render()) for line in stage.screen.query("Static"))
        assert "Not all or nothing: VACUUM in own.sql, line 3" in asked
        await pilot.press("y")
        await until(lambda: any("line 12: statement 12 of 12 failed; the 9" in say.text for say in stage.said))
        assert stage.pane.runner.held.current is None
    assert [row["i"] for row in await database.records("select i from public.t")] == [1]
