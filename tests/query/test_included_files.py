r"""`\i FILE` runs a file, by the rules of every run; what it takes in, leaves out and stumbles over is said."""

from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.query.run import Phase
from chatly_console.query.script_file import script_of_file
from chatly_console.query.ui.asking import CommitQuestion
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import Confirm
from tests.query.stage import Stage, until
from tests.query.test_pane import write

MAIN = r"""\set ON_ERROR_STOP on
select 'first' as words;
\i {folder}/parts/one.sql
select 'last' as words \gx
\timing on
\echo done
"""
ONE = "\\ir two.sql\nselect 'one' as words"
TWO = "-- é\nselect 'two;' as words;"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.sql").write_text(ONE)
    (tmp_path / "parts" / "two.sql").write_text(TWO)
    (tmp_path / "main.sql").write_text(MAIN.format(folder=tmp_path))
    return tmp_path


def test_files_within_a_file_come_in_their_place_each_beside_the_one_that_names_it(folder: Path) -> None:
    script = script_of_file(folder / "main.sql")
    words = [(place.file, place.sql.split("'")[1]) for place in [step.place for step in script.steps if step.sends]]
    assert words == [
        ("main.sql", "first"), ("two.sql", "two;"), ("one.sql", "one"), ("main.sql", "last"),
    ]  # fmt: skip
    assert [step.verb for step in script.steps] == ["set", "run", "run", "run", "run", "echo"]
    assert script.left_out == ["timing"]


def test_a_file_that_takes_itself_in_is_refused(folder: Path) -> None:
    (folder / "parts" / "two.sql").write_text("select 1;\n\\ir ../main.sql\n")
    with pytest.raises(Failure, match=r"main\.sql takes itself in, by way of two\.sql"):
        script_of_file(folder / "main.sql")


def test_a_file_within_it_that_is_missing_is_named_before_anything_runs(folder: Path) -> None:
    (folder / "parts" / "two.sql").unlink()
    with pytest.raises(Failure, match=r"two\.sql could not be read: no such file"):
        script_of_file(folder / "main.sql")


def test_links_that_lead_in_a_circle_are_no_file(folder: Path) -> None:
    (folder / "loop.sql").symlink_to("loop.sql")
    with pytest.raises(Failure, match=r"loop\.sql could not be read"):
        script_of_file(folder / "loop.sql")


async def include(stage: Stage, command: str) -> None:
    write(stage, command)
    stage.pane.action_run()


def said(stage: Stage, words: str) -> bool:
    return any(words in say.text for say in stage.said)


async def test_it_runs_and_the_text_of_the_editor_stays(stage: Stage, folder: Path) -> None:
    async with stage.run_test(size=(120, 40)):
        await include(stage, f"\\i {folder}/main.sql")
        await until(lambda: said(stage, r"4 statements of main.sql run. Left out: \timing."))
        shown = [view.run.rows.row(0) for view in stage.pane.results if view.run is not None and view.run.rows]
        assert shown == [("first",), ("two;",), ("one",), ("last",)]
        assert stage.pane.editing.editor.text == f"\\i {folder}/main.sql"


async def test_its_writes_are_asked_for_and_told_before_they_are_kept(
    stage: Stage, tmp_path: Path, database: Database
) -> None:
    (tmp_path / "w.sql").write_text("create table t (id int);\ninsert into t select generate_series(1, 3);")
    async with stage.run_test(size=(120, 40)) as pilot:
        await include(stage, f"\\i '{tmp_path}/w.sql'")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: isinstance(stage.screen, CommitQuestion))
        await pilot.press("y")
        await until(lambda: said(stage, "2 statements of w.sql run, 3 rows changed, committed."))
        assert len(stage.pane.results.views) == 1, "what returns no rows takes no tab of its own"
    assert (await database.records("select count(*)::int as n from t"))[0]["n"] == 3


async def test_an_error_names_the_file_and_the_line_and_ends_it(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "bad.sql").write_text("select 1;\n\nselect 1,\n  nothing;\nselect 2;")
    async with stage.run_test(size=(120, 40)):
        await include(stage, f"\\i {tmp_path}/bad.sql")
        await until(lambda: said(stage, "Statement 2 did not succeed; 1 more were not sent."))
        run = stage.pane.run
        assert run is not None and run.state.phase is Phase.FAILED
        text = "\n".join(str(line.render()) for line in stage.pane.result.query("Static"))
        assert "bad.sql, line 4, column 3" in text


async def test_where_one_of_many_writes_fails_it_is_said_that_nothing_was_kept(
    stage: Stage, tmp_path: Path, database: Database
) -> None:
    (tmp_path / "w.sql").write_text("create table t (id int);\ninsert into t values (1);\ninsert into t values ('x');")
    async with stage.run_test(size=(120, 40)) as pilot:
        await include(stage, f"\\i {tmp_path}/w.sql")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: said(stage, "w.sql, line 3: statement 3 of 3 failed; all"))
    assert not await database.records("select 1 as one from pg_class where relname = 't'")


async def test_it_joins_the_open_transaction_and_leaves_it_open(
    stage: Stage, tmp_path: Path, database: Database
) -> None:
    (tmp_path / "w.sql").write_text("create table t (id int);\ninsert into t values (1);\nselect 1 / 0;\n")
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("alt+t")
        await until(lambda: stage.pane.runner.held.current is not None)
        await include(stage, f"\\i {tmp_path}/w.sql")
        await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
        await pilot.press("y")
        await until(lambda: said(stage, "w.sql, line 3: statement 3 of 3 failed; the transaction stays open."))
        assert stage.pane.runner.held.current is not None
        await until(lambda: not stage.pane.runner.is_busy)
        await pilot.press("alt+c")
        await until(lambda: stage.pane.runner.held.current is None)
    assert (await database.records("select count(*)::int as n from t"))[0]["n"] == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [("nul", b"select '\0'", "NUL"), ("bad", b"\xfe", "no UTF-8"), ("empty", b" -- nothing\n", "There is no statement"),
     ("shell", b"select 1;\n\\! rm -rf /\n", "shell.sql, line 2: \\! reaches for the shell"),
     ("elsewhere", b"\\connect other\nselect 1;", "elsewhere.sql, line 1: \\connect leads to another connection"),
     ("data", b"create temp table t (i int);\ncopy t from stdin;\n1\nx\n\\.\n", "data.sql, line 2: statement 2 of 2")],
)  # fmt: skip
async def test_what_cannot_run_is_said_in_a_sentence(
    stage: Stage, tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    (tmp_path / f"{name}.sql").write_bytes(data)
    async with stage.run_test(size=(120, 40)) as pilot:
        await include(stage, f"\\i {tmp_path}/{name}.sql")
        await until(lambda: said(stage, words) or isinstance(stage.screen, Confirm))
        if isinstance(stage.screen, Confirm):
            await pilot.press("y")
        await until(lambda: said(stage, words))
