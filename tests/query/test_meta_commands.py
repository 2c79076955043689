r"""psql's backslash commands: each does what the console has for it, or says what to use instead."""

import doctest
from pathlib import Path

import asyncpg
import pytest

from chatly_console.core.request import Mode, Request
from chatly_console.core.sql import Script
from chatly_console.core.values import Column
from chatly_console.query import line_edits, meta_commands, transaction_words, watch
from chatly_console.query.meta_commands import MetaCommand, command_behind, command_on, commands_between, meaning
from chatly_console.query.meta_words import LISTED, SAID
from chatly_console.query.run import Phase
from chatly_console.query.ui.asking import CommitQuestion
from chatly_console.query.ui.parameter_form import ParameterForm
from chatly_console.query.watch import Watched
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import Confirm
from chatly_console.shell.grid.row_detail import RowDetail
from chatly_console.shell.help_screen import HelpScreen
from chatly_console.shell.messages import OpenRelation, ShowPolicies
from chatly_console.shell.text_fields import TextField
from tests.conftest import run_apart
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, write


@pytest.mark.parametrize("module", [line_edits, meta_commands, transaction_words, watch])
def test_the_examples_in_the_documentation_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        (r"\d messages", "relation", "messages"), (r"\d", "list", "list_relations"),
        (r"\dt+ x*", "list", "list_relations"),
        (r"\dp messages;", "policies", "messages"), (r"\x", "rows_down", ""), (r"\watch 0", "watch", "0.2"),
        (r"\watch i=5 c=3", "watch", "5.0"), (r"\copy t to 'a b.csv' csv", "copy", "t to 'a b.csv' csv"),
        (r"\i 'my file.sql'", "include", "my file.sql"), (r"\ir a.sql", "include beside", "a.sql"),
        (r"\q", "quit", ""), (r"\s", "history", ""), (r"\dtvS+ x", "list", "list_relations"),
        (r"\dfnx", "list", "list_functions"), (r"\dS client", "relation", "client"),
        (r"\zS", "list", "list_privileges"),
        (r"\gset a_", "values", "a_"), (r"\echo a  b", "echo", "a  b"), (r"\listx", "list", "list_databases"),
    ],
)  # fmt: skip
def test_commands_are_understood(line: str, kind: str, text: str) -> None:
    command = command_on(line)
    assert command is not None
    meant = meaning(command)
    assert (meant.kind, meant.text) == (kind, text)


@pytest.mark.parametrize("line", [r"\foo", r"\watch soon", r"\watch 1 m=3", r"\password ada 'secret'", r"\pset null x"])
def test_what_is_not_understood_says_what_to_use(line: str) -> None:
    command = command_on(line)
    assert command is not None
    meant = meaning(command)
    assert meant.kind in ("unknown", "say") and len(meant.text) > 20 and "secret" not in meant.text


_OF_PSQL = (
    "a bind bind_named c C cd close_prepared conninfo copy copyright crosstabview d da dA db dc dC dconfig dd dD"
    " ddp dE des det deu dew df dF dg di dl dL dm dn do dO dp dP drds drg dRp dRs ds dt dT du dv dx dX dy e echo edit"
    " ef elif else encoding endif errverbose ev f g gdesc getenv gexec gset gx h H help html i if include ir l list"
    " lo_export lo_import lo_list lo_unlink o out p parse password print prompt pset q qecho quit r reset s set setenv"
    " sf sv t T timing unset w warn watch write x z ! ? restrict unrestrict dtS+ dtvm dPi dfn dFp dFd dFt dAc dAf dAo"
    " dAp flush flushrequest getresults startpipeline sendpipeline syncpipeline endpipeline lo_listx+ zS dxx"
)


@pytest.mark.parametrize("name", _OF_PSQL.split())
def test_every_command_of_psql_does_something_or_says_what_to_use(name: str) -> None:
    meant = meaning(MetaCommand(name.rstrip("+") or name))
    assert meant.kind != "unknown"
    assert meant.kind != "say" or meant.text.endswith(".")


def test_every_catalogue_that_is_named_is_there(database_dsn: str) -> None:
    named = [words.partition("select * from ")[2].rstrip(".") for words in SAID.values() if "select * from" in words]
    assert len(named) > 20

    async def read() -> None:
        connection = await asyncpg.connect(database_dsn)
        try:
            for catalogue in named:
                await connection.fetch(f"select * from {catalogue.split(';')[0]} limit 1")
        finally:
            await connection.close()

    run_apart(read())


def test_commands_behind_a_statement_are_found() -> None:
    assert command_behind("select 1 \\gx", 8) == command_on("\\gx")
    assert command_behind("select 1;\n\\watch 3\nselect 2", 8) == command_on("\\watch 3")
    assert command_behind("select 1;\nselect 2 \\gx", 8) is None


def test_commands_between_statements_are_counted_and_text_is_not() -> None:
    text = "\\dt\nselect 'a\n\\x b';\n\\timing\nselect 2"
    ends = [(statement.start, statement.end) for statement in Script(text)]
    assert [text[start:end] for start, end in ends] == ["select 'a\n\\x b'", "select 2"]
    assert [command.name for _, command in commands_between(text, ends)] == ["dt", "timing"]
    assert not [*commands_between("select 1", [(0, 8)])]


async def press_f5_on(stage: Stage, text: str) -> None:
    write(stage, text)
    stage.pane.action_run()


