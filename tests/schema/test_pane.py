"""The Schema pane as somebody uses it, on the real server."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.core.catalogue import Relation
from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.schema.tab import Tab
from chatly_console.server.database import Database
from chatly_console.shell.key_footer import footer_keys
from chatly_console.shell.messages import OpenRelation, OpenStatement, Report, ShowPolicies
from chatly_console.shell.states import ErrorState
from tests.schema.hostile import HOSTILE_TABLES, NAMES, RICH
from tests.schema.stage import Stage, staged, until
from tests.server.conftest import opening_of


@pytest.fixture
async def chatly(chatly_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(chatly_dsn, pool_size=4))
    yield database
    await database.close()


def tab(app: Stage) -> Tab:
    found = app.pane.looking.current
    assert found is not None
    return found


def is_on(app: Stage, name: str) -> bool:
    """Whether this object is looked at, and was read."""
    subject = app.pane.looking.subject
    return subject is not None and subject.name == name


async def test_a_table_is_found_read_and_walked_through(chatly: Database) -> None:
    async with staged(chatly) as (app, pilot):
        assert "messages" in app.names()
        await pilot.press("/", *"messag")
        await until(lambda: app.names()[0] == "messages")
        await pilot.press("enter", "enter")
        await until(lambda: is_on(app, "public.messages"))
        await until(lambda: "conversation_id" in app.text())
        assert "row security on, 4 policies" in app.text()
        titles = []
        for _ in range(11):
            titles.append(tab(app).title)
            await pilot.press(".")
        assert titles == [
            "columns", "keys", "graph", "indexes", "policies", "triggers", "grants", "uses", "facts", "statements",
            "definition",
        ]  # fmt: skip
        await until(lambda: "500+ rows" in app.text())
        await pilot.press("d")
        await until(lambda: "create table public.messages" in app.text())


async def test_rows_are_those_of_the_identity_and_gone_when_it_changes(chatly: Database) -> None:
    async with staged(chatly) as (app, _pilot):
        app.pane.receive(OpenRelation("public", "plans"))
        await until(lambda: is_on(app, "public.plans"))
        app.pane.looking.show_tab("rows")
        await until(lambda: "4 rows" in app.text())
        app.pane.receive(OpenRelation("public", "conversations"))
        await until(lambda: is_on(app, "public.conversations") and "500+ rows" in app.text())
        app.session.become(Identity.authenticated("00000000-0000-4000-8000-00000000dead"))
        app.pane.on_identity_changed()
        await until(lambda: "No rows as authenticated" in app.text())
        assert "500+" not in app.text()


async def test_a_click_folds_a_folder_and_a_second_one_looks_at_an_object(chatly: Database) -> None:
    async with staged(chatly) as (app, pilot):
        tree = app.pane.tree_of_objects
        at = app.names().index("tables")
        await pilot.click(tree, offset=(8, at))
        await until(lambda: not tree.rows[at].is_open and tree.at == at)
        await pilot.click(tree, offset=(8, at))
        await until(lambda: tree.rows[at].is_open)
        at = app.names().index("messages")
        await pilot.click(tree, offset=(8, at), times=2)
        await until(lambda: is_on(app, "public.messages") and app.pane.view.has_focus_within)


async def test_verbs_ask_the_other_rooms(chatly: Database) -> None:
    async with staged(chatly) as (app, pilot):
        app.pane.receive(OpenRelation("public", "messages"))
        await until(lambda: is_on(app, "public.messages") and app.pane.view.has_focus_within)
        app.pane.tree_of_objects.focus()
        await pilot.press("o", "p", "y", "e")
        await until(lambda: len([one for one in app.asked if isinstance(one, OpenStatement)]) == 2)
        asked = [message for message in app.asked if isinstance(message, OpenStatement | ShowPolicies)]
        assert isinstance(asked[0], OpenStatement) and asked[0].run
        assert asked[0].sql.startswith("select * from public.messages")
        assert isinstance(asked[1], ShowPolicies) and (asked[1].schema, asked[1].name) == ("public", "messages")
        assert isinstance(asked[2], OpenStatement) and asked[2].sql.startswith("create table public.messages")
        assert app.clipboard == "public.messages"


async def test_the_definition_that_opens_is_that_of_the_object_at_the_cursor(chatly: Database) -> None:
    async with staged(chatly) as (app, pilot):
        app.pane.receive(OpenRelation("public", "messages"))
        await until(lambda: is_on(app, "public.messages") and app.pane.view.has_focus_within)
        app.pane.tree_of_objects.focus()
        app.pane.tree_of_objects.action_move(-1)
        above = app.pane.tree_of_objects.object
        assert isinstance(above, Relation) and above.name != "messages"
        await pilot.press("e")
        await until(lambda: any(isinstance(message, OpenStatement) for message in app.asked))
        [opened] = [message for message in app.asked if isinstance(message, OpenStatement)]
        assert f"public.{above.name}" in opened.sql.partition("\n")[0]


async def test_hostile_names_neither_break_it_nor_reach_the_terminal(database: Database, other: object) -> None:
    assert isinstance(other, asyncpg.Connection)
    await other.execute(HOSTILE_TABLES)
    async with staged(database) as (app, pilot):
        assert set(NAMES) <= set(app.names())
        for name in NAMES:
            app.pane.receive(OpenRelation("public", name))
            await until(lambda name=name: app.pane.looking.subject is not None  # type: ignore[misc]
                        and getattr(app.pane.looking.subject.object, "name", "") == name)  # fmt: skip
            for title in ("columns", "definition", "rows"):
                app.pane.looking.show_tab(title)
                await pilot.pause()
                text = app.text()
                assert "\x1b" not in text and "\u202e" not in text
            app.pane.looking.show_tab("columns")


async def test_what_is_made_meanwhile_appears_on_refresh(database: Database, other: object) -> None:
    assert isinstance(other, asyncpg.Connection)
    await other.execute(RICH)
    async with staged(database) as (app, pilot):
        await other.execute("create table shop.later (id int)")
        app.pane.receive(OpenRelation("shop", "later"))
        await until(lambda: "r reads it again" in app.said)
        await pilot.press("r")
        await until(lambda: "catalogue is read again" in app.said)
        app.pane.receive(OpenRelation("shop", "later"))
        await until(lambda: is_on(app, "shop.later"))


async def test_a_locked_table_says_so_and_shows_what_is_known(database: Database, other: object) -> None:
    assert isinstance(other, asyncpg.Connection)
    await other.execute("create table held (id int primary key, a int)")
    async with staged(database) as (app, pilot):
        async with other.transaction():
            await other.execute("lock table held in access exclusive mode")
            app.pane.receive(OpenRelation("public", "held"))
            await until(lambda: "being changed" in app.text() and "not null" in app.text())
        await pilot.press("r")
        await until(lambda: "being changed" not in app.text() and is_on(app, "public.held"))


async def test_narrow_screens_show_one_at_a_time(chatly: Database) -> None:
    async with staged(chatly, size=(80, 24)) as (app, pilot):
        assert not app.pane.view.display
        app.pane.receive(OpenRelation("public", "messages"))
        await until(lambda: is_on(app, "public.messages") and "sent_at" in app.text())
        assert not app.pane.query_one("#objects").display
        await pilot.press("escape")
        await until(lambda: app.pane.query_one("#objects").display)
        assert app.focused is app.pane.tree_of_objects


async def test_escape_on_what_was_found_gives_the_whole_tree_back_at_once(chatly: Database) -> None:
    async with staged(chatly, size=(120, 40)) as (app, pilot):
        await until(lambda: "messages" in app.text())
        await pilot.press("slash", *"plans")
        assert "slash" not in {key.key for key in footer_keys(app.screen)}, "here it is a sign like any other"
        await pilot.press("enter", "enter")
        await until(lambda: is_on(app, "public.plans") and app.pane.view.has_focus_within)
        app.pane.tree_of_objects.focus()
        await until(lambda: app.pane.tree_of_objects.has_focus)
        assert app.pane.objects.is_finding and app.pane.has_class("-looking")
        await pilot.press("escape")
        await until(lambda: not app.pane.objects.is_finding)


async def test_a_lost_server_is_a_sentence_with_a_way_out() -> None:
    async with staged(None) as (app, _pilot):
        await until(lambda: bool(app.query(ErrorState)))
        assert "Not connected" in app.text() and "retry" in app.text()


async def test_the_old_tree_stays_when_it_cannot_be_read_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(database) as (app, pilot):

        async def fails(*_: object, **__: object) -> None:
            raise Failure("The server is away.")

        monkeypatch.setattr("chatly_console.server.shared_catalogue.load_catalogue", fails)
        await pilot.press("r")
        await until(lambda: "stale" in app.text())
        assert "public" in app.names()


async def test_the_graph_is_walked_with_the_arrow_keys_and_back(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(RICH)
    async with staged(database) as (app, pilot):
        app.pane.receive(OpenRelation("shop", "orders"))
        await until(lambda: is_on(app, "shop.orders") and app.pane.view.has_focus_within)
        await pilot.press("x")
        await until(lambda: app.pane.view.graph.has_focus)
        assert "nothing points here" in app.text() and "customers customer_id · cascade" in app.text()
        await pilot.press("right", "enter")
        await until(lambda: is_on(app, "shop.customers") and app.pane.view.graph.has_focus)
        await until(lambda: "points at nothing" in app.text())
        await pilot.press("backspace")
        await until(lambda: is_on(app, "shop.orders") and tab(app).title == "graph")


async def test_rows_are_counted_on_request_as_the_identity_beside_the_estimate(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute("create table counted as select generate_series(1, 1500) as id; analyze counted")
    await other.execute("delete from counted where id > 1200")
    async with staged(database) as (app, pilot):
        app.pane.receive(OpenRelation("public", "counted"))
        await until(lambda: is_on(app, "public.counted") and app.pane.view.has_focus_within)
        await pilot.press("number_sign")
        await until(lambda: "1,200 rows as postgres" in app.said)
        assert "the planner expects 1,500, 25% off" in app.said
        app.session.become(Identity.of_role("pg_monitor"))
        await pilot.press("number_sign")
        await until(lambda: any(isinstance(message, Report) for message in app.asked))


async def test_a_statement_to_begin_with_is_chosen_and_opened(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(RICH)
    async with staged(database) as (app, pilot):
        app.pane.receive(OpenRelation("shop", "customers"))
        await until(lambda: is_on(app, "shop.customers"))
        await pilot.press("w")
        await until(lambda: "select by key" in app.text())
        await pilot.press(*"upsert", "enter")
        await until(lambda: any(isinstance(message, OpenStatement) for message in app.asked))
        [opened] = [message for message in app.asked if isinstance(message, OpenStatement)]
        assert "on conflict (id) do update set" in opened.sql and not opened.run


async def test_statements_on_record_or_why_there_are_none(database: Database, chatly: Database) -> None:
    async with staged(database) as (app, _pilot):
        app.pane.receive(OpenRelation("public", "nothing"))
        await until(lambda: "There is no relation public.nothing" in app.said)
    async with staged(chatly) as (app, pilot):
        app.pane.receive(OpenRelation("public", "plans"))
        await until(lambda: is_on(app, "public.plans") and app.pane.view.has_focus_within)
        await pilot.press("t")
        await until(lambda: "mean ms" in app.text() or "statement" in app.text())
        assert tab(app).title == "statements"
