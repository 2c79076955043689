"""The list that one types at: what was typed counts, whenever the list is laid out anew."""

from collections.abc import Callable
from functools import partial

import pytest
from textual.app import App
from textual.widgets import OptionList, Static

from chatly_console.shell.choose import Choice, Choose

CHOICES = [
    Choice("appointments (client)", 1, "appointments_platform_client_id_social_contact_id_fkey", detail="-- [/] one"),
    Choice("conversations", 2, "chatly", detail="-- two\nselect 2"),
]


class Chooser(App[None]):
    """A list over nothing; what was chosen is kept."""

    CSS = ".dialog { width: 60; height: auto; }"
    chosen: int | None = None

    def on_ready(self) -> None:
        self.push_screen(Choose("Which", CHOICES), self._keep)

    def _keep(self, value: int | None) -> None:
        self.chosen = value


async def test_letters_that_come_while_the_list_is_laid_out_choose_what_they_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Chooser()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        screen, late = app.screen, list[Callable[[], object]]()
        assert isinstance(screen, Choose)
        monkeypatch.setattr(screen, "call_after_refresh", lambda call, *given: late.append(partial(call, *given)))
        screen.on_resize()
        await pilot.press(*"conv")
        (lay_out,) = late
        lay_out()
        await pilot.press("enter")
        assert app.chosen == 2


async def test_a_title_is_cut_after_the_words_beside_it_and_the_marked_entry_is_told_in_full() -> None:
    app = Chooser()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = str(app.screen.query_one(OptionList).get_option_at_index(0).prompt)
        assert shown.startswith("appointments (client)  appointments_platform") and shown.endswith("…")
        detail = app.screen.query_one(".detail", Static)
        assert str(detail.render()) == "-- [/] one"
        await pilot.press("down")
        assert str(detail.render()) == "-- two\nselect 2"
