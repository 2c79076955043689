"""Pictures of the frame in each of its states, at the three sizes that it is made for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity, Strength
from chatly_console.core.link import LinkState
from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.states import mark_stale
from tests.shell.conftest import MakeApp
from tests.shell.fakes import FakeDatabase, FakeProfile, failing_opener, make_session, opener_of, waiting_opener
from tests.shell.screen_text import sees, until

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
REFUSED = Failure(
    "The server at db.example:5432 refused the connection.",
    FailureKind.LINK,
    "08001",
    hint="Is PostgreSQL running there, and does a firewall let port 5432 through?",
)
Before = Callable[[Pilot[Any]], Awaitable[None]]


def after(words: str, act: Callable[[ConsoleApp], object] = lambda app: None) -> Before:
    """Wait for the console, then do something to it."""

    async def run(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        await until(pilot, lambda: app.session is not None and app.panes.built)
        act(app)
        await sees(pilot, words)

    return run


@SIZES
def test_loading(make_app: MakeApp, snap_compare: Any, size: tuple[int, int]) -> None:
    seconds = [0.0]
    app = make_app(waiting_opener(asyncio.Event().wait, "connecting to db.example:5432"), clock=lambda: seconds[0])

    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.frame.switcher.current == "connecting")
        seconds[0] = 4.2
        await sees(pilot, "4.2 s")

    assert snap_compare(app, terminal_size=size, run_before=wait)


@SIZES
def test_empty(make_app: MakeApp, snap_compare: Any, size: tuple[int, int]) -> None:
    app = make_app(first_pane="missing")

    async def wait(pilot: Pilot[Any]) -> None:
        await sees(pilot, "not built yet")

    assert snap_compare(app, terminal_size=size, run_before=wait)


@SIZES
def test_error(make_app: MakeApp, snap_compare: Any, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await sees(pilot, "08001 The server")

    assert snap_compare(make_app(failing_opener(REFUSED)), terminal_size=size, run_before=wait)


@SIZES
def test_stale(make_app: MakeApp, snap_compare: Any, size: tuple[int, int]) -> None:
    database = FakeDatabase()

    def lose(app: ConsoleApp) -> None:
        database.set_link(LinkState.LOST, "The server closed the connection; it is asked again every second.")
        mark_stale(app.panes.built[0], 72.0)

    app = make_app(opener_of(make_session(database=database)))
    assert snap_compare(app, terminal_size=size, run_before=after("asked again", lose))


@SIZES
def test_impersonating(make_app: MakeApp, snap_compare: Any, size: tuple[int, int]) -> None:
    def become(app: ConsoleApp) -> None:
        from chatly_console.shell.session_changes import become

        become(app, Identity.authenticated("5f3c", "ada@nordlicht.example"))
        assert app.session is not None
        app.session.strength = Strength.BOUNDARY
        app.show_session()

    assert snap_compare(make_app(), terminal_size=size, run_before=after("IMPERSONATING", become))


@SIZES
def test_production(make_app: MakeApp, snap_compare: Any, size: tuple[int, int]) -> None:
    app = make_app(opener_of(make_session(FakeProfile("prod-eu", "production"))))
    assert snap_compare(app, terminal_size=size, run_before=after("PRODUCTION"))


@SIZES
def test_production_unlocked(make_app: MakeApp, snap_compare: Any, size: tuple[int, int]) -> None:
    def unlock(app: ConsoleApp) -> None:
        from chatly_console.shell.session_changes import set_unlocked

        set_unlocked(app, True)

    app = make_app(opener_of(make_session(FakeProfile("prod-eu", "production"))))
    assert snap_compare(app, terminal_size=size, run_before=after("UNLOCKED", unlock))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["question_mark"], "Everywhere"),
        (["ctrl+p"], "one: Do nothing"),
        (["ctrl+o"], "letter: go there"),
        (["f3"], "service_role"),
    ],
    ids=["help", "palette", "jump", "identity"],
)
def test_dialogs(make_app: MakeApp, snap_compare: Any, keys: list[str], words: str) -> None:
    async def press(pilot: Pilot[Any]) -> None:
        await sees(pilot, "the left region")
        await pilot.press(*keys)
        await sees(pilot, words)
        for cursor in pilot.app.screen.query("Input"):
            cursor.cursor_blink = False  # type: ignore[attr-defined]

    assert snap_compare(make_app(), terminal_size=(120, 40), run_before=press)


@pytest.mark.parametrize("theme", ["chatly-light", "contrast-dark", "contrast-light"])
def test_themes(make_app: MakeApp, snap_compare: Any, theme: str) -> None:
    def use(app: ConsoleApp) -> None:
        app.theme = theme
        app.note("Theme in use", "done")

    assert snap_compare(make_app(), terminal_size=(80, 24), run_before=after("Theme in use", use))
