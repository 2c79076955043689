"""The one screen that everything happens on: bars above and below, and the panes between them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from chatly_console.shell.banner import Banner
from chatly_console.shell.identity_bar import IdentityBar
from chatly_console.shell.key_footer import KeyFooter
from chatly_console.shell.message_line import MessageLine
from chatly_console.shell.pane import Pane, PaneSpec
from chatly_console.shell.pane_strip import PaneStrip
from chatly_console.shell.session import Session

SMALLEST = (60, 16)


class TooSmall(Widget):
    """Covers everything when the terminal cannot show the console."""

    can_focus = False

    def render(self) -> Content:
        """One sentence with the size as it is now."""
        width, height = self.size
        return Content(f"Terminal too small: 80×24 needed, this is {width}×{height}")


class Frame(Screen[None]):
    """Lays out the frame; the app fills it."""

    class Enlarged(Message):
        """The terminal shows the console again, after it had become too small."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (SMALLEST[0], "-narrow"), (100, "-normal"), (140, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (SMALLEST[1], "-short"), (32, "-tall")]

    def __init__(self, panes: Sequence[PaneSpec]) -> None:
        super().__init__()
        self.identity_bar = IdentityBar()
        self.strip = PaneStrip(panes)
        self.banner = Banner()
        self.switcher = ContentSwitcher(id="panes")
        self.message_line = MessageLine()
        self._was_too_small = False

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        with Horizontal(id="frame"):
            yield Static("", classes="edge")
            with Vertical(id="column"):
                yield self.identity_bar
                yield self.strip
                yield self.banner
                yield self.switcher
                yield self.message_line
                yield KeyFooter()
            yield Static("", classes="edge")
        yield TooSmall()

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """A pane that is not on show does not take the keys, whatever came late for it; on the next visit it does."""
        pane = None
        if widget is not None:
            pane = next((node for node in widget.ancestors_with_self if isinstance(node, Pane)), None)
        if pane is not None and pane.parent is self.switcher and not pane.display:
            pane.focus_left = widget
            return
        super().set_focus(widget, scroll_visible, from_app_focus)

    @property
    def is_too_small(self) -> bool:
        """Whether only the sentence about it is shown."""
        return self.size.width < SMALLEST[0] or self.size.height < SMALLEST[1]

    def watch_focused(self, before: Widget | None, focused: Widget | None) -> None:
        """Textual takes the focus from what it hides: note down where it was."""
        pane = next((node for node in before.ancestors if isinstance(node, Pane)), None) if before else None
        if pane is not None and focused is None and self.is_too_small:
            pane.focus_left = before

    def on_resize(self) -> None:
        """Say when the console is to be seen again."""
        was_too_small, self._was_too_small = self._was_too_small, self.is_too_small
        if was_too_small and not self.is_too_small:
            self.call_after_refresh(self.post_message, self.Enlarged())

    def show_session(self, session: Session | None, doing: str = "") -> None:
        """Bring the bars up to date."""
        self.identity_bar.show(session, doing)
        self.banner.show(session)
        self.set_class(session is not None and session.is_impersonating, "-impersonating")
        self.set_class(session is not None and session.is_production, "-production")
        self.set_class(session is not None and session.unlocked, "-unlocked")
