"""Small panes for tests of the frame, found by their path as the real ones are."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea

from chatly_console.shell.pane import Pane, PaneSpec
from chatly_console.shell.session import Session

PANES = (
    PaneSpec("one", "One", "tests.shell.panes:OnePane"),
    PaneSpec("query", "Query", "tests.shell.panes:EditorPane"),
    PaneSpec("missing", "Missing", "tests.shell.no_such_room:Nothing"),
    PaneSpec("broken", "Broken", "tests.shell.panes:BrokenPane"),
)


class Region(Widget, can_focus=True):
    """A region that takes the focus."""

    DEFAULT_CSS = "Region { height: 1fr; }"

    def __init__(self, words: str, name: str) -> None:
        super().__init__(id=name)
        self._words = words

    def render(self) -> Content:
        return Content(self._words)


class OnePane(Pane):
    """Two regions, and a record of what the shell said."""

    BINDINGS = [
        Binding("g", "fail", "Fail", id="one.fail", tooltip="Raise an error"),
        Binding("x", "nothing", "Do nothing", id="one.nothing", tooltip="Does nothing at all"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.heard: list[str] = []
        self.running = ""
        self.uncommitted = ""
        self.saved = False

    def compose(self) -> ComposeResult:
        yield Region("the left region", "left")
        yield Region("the right region", "right")

    def on_connected(self) -> None:
        self.heard.append(f"connected {self.session.profile.name}")

    def on_identity_changed(self) -> None:
        self.heard.append(f"as {self.session.identity.describe() or 'login'}")

    def on_link_changed(self) -> None:
        assert self.session.link is not None
        self.heard.append(f"link {self.session.link.state.value}")

    def on_shown(self) -> None:
        self.heard.append("shown")

    def on_hidden(self) -> None:
        self.heard.append("hidden")

    def receive(self, request: Message) -> None:
        self.heard.append(f"asked {type(request).__name__}")

    @property
    def busy(self) -> str:
        return self.running

    @property
    def unfinished(self) -> str:
        return self.uncommitted

    def cancel_work(self) -> bool:
        was, self.running = self.running, ""
        return bool(was)

    def save(self) -> None:
        self.saved = True

    def action_nothing(self) -> None:
        self.heard.append("nothing")

    def action_fail(self) -> None:
        raise RuntimeError("[/] a fault in a pane")


class EditorPane(Pane):
    """A text editor, which takes every letter and digit."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield TextArea()
        yield Static("below")

    def receive(self, request: Message) -> None:
        self.heard.append(repr(request))


class BrokenPane(Pane):
    """Cannot be built."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        raise ValueError("[/] broken on purpose")
