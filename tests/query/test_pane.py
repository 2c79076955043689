"""The Query pane with a real server, by the keys that a person presses."""

from dataclasses import replace
from pathlib import Path

import pytest

from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode
from chatly_console.query.run import Phase, header
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.history_screen import HistoryScreen
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import Confirm
from chatly_console.shell.messages import OpenStatement
from tests.query.stage import Stage, until

HOSTILE = "\x1b]0;owned\x07[/] [@click=app.bell]x[/] \u202e"


def phase(stage: Stage) -> Phase | None:
    return stage.pane.run.state.phase if stage.pane.run is not None else None


def write(stage: Stage, text: str, cursor: int = 0) -> SqlEditor:
    editor = stage.pane.editing.editor
    editor.load_text(text)
    editor.show_offset(cursor)
    return editor


def words(stage: Stage) -> str:
    return str(stage.pane.result.query_one("#result-words").render())


async def test_the_statement_at_the_cursor_runs_and_its_rows_are_there(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select 'first';\nselect i from generate_series(1, 3) i;\n", cursor=20)
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.DONE)
        grid = stage.pane.result.grid
        assert grid.display
        assert [grid.shown_row(row) for row in range(3)] == [("1",), ("2",), ("3",)]
        assert stage.pane.run is not None
        assert header(stage.pane.run.state).startswith("3 rows · ")
        await pilot.press("escape")
        assert grid.has_focus


async def test_typing_digits_and_letters_goes_into_the_text(stage: Stage) -> None:
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"select 123", "enter", *"q?/")
        assert stage.pane.editing.editor.text == "select 123\nq?/"


async def test_pages_come_as_one_scrolls_and_end_loads_all(stage: Stage) -> None:
    async with stage.run_test(size=(80, 24)) as pilot:
        write(stage, "select i, 'row ' || i from generate_series(1, 30000) i")
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.OPEN)
        run = stage.pane.run
        assert run is not None and run.rows is not None
        assert run.rows.count == 500
        await pilot.press("escape", "end")
        await until(lambda: phase(stage) is Phase.DONE)
        grid = stage.pane.result.grid
        await until(lambda: grid.cursor_row == 29999)
        assert grid.shown_row(29999) == ("30000", "row 30000")
        await until(lambda: any(say.text.startswith("30,000 rows, the first 500 in") for say in stage.said))


async def test_an_error_is_a_sentence_and_its_place_is_marked(stage: Stage) -> None:
    text = "select 1;\n\nselect 'ä', 1\n  from nowhere where 1 = 1;\n"
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, text, cursor=14)
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.FAILED and "42P01" in words(stage))
        await until(lambda: editor.cursor_location == (3, 7))
        assert "nowhere" in words(stage)
        assert "line 4, column 8" in words(stage)
        assert "✗" in editor.render_line(3).text
        await pilot.press("x")
        assert "✗" not in editor.render_line(3).text


async def test_cancel_is_said_once_the_server_has_stopped(stage: Stage, database: Database) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select pg_sleep(60)")
        await pilot.press("f5")
        await until(lambda: "ctrl+g cancels" in words(stage))
        await pilot.press("ctrl+g")
        await until(lambda: phase(stage) is Phase.CANCELLED)
        count = "select count(*) as n from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active'"
        rows = await database.records(f"{count} and pid <> pg_backend_pid()")
        assert rows[0]["n"] == 0
        await until(lambda: any(say.text.startswith("Cancelled after") for say in stage.said))


async def test_a_write_asks_and_no_means_not_sent(stage: Stage, database: Database) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "create table kept (id int)")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("n")
        await until(lambda: bool(stage.said))
        assert await database.records("select 1 as x from pg_class where relname = 'kept'") == []
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: phase(stage) is Phase.DONE)
        assert len(await database.records("select 1 as x from pg_class where relname = 'kept'")) == 1


async def test_a_delete_of_everything_is_not_confirmed_by_enter(stage: Stage, database: Database) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "delete from pg_description")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("enter")
        assert isinstance(stage.screen, Confirm)
        await pilot.press("escape")


