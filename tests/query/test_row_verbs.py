"""Following keys and editing rows, by the keys that a person presses."""

import doctest

import pytest

from chatly_console.core.request import Mode, Request
from chatly_console.query import json_text
from chatly_console.query.run import Phase
from chatly_console.query.ui import parameter_form
from chatly_console.query.ui.cell_editor import CellEditor
from chatly_console.query.ui.parameter_form import ParameterForm, ValueInput
from chatly_console.server.database import Database
from chatly_console.shell.choose import Choose
from chatly_console.shell.dialogs import Confirm
from chatly_console.shell.text_fields import TextBox
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, write
from tests.query.test_transactions import dialog

SCHEMA = """
create type mood as enum ('glad', 'so-so');
create table client (id int primary key, name text not null, mood mood, since date default '2026-01-01');
insert into client values (1, 'Café Miró', 'glad'), (2, '[/] hostile', null), (3, '', 'so-so');
create table letter (id int primary key, client int references client, body text);
insert into letter values (10, 1, 'first'), (11, 1, null), (12, null, 'nobody''s')
"""


@pytest.fixture
async def letters(database: Database) -> None:
    for statement in SCHEMA.split(";"):
        async with database.open(Request(statement, mode=Mode.COMMITTED)) as result:
            await result.finish()


def test_the_examples_in_the_documentation_hold() -> None:
    for module in (json_text, parameter_form):
        result = doctest.testmod(module)
        assert result.attempted and not result.failed


async def run(stage: Stage, sql: str) -> None:
    write(stage, sql)
    stage.pane.action_run()
    await until(lambda: phase(stage) is Phase.DONE and stage.pane.result.table is not None)
    stage.pane.result.focus_rows()


async def test_enter_follows_a_foreign_key_and_backspace_comes_back(stage: Stage, letters: None) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select * from letter order by id")
        grid = stage.pane.result.grid
        assert "client→" in grid.render_line(0).text
        await pilot.press("down", "right", "enter")
        await until(lambda: len(stage.pane.results.views) == 2 and phase(stage) is Phase.DONE)
        assert stage.pane.result.grid.shown_row(0) == ("1", "Café Miró", "glad", "2026-01-01")
        assert stage.pane.result.title == "→ client"
        await until(lambda: stage.pane.result.grid.has_focus)
        await pilot.press("backspace")
        await until(lambda: len(stage.pane.results.views) == 1)
        assert stage.pane.result.grid is grid and grid.cursor_row == 1 and grid.has_focus
        assert stage.pane.editing.editor.text.startswith("select * from letter")


async def test_rows_that_point_here_are_found(stage: Stage, letters: None) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select * from client order by id")
        await pilot.press("R")
        await until(lambda: len(stage.pane.results.views) == 2 and phase(stage) is Phase.DONE)
        run_ = stage.pane.run
        assert run_ is not None and run_.rows is not None
        assert [row[0] for row in run_.rows.rows()] == ["10", "11"]


async def test_a_cell_is_changed_after_its_statement_was_shown(stage: Stage, database: Database, letters: None) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select body, id from letter order by id")
        await pilot.press("e")
        await until(lambda: isinstance(stage.screen, CellEditor) and bool(stage.screen.query(ValueInput)))
        await pilot.press(*"it's", "enter")
        await until(lambda: isinstance(stage.screen, Confirm))
        assert "set body = 'it''s'" in dialog(stage) and "is not distinct from 'first'" in dialog(stage)
        await pilot.press("y")
        await until(lambda: stage.pane.result.grid.shown_row(0) == ("it's", "10"))
        assert (await database.records("select body from letter where id = 10"))[0]["body"] == "it's"
        await pilot.press("e")
        await until(lambda: isinstance(stage.screen, CellEditor) and bool(stage.screen.query(ValueInput)))
        await pilot.press("ctrl+n", "enter")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: stage.pane.result.grid.shown_row(0) == (None, "10"))


async def test_a_row_that_somebody_else_changed_is_left_alone(stage: Stage, database: Database, letters: None) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select id, body from letter order by id")
        async with database.open(Request("update letter set body = 'theirs' where id = 10", mode=Mode.COMMITTED)) as r:
            await r.finish()
        await pilot.press("right", "e")
        await until(lambda: isinstance(stage.screen, CellEditor) and bool(stage.screen.query(ValueInput)))
        await pilot.press(*"mine", "enter")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: any("Nothing was done" in say.text for say in stage.said))
        assert (await database.records("select body from letter where id = 10"))[0]["body"] == "theirs"
        await until(lambda: database.pool_in_use == 0)


async def test_an_enum_is_chosen_from_its_labels(stage: Stage, database: Database, letters: None) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select id, mood from client order by id")
        await pilot.press("right", "e")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press(*"so-so", "enter")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: stage.pane.result.grid.shown_row(0) == ("1", "so-so"))


async def test_json_is_laid_out_to_edit_and_a_mistake_in_it_is_said_before_it_is_sent(
    stage: Stage, database: Database, letters: None
) -> None:
    for sql in ("alter table client add j jsonb", """update client set j = '{"a": 1.50}' where id = 1"""):
        async with database.open(Request(sql, mode=Mode.COMMITTED)) as result:
            await result.finish()
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select j, id from client order by id")
        await pilot.press("e")
        await until(lambda: isinstance(stage.screen, CellEditor) and bool(stage.screen.query("#cell-text")))
        box = stage.screen.query_one("#cell-text", TextBox)
        assert box.text == '{\n  "a": 1.50\n}'
        await pilot.press("f5")
        await until(lambda: not isinstance(stage.screen, CellEditor))
        assert not isinstance(stage.screen, Confirm), "the layout alone is no change"
        await pilot.press("e")
        await until(lambda: isinstance(stage.screen, CellEditor) and bool(stage.screen.query("#cell-text")))
        box = stage.screen.query_one("#cell-text", TextBox)
        box.text = '{"a": [2]'
        await pilot.press("f5")
        await until(lambda: "This is no JSON: line 1, column 10" in dialog(stage))
        box.text = '{"a": [2]}'
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: stage.pane.result.grid.shown_row(0) == ('{"a": [2]}', "1"))


async def test_rows_are_added_and_deleted(stage: Stage, database: Database, letters: None) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select * from client order by id")
        await pilot.press("A")
        await until(lambda: isinstance(stage.screen, ParameterForm) and bool(stage.screen.query(ValueInput)))
        await pilot.press(*"4", "enter", *"New", "enter", "enter", "enter")
        await until(lambda: isinstance(stage.screen, Confirm))
        assert "since" not in dialog(stage), "the default is left to the server"
        await pilot.press("y")
        await until(lambda: stage.pane.result.grid.row_count == 4)
        stage.pane.result.focus_rows()
        await pilot.press("A")
        await until(lambda: isinstance(stage.screen, ParameterForm) and bool(stage.screen.query(ValueInput)))
        await pilot.press("down", "down")
        await until(lambda: "one of glad, so-so" in dialog(stage))
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("n")
        stage.pane.result.focus_rows()
        await pilot.press("G", "D")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("enter", "y")
        await until(lambda: stage.pane.result.grid.row_count == 3)
        assert len(await database.records("select 1 as x from client")) == 3


async def test_what_cannot_be_edited_is_said(stage: Stage, letters: None) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await run(stage, "select upper(body), id from letter")
        await pilot.press("e")
        await until(lambda: any("computed" in say.text for say in stage.said))
        await run(stage, "select count(*) from letter")
        await pilot.press("e", "D", "A")
        await until(lambda: any("columns of a key" in say.text for say in stage.said))
