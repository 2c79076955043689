"""Keys that come faster than the screen changes: none is lost, none overtakes another, none goes to the wrong place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.binding import Binding
from textual.keys import _character_to_key
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.shell import alt_keys, pane_host
from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.dialogs import AskText
from chatly_console.shell.pane import PaneSpec
from chatly_console.shell.session import Progress, Session
from tests.shell.conftest import MakeApp
from tests.shell.fakes import make_session
from tests.shell.panes import PANES, EditorPane, OnePane
from tests.shell.screen_text import sees, until

SIZE = (120, 40)


class RunningPane(EditorPane):
    """Notes the text at each F5, and asks for a name with `ctrl+e`, in a worker, as real panes do."""

    BINDINGS = [
        Binding("f5", "run", "run", id="running.run", tooltip="Run"),
        Binding("ctrl+e", "ask", "ask", id="running.ask", tooltip="Ask", priority=True),
    ]

    def action_run(self) -> None:
        self.heard.append(self.query_one(TextArea).text)

    def action_ask(self) -> None:
        self.run_worker(self._ask())

    async def _ask(self) -> None:
        question: Screen[Any] = AskText("What name?")
        self.heard.append(f"answer {await self.app.push_screen_wait(question)}")


RUNNING = (PANES[0], PaneSpec("query", "Query", f"{__name__}:RunningPane"))


def burst(app: ConsoleApp, *keys: str) -> None:
    """All at once, as from a slow link or a quick hand; several characters stand for their keys."""
    for key in keys:
        if key in ("enter", "escape", "down", "f5") or "+" in key:
            app.post_message(events.Key(key, None))
            continue
        for character in key:
            name = character if character.isalnum() else _character_to_key(character)
            app.post_message(events.Key(name, character))


class Opener:
    """Connects when the test says so."""

    def __init__(self) -> None:
        self.outcome: asyncio.Future[Session] = asyncio.get_running_loop().create_future()

    async def __call__(self, progress: Progress) -> Session:
        return await asyncio.shield(self.outcome)


def editor(app: ConsoleApp) -> TextArea:
    return app.frame.query_one(TextArea)


def heard(app: ConsoleApp) -> list[str]:
    pane = next(pane for pane in app.panes.built if isinstance(pane, RunningPane))
    return pane.heard


async def test_what_is_typed_while_connecting_is_in_the_editor_and_runs(make_app: MakeApp) -> None:
    opener = Opener()
    app = make_app(opener, RUNNING, first_pane="query")
    async with app.run_test(size=SIZE) as pilot:
        burst(app, "select 1", "f5", " -- later")
        await sees(pilot, "Connecting")
        opener.outcome.set_result(make_session())
        await until(pilot, lambda: heard(app) == ["select 1"] if app.panes.built else False)
        await until(pilot, lambda: editor(app).text == "select 1 -- later")


async def test_a_digit_typed_first_while_connecting_chooses_the_pane(make_app: MakeApp) -> None:
    opener = Opener()
    app = make_app(opener, RUNNING, first_pane="query")
    async with app.run_test(size=SIZE) as pilot:
        burst(app, "1", "x")
        opener.outcome.set_result(make_session())
        await sees(pilot, "the left region")
        one = app.panes.built[0]
        assert isinstance(one, OnePane)
        await until(pilot, lambda: "nothing" in one.heard)


async def test_what_was_typed_is_dropped_where_the_connection_fails(make_app: MakeApp) -> None:
    opener = Opener()
    app = make_app(opener, RUNNING, first_pane="query")
    async with app.run_test(size=SIZE) as pilot:
        burst(app, "select 1")
        await sees(pilot, "Connecting")
        opener.outcome.set_exception(Failure("The server is away.", FailureKind.LINK))
        await sees(pilot, "The server is away.")
        opener.outcome = asyncio.get_running_loop().create_future()
        burst(app, "r")
        await sees(pilot, "Connecting")
        burst(app, "table t")
        opener.outcome.set_result(make_session())
        await until(pilot, lambda: [area.text for area in app.frame.query(TextArea)] == ["table t"])


@pytest.fixture
def running(make_app: MakeApp) -> Callable[[], ConsoleApp]:
    return lambda: make_app(panes=RUNNING, first_pane="query")


async def test_f5_runs_the_text_as_it_stood_when_it_was_pressed(running: Callable[[], ConsoleApp]) -> None:
    app = running()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "below")
        burst(app, "one", "f5", "two", "f5", "f5", "three")
        await until(pilot, lambda: editor(app).text == "onetwothree")
        assert heard(app)[-3:] == ["one", "onetwo", "onetwo"]


async def test_an_answer_typed_before_its_dialog_stands_is_in_the_dialog(running: Callable[[], ConsoleApp]) -> None:
    app = running()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "below")
        burst(app, "a", "ctrl+e", "Ada's", "enter", "b", "ctrl+e", "Ben", "enter", "c")
        await until(pilot, lambda: editor(app).text == "abc")
        assert heard(app) == ["answer Ada's", "answer Ben"]


async def test_jumping_in_one_go(running: Callable[[], ConsoleApp]) -> None:
    app = running()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "below")
        burst(app, "ctrl+o", "1", "x", "ctrl+o", "2", "typed")
        await until(pilot, lambda: editor(app).text == "typed")
        one = app.panes.built[0]
        assert isinstance(one, OnePane) and one.heard.count("nothing") == 1


async def test_a_command_of_the_palette_in_one_go(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        burst(app, "ctrl+p", "donoth", "enter", "x")
        one = app.panes.built[0]
        assert isinstance(one, OnePane)
        await until(pilot, lambda: one.heard.count("nothing") == 2)


async def test_escape_and_a_character_in_one_go_are_two_keys_where_alt_means_nothing(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        burst(app, "ctrl+p", "nonsense")
        await until(pilot, lambda: any(field.value == "nonsense" for field in app.screen.query(Input)))
        burst(app, "alt+x")
        one = app.panes.built[0]
        assert isinstance(one, OnePane)
        await until(pilot, lambda: one.heard.count("nothing") == 1)
        burst(app, "alt+2", "alt+shift+a", "b")
        await until(pilot, lambda: [area.text for area in app.frame.query(TextArea)] == ["Ab"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\x1b3", ["alt+3"]),
        ("\x1bn", ["alt+n"]),
        ("\x1bA", ["alt+shift+a"]),
        ("\x1b?", ["alt+question_mark"]),
        ("\x1b\x1bx", ["escape", "alt+x"]),
        ("\x1b[A", ["up"]),
        ("\x1bOP", ["f1"]),
        ("\x1b[15~x", ["f5", "x"]),
        ("£", ["pound_sign"]),
    ],
)
def test_what_the_terminal_sends(written: str, read: list[str]) -> None:
    alt_keys.teach()
    parser: Any = XTermParser()
    assert [event.key for event in parser.feed(written)] == read


@pytest.mark.parametrize(
    ("pieces", "read"),
    [
        (["\x1b", 0.06, "k"], ["escape", "k"]),
        (["\x1b", 0.06, "O", 0.01, "s"], ["escape", "O", "s"]),
        (["ab\x1b", 0.02, "dw"], ["a", "b", "escape", "d", "w"]),
        (["\x1b", 0.03, "\x1b", 0.03, "c"], ["escape", "escape", "c"]),
        (["\x1b", 0.001, "c"], ["alt+c"]),
        (["\x1b", 0.06, "[A"], ["up"]),
        (["\x1b", 0.06, "OP"], ["f1"]),
        (["\x1bc", 0.06, "c"], ["alt+c", "c"]),
        (["\x1b", 0.3, "", "c", 0.06, "d"], ["escape", "c", "d"]),
    ],
)
def test_escape_that_came_alone_is_that_key(
    pieces: list[str | float], read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alt_keys.teach()
    now = [100.0]
    monkeypatch.setattr("chatly_console.shell.alt_keys.time.monotonic", lambda: now[0])
    parser: Any = alt_keys.KeyParser()
    found: list[str] = []
    for piece in pieces:
        if isinstance(piece, float):
            now[0] += piece
        elif not piece:
            parser._timeout_time = 0.0
            found += [event.key for event in parser.tick()]
        else:
            found += [event.key for event in parser.feed(piece)]
    assert found == read


async def test_a_letter_after_a_jump_is_not_typed_into_the_pane_that_was_left(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(panes=(RUNNING[1], RUNNING[0]))
    make, may_go_on = pane_host._make, asyncio.Event()

    async def slowly(spec: PaneSpec, session: Session) -> Widget:
        await may_go_on.wait()
        return await make(spec, session)

    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.focused, TextArea))
        monkeypatch.setattr(pane_host, "_make", slowly)
        burst(app, "ctrl+o")
        await until(pilot, lambda: app.screen is not app.frame)
        burst(app, "2")
        await until(pilot, lambda: app.screen is app.frame)
        burst(app, "x")
        await pilot.pause()
        may_go_on.set()
        await until(pilot, lambda: any(isinstance(one, OnePane) for one in app.panes.built))
        one = next(one for one in app.panes.built if isinstance(one, OnePane))
        await until(pilot, lambda: one.heard.count("nothing") == 1)
        assert editor(app).text == ""


async def test_keys_that_come_while_the_console_is_left_are_dropped(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
    assert app.type_ahead.takes(events.Key("x", "x"))
