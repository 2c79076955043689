"""Pictures of the whole console with the Query pane in each of its states, at the three sizes that it is made for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity, Strength
from chatly_console.core.link import LinkState
from chatly_console.core.request import Mode, Request
from chatly_console.core.row_source import StoredRows
from chatly_console.core.values import Column, Notice
from chatly_console.panes import PANES, RESULT_TABS
from chatly_console.query.place import Place
from chatly_console.query.run import Phase, RunState, status
from chatly_console.query.service import StatementRun
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.pane import QueryPane
from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.folders import Folders
from chatly_console.shell.messages import Say
from chatly_console.shell.session_changes import become
from tests.shell.fakes import NOON, FakeDatabase, FakeProfile, make_session, opener_of
from tests.shell.screen_text import sees, until

TEXT = """\
-- slowest first responses, last 7 days
select c.id, pc.name as client, min(m.sent_at) - c.opened_at as first_response
  from conversations c join platform_clients pc on pc.id = c.platform_client_id
 where c.opened_at > now() - $1::interval and pc.name <> 'Café Miró';

select 1;
"""
COLUMNS = [Column("id", 23, "int4"), Column("client"), Column("first_response")]
ADA = Identity.authenticated("02ab7c1e-5a57-4a8f-9f0e-3f6b2f1e77aa", "ada@nordlicht.example")
ERROR = Failure(
    'Column "c.opened" does not exist', FailureKind.SQL, "42703", position=TEXT.index("c.opened_at") + 1,
    hint='Perhaps you meant to reference the column "c.opened_at".',
)  # fmt: skip


class NoServer(FakeDatabase):
    """Answers no question; what the pane shows comes from the test."""

    __hash__ = object.__hash__

    async def records(self, *_: object, **__: object) -> list[object]:
        raise Failure("There is no server here.", FailureKind.LINK)


@dataclass
class StillRun:
    """A run at a moment that does not pass."""

    state: RunState
    rows: StoredRows | None = None
    request: Request = field(default_factory=lambda: Request("select 1"))
    notices: list[Notice] = field(default_factory=list)
    seconds: float = 3.2
    cursor_age: float | None = None
    progress: None = None
    is_exported: bool = False
    transaction: None = None

    def more(self) -> None:
        """There is no server to ask for more."""

    async def close(self) -> None:
        """Nothing is held."""

    async def forget(self) -> None:
        """Nothing is held."""


@dataclass
class StillTransaction:
    """A transaction that has been open for a while, always the same."""

    seconds: float = 72.0
    identity: Identity = LOGIN
    is_open: bool = True
    mode: Mode = Mode.COMMITTED

    async def roll_back(self) -> None:
        """Nothing is held."""


def rows(count: int) -> StoredRows:
    store = StoredRows(COLUMNS)
    names = ("Nordlicht Optik", "متجر النور", "Café Miró")
    store.append([(str(i), names[i % 3], None if i % 4 else "2 days 03:11:09") for i in range(count)])
    return store


SEEN = RunState(Mode.READ_ONLY, "postgres", phase=Phase.DONE, rows=40, has_columns=True, seconds=0.041)
AS_ADA = replace(SEEN, as_whom="authenticated ada@nordlicht.example", strength=Strength.BOUNDARY)
RUNNING = RunState(Mode.READ_ONLY, "postgres")
FAILED = RunState(Mode.READ_ONLY, "postgres", phase=Phase.FAILED, seconds=0.012, failure=ERROR)
JOINED = RunState(
    Mode.COMMITTED, "postgres", phase=Phase.DONE, seconds=0.003, tag="UPDATE 3", joined=True
)  # fmt: skip
Act = Callable[[ConsoleApp, QueryPane], None]


@dataclass(frozen=True)
class State:
    """What ran, what is done to the console then, and words that are on the screen in the end."""

    runs: tuple[Callable[[], StillRun], ...]
    words: str
    act: Act = lambda app, pane: None
    environment: str = "local"


def _lose(app: ConsoleApp, pane: QueryPane) -> None:
    cast(NoServer, pane.session.database).set_link(LinkState.LOST, "The server closed the connection.")


def _become_ada(app: ConsoleApp, pane: QueryPane) -> None:
    become(app, ADA)
    pane.session.strength = Strength.BOUNDARY
    app.show_session()


def _hold(app: ConsoleApp, pane: QueryPane) -> None:
    pane.runner.held.current = cast(Any, StillTransaction())


def _buffers(app: ConsoleApp, pane: QueryPane) -> None:
    pane.editing.add_buffer("triage.sql", "select 2;\n")
    pane.editing.add_buffer("a rather long name of a buffer", "select 3;\n")


def _seen(**more: Any) -> Callable[[], StillRun]:
    return lambda: StillRun(SEEN, rows(40), **more)


STATES = {
    "first": State((), "Nothing has been run here yet"),
    "loading": State((lambda: StillRun(RUNNING),), "ctrl+g cancels"),
    "empty": State((lambda: StillRun(replace(SEEN, rows=0), rows(0)),), "No rows."),
    "error": State((lambda: StillRun(FAILED),), "42703"),
    "stale": State((_seen(),), "closed the connection", _lose),
    "result": State((lambda: StillRun(replace(SEEN, phase=Phase.OPEN), rows(40), cursor_age=12.0),), "cursor open"),
    "notices": State((_seen(notices=[Notice("NOTICE", "hello [/]")]),), "hello [/]"),
    "impersonating": State(
        (lambda: StillRun(AS_ADA, rows(40), Request("select 1", identity=ADA)),), "IMPERSONATING", _become_ada
    ),
    "production": State((_seen(),), "PRODUCTION", environment="production"),
    "transaction": State((lambda: StillRun(JOINED, StoredRows([])),), "IN TRANSACTION", _hold),
    "tabs": State((lambda: StillRun(FAILED), _seen(), lambda: StillRun(RUNNING), _seen()), "a rather long", _buffers),
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", STATES)
def test_query(snap_compare: Callable[..., bool], tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    assert _compared(snap_compare, tmp_path, STATES[name], size)


@pytest.mark.parametrize("name", ["result", "error"])
def test_query_in_a_light_theme(snap_compare: Callable[..., bool], tmp_path: Path, name: str) -> None:
    assert _compared(snap_compare, tmp_path, STATES[name], (120, 40), theme="chatly-light")


def _compared(snap_compare: Any, folder: Path, state: State, size: tuple[int, int], theme: str = "") -> bool:
    session = make_session(FakeProfile("chatly-demo", state.environment), cast(Any, NoServer()))
    app = ConsoleApp(
        PANES, opener_of(session), result_tabs=RESULT_TABS, first_pane="query", now=lambda: NOON,
        folders=Folders(folder / "config", folder / "state"),
    )  # fmt: skip

    async def prepare(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: bool(app.query(SqlEditor)) and app.query_one(SqlEditor).has_focus)
        if theme:
            app.theme = theme
        pane = app.query_one(QueryPane)
        await _show(pane, state)
        await pilot.pause()
        state.act(app, pane)
        await pilot.pause()
        pane.editing.save()
        await sees(pilot, state.words)

    return bool(snap_compare(app, terminal_size=size, run_before=prepare))


async def _show(pane: QueryPane, state: State) -> None:
    editor = pane.editing.editor
    editor.cursor_blink = False
    editor.load_text(TEXT)
    editor.show_offset(60)
    sql = "".join(text for _, text in editor.chosen())
    for number, make in enumerate(state.runs, 1):
        run = cast(StatementRun, make())
        place = Place(pane.editing.buffers.active.name if number == 1 else "", 0, sql if number == 1 else str(number))
        await pane.results.open(run, place, f"select conversations {number}")
        pane.run_changed(run)
        if run.state.failure is not None:
            editor.mark_error(TEXT.index("c.opened_at"), len("c.opened"))
        pane.post_message(Say(status(run.state), "error" if run.state.failure is not None else "done"))
