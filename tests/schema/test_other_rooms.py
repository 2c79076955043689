"""From the Schema pane into the other rooms, in the whole console: what a key leads to is what the user then sees."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import asyncpg
from textual.pilot import Pilot

from chatly_console.core.target import ConnectionTarget
from chatly_console.panes import PANES, RESULT_TABS
from chatly_console.query.ui.completion import AssistedEditor
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.hover import HoverCard
from chatly_console.schema.ui.object_tree import ObjectTree
from chatly_console.schema.ui.pane import SchemaPane
from chatly_console.server.database import Database
from chatly_console.server.profiles import profile_of_target
from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.folders import Folders
from chatly_console.shell.messages import OpenRelation, OpenStatement
from chatly_console.shell.session import Session
from tests.query.stage import until
from tests.shell.fakes import opener_of

MADE = """
create table people (id int primary key);
create table no_key (a int references people);
insert into people select generate_series(1, 50);
"""


def text(app: ConsoleApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def line_below(app: ConsoleApp, words: str) -> str:
    """The line below the first that has these words; empty if there is none."""
    lines = text(app).split("\n")
    return next((below for line, below in pairwise(lines) if words in line), "")


@asynccontextmanager
async def console(database: Database, folder: Path) -> AsyncIterator[tuple[ConsoleApp, Pilot[int]]]:
    """The console with all rooms, the table without a key looked at in the Schema pane."""
    session = Session(profile_of_target(ConnectionTarget(), "dsn"), database)
    app = ConsoleApp(
        PANES, opener_of(session), result_tabs=RESULT_TABS, first_pane="schema", folders=Folders(folder, folder)
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(app.query(ObjectTree)) and bool(app.query_one(ObjectTree).rows), 30)
        pane = app.query_one(SchemaPane)
        pane.receive(OpenRelation("public", "no_key"))
        await until(lambda: pane.looking.subject is not None and pane.looking.subject.name == "public.no_key")
        yield app, pilot


async def test_i_shows_what_the_advisor_finds_on_the_table_alone(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await other.execute(MADE)
    async with console(database, tmp_path) as (app, pilot):
        await pilot.press("i")
        await until(lambda: "of public.no_key alone" in text(app), 30)
        await until(lambda: "no_primary_key" in text(app) and "unindexed_foreign_keys" in text(app))
        assert app.frame.strip.current == 6, "the Advisor is on show"


async def test_a_analyses_the_table_once_that_was_agreed_to(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    await other.execute(MADE)
    async with console(database, tmp_path) as (app, pilot):
        app.query_one(SchemaPane).receive(OpenRelation("public", "people"))
        await until(lambda: "public.people" in text(app))
        app.query_one(SchemaPane).tree_of_objects.focus()
        await pilot.press("a")
        await until(
            lambda: bool(app.query(SqlEditor)) and "analyze public.people;" in app.query_one(SqlEditor).text, 30
        )
        await until(lambda: "ANALYZE renews the statistics of public.people" in text(app))
        await pilot.press("y")
        async with asyncio.timeout(10):
            while await other.fetchval("select reltuples from pg_class where relname = 'people'") != 50:
                await pilot.pause(0.02)
        await until(lambda: "✓ ANALYZE" in text(app))


async def test_the_card_that_says_what_a_name_means_stands_below_the_cursor(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    """In the whole console, whose rules for dialogs would put it in the middle, and on the smallest screen."""
    await other.execute(MADE)
    async with console(database, tmp_path) as (app, pilot):
        app.post_message(OpenStatement("select * from people"))
        await until(lambda: bool(app.query(SqlEditor)) and "people" in app.query_one(SqlEditor).text, 30)
        await until(lambda: len(app.query_one(AssistedEditor).known.now().relations) > 1, 30)
        app.query_one(SqlEditor).show_offset(16)
        for size in ((120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await until(lambda: app.query_one(SqlEditor).has_focus)
            await pilot.press("alt+k")
            await until(lambda: isinstance(app.screen, HoverCard) and "create table public.people" in text(app), 30)
            await until(lambda: "public.people" in line_below(app, "select * from people"))
            assert "2 Query" in text(app), "what is behind it stays to be read"
            await pilot.press("escape")
            await until(lambda: not isinstance(app.screen, HoverCard))
