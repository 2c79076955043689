"""What real catalogues hold at their worst: all of it is shown, and none of it is fatal."""

import asyncpg
import pytest

from chatly_console.core.catalogue import Relation
from chatly_console.core.identity import Identity
from chatly_console.core.text import cell_width
from chatly_console.schema.service import look_at
from chatly_console.server.catalogue import load_catalogue
from chatly_console.server.database import Database
from chatly_console.shell.messages import OpenRelation
from tests.schema.hostile import HOSTILE_TABLES, NAMES
from tests.schema.stage import staged, until

VIEWS = "create view v_0 as select 1 as one;" + "".join(
    f"create view v_{n} as select one from v_{n - 1};" for n in range(1, 21)
)
PARTITIONS = "create table many (id int, at date) partition by range (at);" + "".join(
    f"create table many_{n:03} partition of many for values from ('{2000 + n}-01-01') to ('{2001 + n}-01-01');"
    for n in range(100)
)
BROKEN = (
    "create function fails() returns int language plpgsql as $$ begin raise exception '[/] \x1b[2J no'; end $$;"
    "create view broken as select fails() as x; create table known (id int);"
    "create function gone() returns int language plpgsql as $$ begin return (select 1 from no_such_table); end $$;"
    "create view of_gone as select gone() as y"
)


async def test_a_view_20_levels_deep_is_read_and_gone_down(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(VIEWS)
    catalogue = await load_catalogue(database)
    for level in (20, 10, 0):
        view = catalogue.relation("public", f"v_{level}")
        assert view is not None
        subject = await look_at(database, catalogue, view)
        assert subject.failure is None and subject.sql.startswith(f"create view public.v_{level} (one) as")
        uses = {(one.way, one.object): one.depth for one in subject.details.dependencies} if subject.details else {}
        assert [uses["needs", f"public.v_{level - down}"] for down in range(1, level + 1)] == list(range(1, level + 1))
        ups = range(1, 21 - level)
        assert [uses["needed by", f"public.v_{level + up}"] for up in ups] == list(ups)


async def test_a_hundred_partitions_stand_under_their_table(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(PARTITIONS)
    async with staged(database) as (app, pilot):
        assert "many" in app.names() and "many_000" not in app.names(), "folded at first"
        app.pane.receive(OpenRelation("public", "many_099"))
        await until(lambda: app.pane.looking.subject is not None and "many_099" in app.pane.looking.subject.name)
        assert app.names().count("many_050") == 1
        assert "partition of public.many" in app.text()
        await pilot.press("d")
        await until(lambda: "partition of public.many" in app.text() and "for values from" in app.text())


@pytest.mark.parametrize(("view", "words"), [("broken", "no"), ("of_gone", "no_such_table")])
async def test_a_broken_view_shows_its_definition_and_why_it_has_no_rows(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]", view: str, words: str
) -> None:
    await other.execute(BROKEN)
    async with staged(database) as (app, pilot):
        app.pane.receive(OpenRelation("public", view))
        await until(lambda: app.pane.looking.subject is not None and app.pane.view.has_focus_within)
        app.pane.looking.show_tab("rows")
        await until(lambda: "✗" in app.text() and words in app.text())
        assert "\x1b" not in app.text()
        await pilot.press("d")
        await until(lambda: f"create view public.{view}" in app.text())


async def test_an_invalid_index_and_a_duplicate_are_named(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute("create table twice (a int); insert into twice values (1), (1); create index one on twice (a)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await other.execute('create unique index concurrently "bad\n[/]" on twice (a)')
    await other.execute("create index two on twice (a)")
    catalogue = await load_catalogue(database)
    table = catalogue.relation("public", "twice")
    assert isinstance(table, Relation)
    subject = await look_at(database, catalogue, table)
    indexes = next(tab for tab in subject.tabs if tab.title == "indexes").rows
    assert indexes is not None
    states = {row[0]: row[1] or "" for row in indexes.rows()}
    assert states["bad\n[/]"].startswith("INVALID") and states["two"] == "duplicates public.one"
    assert '\n-- index "bad⏎[/]" is left out, as it is INVALID: build it again.\n' in subject.sql


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_hostile_names_in_every_tab_are_only_text(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]", size: tuple[int, int]
) -> None:
    await other.execute(HOSTILE_TABLES)
    async with staged(database, size=size) as (app, pilot):
        for name in NAMES[5:8]:
            app.pane.receive(OpenRelation("public", name))
            await until(lambda: app.pane.looking.relation is not None and app.pane.looking.subject is not None)
            for _ in app.pane.looking.subject.tabs if app.pane.looking.subject else ():
                await pilot.press(".")
                seen = app.text()
                assert "\x1b" not in seen and "\u202e" not in seen
                assert all(cell_width(line) == size[0] for line in seen.split("\n"))


async def test_a_role_without_rights_sees_the_tree_and_is_told_which_grant_is_missing(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute("create table secret (id int)")
    async with staged(database) as (app, _pilot):
        app.session.become(Identity.of_role("pg_monitor"))
        app.pane.receive(OpenRelation("public", "secret"))
        await until(lambda: app.pane.looking.subject is not None and app.pane.view.has_focus_within)
        app.pane.looking.show_tab("rows")
        await until(lambda: "✗" in app.text())
        assert "grant select on public.secret to pg_monitor;" in app.text()
