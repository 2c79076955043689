"""Writes and transactions as a person meets them: what is asked, what is on show, and what the table has afterwards."""

import pytest

from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.query.run import Phase
from chatly_console.query.transaction_words import control_of, mode_words
from chatly_console.query.ui import asking
from chatly_console.query.ui.asking import CommitQuestion
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import Confirm
from tests.query.stage import Stage, until
from tests.query.test_editor_keys import burst
from tests.query.test_pane import phase, words, write
from tests.server.test_committing import SLOW

SIZE = (120, 40)


@pytest.fixture
async def table(database: Database) -> str:
    async with database.open(Request("create table t as select generate_series(1, 5) as id", mode=Mode.COMMITTED)) as r:
        await r.finish()
    async with database.open(Request("analyze t", mode=Mode.COMMITTED)) as r:
        await r.finish()
    return "t"


async def ids(database: Database) -> list[object]:
    return [row["id"] for row in await database.records("select id from t order by 1")]


def header(stage: Stage) -> str:
    return str(stage.pane.result.query_one("#result-header").render())


def dialog(stage: Stage) -> str:
    return " ".join(str(widget.render()) for widget in stage.screen.query("Static"))


@pytest.mark.parametrize(
    ("sql", "verb"),
    [
        ("begin", "begin"), ("START TRANSACTION", "begin"), ("-- so\nBEGIN work", "begin"), ("commit", "commit"),
        ("END", "commit"), ("rollback", "roll back"), ("abort transaction", "roll back"),
        ("begin isolation level repeatable read", "begin"),
    ],
)  # fmt: skip
def test_begin_and_its_like_are_understood(sql: str, verb: str) -> None:
    control = control_of(sql)
    assert control is not None and control.verb == verb


@pytest.mark.parametrize("sql", ["savepoint a", "rollback to a", "select 'commit'", "commit prepared 'x'", "beginning"])
def test_what_only_looks_like_it_is_left_alone(sql: str) -> None:
    assert control_of(sql) is None


def test_the_age_of_a_transaction_is_in_words() -> None:
    assert mode_words(None) == "auto"
    assert mode_words(12.7, 2) == "IN TRANSACTION 12 s, 2 statements"


async def test_a_write_runs_and_its_commit_is_asked_with_the_rows(stage: Stage, database: Database, table: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        write(stage, "update t set id = id + 10 where id > 3")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, CommitQuestion))
        assert "UPDATE changed 2 rows of t" in dialog(stage)
        assert await ids(database) == [1, 2, 3, 4, 5]
        await pilot.press("n")
        await until(lambda: "rolled back" in header(stage))
        assert await ids(database) == [1, 2, 3, 4, 5]
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, CommitQuestion))
        await pilot.press("y")
        await until(lambda: header(stage).rstrip().endswith("committed") and "not" not in header(stage))
        assert await ids(database) == [1, 2, 3, 14, 15]
        assert database.pool_in_use == 0


async def test_without_an_answer_it_is_rolled_back(stage: Stage, database: Database, table: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        write(stage, "delete from t where id = 1")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, CommitQuestion))
        await until(lambda: bool(stage.screen.query("#commit-left")))
        assert isinstance(stage.screen, CommitQuestion)
        stage.screen._left = 1
        stage.screen._count()
        await until(lambda: "rolled back" in header(stage))
        assert await ids(database) == [1, 2, 3, 4, 5]


