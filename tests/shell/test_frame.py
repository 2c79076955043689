"""The frame: what it says of the connection, how panes come and go, and what fits on which screen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.widget import Widget

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.link import LinkState
from chatly_console.shell import messages, pane_host
from chatly_console.shell.pane import PaneSpec
from chatly_console.shell.session import Session
from tests.shell.conftest import MakeApp
from tests.shell.fakes import (
    FakeDatabase,
    FakeFacts,
    FakeProfile,
    failing_opener,
    make_session,
    opener_of,
    waiting_opener,
)
from tests.shell.panes import EditorPane, OnePane
from tests.shell.screen_text import lines, misses, sees, text, until


async def test_connecting_shows_the_bars_and_the_first_pane(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        top = lines(app)[0]
        assert "● chatly-demo  embedded:18.6/chatly  as postgres" in top
        assert top.rstrip().endswith("auto  pool 2/8")
        assert "1 One" in lines(app)[1]
        assert "^o jump" in lines(app)[-1]
        assert app.panes.built[0].heard == ["connected chatly-demo", "shown"] or "shown" in app.panes.built[0].heard  # type: ignore[attr-defined]


async def test_a_standby_and_a_pooler_are_named(make_app: MakeApp) -> None:
    database = FakeDatabase(FakeFacts(standby=True, transaction_pooler=True))
    app = make_app(opener_of(make_session(database=database)))
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        assert lines(app)[0].rstrip().endswith("STANDBY  pooler  auto  pool 2/8")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.size.width == 80)
        assert "STANDBY" in lines(app)[0]


async def test_a_slow_connection_says_what_it_waits_for_and_for_how_long(make_app: MakeApp) -> None:
    seconds = [0.0]
    app = make_app(waiting_opener(asyncio.Event().wait, "connecting to [/]db.example"), clock=lambda: seconds[0])
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.frame.switcher.current == "connecting")
        assert "db.example" not in text(app)
        seconds[0] = 2.04
        await sees(pilot, "◌ connecting to [/]db.example  2.0 s")
        await pilot.press("ctrl+g")
        await sees(pilot, "Connecting was cancelled.")


async def test_a_failed_connection_is_a_sentence_and_can_be_tried_again(make_app: MakeApp) -> None:
    answers: list[Any] = [
        failing_opener(Failure("[/]The server refused.", FailureKind.LINK, "08001", hint="Is it running?")),
        opener_of(make_session()),
    ]

    async def open_session(progress: Any) -> Any:
        return await answers.pop(0)(progress)

    app = make_app(open_session)
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "✗ [/]The server refused.")
        await sees(pilot, "SQLSTATE 08001")
        assert "Is it running?" in text(app)
        assert "not connected" in lines(app)[0]
        await pilot.press("r")
        await sees(pilot, "the left region")


async def test_an_unexpected_error_while_connecting_is_no_traceback(make_app: MakeApp) -> None:
    async def open_session(progress: Any) -> Any:
        raise KeyError("[/]nobody saw this coming")

    app = make_app(open_session)
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "The connection could not be opened.")
        assert "console.log" in text(app)


async def test_panes_are_built_on_the_first_visit_and_kept(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        assert len(app.panes.built) == 1
        await pilot.press("2")
        await sees(pilot, "below")
        await pilot.press("a", "1", "2")
        editor = app.panes.built[1].query_one("TextArea")
        assert editor.text == "a12", "digits belong to the editor while it has the focus"  # type: ignore[attr-defined]
        await pilot.press("ctrl+o", "1")
        await sees(pilot, "the left region")
        await pilot.press("2")
        await sees(pilot, "a12")
        one = app.panes.built[0]
        assert isinstance(one, OnePane)
        assert one.heard[-2:] == ["shown", "hidden"]


async def test_the_console_may_be_left_while_a_pane_is_built(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, built = asyncio.Event(), asyncio.Event()
    build = pane_host.build_pane

    async def slowly(spec: PaneSpec, session: Session) -> Widget:
        asked.set()
        await built.wait()
        return await build(spec, session)

    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        monkeypatch.setattr(pane_host, "build_pane", slowly)
        showing = asyncio.create_task(app.panes.show(1, app.session))  # type: ignore[arg-type]
        await asked.wait()
        app.leave()
    built.set()
    assert await showing is None


async def test_the_focus_comes_back_to_where_it_was_left(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("tab")
        assert app.focused is not None and app.focused.id == "right"
        await pilot.press("3")
        await sees(pilot, "The Missing pane is not built yet.")
        await pilot.press("1")
        await sees(pilot, "the left region")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "right")


async def test_a_pane_that_was_left_takes_no_keys_from_the_one_on_show(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("2")
        await sees(pilot, "below")
        shown = app.focused
        app.panes.built[0].query_one("#right").focus()
        await pilot.press("a")
        assert app.focused is shown and app.panes.built[1].query_one("TextArea").text == "a"  # type: ignore[attr-defined]
        await pilot.press("ctrl+o", "1")
        await sees(pilot, "the left region")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "right")


async def test_a_pane_that_cannot_be_built_says_so_and_harms_nobody(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("4")
        await sees(pilot, "The Broken pane could not be opened.")
        await pilot.press("r")
        await sees(pilot, "The Broken pane could not be opened.")
        await pilot.press("1")
        await sees(pilot, "the left region")


@pytest.mark.parametrize(
    "room, line",
    [
        (0, "  1 Room of people  2 Room of papers  3 Missing rooms"),
        (1, "  1 Room of people  2 Room of papers 3 Missing rooms"),
        (5, "  1 Room of people  2  3  4"),
    ],
)
async def test_the_strip_draws_its_titles_together_before_it_leaves_them_out(
    make_app: MakeApp, room: int, line: str
) -> None:
    titles = ("Room of people", "Room of papers", "Missing rooms", "Reading room", "Writing room")
    app = make_app(panes=[PaneSpec(f"p{at}", title, "tests.shell.panes:OnePane") for at, title in enumerate(titles)])
    whole = sum(len(title) + 4 for title in titles) + 1
    async with app.run_test(size=(whole - room, 24)) as pilot:
        await sees(pilot, "the left region")
        assert lines(app)[1].startswith(line)


async def test_the_strip_takes_clicks(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        column = lines(app)[1].index("Missing")
        await pilot.click("PaneStrip", offset=(column, 0))
        await sees(pilot, "The Missing pane is not built yet.")


async def test_impersonation_is_in_words_edges_and_every_pane_hears_of_it(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        identity = Identity.authenticated("5f3c", "ada[/]@nordlicht.example")
        app.panes.built[0].post_message(messages.RunAs(identity))
        await sees(pilot, "▲ IMPERSONATING authenticated ada[/]@nordlicht.example")
        assert "AS authenticated ada[/]@nordlicht.example" in text(app)
        assert "rolled back" in text(app) and "F4 stop" in text(app)
        edge = app.frame.query(".edge").first()
        assert edge.display and edge.size.width == 1 and edge.size.height == 40
        magenta = app.theme_variables["impersonate"].upper()
        assert edge.styles.background.hex == magenta
        app.panes.built[0].post_message(messages.RanAs("boundary"))
        await sees(pilot, "· boundary ·")
        one = app.panes.built[0]
        assert isinstance(one, OnePane) and one.heard[-1] == "as authenticated ada[/]@nordlicht.example"
        await pilot.press("f4")
        await misses(pilot, "IMPERSONATING")
        assert one.heard[-1] == "as login"
        assert not edge.display


async def test_the_banner_says_how_firmly_it_holds_before_anything_runs(make_app: MakeApp) -> None:
    database = FakeDatabase(held="advisory")
    app = make_app(opener_of(make_session(database=database)))
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        app.panes.built[0].post_message(messages.RunAs(Identity.anon()))
        await sees(pilot, "▲ IMPERSONATING anon · advisory ·")
        database.held = "boundary"
        app.panes.built[0].post_message(messages.RunAs(Identity.authenticated("5f3c")))
        await sees(pilot, "5f3c · boundary ·")


async def test_production_is_red_read_only_and_unlocked_by_the_databases_name(make_app: MakeApp) -> None:
    app = make_app(opener_of(make_session(FakeProfile("prod-eu", "production"))))
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "PRODUCTION  READ-ONLY")
        assert app.frame.identity_bar.styles.background.hex == app.theme_variables["prod"].upper()
        app.panes.built[0].post_message(messages.UnlockWrites())
        await sees(pilot, "Type chatly to go on:")
        await pilot.press("enter")
        await sees(pilot, "That is not the word.")
        assert app.session is not None and not app.session.unlocked
        await pilot.press(*"chatly", "enter")
        await sees(pilot, "▲ WRITES TO PRODUCTION ARE UNLOCKED until the transaction ends")
        assert not app.session.is_read_only
        app.panes.built[0].post_message(messages.LockWrites())
        await misses(pilot, "ARE UNLOCKED")
        assert app.session.is_read_only


async def test_a_lost_server_is_said_and_its_return_too(make_app: MakeApp) -> None:
    database = FakeDatabase()
    app = make_app(opener_of(make_session(database=database)))
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        database.set_link(LinkState.LOST, "The server at [/] closed the connection.")
        await sees(pilot, "✗ lost")
        await sees(pilot, "The server at [/] closed the connection.")
        database.set_link(LinkState.STALLED)
        await sees(pilot, "▲ not answering")
        database.set_link(LinkState.CONNECTED)
        await sees(pilot, "✓ Connected again")
        one = app.panes.built[0]
        assert isinstance(one, OnePane)
        assert [said for said in one.heard if said.startswith("link")] == [
            "link lost", "link not answering", "link connected",
        ]  # fmt: skip


async def test_connecting_elsewhere_keeps_the_panes_and_closes_the_old_pool(make_app: MakeApp) -> None:
    first, second = FakeDatabase(), FakeDatabase(FakeFacts(database="other"))
    app = make_app(opener_of(make_session(database=first)))
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        pane = app.panes.built[0]
        app.connect(failing_opener(Failure("It refused.", FailureKind.LINK)))
        await sees(pilot, "✗ It refused.")
        assert "the left region" in text(app) and not first.closed
        app.connect(opener_of(make_session(FakeProfile("second"), second)))
        await sees(pilot, "● second  embedded:18.6/other")
        await until(pilot, lambda: first.closed)
        assert not first.callbacks and len(second.callbacks) == 1
        assert app.panes.built[0] is pane and pane.session.database is second  # type: ignore[comparison-overlap]


async def test_rooms_ask_each_other_through_the_app(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        app.panes.built[0].post_message(messages.OpenStatement("select '[/]'", run=True))
        await sees(pilot, "below")
        editor = app.panes.built[1]
        assert isinstance(editor, EditorPane)
        await until(pilot, lambda: editor.heard)
        assert "OpenStatement" in editor.heard[0]


async def test_messages_are_text_and_their_history_is_kept(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        pane = app.panes.built[0]
        pane.post_message(messages.Say("[/] first \x1b]0;x\x07", "done"))
        await sees(pilot, "✓ [/] first ␛]0;x␇")
        failure = Failure("relation [b]x[/b] does not exist", sqlstate="42P01", detail="de\x1btail", hint="a hint")
        pane.post_message(messages.Report(failure))
        await sees(pilot, "✗ 42P01 relation [b]x[/b] does not exist")
        await pilot.press("ctrl+l")
        await sees(pilot, "detail: de␛tail")
        assert "hint: a hint" in text(app) and "12:00:00" in text(app) and "[/] first" in text(app)
        await pilot.press("escape")
        await misses(pilot, "hint: a hint")


async def test_what_happened_in_one_room_is_not_said_in_the_next(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, "the left region")
        app.panes.built[0].post_message(messages.Report(Failure("it failed here")))
        await sees(pilot, "✗ it failed here")
        app.show_pane(1)
        await sees(pilot, "below")
        await misses(pilot, "it failed here")
        app.panes.built[1].post_message(messages.Say("this led to the other room"))
        await sees(pilot, "this led to")
        app.panes.built[1].post_message(messages.OpenStatement("select 1"))
        await until(pilot, lambda: any("OpenStatement" in heard for heard in app.panes.built[1].heard))  # type: ignore[attr-defined]
        assert "this led to" in text(app)
        await pilot.press("ctrl+l")
        await sees(pilot, "it failed here")


@pytest.mark.parametrize(("width", "height"), [(59, 30), (80, 15), (20, 5), (1, 1)])
async def test_a_terminal_that_is_too_small_says_its_size(make_app: MakeApp, width: int, height: int) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "the left region")
        await pilot.resize_terminal(width, height)
        await pilot.pause()
        if width >= 59:
            await sees(pilot, f"Terminal too small: 80×24 needed, this is {width}×{height}")
        await pilot.resize_terminal(80, 24)
        await sees(pilot, "the left region")


async def test_the_focus_comes_back_with_the_screen(make_app: MakeApp) -> None:
    """Text that is typed after a terminal was small for a moment goes where it went before."""
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("tab")
        second = app.focused
        assert second is not None
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: app.focused is None)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.focused is second)


async def test_a_console_that_begins_too_small_has_a_focus_once_it_is_seen(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(40, 10)) as pilot:
        await until(pilot, lambda: app.panes.shown is not None)
        assert app.focused is None
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.focused is not None)


async def test_a_narrow_screen_keeps_what_matters(make_app: MakeApp) -> None:
    session = make_session(
        FakeProfile("a-very-long-profile-name", "production"),
        FakeDatabase(FakeFacts(host="db.aaaaaaaaaaaaaaaaaaaaaaaaaaa.example:5432")),
    )
    app = make_app(opener_of(session))
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "the left region")
        top = lines(app)[0]
        assert "a-very-long-profile-name" in top and "as postgres" in top and "PRODUCTION" in top
        assert "db.aaa" not in top
        assert all(len(line) <= 80 for line in lines(app))
        region = app.panes.built[0].region
        assert region.height == 24 - 4
        await pilot.resize_terminal(60, 16)
        await pilot.pause()
        assert "PRODUCTION" in lines(app)[0]
        app.panes.built[0].post_message(messages.RunAs(Identity.authenticated("x", "somebody@" + "long" * 20)))
        app.panes.built[0].post_message(messages.RanAs("boundary"))
        await sees(pilot, "… · boundary · rolled back")
        assert "F4 stop" in text(app)
        assert app.panes.built[0].region.height == 16 - 5
