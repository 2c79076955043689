"""The pane on Chatly's data, by the keys that a person presses."""

from dataclasses import replace
from pathlib import Path

from textual.widgets import Input, OptionList, TextArea

from chatly_console.connections.identity_option import resolve
from chatly_console.policies.ui.aligned_rows import AlignedRows
from chatly_console.policies.ui.table_list import TableList
from chatly_console.server.database import Database
from chatly_console.shell.choose import Choose
from chatly_console.shell.dialogs import AskText
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.identity_picker import IdentityPicker
from chatly_console.shell.messages import MeasurePolicies
from chatly_console.shell.text_fields import TextField
from tests.policies.stage import Stage, until


async def test_policies_are_grouped_by_command_and_greyed_with_the_reason(chatly: Database) -> None:
    stage = Stage(chatly)
    stage.session.identity = await resolve("ada@nordlicht.example", chatly)
    async with stage.run_test(size=(120, 40)):
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.query_one(TableList).choose("public", "plans")
        await until(lambda: "plans_select_anon" in stage.text_of("#policies-text"))
        text = " ".join(stage.text_of("#policies-text").split())
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
        await pilot.press("t")
        area = stage.query_one("#try-sql", TextArea)
        await until(lambda: area.has_focus)
        key = str(stage.query_one(AlignedRows).rows[0].key[0])
        assert key in area.text, "the row that was looked at is to be tried"
        compared = stage.query_one(AlignedRows).compared
        assert compared is not None and not compared.shared
        assert compared.only(0) and compared.only(1)