async def test_as_another_user_the_header_says_so_and_writes_are_rolled_back(stage: Stage, database: Database) -> None:
    stage.session.identity = Identity.of_role("pg_monitor")
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "create temp table t as select current_user as who")
        await pilot.press("f5")
        await until(lambda: phase(stage) in (Phase.DONE, Phase.FAILED))
        run = stage.pane.run
        assert run is not None
        assert "as pg_monitor" in header(run.state)
        assert header(run.state).endswith("rolled back")


async def test_hostile_text_everywhere_is_shown_and_does_nothing(stage: Stage) -> None:
    quoted = HOSTILE.replace("'", "''")
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, f"do $$ begin raise notice '%', '{quoted}'; raise exception '%', '{quoted}'; end $$")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: phase(stage) is Phase.FAILED and "owned" in words(stage))
        await pilot.press("ctrl+r")
        await until(lambda: isinstance(stage.screen, HistoryScreen))
        await pilot.pause()
        drawn = stage.export_screenshot() + "".join(editor.render_line(y).text for y in range(3))
        assert "\x1b" not in drawn and "\u202e" not in drawn


async def test_history_finds_a_statement_and_puts_it_into_the_text(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select 4711 as needle")
        await pilot.press("f5")
        await until(lambda: any("1 row" in say.text for say in stage.said))
        write(stage, "")
        await pilot.press("ctrl+r")
        await until(lambda: isinstance(stage.screen, HistoryScreen))
        await pilot.press(*"needle")
        await until(lambda: len(getattr(stage.screen, "_found", [])) == 1)
        await pilot.press("enter")
        await until(lambda: "4711" in stage.pane.editing.editor.text)


async def test_the_text_is_on_disk_soon_after_the_last_key(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"select 42")
        saved = stage.folder / "profiles"
        await until(lambda: any("select 42" in path.read_text() for path in saved.rglob("*.sql")))


async def test_no_rows_no_columns_and_many_columns(stage: Stage) -> None:
    async with stage.run_test(size=(80, 24)) as pilot:
        write(stage, "select 1 as a, 2 as a where false")
        await pilot.press("f5")
        await until(lambda: "No rows." in words(stage))
        wide = ", ".join(f"{n} as c{n}" for n in range(1600))
        write(stage, f"select {wide}")
        await pilot.press("f5")
        await until(lambda: stage.pane.result.grid.display)
        write(stage, "select from generate_series(1, 3)")
        await pilot.press("f5")
        await until(lambda: not stage.pane.result.grid.display)


async def test_an_idle_cursor_is_closed_and_its_rows_stay(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select i from generate_series(1, 30000) i")
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.OPEN)
        run = stage.pane.run
        assert run is not None
        run._idle_too_long()
        await until(lambda: phase(stage) is Phase.CLOSED)
        assert "cursor closed" in str(stage.pane.result.query_one("#result-header").render())
        assert stage.pane.result.grid.shown_row(499) == ("500",)


async def test_export_writes_every_row_once(stage: Stage, tmp_path: Path) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select i, null as n, '' as e from generate_series(1, 12000) i")
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.OPEN)
        await pilot.press("escape", "E")
        await until(lambda: type(stage.screen).__name__ == "ExportScreen")
        target = tmp_path / "out.csv"
        field = stage.screen.query_one("#export-path")
        field.value = str(target)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(target.exists)
        lines = target.read_text().splitlines()
        assert len(lines) == 12001
        assert lines[:2] == ["i,n,e", '1,,""']
        assert lines[-1].startswith("12000,")


async def test_a_line_feed_that_is_not_bracketed_is_text_and_runs_nothing(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "")
        await pilot.press(*"select 1", "ctrl+j", *"from x", "ctrl+j")
        assert stage.pane.editing.editor.text == "select 1\nfrom x\n"
        assert stage.pane.run is None


