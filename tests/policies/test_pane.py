"""The pane on Chatly's data, by the keys that a person presses."""

from chatly_console.connections.identity_option import resolve
from chatly_console.policies.ui.side_view import AlignedRows
from chatly_console.policies.ui.table_list import TableList
from chatly_console.server.database import Database
from chatly_console.shell.grid import ResultGrid
from tests.policies.stage import Stage, until


async def test_policies_are_grouped_by_command_and_greyed_with_the_reason(chatly: Database) -> None:
    stage = Stage(chatly)
    stage.session.identity = await resolve("ada@nordlicht.example", chatly)
    async with stage.run_test(size=(120, 40)):
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.query_one(TableList).choose("public", "plans")
        await until(lambda: "plans_select_anon" in stage.text_of("#policies-text"))
        text = stage.text_of("#policies-text")
        assert "does not apply: TO anon: authenticated is not a member with INHERIT" in text
        assert text.index("SELECT") < text.index("INSERT") < text.index("DELETE")
        assert "no grant: authenticated gets an error" in text


async def test_why_shows_each_policys_value_and_the_tree_of_the_row(chatly: Database) -> None:
    stage = Stage(chatly)
    stage.session.identity = await resolve("ben@miro.example", chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.query_one(TableList).choose("public", "conversations")
        await pilot.press("w")
        await until(lambda: "hidden" in stage.text_of("#why-tally"))
        grid = stage.query_one("#why-rows", ResultGrid)
        await until(lambda: grid.row_count > 0)
        assert "conversations_select" in [c.name for c in grid.source.columns]
        await until(lambda: "⇒" in stage.text_of("#why-tree"))


async def test_two_tenants_side_by_side_share_nothing_and_the_reason_stands_below(chatly: Database) -> None:
    stage = Stage(chatly)
    ada, ben = await resolve("ada@nordlicht.example", chatly), await resolve("ben@miro.example", chatly)
    async with stage.run_test(size=(160, 50)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.query_one(TableList).choose("public", "conversations")
        stage.pane.sides = [ada, ben]
        await pilot.press("d")
        await until(lambda: bool(stage.query_one(AlignedRows).rows))
        assert "no row is seen by both" in stage.text_of("#side-head")
        await until(lambda: "does not reach" in stage.text_of("#side-why"))
        compared = stage.query_one(AlignedRows).compared
        assert compared is not None and not compared.shared
        assert compared.only(0) and compared.only(1)


async def test_the_matrix_counts_and_goes_on_to_the_next_command(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        await pilot.press("m")
        grid = stage.query_one("#matrix-rows", ResultGrid)
        await until(lambda: grid.row_count > 0, limit=30)
        assert "SELECT" in stage.text_of("#matrix-head")
        await pilot.press("c")
        await until(lambda: "UPDATE" in stage.text_of("#matrix-head"))


async def test_isolation_runs_on_enter_and_says_that_there_is_no_leak(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(80, 24)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        await pilot.press("i")
        await until(lambda: "enter" in stage.text_of("#isolation-text"))
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: "no leak" in stage.text_of("#isolation-text"), limit=60)
        await until(lambda: any("no leak" in say.text for say in stage.said))


async def test_hostile_names_are_shown_and_do_nothing(empty: Database) -> None:
    from chatly_console.core.request import Mode

    async def run(sql: str) -> None:
        await empty.records(sql, mode=Mode.COMMITTED)

    await run('create table "[/] [@click=app.bell]t\x1b[31m" (id int primary key, "na\x1bme" text)')
    await run('alter table "[/] [@click=app.bell]t\x1b[31m" enable row level security')
    await run(
        'create policy "p[/]\x1b]0;owned\x07" on "[/] [@click=app.bell]t\x1b[31m" using ("na\x1bme" = \'[/]\x1b\')'
    )
    stage = Stage(empty)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: "p[/]" in stage.text_of("#policies-text"))
        await pilot.press("w")
        await until(lambda: "superuser" in stage.text_of("#why-tally"))
        assert "\x1b" not in stage.text_of("#policies-text") + stage.export_screenshot()
