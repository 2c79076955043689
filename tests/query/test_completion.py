"""Completion as somebody types: what opens, what closes, which keys it takes, and what is written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from textual.pilot import Pilot

from chatly_console.core.identity import Identity
from chatly_console.core.text import cell_width
from chatly_console.query.ui.completion import AssistedEditor
from chatly_console.query.ui.completion_list import CompletionList
from chatly_console.query.ui.completion_signature import SignatureLine
from chatly_console.query.ui.hover import HoverCard
from chatly_console.shell.messages import OpenObject
from tests.query.stage import Stage, until
from tests.schema.hostile import HOSTILE_TABLES, RICH


@asynccontextmanager
async def typing(
    stage: Stage, dsn: str, sql: str = RICH, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Pilot[None]]:
    """The pane, with the names of a database of these objects known."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
        await connection.execute("create table public.customers (id int primary key, email text)")
    finally:
        await connection.close()
    async with stage.run_test(size=size) as pilot:
        known = stage.query_one(AssistedEditor).known
        await until(lambda: bool(known.now().relations))
        yield pilot


def proposals(stage: Stage) -> CompletionList:
    return stage.query_one(CompletionList)


def text(stage: Stage) -> str:
    return stage.pane.editing.editor.text


def screen(stage: Stage) -> str:
    return "\n".join(strip.text for strip in stage.screen._compositor.render_strips())


async def test_what_is_chosen_is_written_and_tab_and_enter_are_the_texts_own_until_then(
    stage: Stage, database_dsn: str
) -> None:
    async with typing(stage, database_dsn) as pilot:
        await pilot.press(*"select * from cust")
        assert proposals(stage).is_open
        await pilot.press("enter")
        assert text(stage) == "select * from cust\n", "nothing was chosen: Enter is a line"
        await pilot.press("backspace", "tab")
        assert text(stage).startswith("select * from cust ") and text(stage).strip() == "select * from cust"
        await pilot.press(*["backspace"] * (len(text(stage)) - len("select * from cus")), "t")
        assert text(stage) == "select * from cust" and proposals(stage).is_open
        await pilot.press("down")
        await pilot.press("tab")
        assert text(stage) == "select * from customers"
        assert not proposals(stage).is_open
        await pilot.press("enter", *"where em", "down", "enter")
        assert text(stage) == "select * from customers\nwhere email"


async def test_a_join_and_its_condition_come_from_the_foreign_key(stage: Stage, database_dsn: str) -> None:
    async with typing(stage, database_dsn) as pilot:
        await pilot.press(*"select * from shop.orders o join ")
        assert proposals(stage).is_open
        assert proposals(stage).proposals[0].label == "customers c"
        await pilot.press("down", "enter")
        assert text(stage).endswith("join shop.customers c on o.customer_id = c.id")


async def test_escape_closes_the_list_and_only_then_leaves_the_editor(stage: Stage, database_dsn: str) -> None:
    async with typing(stage, database_dsn) as pilot:
        await pilot.press(*"select * from cu")
        await pilot.press("escape")
        assert not proposals(stage).is_open
        assert stage.pane.editing.editor.has_focus
        await pilot.press("left")
        assert not proposals(stage).is_open


async def test_ctrl_space_shows_all_that_fits_with_the_first_chosen(stage: Stage, database_dsn: str) -> None:
    async with typing(stage, database_dsn) as pilot:
        stage.pane.editing.editor.load_text("select  from customers")
        stage.pane.editing.editor.show_offset(7)
        await pilot.pause()
        assert not proposals(stage).is_open
        await pilot.press("ctrl+at")
        chosen = proposals(stage).proposal
        assert chosen is not None and chosen.label == "id"
        await pilot.press("down", "enter")
        assert text(stage) == "select email from customers"


async def test_what_is_pasted_opens_nothing(stage: Stage, database_dsn: str) -> None:
    async with typing(stage, database_dsn) as pilot:
        stage.pane.editing.editor.insert("select * from cu")
        await pilot.pause()
        assert not proposals(stage).is_open


