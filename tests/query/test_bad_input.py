"""What goes wrong on an ordinary day: each is shown or refused in a sentence, and nothing is lost."""

import asyncio
from pathlib import Path

import pytest
from textual.widgets import Static

from chatly_console.query.buffers import LARGEST_TEXT
from chatly_console.query.export import export
from chatly_console.query.run import Phase
from chatly_console.query.service import StatementRun
from chatly_console.query.ui.parameter_form import ParameterForm
from chatly_console.server.database import Database
from chatly_console.shell.dialogs import Confirm
from tests.query.stage import Stage, until
from tests.query.test_editor_keys import burst
from tests.query.test_pane import phase, words, write

PSQL_OUTPUT = """\
 id |   name
----+-----------
  1 | Café Miró
  2 | [/] \x1b[31mred
(2 rows)

chatly=# select 1;
"""


async def test_a_statement_of_five_megabytes_runs_and_the_screen_stays_live(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select length('" + "x" * 5_000_000 + "') as n")
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                beats += 1
                await asyncio.sleep(0.01)

        heart = asyncio.create_task(beat())
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.DONE, 60)
        heart.cancel()
        assert stage.pane.result.grid.shown_row(0) == ("5000000",)
        assert beats > 5


async def test_a_buffer_of_20_000_lines_is_typed_in_and_run_at_the_cursor(stage: Stage) -> None:
    async with stage.run_test(size=(160, 50)) as pilot:
        editor = write(stage, "select 1 as one; -- a line\n" * 20_000, cursor=27 * 10_000)
        await pilot.press("end", *" --x")
        assert editor.document.get_line(10_000) == "select 1 as one; -- a line --x"
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.DONE)
        assert stage.pane.run is not None and stage.pane.run.request.sql == "select 1 as one"


async def test_a_text_that_is_too_large_is_refused_and_the_old_one_stays(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)):
        write(stage, "select 'mine'")
        stage.pane.editing.add_buffer("huge", "x" * (LARGEST_TEXT + 1))
        await until(lambda: any("too many for the editor" in say.text for say in stage.said))
        assert stage.pane.editing.editor.text == "select 'mine'"


async def test_pasted_output_of_psql_is_an_error_with_its_place_and_no_more(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, PSQL_OUTPUT, cursor=3)
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.FAILED)
        assert "42601" in words(stage) and "line 1" in words(stage)
        assert editor.text == PSQL_OUTPUT
        assert not any("\x1b" in editor.render_line(y).text for y in range(8))


async def test_a_nul_is_refused_in_a_sentence(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select 'a\0b'")
        await pilot.press("f5")
        await until(lambda: "NUL character" in words(stage))
        assert "line 1, column 10" in words(stage)


async def test_a_storm_of_notices_is_counted_and_drawn_now_and_then(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        drawn = 0
        run_changed = stage.pane.run_changed

        def count(run: StatementRun) -> None:
            nonlocal drawn
            drawn += 1
            run_changed(run)

        stage.pane.run_changed = count  # type: ignore[method-assign]
        write(stage, "do $$ begin for i in 1..20000 loop raise notice 'line %', i; end loop; end $$")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: phase(stage) is Phase.DONE)
        notices = str(stage.pane.result.query_one("#result-notices", Static).render())
        assert "… 19,997 more" in notices and "NOTICE: line 20000" in notices
        assert stage.pane.run is not None and len(stage.pane.run.notices) < 2000 and drawn < 2000


async def test_odd_columns_and_large_cells_are_shown(stage: Stage) -> None:
    async with stage.run_test(size=(80, 24)) as pilot:
        write(stage, "select 1 as a, 2 as a, 3, repeat('x', 1048576) as big")
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.DONE)
        grid = stage.pane.result.grid
        assert "?column?" in grid.render_line(0).text
        row = grid.shown_row(0)
        assert row is not None and row[:3] == ("1", "2", "3") and len(row[3] or "") == 1 << 20
        await pilot.press("escape", "dollar_sign", "y")
        await until(lambda: any("Not copied" in say.text or "Sent" in say.text for say in stage.said))


async def test_two_runs_at_once_ask_and_the_first_is_cancelled(stage: Stage, database: Database) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select pg_sleep(60);\nselect 'second' as which;\n")
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.RUNNING and bool(stage.pane.busy))
        stage.pane.editing.editor.move_cursor((1, 3))
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("y")
        await until(lambda: phase(stage) is Phase.DONE)
        assert stage.pane.result.grid.shown_row(0) == ("second",)
        first = stage.pane.results.views[0].run
        assert first is not None and first.state.phase is Phase.CANCELLED
        await until(lambda: database.pool_in_use == 0)


async def test_f5_held_down_asks_once_runs_one_at_a_time_and_is_cancelled_as_a_whole(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select pg_sleep(60)")
        most = 0
        run_changed = stage.pane.run_changed

        def count(run: StatementRun) -> None:
            nonlocal most
            most = max(most, sum(other.state.is_working for other in stage.pane.results.runs))
            run_changed(run)

        stage.pane.run_changed = count  # type: ignore[method-assign]
        burst(stage, *["<f5>"] * 20)
        await until(lambda: phase(stage) is Phase.RUNNING and bool(stage.pane.busy))
        burst(stage, *["<f5>"] * 20)
        await until(lambda: isinstance(stage.screen, Confirm))
        assert sum(isinstance(screen, Confirm) for screen in stage.screen_stack) == 1
        await until(lambda: any("waits for an answer already" in say.text for say in stage.said))
        await pilot.press("n", "ctrl+g")
        await until(lambda: phase(stage) is Phase.CANCELLED and not stage.pane.busy)
        write(stage, "select 'the next' as words")
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.DONE)
        assert stage.pane.result.grid.shown_row(0) == ("the next",) and most == 1


async def test_f5_twice_runs_one_after_the_other(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select :n::int as n")
        burst(stage, "<f5>", "<f5>")
        for _ in range(2):
            await until(lambda: isinstance(stage.screen, ParameterForm))
            assert sum(isinstance(screen, ParameterForm) for screen in stage.screen_stack) == 1
            await pilot.press("escape")
        await until(lambda: not isinstance(stage.screen, ParameterForm))
        assert stage.pane.run is None


async def test_a_query_that_returns_while_the_console_ends_leaves_nothing_behind(
    stage: Stage, database: Database
) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select pg_sleep(0.3), generate_series(1, 5000)")
        await pilot.press("f5")
        await until(lambda: bool(stage.pane.busy))
    await until(lambda: database.pool_in_use == 0)


async def test_a_disk_that_fills_while_exporting_loses_no_row_on_show(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*arguments: object, **named: object) -> int:
        monkeypatch.setattr("chatly_console.query.export.NewFile.write", _no_space)
        return await export(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("chatly_console.query.ui.exporting.export", full)
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select i from generate_series(1, 3000) i")
        await pilot.press("f5")
        await until(lambda: phase(stage) is Phase.OPEN)
        stage.pane.exporting.start(stage.pane.run, tmp_path / "out.csv")
        await until(lambda: any("no space" in say.text.lower() for say in stage.said))
        assert list(tmp_path.glob("*out.csv*")) == []
        assert stage.pane.result.grid.shown_row(0) == ("1",)


def _no_space(self: object, text: str) -> None:
    from chatly_console.core.failure import Failure, FailureKind

    raise Failure("out.csv could not be written: no space left on device.", FailureKind.REFUSED)
