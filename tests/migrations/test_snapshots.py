"""Pictures of the Migrations pane at the three sizes that it is made for: timeline, run, drift, nothing at all."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.pilot import Pilot

from chatly_console.core.failure import Failure
from chatly_console.migrations import events
from chatly_console.migrations.drift import Drift
from chatly_console.migrations.events import Blocker, Sight, TakenLock, Task
from chatly_console.migrations.forecast import TableFacts, forecast
from chatly_console.migrations.history import History, HistoryEntry, LogEntry
from chatly_console.migrations.known import Known
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.lint import check_files
from chatly_console.migrations.progress import Progress
from chatly_console.migrations.proof import Proof
from chatly_console.migrations.reading import Reading
from chatly_console.migrations.snapshot import Difference, Snapshot
from chatly_console.migrations.status import compare
from chatly_console.migrations.ui.overview import Overview
from chatly_console.migrations.ui.pane import MigrationsPane
from chatly_console.migrations.ui.row_list import RowList
from tests.migrations.stage import write
from tests.query.stage import Stage

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
TABLES = {
    "messages": TableFacts("r", 200_000, 60e6, 40e6, {"id": "integer"}),
    "appointments": TableFacts("r", 12_400, 3e6, 1e6),
}
AT = datetime(2026, 3, 2, 14, 11, tzinfo=UTC)


def known(folder: Path) -> Known:
    """A database in the middle of its life: applied, changed, partway and pending files."""
    write(folder, "20260302101500", "add_documents_embedding", "create table a (i int);", "drop table a;")
    write(folder, "20260411090000", "messages_fulltext", "create index on messages (body);", "select 1;")
    write(
        folder,
        "20260519120000",
        "appointments_no_overlap",
        "alter table appointments add constraint n check (a < b);",
        "select 1;",
    )
    write(
        folder,
        "20260601083000",
        "messages_sent_at_brin",
        "create index concurrently on messages using brin (sent_at);",
        "select 1;",
    )
    write(folder, "20260701083000", "widen_[b]_" + "long" * 12, "alter table messages alter id type bigint;")
    files = read_folder(folder).files
    log = (
        LogEntry(1, AT, files[0].version, files[0].name, "up", "done", duration_ms=412.0, client="ada@laptop"),
        LogEntry(2, AT, files[3].version, files[3].name, "up", "step", False, statement_no=0, statement_count=1),
    )
    history = History(
        (HistoryEntry(files[0].version), HistoryEntry(files[1].version, "messages_fulltext", ("select 1",))), log
    )
    migrations = tuple(compare(files, history))
    ups = forecast([Task(file, "up") for file in files], TABLES)
    downs = forecast([Task(file, "down") for file in files if file.down is not None], TABLES)
    reading = Reading(
        migrations,
        {one.task.file.version: one for one in ups},
        {one.task.file.version: one for one in downs},
        history,
        tuple(check_files(files)),
    )
    return Known(reading, [Proof(file, done=["up", "down", "up after down"], seconds=0.1) for file in files], 3.1)


Frame: type[Vertical] = type("MigrationsPane", (Vertical,), {})
"""Stands for the pane, under its name, so that its style sheet finds its parts."""


@pytest.fixture(autouse=True)
def universal_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times are shown as the machine's zone has them: here always the same."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Picture(App[None]):
    """The overview, or a run, in the place of the pane."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (140, "-wide")]
    CSS = MigrationsPane.DEFAULT_CSS
    get_theme_variable_defaults = Stage.get_theme_variable_defaults

    def __init__(self, known: Known | None = None, view: str = "statements", run: Progress | None = None) -> None:
        super().__init__()
        self.known, self.view, self.run_shown = known, view, run

    def compose(self) -> ComposeResult:
        with Frame():
            yield RowList(id="migrations-run") if self.known is None else Overview()

    def on_mount(self) -> None:
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        if self.run_shown is not None:
            self.query_one(RowList).set_rows(self.run_shown.lines())
        if self.known is not None:
            overview = self.query_one(Overview)
            overview.view = self.view  # type: ignore[assignment]
            overview.show(self.known, "database ▪ not impersonated: runs as postgres", "chatly-prod")
            overview.timeline.focus()


async def settled(pilot: Pilot[Any]) -> None:
    await pilot.pause()
    await pilot.pause()


@SIZES
def test_timeline(tmp_path: Path, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(Picture(known(tmp_path)), terminal_size=size, run_before=settled)


@SIZES
def test_drift(tmp_path: Path, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    shown = known(tmp_path)
    shown.drift = Drift(
        (
            Difference("column", "public.messages.body", "changed", "default", None, "'x'::text", "public"),
            Difference("index", "public.by_[/]_hand", "unexpected", "", None, "CREATE INDEX by_hand", "public"),
            Difference("policy", "public.messages.select_own", "missing", "", {"using": "true"}, None, "public"),
            Difference("relation", "auth.users", "changed", "acl", [], ["x:SELECT"], "auth"),
        ),
        Snapshot(),
        Snapshot(),
    )  # fmt: skip
    assert snap_compare(Picture(shown, "drift"), terminal_size=size, run_before=settled)


@SIZES
def test_nothing(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(Picture(Known()), terminal_size=size, run_before=settled)


@SIZES
def test_run(tmp_path: Path, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    files = [one.file for one in known(tmp_path).reading.migrations if one.file is not None][2:]
    progress = Progress([Task(file, "up") for file in files], "chatly-prod")
    first, second, _ = (file.task for file in progress.files)
    progress.take(events.FileBegan(first, 0, 1))
    progress.take(
        events.FileEnded(first, 0.1, (TakenLock("public.appointments", "ACCESS EXCLUSIVE", 1, False, 12_400, 90.0),))
    )
    progress.take(events.FileBegan(second, 0, 1))
    progress.take(events.StatementBegan(second, 1))
    blocker = Blocker(
        2114, "app_api", "nightly [/]", "idle in transaction", 176.0, "update messages set status = 'read'"
    )
    progress.take(
        events.Watched(
            second,
            Sight((blocker,), "SHARE on virtualxid", "building index: scanning table", 0.62, "1,240 of 2,000 blocks"),
        )
    )
    failed = events.FileFailed(
        second, Failure("Canceling statement due to user request"), None, "0 of 1 statements are done"
    )
    progress.take(failed)
    progress.files[1].mark, progress.files[1].seconds = "✗", 4.0
    progress.began, progress.ended = 0.0, 4.1
    progress.verdict = ("✗ Canceling statement due to user request", "bad")
    assert snap_compare(Picture(run=progress), terminal_size=size, run_before=settled)
