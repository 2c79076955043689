"""The Triage pane with a real server, by the keys that a person presses."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input

from chatly_console.core.link import Link, LinkState
from chatly_console.server.database import Database
from chatly_console.shell.key_footer import fitting, footer_keys
from chatly_console.shell.messages import Report, Say
from chatly_console.shell.session import Session
from chatly_console.triage.ui.evidence_table import EvidenceTable
from chatly_console.triage.ui.layout import Cell, Heading, TableRow, widths
from chatly_console.triage.ui.pane import TriagePane
from chatly_console.triage.ui.rows import HEALTH
from chatly_console.triage.ui.tone_lines import ToneLines
from tests.query.stage import session_without_server, until
from tests.triage.incidents import Incident, make_lock_chain

HOSTILE = "\x1b]0;owned\x07[/] [@click=app.bell]x[/]"


class Stage(App[None]):
    """Shows the Triage pane alone; what it says is kept."""

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__()
        self.session, self.folder = session, folder
        self.said: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        names = ("good", "warn", "bad", "muted", "stale", "selection", "impersonate", "prod")
        return dict.fromkeys(names, "#7fbf7f")

    def compose(self) -> ComposeResult:
        yield TriagePane(self.session, log_folder=self.folder)

    def on_mount(self) -> None:
        self.pane.on_shown()

    def on_say(self, message: Say) -> None:
        self.said.append(message.text)

    def on_report(self, message: Report) -> None:
        self.said.append(message.failure.sentence)

    @property
    def pane(self) -> TriagePane:
        return self.query_one(TriagePane)

    @property
    def table(self) -> EvidenceTable:
        return self.pane.table

    def text(self, selector: str) -> str:
        shown = self.query_one(selector)
        return shown.text if isinstance(shown, ToneLines) else str(shown.render())


@pytest.fixture
def stage(alone: Database, tmp_path: Path) -> Stage:
    session = session_without_server()
    session.database = alone
    return Stage(session, tmp_path)


async def seen(stage: Stage, word: str) -> None:
    await until(lambda: any(word in text for text in stage.table.texts), 20)


async def test_the_glance_the_tree_and_ending_its_root(stage: Stage, trouble: Incident, tmp_path: Path) -> None:
    await make_lock_chain(trouble)
    async with stage.run_test(size=(120, 40)) as pilot:
        await seen(stage, "alter table messages")
        assert "not impersonated: runs as postgres" in stage.text("#triage-title")
        assert f"pid {trouble.pids['app']} is idle in transaction and holds messages" in stage.text("GlanceView")
        await pilot.press("b")
        await seen(stage, f"└ {trouble.pids['migrator']}")
        assert stage.table.cursor_key is not None
        await pilot.press("x")
        await until(lambda: any("no statement to cancel" in one for one in stage.said))
        await pilot.press("X")
        await until(lambda: bool(stage.screen.query(Input)))
        await pilot.press(*"1", "enter")
        assert stage.screen.query(Input), "a wrong pid ends nobody"
        await pilot.press("backspace", *str(trouble.pids["app"]), "enter")
        await until(lambda: any("has ended" in one for one in stage.said))
        await trouble.waiting[0]
        await until(lambda: not any(str(trouble.pids["migrator"]) in text for text in stage.table.texts), 20)
    entry = json.loads((tmp_path / "triage-actions.jsonl").read_text())
    assert (entry["verb"], entry["pid"], entry["login"]) == ("terminate", trouble.pids["app"], "postgres")


async def test_pause_filter_and_details_of_a_hostile_session(stage: Stage, trouble: Incident) -> None:
    await trouble.session("victim", "begin", f"select '{HOSTILE}'")
    await trouble.session("other", "begin", "select 1")
    async with stage.run_test(size=(80, 24)) as pilot:
        await seen(stage, "owned")
        named = [key.words for key in fitting(footer_keys(stage.screen), 80)]
        assert {"cancel", "terminate", "unblock…"} <= set(named), "what ends trouble has room on a small screen too"
        await pilot.press("p")
        assert "paused" in stage.text("#triage-title")
        await pilot.press("slash", *"app:vic", "enter")
        assert len(stage.table.texts) == 1
        assert stage.table.has_focus
        await pilot.press("enter")
        await until(lambda: bool(stage.screen.query(".sql")))
        shown = str(stage.screen.query_one(".sql").render())
        assert "owned" in shown
        assert "\x1b" not in shown
        await pilot.press("escape", "slash", "escape")
        assert len(stage.table.texts) >= 2


async def test_no_ticks_while_hidden_or_paused(stage: Stage) -> None:
    async with stage.run_test() as pilot:
        await until(lambda: stage.pane.watching.snapshot is not None, 20)
        stage.pane.watching.pace.interval = 0.02
        await pilot.press("r")
        ticks = stage.pane.ticks
        await until(lambda: stage.pane.ticks > ticks + 2, 20)
        stage.pane.on_hidden()
        ticks = stage.pane.ticks
        await asyncio.sleep(0.3)
        assert stage.pane.ticks == ticks
        stage.pane.on_shown()
        await until(lambda: stage.pane.ticks > ticks, 20)


async def test_the_last_state_stays_dimmed_with_its_age_when_the_server_is_gone(
    stage: Stage, trouble: Incident
) -> None:
    await trouble.session("victim", "begin", "select 'still here'")
    async with stage.run_test(size=(120, 40)):
        await seen(stage, "still here")
        stage.session.link = Link(LinkState.LOST, "The server is gone.")
        stage.pane.on_link_changed()
        assert stage.table.has_class("-stale")
        assert any("still here" in text for text in stage.table.texts)
        assert "stale: as it was" in stage.text("#triage-title")
        assert "The server is gone." in stage.text("GlanceView")
        stage.session.link = replace(stage.session.link, state=LinkState.CONNECTED)
        stage.pane.on_link_changed()
        await until(lambda: not stage.table.has_class("-stale"))


async def test_statements_say_what_is_missing_and_count_since_opened(stage: Stage, trouble: Incident) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("s")
        await until(lambda: "create extension pg_stat_statements" in stage.text("#triage-missing"), 20)
        await trouble.connections["observer"].execute(
            "create extension pg_stat_statements; create table looked_at (id int)"
        )
        stage.pane.on_connected()
        await until(lambda: stage.pane.watching.statements.counted is not None, 20)
        await trouble.connections["observer"].fetch("select id from looked_at")
        await pilot.press("r")
        await seen(stage, "select id from looked_at")
        assert not any("pg_blocking_pids" in text for text in stage.table.texts), "the console's own"
        await pilot.press("w")
        await seen(stage, "pg_blocking_pids")
        await pilot.press("h")
        await until(lambda: stage.pane.watching.health is not None, 20)


async def test_columns_grow_with_what_a_tick_brings() -> None:
    headings = (Heading("for", 12), Heading("statement"))
    wide: list[str] = []

    class Alone(App[None]):
        def compose(self) -> ComposeResult:
            yield EvidenceTable()

    async with Alone().run_test(size=(60, 10)) as pilot:
        table = pilot.app.query_one(EvidenceTable)
        for age in ("9 s", "10 s", "an age of ages", "1 s"):
            table.set_rows(headings, [TableRow(1, (Cell(age), Cell("select 1")))], "")
            await pilot.pause()
            wide.append(table.render_line(1).text.rstrip())
    assert wide == ["▎9 s  select 1", "▎10 s  select 1", "▎an age of a…  select 1", "▎1 s           select 1"]


def test_long_names_leave_half_of_a_narrow_line_to_what_was_found() -> None:
    rows = [TableRow(1, (Cell("x"), Cell("table"), Cell("supabase_migrations.schema_migrations"), Cell("0 dead")))]
    assert widths(HEALTH, rows, 120) == [1, 5, 37, 120 - 50]
    assert widths(HEALTH, rows, 80) == [1, 5, 28, 40 - 1]
    assert widths(HEALTH, rows, 40) == [1, 5, 20, 40 - 33]


async def test_the_view_on_show_is_the_bold_one(stage: Stage) -> None:
    def bold() -> list[str]:
        drawn = stage.query_one("#triage-views").render_line(0)
        return [one.text.split()[0] for one in drawn if one.style is not None and one.style.bold and len(one.text) > 3]

    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("b")
        await until(lambda: bold() == ["blocking"])
        await pilot.press("h")  # the same words in the line, not the same look
        await until(lambda: bold() == ["health"])