async def test_who_stands_there_already_is_not_offered_for_the_other_side(chatly: Database) -> None:
    stage = Stage(chatly)
    ada, ben = await resolve("ada@nordlicht.example", chatly), await resolve("ben@miro.example", chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.pane.sides = [ada, ben]
        await pilot.press("d", "a")
        await until(lambda: isinstance(stage.screen, IdentityPicker))
        await pilot.press(*"nordlicht")
        offered = stage.screen.query_one(OptionList)
        await until(lambda: "@nordlicht.example" in written(offered))
        assert "ada@" not in written(offered)


def written(options: OptionList) -> str:
    return "\n".join(str(option.prompt) for option in options.options)


async def test_the_list_of_tables_moves_by_the_keys_of_all_lists(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        tables = stage.query_one(TableList)
        await until(lambda: bool(tables.tables))
        await pilot.press("j", "j", "k")
        assert tables.highlighted == 1
        await pilot.press("G")
        assert tables.highlighted == len(tables.tables) - 1
        await pilot.press("g")
        assert tables.highlighted == 0


async def test_the_matrix_counts_and_goes_on_to_the_next_command(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        await pilot.press("m")
        grid = stage.query_one("#matrix-rows", ResultGrid)
        await until(lambda: grid.row_count > 0 and not stage.pane.busy, limit=60)
        assert "SELECT" in stage.text_of("#matrix-head")
        await pilot.press("c")
        await until(lambda: "UPDATE" in stage.text_of("#matrix-head"), limit=30)


async def test_a_cell_of_the_matrix_opens_its_rows_as_that_identity(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(160, 50)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        await pilot.press("m")
        grid = stage.query_one("#matrix-rows", ResultGrid)
        await until(lambda: grid.row_count > 0, limit=60)
        await until(lambda: grid.has_focus)
        await pilot.press("right", "right", "right", "down", "enter")
        await until(lambda: bool(stage.identities))
        assert stage.identities[0].label == "ada@nordlicht.example"
        await until(lambda: "channels" in stage.text_of("#why-tally"))
        assert "ada@nordlicht.example" in stage.text_of("#why-tally")


async def test_the_matrix_and_the_proof_go_into_files(chatly: Database, tmp_path: Path) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        await pilot.press("E")
        await until(lambda: any("There is a report of the matrix" in say.text for say in stage.said))
        await pilot.press("m")
        grid = stage.query_one("#matrix-rows", ResultGrid)
        await until(lambda: grid.row_count > 0 and grid.has_focus, limit=60)
        await pilot.press("E")
        await until(lambda: isinstance(stage.screen, AskText))
        stage.screen.query_one(Input).value = str(tmp_path / "m.csv")
        await pilot.press("enter")
        await until(lambda: any("Written to" in say.text for say in stage.said))
    lines = (tmp_path / "m.csv").read_text().splitlines()
    assert lines[0] == "identity,table,SELECT,INSERT,UPDATE,DELETE,total"
    assert any(line.startswith("ada@nordlicht.example,conversations,") for line in lines)


async def test_a_write_is_tried_by_f5_and_what_was_typed_stays(chatly: Database) -> None:
    stage = Stage(chatly)
    stage.session.identity = await resolve("ada@nordlicht.example", chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.query_one(TableList).choose("public", "conversations")
        await pilot.press("t")
        area = stage.query_one("#try-sql", TextArea)
        await until(lambda: area.has_focus and "conversations" in area.text)
        area.text = "delete from plans"
        await pilot.press("f5")
        await until(lambda: "is refused" in stage.text_of("#try-outcome"))
        assert "DELETE on plans" in stage.text_of("#try-outcome")
        area.text = "update conversations set subject = subject where subject = 'no such'"
        await pilot.press("f5")
        await until(lambda: "nothing is written" in stage.text_of("#try-outcome"))
        await pilot.press("escape", "p", "t")
        await until(lambda: area.has_focus)
        assert "no such" in area.text


async def test_what_if_shows_who_gains_rows_and_asks_for_the_migration(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(160, 50)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.query_one(TableList).choose("public", "plans")
        await pilot.press("e")
        area = stage.query_one("#whatif-using", TextArea)
        await until(lambda: bool(area.text))
        before = area.text
        area.text = "true"
        await pilot.press("f5")
        await until(lambda: "gained" in stage.text_of("#whatif-outcome"), limit=30)
        assert "Nobody gains" not in stage.text_of("#whatif-outcome")
        await pilot.press("ctrl+s")
        await until(lambda: bool(stage.migrations))
        (wanted,) = stage.migrations
        assert "using (true)" in wanted.up and before.split()[0] in wanted.down
        area.text = "no_such_column"
        await pilot.press("f5")
        await until(lambda: stage.text_of("#whatif-outcome").count("no_such_column") == 1, limit=30)
        area.text = "true) or (true"
        await pilot.press("f5")
        await until(lambda: bool(stage.failures))
        assert "not one expression" in stage.failures[-1].sentence


async def test_a_new_policy_is_tried_on_everybody_before_it_is_written(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.query_one(TableList).choose("public", "channels")
        await pilot.press("e")
        line = stage.query_one("#whatif-policy", TextField)
        await until(lambda: "channels_" in line.value)
        await pilot.press("ctrl+n")
        await until(lambda: line.has_focus)
        assert line.value == "channels_new as permissive for select to authenticated"
        stage.query_one("#whatif-using", TextArea).text = "is_active"
        await pilot.press("f5")
        await until(lambda: "gained" in stage.text_of("#whatif-outcome"), limit=60)
        assert "with it" in stage.text_of("#whatif-outcome")
        line.value = "channels_new for insert to nobody_at_all"
        await until(lambda: stage.query_one("#whatif-using", TextArea).disabled)
        stage.query_one("#whatif-check", TextArea).text = "true"
        await pilot.press("f5")
        await until(lambda: any("no role nobody_at_all" in f.sentence for f in stage.failures), limit=60)
        line.value = "channels_new for select to authenticated"
        await pilot.press("ctrl+s")
        await until(lambda: bool(stage.migrations))
        assert stage.migrations[0].up.startswith("create policy channels_new on public.channels")
        assert stage.migrations[0].down == "drop policy if exists channels_new on public.channels;"


async def test_the_cost_is_measured_by_f5(chatly: Database) -> None:
    stage = Stage(chatly)
    stage.session.identity = await resolve("ada@nordlicht.example", chatly)
    async with stage.run_test(size=(160, 50)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.query_one(TableList).choose("public", "conversations")
        await pilot.press("x")
        await until(lambda: "F5" in stage.text_of("#cost-text"))
        await pilot.press("f5")
        await until(lambda: "asked of every row" in stage.text_of("#cost-text"), limit=60)
        assert "conversations_select" in stage.text_of("#cost-text") and "20,000" in stage.text_of("#cost-text")


async def test_three_sides_and_a_query_instead_of_the_table(chatly: Database) -> None:
    stage = Stage(chatly)
    who = [await resolve(f"{name}.example", chatly) for name in ("ada@nordlicht", "ben@miro", "walter@nowhere")]
    async with stage.run_test(size=(160, 50)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.query_one(TableList).choose("public", "conversations")
        stage.pane.sides = list(who)
        await pilot.press("d")
        rows = stage.query_one(AlignedRows)
        await until(lambda: bool(rows.rows))
        await until(lambda: "agent of Café Miró" in stage.text_of("#side-head"))
        assert "0 rows" in stage.text_of("#side-head")
        await pilot.press("Q")
        await until(lambda: isinstance(stage.screen, AskText))
        stage.screen.query_one(Input).value = "select id, name from plans;"
        await pilot.press("enter")
        await until(lambda: "rows seen by all" in stage.text_of("#side-head"))
        assert "none differs" in stage.text_of("#side-head")


async def test_a_proof_is_cancelled_and_a_read_only_connection_tries_no_write(chatly: Database) -> None:
    stage = Stage(chatly)
    stage.session.profile = replace(stage.session.profile, read_only=True)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        await pilot.press("t")
        await until(lambda: stage.query_one("#try-sql", TextArea).has_focus)
        await pilot.press("f5")
        await until(lambda: any("read-only" in failure.sentence for failure in stage.failures))
        await pilot.press("escape", "i")
        await until(lambda: stage.query_one("#view-isolation").has_focus)
        stage.pane.call_later(stage.pane.action_run)  # not by a key: the pilot would wait for its end
        await until(lambda: bool(stage.pane.busy))
        assert stage.pane.cancel_work()
        await until(lambda: not stage.pane.busy)
        assert "runs it" in stage.text_of("#isolation-text"), "it can be run again"


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


async def test_the_column_that_says_whose_a_row_is_can_be_corrected(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        await pilot.press("i")
        await until(lambda: "platform_client_id" in stage.text_of("#isolation-text"))
        assert "client_members" in stage.text_of("#isolation-text")
        await pilot.press("H")
        await until(lambda: "each user" in stage.text_of("#policies-views"))
        assert stage.pane.thorough
        await pilot.press("T")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press(*"plan_id", "enter")
        await until(lambda: "says which user belongs to which plan_id" in stage.text_of("#isolation-text"))
        await pilot.press("T")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press("up", "up", "up", "up", "up", "up", "enter")
        await until(lambda: "platform_client_id" in stage.text_of("#isolation-text"))


async def test_a_query_that_another_room_brings_is_measured_policy_by_policy(chatly: Database) -> None:
    stage = Stage(chatly)
    stage.session.identity = await resolve("ada@nordlicht.example", chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        stage.pane.receive(MeasurePolicies("select count(*)\n  from conversations where status = 'open'"))
        await until(lambda: "from conversations" in stage.text_of("#cost-text") and not stage.pane.busy)
        assert "locks its table" in stage.text_of("#cost-text")
        await pilot.press("f5")
        await until(lambda: "as if there were only this policy" in stage.text_of("#cost-text"), limit=60)
        assert "conversations · conversations_select" in stage.text_of("#cost-text")
        await pilot.press("Q")
        await until(lambda: isinstance(stage.screen, AskText))
        stage.screen.query_one(Input).value = ""
        await pilot.press("enter")
        await until(lambda: "the whole table read" in stage.text_of("#cost-text"))


async def test_the_list_warns_of_what_the_advisor_found_and_leads_there(chatly: Database) -> None:
    stage = Stage(chatly)
    async with stage.run_test(size=(120, 40)) as pilot:
        listed = stage.query_one(TableList)
        await until(lambda: bool(listed.tables))
        listed.mark({("public", "plans"): 3})
        at = [t.name for t in listed.tables].index("plans")
        assert "▲3" in str(listed.get_option_at_index(at).prompt)
        listed.choose("public", "plans")
        await pilot.press("F")
        await until(lambda: bool(stage.asked))
        assert (stage.asked[0].schema, stage.asked[0].name) == ("public", "plans")


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
