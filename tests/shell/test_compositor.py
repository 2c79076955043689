"""What was hidden is drawn over, also after a scroll: the terminal keeps what nobody draws over."""

from collections.abc import Callable

import pytest
import textual.screen
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Static

from chatly_console.shell.compositor import FaithfulCompositor

FLOATING_LINE, LINES = 5, range(10)


class Floating(App[None]):
    """Something that floats above lines that scroll."""

    CSS = """
    Screen { layers: base top; overflow: hidden; }
    #floating { layer: top; width: 12; height: 1; offset: 8 5; }
    VerticalScroll { height: 10; }
    """

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            for number in range(40):
                yield Static(f"line {number}")
        yield Static("floating", id="floating")

    def drawn(self) -> list[int]:
        """The lines of the screen that are drawn from now on."""
        compositor, lines = self.screen._compositor, list[int]()
        draw: Callable[[], ChopsUpdate | None] = compositor.render_partial_update

        def noted() -> ChopsUpdate | None:
            update = draw()
            lines.extend([] if update is None else [y for y, _, _ in update.spans])
            return update

        compositor.render_partial_update = noted  # type: ignore[method-assign]
        return lines

    def show(self, is_shown: bool) -> None:
        """Show or hide what floats, and then ask for the place of what is out of sight, as a change of focus does."""
        self.query_one("#floating").display = is_shown
        assert self.query(Static)[39].region

    async def scroll(self, to: int, pilot: Pilot[None]) -> None:
        """Scroll once all is laid out, and see it drawn."""
        await pilot.pause()
        self.query_one(VerticalScroll).scroll_to(y=to, animate=False, immediate=True)
        await pilot.pause(0.1)


async def hidden_after_a_scroll(kind: type[Compositor], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(textual.screen, "Compositor", kind)
    app = Floating()
    async with app.run_test(size=(40, 20)) as pilot:
        await app.scroll(2, pilot)
        lines = app.drawn()
        app.show(False)
        await pilot.pause()
        return lines


async def test_what_is_hidden_after_a_scroll_is_drawn_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert FLOATING_LINE in await hidden_after_a_scroll(FaithfulCompositor, monkeypatch)


async def test_textual_alone_leaves_it_and_may_go_back_in_use_once_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert FLOATING_LINE not in await hidden_after_a_scroll(Compositor, monkeypatch)


async def test_what_a_scroll_moved_is_drawn_once_a_layout_moves_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual.screen, "Compositor", FaithfulCompositor)
    app = Floating()
    async with app.run_test(size=(40, 20)) as pilot:
        await app.scroll(30, pilot)
        lines = app.drawn()
        app.query_one(VerticalScroll).scroll_to(y=0, animate=False, immediate=True)
        app.query_one(VerticalScroll).refresh(layout=True)
        app.show(False)
        await pilot.pause()
        assert set(LINES) <= set(lines)
