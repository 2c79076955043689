"""What the Triage pane does about trouble, by the keys that a person presses, with a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from textual.widgets import Input

from chatly_console.server.database import Database
from chatly_console.shell.messages import AdviseIndex, ExplainStatement
from tests.query.stage import session_without_server, until
from tests.triage.incidents import Incident, make_lock_chain
from tests.triage.test_pane import Stage, seen


class AskedStage(Stage):
    """Keeps what the pane asks other rooms for."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.asked: list[object] = []

    def on_explain_statement(self, message: ExplainStatement) -> None:
        self.asked.append(message)

    def on_advise_index(self, message: AdviseIndex) -> None:
        self.asked.append(message)


@pytest.fixture
async def stage(alone: Database, tmp_path: Path) -> AsyncIterator[AskedStage]:
    session = session_without_server()
    session.database = alone
    yield AskedStage(session, tmp_path)


async def test_the_root_is_ended_and_the_tree_is_watched_while_it_drains(stage: AskedStage, trouble: Incident) -> None:
    await make_lock_chain(trouble)
    async with stage.run_test(size=(120, 40)) as pilot:
        await seen(stage, "alter table messages")
        await pilot.press("a", "R", "c")
        await until(lambda: bool(stage.screen.query(Input)))
        await pilot.press(*str(trouble.pids["app"]), "enter")
        await until(lambda: any("drained in" in words for words in stage.said), 20)
        said = next(words for words in stage.said if "drained in" in words)
        assert said.startswith(f"The tree of pid {trouble.pids['app']} drained in ") and "3 sessions waited" in said
        assert stage.pane.choice.view == "blocking"
        await until(lambda: not any(str(trouble.pids["migrator"]) in text for text in stage.table.texts))
        await asyncio.gather(*trouble.waiting[:3])
        await pilot.press("m", "R")
        await until(lambda: "Marked." in stage.said)
    record = next((stage.folder / "incidents").iterdir()).read_text()
    notes = [json.loads(line)["note"] for line in record.splitlines() if '"note"' in line]
    assert said in notes and "mark" in notes


async def test_a_group_is_cancelled_once_its_number_is_typed(stage: AskedStage, trouble: Incident) -> None:
    observer = trouble.connections["observer"]
    await observer.execute("create table taken (id int)")
    await observer.execute("begin; lock table taken")
    for name in ("job one", "job one ", "job two"):
        await trouble.wait_on(name, "select * from taken")
    async with stage.run_test(size=(120, 40)) as pilot:
        await seen(stage, "job two")
        await pilot.press("slash", *'app:"job one', "enter", "C")
        await until(lambda: bool(stage.screen.query(Input)))
        await pilot.press(*"cancel all", "enter")
        await until(lambda: "Type 2 to go on" in "".join(str(one.render()) for one in stage.screen.query(".ask")))
        await pilot.press("3", "enter")
        assert stage.screen.query(Input), "another number cancels nobody"
        await pilot.press("backspace", "2", "enter")
        await until(lambda: "Cancel was sent to 2 of 2 sessions." in stage.said)
    outcomes = await asyncio.gather(*trouble.waiting[:2], return_exceptions=True)
    assert all(isinstance(one, asyncpg.QueryCanceledError) for one in outcomes)
    assert not trouble.waiting[2].done()


async def test_groups_are_opened_as_a_filter(stage: AskedStage, trouble: Incident) -> None:
    await trouble.session("twice", "begin", "select 1")
    await trouble.session("twice ", "select 1")
    async with stage.run_test(size=(120, 40)) as pilot:
        await seen(stage, "twice")
        await pilot.press("u")
        await until(lambda: any(text.startswith("1  ") and "twice" in text for text in stage.table.texts))
        await pilot.press("slash", *"twice", "enter", "u", "u", "u")
        await until(lambda: "by state" in stage.text("#triage-views"))
        assert any("idle in transaction" in text for text in stage.table.texts)
        await pilot.press("enter")
        assert stage.pane.choice.by == "" and 'state="idle' in stage.pane.choice.needle


async def test_plan_and_advice_are_one_key_away_and_what_cannot_be_planned_says_why(
    stage: AskedStage, trouble: Incident
) -> None:  # fmt: skip
    long = "select 'long' where 1 in (" + ",".join(map(str, range(6000))) + ")"
    await trouble.session("planned", "begin", "select 'planned'")
    await trouble.session("huge", "begin", long)
    elsewhere = await asyncpg.connect(
        trouble.dsn, database="postgres", server_settings={"application_name": "elsewhere"}
    )
    try:
        await elsewhere.execute("select 'elsewhere'")
        async with stage.run_test(size=(120, 40)) as pilot:
            await seen(stage, "elsewhere")
            await pilot.press("slash", *"app=planned", "enter", "e")
            await until(lambda: bool(stage.asked))
            await pilot.press("i")
            await until(lambda: len(stage.asked) == 2)
            assert [(type(one), getattr(one, "sql", "")) for one in stage.asked] == [
                (ExplainStatement, "select 'planned'"), (AdviseIndex, "select 'planned'"),
            ]  # fmt: skip
            await _filter(stage, pilot, "app=huge")
            await pilot.press("e")
            await until(lambda: len(stage.asked) == 3 or any("has cut this" in words for words in stage.said))
            whole = await trouble.connections["observer"].fetchval("show track_activity_query_size")
            assert (len(stage.asked) == 3) == (whole == "16kB" and len(long) < 16384)
            await _filter(stage, pilot, "app=elsewhere")
            await pilot.press("e")
            await until(lambda: any("connect there to see its plan" in words for words in stage.said))
    finally:
        await elsewhere.close()


async def _filter(stage: Stage, pilot: object, needle: str) -> None:
    press = pilot.press  # type: ignore[attr-defined]
    await press("slash", "end", *["backspace"] * 40, *needle, "enter")
    await until(lambda: stage.pane.choice.needle == needle)


async def test_the_window_of_the_statements_is_chosen_from_a_list(stage: AskedStage, trouble: Incident) -> None:
    observer = trouble.connections["observer"]
    await observer.execute("create extension pg_stat_statements; create table counted_before (id int)")
    for _ in range(400):
        await observer.fetch("select id from counted_before")
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("s")
        await until(lambda: stage.pane.watching.statements.counted is not None, 20)
        assert not any("from counted_before" in text for text in stage.table.texts)
        await pilot.press("d")
        await until(lambda: bool(stage.screen.query(Input)))
        await pilot.press(*"reset", "enter")
        await until(lambda: "since the reset" in stage.text("#triage-views"))
        await pilot.press("o", "o")
        await until(lambda: "by calls" in stage.text("#triage-views"))
        await seen(stage, "select id from counted_before")
    assert list((stage.folder / "statements").iterdir()), "the count is stored for another day"
