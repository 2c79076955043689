"""What the cell, the row and the chart have in common when they are shown over the rows: a frame, a title, the keys."""

from collections.abc import Iterable
from typing import ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from chatly_console.core.text import safe_text
from chatly_console.shell.dialogs import key_words
from chatly_console.shell.messages import Say

_SAID_FOR = 4.0
"""Seconds for which a sentence stands in the place of the keys: the message line is dimmed below."""
_FRAME = 2
"""Lines of the title and the keys."""

Keys = tuple[tuple[str, str], ...]


class DetailScreen(ModalScreen[None]):
    """A title, a body as high as it needs to be, and the keys; a sentence takes their place for a moment."""

    SHARE: ClassVar[int] = 85
    """Hundredths of the screen's height that it takes at most."""
    DEFAULT_CSS = """
    DetailScreen {
        align: center middle;
        & > Vertical {
            width: 90%; max-width: 140; height: auto; background: $surface; padding: 0 1; border-left: outer $accent;
        }
        & .title { height: 1; color: $accent; text-style: bold; }
        & .keys { height: 1; color: $foreground; }
    }
    """

    def __init__(self, title: str, body: Widget) -> None:
        super().__init__()
        self._title_words, self._body = title, body
        self._keys: Keys = ()
        self._said: Timer | None = None

    def compose(self) -> Iterable[Widget]:
        """Title, body, keys."""
        with Vertical():
            yield Static(Content(safe_text(self._title_words)), classes="title")
            yield self._body
            yield Static(classes="keys")

    @property
    def room(self) -> int:
        """The lines that the body may have."""
        return max(1, self.app.size.height * self.SHARE // 100 - _FRAME)

    def fit_body(self, lines: int) -> None:
        """Give the body the lines that it needs, if the screen has them."""
        self._body.styles.height = max(1, min(lines, self.room))

    def set_title(self, title: str) -> None:
        """Say what is on show."""
        self.query_one(".title", Static).update(Content(safe_text(title)))

    def show_keys(self, *keys: tuple[str, str]) -> None:
        """The keys that do something here."""
        self._keys = keys
        if self._said is None:
            self.query_one(".keys", Static).update(key_words(*keys))

    def say(self, message: Say) -> None:
        """Say what has been done, in the place of the keys, for a moment."""
        if self._said is not None:
            self._said.stop()
        self._said = self.set_timer(_SAID_FOR, self._end_saying)
        tone = "$success" if message.tone == "done" else "$warning"
        self.query_one(".keys", Static).update(Content.styled(safe_text(message.text), tone))

    def _end_saying(self) -> None:
        self._said = None
        self.show_keys(*self._keys)
