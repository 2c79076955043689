"""Pictures of what floats above the editor, of the graph and of an object, as they are meant to look."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from textual.pilot import Pilot

from chatly_console.query.ui.completion import AssistedEditor
from chatly_console.schema.ui.graph_view import GraphView
from chatly_console.server.database import Database
from chatly_console.shell.messages import OpenRelation
from tests.conftest import run_apart
from tests.query.stage import Stage as QueryStage
from tests.query.stage import session_without_server, until
from tests.schema.hostile import RICH
from tests.schema.stage import staged
from tests.server.conftest import opening_of


@pytest.fixture
async def chatly(chatly_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(chatly_dsn, pool_size=4))
    yield database
    await database.close()


async def _execute(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_list_of_proposals(database_dsn: str, tmp_path: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    run_apart(_execute(database_dsn, RICH))
    session = session_without_server()
    stage = QueryStage(session, tmp_path)

    async def before(pilot: Pilot[None]) -> None:
        session.database = await Database.connect(opening_of(database_dsn, pool_size=4))
        known = stage.query_one(AssistedEditor).known
        await until(lambda: bool(known.now().relations))
        await pilot.press(*"select * from shop.orders o join shop.customers c on o.cust", "down")
        await until(lambda: "●" not in "".join(strip.text for strip in stage.screen._compositor.render_strips()))
        await session.database.close()

    assert snap_compare(stage, terminal_size=size, run_before=before)


async def test_the_graph_at_three_sizes(chatly: Database) -> None:
    for size in ((80, 24), (120, 40), (160, 50)):
        async with staged(chatly, size=size) as (app, pilot):
            app.pane.receive(OpenRelation("public", "conversations"))
            await until(lambda: app.pane.looking.subject is not None and app.pane.view.has_focus_within)
            await pilot.press("x")
            await until(lambda: app.pane.query_one(GraphView).has_focus)
            await until(lambda: "│ conversations │" in app.text())
            lines = [line for line in app.text().split("\n") if "▶" in line]
            assert any("messages" in line for line in lines) and any("social_contacts" in line for line in lines)