async def test_a_call_shows_its_signature_with_the_argument_marked(stage: Stage, database_dsn: str) -> None:
    make = "create function public.add_up(first_one int, second_one text) returns int language sql as 'select 1'"
    async with typing(stage, database_dsn, make) as pilot:
        await pilot.press(*"select add_u", "down", "enter")
        assert text(stage) == "select add_up()"
        line = stage.query_one(SignatureLine)
        assert line.display and line.signatures[0].current == 0
        assert "add_up(first_one integer, second_one text) → integer" in screen(stage)
        await pilot.press(*"1, ")
        assert line.signatures[0].current == 1
        await pilot.press("end")
        assert not line.display


async def test_hover_shows_the_definition_and_enter_goes_there(stage: Stage, database_dsn: str) -> None:
    async with typing(stage, database_dsn) as pilot:
        stage.pane.editing.editor.load_text("select o.total from shop.orders o")
        stage.pane.editing.editor.show_offset(10)
        await pilot.press("alt+k")
        await until(lambda: isinstance(stage.screen, HoverCard) and "create table shop.orders" in screen(stage))
        assert "shop.orders.total  numeric(10,2)" in screen(stage)
        await pilot.press("escape")
        await until(lambda: not isinstance(stage.screen, HoverCard))
        assert not stage.asked
        await pilot.press("alt+k")
        await until(lambda: isinstance(stage.screen, HoverCard) and "create table shop.orders" in screen(stage))
        await pilot.press("enter")
        await until(lambda: bool(stage.asked))
        assert [one.path for one in stage.asked if isinstance(one, OpenObject)] == [("table", "shop", "orders")]


async def test_with_vi_keys_K_tells_and_gd_goes_there(stage: Stage, database_dsn: str) -> None:
    async with typing(stage, database_dsn) as pilot:
        editor = stage.pane.editing.editor
        editor.use_vi(True)
        editor.load_text("select o.total from shop.orders o")
        editor.show_offset(26)
        await pilot.press("K")
        await until(lambda: isinstance(stage.screen, HoverCard) and "create table shop.orders" in screen(stage))
        await pilot.press("K")
        await until(lambda: not isinstance(stage.screen, HoverCard))
        await pilot.press("g", "d")
        await until(lambda: bool(stage.asked))
        assert [one.path for one in stage.asked if isinstance(one, OpenObject)] == [("table", "shop", "orders")]
        assert text(stage) == "select o.total from shop.orders o"


async def test_the_definition_of_a_cte_is_in_the_text(stage: Stage, database_dsn: str) -> None:
    async with typing(stage, database_dsn) as pilot:
        stage.pane.editing.editor.load_text("with totals as (select 1 as one) select * from totals")
        stage.pane.editing.editor.show_offset(50)
        await pilot.press("alt+d")
        assert stage.pane.editing.editor.cursor_offset == 5


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_hostile_names_are_shown_as_text_and_written_as_they_are(
    stage: Stage, database_dsn: str, size: tuple[int, int]
) -> None:
    async with typing(stage, database_dsn, HOSTILE_TABLES, size) as pilot:
        await pilot.press(*"select * from ")
        seen = ""
        for _ in proposals(stage).proposals[:16]:
            await pilot.press("down")
            seen += screen(stage)
        assert "\x1b" not in seen and "\u202e" not in seen and "[/]" in seen
        assert all(cell_width(line) == size[0] for line in screen(stage).split("\n"))
        await pilot.press("escape", *"titl", "down", "enter")
        assert text(stage) == 'select * from "\x1b]0;title\x07"'


async def test_a_table_made_here_is_known_and_another_identity_has_its_own_names(
    stage: Stage, database_dsn: str
) -> None:
    async with typing(stage, database_dsn) as pilot:
        connection = await asyncpg.connect(database_dsn)
        await connection.execute("create table public.brand_new (id int)")
        await connection.close()
        assisted = stage.query_one(AssistedEditor)
        assisted.statement_ended()
        await until(lambda: assisted.known.now().relation(("brand_new",)) is not None)
        stage.session.identity = Identity.of_role("pg_monitor")
        await until(lambda: bool(assisted.known.now().unreadable))
        await pilot.press(*"select * from brand")
        [brand] = [p for p in proposals(stage).proposals if p.label == "brand_new"]
        assert brand.quiet and brand.detail == "no right to read it"
