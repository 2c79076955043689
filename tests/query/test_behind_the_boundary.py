"""As a user of Chatly behind the boundary login: following, watching, drawing, editing and exporting stay theirs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatly_console.core.identity import Identity, Strength
from chatly_console.core.request import Request
from chatly_console.query.run import Phase
from chatly_console.query.ui.cell_editor import CellEditor
from chatly_console.query.ui.chart_screen import ChartScreen
from chatly_console.query.ui.parameter_form import ValueInput
from chatly_console.server.database import Database
from chatly_console.server.impersonation import BOUNDARY_LOGIN
from chatly_console.shell.choose import Choose
from chatly_console.shell.dialogs import Confirm
from tests.query.stage import Stage, session_without_server, until
from tests.query.test_as_another_user import header
from tests.query.test_pane import phase
from tests.query.test_row_verbs import run
from tests.query.test_transactions import dialog
from tests.server.conftest import opening_of

ADA = "ada@nordlicht.example"
WHOM = f"as authenticated {ADA} (boundary)"
WAITING = "conversations where status = 'pending'"
TALKS = f"select id, social_contact_id, platform_client_id from {WAITING} order by id"


@pytest.fixture
async def chatly(chatly_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(chatly_dsn, boundary={"user": BOUNDARY_LOGIN}))
    assert await database.strength(Identity.anon()) == Strength.BOUNDARY, database.no_boundary_because
    yield database
    await database.close()


@pytest.fixture
async def ada(chatly: Database, tmp_path: Path) -> Stage:
    session = session_without_server()
    session.database = chatly
    found = await chatly.records(f"select id::text as id from auth.users where email = '{ADA}'")
    session.identity = Identity.authenticated(str(found[0]["id"]), ADA)
    return Stage(session, tmp_path)


async def count(stage: Stage, what: str) -> int:
    """How many rows there are for who the stage is."""
    database = stage.session.database
    assert database is not None
    async with database.open(Request(f"select count(*) from {what}", identity=stage.session.identity)) as result:
        return int((await result.fetch())[0][0] or 0)


async def test_keys_lead_to_what_the_user_may_see_and_no_further(ada: Stage, chatly: Database) -> None:
    theirs = await count(ada, WAITING)
    everybodys = int(str((await chatly.records("select count(*)::int as n from " + WAITING))[0]["n"]))
    assert 0 < theirs < everybodys
    async with ada.run_test(size=(120, 40)) as pilot:
        await run(ada, TALKS)
        assert WHOM in header(ada) and f"{theirs:,} rows" in header(ada)
        await pilot.press("right", "enter")
        await until(lambda: len(ada.pane.results.views) == 2 and phase(ada) is Phase.DONE)
        assert WHOM in header(ada) and "1 row ·" in header(ada)
        await until(lambda: ada.pane.result.grid.has_focus)
        await pilot.press("R")
        await until(lambda: isinstance(ada.screen, Choose))
        await pilot.press(*"conversations", "enter")
        await until(lambda: len(ada.pane.results.views) == 3 and phase(ada) is Phase.DONE)
        assert WHOM in header(ada) and ada.pane.result.grid.row_count > 0
        await until(lambda: ada.pane.result.grid.has_focus)
        await pilot.press("backspace")
        await until(lambda: len(ada.pane.results.views) == 2)


async def test_what_repeats_is_drawn_and_goes_to_a_file_is_read_behind_the_boundary(ada: Stage, tmp_path: Path) -> None:
    async with ada.run_test(size=(120, 40)) as pilot:
        await run(ada, TALKS)
        await pilot.press("w")
        await until(lambda: (watched := ada.pane.result.watched) is not None and watched.runs > 1)
        await until(lambda: WHOM in header(ada) and "w stops" in header(ada))
        await pilot.press("w")
        await until(lambda: not ada.pane.watching.is_on)
        ada.pane.exporting.start(ada.pane.run, tmp_path / "talks.jsonl")
        written = f"written to {tmp_path}/talks.jsonl, read once {WHOM}."
        await until(lambda: any(written in say.text for say in ada.said))
        await run(ada, "select status, count(*)::int as n from conversations group by 1 order by 1")
        await until(lambda: ada.pane.result.grid.source.columns[0].name == "status")
        await pilot.press("b")
        await until(lambda: isinstance(ada.screen, ChartScreen))
        assert "3 rows" in str(ada.screen.query("Static").first().render())
    assert (tmp_path / "talks.jsonl").read_text().count("\n") == await count(ada, WAITING)


async def test_an_edit_is_tried_behind_the_boundary_and_rolled_back(ada: Stage, chatly: Database) -> None:
    async with ada.run_test(size=(120, 40)) as pilot:
        await run(ada, "select subject, id from conversations order by id limit 1")
        await pilot.press("e")
        await until(lambda: isinstance(ada.screen, CellEditor) and bool(ada.screen.query(ValueInput)))
        await pilot.press(*"tried", "enter")
        await until(lambda: isinstance(ada.screen, Confirm) and ada.screen.is_mounted)
        assert f"Try this as authenticated {ADA}, and roll it back?" in dialog(ada)
        await pilot.press("y")
        await until(lambda: any("rolled back" in say.text or "policies hide it" in say.text for say in ada.said))
        await until(lambda: chatly.pool_in_use == 0)
    assert not await chatly.records("select 1 as one from conversations where subject = 'tried'")