async def test_a_misspelt_verb_goes_to_the_server_without_a_question(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, "selec 1")
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.FAILED)
        assert "42601" in words(stage)
        await until(lambda: "✗" in editor.render_line(0).text)
        assert stage.pane.run is not None and stage.pane.run.request.mode is Mode.READ_ONLY


async def test_another_room_opens_a_statement_in_a_buffer_of_its_own(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)):
        write(stage, "select 'mine'")
        stage.pane.receive(OpenStatement("select 'theirs' as x"))
        assert stage.pane.editing.editor.text == "select 'theirs' as x"
        assert stage.pane.run is None
        stage.pane.receive(OpenStatement("select 'at once' as x", run=True))
        await until(lambda: phase(stage) is Phase.DONE)
        assert stage.pane.result.grid.shown_row(0) == ("at once",)
        assert next(buffer.text for buffer in stage.pane.editing.buffers) == "select 'mine'"


async def test_a_buffer_with_text_is_thrown_away_only_after_a_yes(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select 'precious'")
        await pilot.press("alt+w")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("enter", "n")
        assert "precious" in stage.pane.editing.editor.text
        await pilot.press("alt+w")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: stage.pane.editing.editor.text == "")


async def test_unlocked_writes_are_locked_again_by_the_next_that_is_kept(stage: Stage) -> None:
    stage.session.profile = replace(stage.session.profile, environment="production")
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "create table kept (id int)")
        await pilot.press("f5")
        await until(lambda: "is read-only, so CREATE TABLE was not sent" in words(stage))
        stage.session.unlocked = True
        write(stage, "select 1")
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.DONE)
        assert not stage.locked
        write(stage, "create table kept (id int)")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: stage.locked)


async def test_another_profile_shows_its_own_texts_and_says_where_the_others_are(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editing = stage.pane.editing
        here = stage.session.profile
        write(stage, "select 'not run yet'")
        stage.session.profile = replace(here, name="other")
        stage.pane.on_connected()
        await until(lambda: any("those of" in said.text for said in stage.said))
        assert editing.editor.text == ""
        await pilot.press(*"select 2")
        stage.session.profile = here
        stage.pane.on_connected()
        assert editing.editor.text == "select 'not run yet'"


async def test_a_text_that_cannot_be_written_stays_in_the_editor_of_another_profile(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with stage.run_test(size=(120, 40)):
        write(stage, "select 'precious'")
        monkeypatch.setattr("chatly_console.query.buffers.write_private", full)
        stage.session.profile = replace(stage.session.profile, name="other")
        stage.pane.on_connected()
        await until(lambda: any("No space left" in said.text or "no space" in said.text for said in stage.said))
        assert stage.pane.editing.editor.text == "select 'precious'"


@pytest.mark.parametrize(
    ("kept", "whole", "buffers"),
    [
        ("select 1", "select 1;\nselect 2", 1),
        ("select 1;\n\n", "select 1;\nselect 2", 1),
        ("select 1 -- to be continued", "select 2", 2),
        ("select 'left open", "select 2", 2),
        ("", "select 2", 1),
    ],
)
async def test_what_was_typed_ahead_begins_a_statement_of_its_own(
    stage: Stage, kept: str, whole: str, buffers: int
) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, kept)
        stage.pane.on_typed_ahead()
        await pilot.press(*"select 2")
        assert (editor.text, len(list(stage.pane.editing.buffers))) == (whole, buffers)
        assert editor.chosen()[0][1] == "select 2"


async def test_the_first_page_fills_the_grid_in_the_frame_in_which_it_comes(stage: Stage) -> None:
    wide = ", ".join(f"i + {n} as c{n}" for n in range(200))
    async with stage.run_test(size=(160, 50)):
        write(stage, f"select {wide} from generate_series(1, 30000) i")
        stage.pane.action_run()
        grid = stage.pane.result.grid
        await until(lambda: grid.display and bool(grid.region))
        drawn = [grid.render_line(y).text.strip() for y in range(grid.size.height)]
        assert len(drawn) > 20 and all(drawn)
