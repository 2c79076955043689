"""Questions stay answerable, however much they have to say."""

from __future__ import annotations

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.screen import ModalScreen

from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.dialogs import Confirm, TypedConfirm
from tests.shell.conftest import MakeApp
from tests.shell.screen_text import until

LONG = "\n".join(f"line {number} of what will happen" for number in range(60))


@pytest.mark.parametrize("dialog", [Confirm("Do it?", LONG, grave=True), TypedConfirm("Do it?", "chatly", LONG)])
async def test_a_long_text_scrolls_and_leaves_the_keys_in_sight(make_app: MakeApp, dialog: ModalScreen[bool]) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await _shown(app, pilot, dialog)
        keys = app.screen.query_one(".keys")
        assert keys.region.height == 1 and keys.region.bottom < 24
        text = app.screen.query_one(VerticalScroll)
        await pilot.press("down", "down")
        await until(pilot, lambda: text.scroll_offset.y == 8)
        await pilot.press("up")
        await until(pilot, lambda: text.scroll_offset.y == 4)


async def _shown(app: ConsoleApp, pilot: Pilot[int], dialog: ModalScreen[bool]) -> None:
    await until(pilot, lambda: app.session is not None)
    app.push_screen(dialog)
    await until(pilot, lambda: app.screen is dialog)