LISTS = (r"\dt", r"\df", r"\dn", r"\du", r"\l", r"\dx", r"\dT", r"\dp", r"\dv", r"\di", r"\sv x", r"\sf x")


async def test_lists_are_results(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)):
        for line in LISTS:
            await press_f5_on(stage, line)
            await until(lambda: stage.pane.result.title == line and not stage.pane.busy)  # noqa: B023
            await until(lambda: phase(stage) in (Phase.DONE, Phase.FAILED))
            run = stage.pane.run
            assert run is not None
            assert run.state.failure is None, run.state.failure


async def test_names_open_the_rooms_that_know_them(stage: Stage, database: Database) -> None:
    async with database.open(Request('create table "It\'s" (id int)', mode=Mode.COMMITTED)) as result:
        await result.finish()
    async with stage.run_test(size=(120, 40)):
        await press_f5_on(stage, '\\d "It\'s"')
        await until(lambda: stage.asked == [OpenRelation("public", "It's")])
        await press_f5_on(stage, "\\dp It's")
        await until(lambda: stage.asked[1:] == [ShowPolicies("public", "It's")])
        await press_f5_on(stage, r"\d nowhere")
        await until(lambda: any("no relation nowhere" in say.text for say in stage.said))


async def test_gx_shows_the_row_downwards_and_copy_writes_a_file(stage: Stage, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    async with stage.run_test(size=(120, 40)) as pilot:
        await press_f5_on(stage, "select 1 as a, 2 as b \\gx")
        await until(lambda: isinstance(stage.screen, RowDetail))
        await pilot.press("escape")
        await press_f5_on(stage, f"\\copy (select i from generate_series(1, 3000) i) to '{target}'")
        await until(target.exists)
        assert target.read_text().splitlines()[-1] == "3000"


async def test_what_gset_and_gexec_do_behind_a_statement(stage: Stage, database: Database) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await press_f5_on(stage, "select 7 as n, 'x' as t \\gset my_")
        await until(lambda: any(":my_n, :my_t from now on" in say.text for say in stage.said))
        await press_f5_on(stage, "select :my_n + 1 as n")
        await until(lambda: isinstance(stage.screen, ParameterForm) and stage.screen.is_mounted)
        assert "7" in [field.value for field in stage.screen.query(TextField)]
        await pilot.press("escape")
        await press_f5_on(stage, "select format('create table t%s ()', i) from generate_series(1, 2) i \\gexec")
        await until(lambda: isinstance(stage.screen, Confirm) and stage.screen.is_mounted)
        await pilot.press("y")
        await until(lambda: isinstance(stage.screen, CommitQuestion) and stage.screen.is_mounted)
        await pilot.press("y")
        await until(lambda: any(say.text.startswith("Committed") for say in stage.said))
    assert await database.records("select 1 as x where to_regclass('t1') is not null and to_regclass('t2') is not null")


async def test_watch_stops_after_its_count(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)):
        await press_f5_on(stage, "select 1 as one;\n\\watch 0.2 c=3\n")
        await until(lambda: stage.pane.watching.is_on)
        watched = stage.pane.result.watched
        await until(lambda: not stage.pane.watching.is_on)
        assert watched is not None and watched.runs == 3


def test_changes_and_numbers_are_followed() -> None:
    columns = [Column("name"), Column("n", 23)]
    watched = Watched()
    for n in (1, 2, 2, 5):
        watched.saw(columns, [("a", str(n)), ("b", None)])
    assert watched.changed == {(0, 1)}
    assert watched.series((0, 1)) == [1, 2, 2, 5]
    watched.saw(columns, [("a", "5"), ("b", None), ("c", "1")])
    assert watched.changed_by_row() == {2: frozenset({0, 1})}
    watched.saw([Column("other")], [("x",)])
    assert not watched.changed and watched.first_number() is None


async def test_watch_repeats_marks_and_stops(stage: Stage, database: Database) -> None:
    async with database.open(Request("create sequence s; ", mode=Mode.COMMITTED)) as result:
        await result.finish()
    sql = "select 'stays' as name, (extract(epoch from clock_timestamp()) * 1000)::int8 as ms"
    async with stage.run_test(size=(120, 40)) as pilot:
        await press_f5_on(stage, f"{sql};\n\\watch 0.2\n")
        view = stage.pane.result
        await until(lambda: view.watched is not None and view.watched.runs >= 3)
        assert view.grid.changed == {0: frozenset({1})}
        header = str(view.query_one("#result-header").render())
        assert "every 0.2 s" in header and any(bar in header for bar in "▁▅█")
        assert "repeated" in stage.pane.busy
        await pilot.press("ctrl+g")
        await until(lambda: not stage.pane.watching.is_on)
        await until(lambda: view.watched is None)
        assert "every" not in str(view.query_one("#result-header").render())


async def test_what_is_understood_is_listed_and_each_of_it_is(stage: Stage) -> None:
    named = [f"{word} 5" for commands, _ in LISTED for word in commands.split() if word.startswith("\\")]
    assert len(named) > 20
    for word in named:
        command = command_on(word)
        assert command is not None and meaning(command).kind not in ("unknown", "say"), word
    async with stage.run_test(size=(80, 24)):
        await press_f5_on(stage, "\\?")
        await until(lambda: isinstance(stage.screen, HelpScreen))