async def test_a_write_that_changes_nothing_asks_nothing(stage: Stage, database: Database, table: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        write(stage, "delete from t where id = 99")
        await pilot.press("f5")
        await until(lambda: any("DELETE 0" in say.text and "committed" in say.text for say in stage.said))
        await until(lambda: "not committed" not in stage.said[-1].text)
        assert not isinstance(stage.screen, CommitQuestion)


async def test_a_delete_of_all_rows_says_first_what_would_go(stage: Stage, database: Database, table: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        write(stage, "delete from t")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        assert "t has about 5 rows" in dialog(stage)
        await pilot.press("y")
        await until(lambda: phase(stage) is Phase.DONE)
        assert await ids(database) == []


async def test_statements_join_a_transaction_until_it_is_ended(stage: Stage, database: Database, table: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        write(
            stage,
            "begin;\nupdate t set id = 0 where id = 1;\nselect * from t where id = 0;\ninsert into t values (id);\n",
        )
        await pilot.press("f5")
        await until(lambda: stage.pane.runner.held.current is not None)
        await until(lambda: stage.mode.startswith("IN TRANSACTION"))
        for line in (1, 2, 3):
            stage.pane.editing.editor.move_cursor((line, 2))
            await pilot.press("f5")
            await until(lambda: len(stage.pane.runner.held.joined) == line and not stage.pane.busy)  # noqa: B023
            if line == 1:
                assert "in transaction, not committed" in header(stage)
        assert "42703" in words(stage), "the failed one undoes only itself"
        assert await ids(database) == [1, 2, 3, 4, 5]
        assert "a transaction, open for" in stage.pane.unfinished
        await pilot.press("alt+c")
        await until(lambda: stage.pane.runner.held.current is None)
        assert await ids(database) == [0, 2, 3, 4, 5]
        await until(lambda: stage.mode == "auto")
        first = stage.pane.results.views[0]
        assert str(first.query_one("#result-header").render()).rstrip().endswith("· committed")


async def test_a_transaction_stays_who_it_was(stage: Stage, database: Database, table: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.press("alt+t")
        await until(lambda: stage.pane.runner.held.current is not None)
        stage.session.identity = Identity.of_role("pg_monitor")
        write(stage, "select 1")
        await pilot.press("f5")
        await until(lambda: "this would run as somebody else" in words(stage))
        await pilot.press("alt+r")
        await until(lambda: stage.pane.runner.held.current is None)


async def test_a_lost_transaction_is_said_to_be_lost(stage: Stage, database: Database, table: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        await pilot.press("alt+t")
        await until(lambda: stage.pane.runner.held.current is not None)
        await database.records(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where state = 'idle in transaction' and datname = current_database()"
        )
        await until(lambda: any("lost with its connection" in say.text for say in stage.said))
        assert stage.pane.runner.held.current is None


async def test_a_buffer_of_writes_goes_into_one_transaction(stage: Stage, database: Database, table: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        write(stage, "insert into t values (6);\ninsert into t values (7), (8);\nselect count(*) from t;\n")
        await pilot.press("alt+a")
        await until(lambda: isinstance(stage.screen, Confirm))
        assert "INSERT × 2" in dialog(stage)
        await pilot.press("y")
        await until(lambda: isinstance(stage.screen, CommitQuestion))
        assert "3 statements changed 3 rows" in dialog(stage)
        assert len(stage.pane.results.views) == 3
        await pilot.press("y")
        await until(lambda: any(say.text == "Committed, 3 rows changed." for say in stage.said))
        assert len(await ids(database)) == 8


async def test_one_that_fails_takes_the_whole_buffer_back(stage: Stage, database: Database, table: str) -> None:
    async with stage.run_test(size=SIZE) as pilot:
        write(stage, "insert into t values (6);\ninsert into nowhere values (7);\ninsert into t values (8);\n")
        await pilot.press("alt+a")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: any("Statement 2 of 3 failed; all of it was" in say.text for say in stage.said))
        await until(lambda: stage.pane.runner.held.current is None)
        assert await ids(database) == [1, 2, 3, 4, 5]


async def test_a_function_that_writes_is_asked_about(stage: Stage, database: Database, table: str) -> None:
    sql = "create function add() returns int language sql as 'insert into t values (9) returning id'"
    async with database.open(Request(sql, mode=Mode.COMMITTED)) as result:
        await result.finish()
    async with stage.run_test(size=SIZE) as pilot:
        write(stage, "select add()")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        assert "a function in it does" in dialog(stage)
        await pilot.press("y")
        await until(lambda: isinstance(stage.screen, CommitQuestion))
        await pilot.press("y")
        await until(lambda: stage.pane.runner.held.current is None)
        assert 9 in await ids(database)
        write(stage, "set search_path = public; select add()")
        await pilot.press("alt+a")
        await until(lambda: isinstance(stage.screen, Confirm) and "a function in it does" in dialog(stage))
        await pilot.press("y")
        await until(lambda: isinstance(stage.screen, CommitQuestion) and stage.screen.is_mounted)
        await pilot.press("y")
        await until(lambda: stage.pane.runner.held.current is None)
        assert (await ids(database)).count(9) == 2


async def test_letters_still_being_typed_answer_no_question(
    stage: Stage, database: Database, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "QUIET", 1.0)
    async with stage.run_test(size=SIZE) as pilot:
        write(stage, "delete from t where id = 1;\n")
        burst(stage, "<f5>", "yyy")
        await until(lambda: isinstance(stage.screen, CommitQuestion))
        assert stage.pane.editing.editor.text.count("y") == 3
        await pilot.press("n")
        await until(lambda: "rolled back" in header(stage))


async def test_a_commit_that_takes_long_can_be_cancelled_and_keeps_nothing(
    stage: Stage, database: Database, table: str
) -> None:
    for statement in SLOW:
        await database.records(statement, mode=Mode.COMMITTED)
    async with stage.run_test(size=SIZE) as pilot:
        write(stage, "insert into t values (6)")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, CommitQuestion))
        await pilot.press("y")
        await until(lambda: any("Committing…" in say.text for say in stage.said))
        assert stage.pane.busy == "a commit"
        await pilot.press("ctrl+g")
        await until(lambda: stage.said[-1].text == "The commit was cancelled; nothing was kept.")
        assert "rolled back" in header(stage) and not stage.pane.busy
        assert await ids(database) == [1, 2, 3, 4, 5]
        assert database.pool_in_use == 0
