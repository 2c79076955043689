"""The console: one app, one session, and the panes that share it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Literal

from textual import on, work
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.text import safe_text
from chatly_console.resources import data_folder
from chatly_console.shell import messages
from chatly_console.shell.connector import Connector
from chatly_console.shell.folders import Folders
from chatly_console.shell.frame import Frame
from chatly_console.shell.message_line import Entry, failure_entry
from chatly_console.shell.pane import PaneSpec
from chatly_console.shell.pane_host import PaneHost
from chatly_console.shell.pane_strip import PaneStrip
from chatly_console.shell.session import Opener, Session
from chatly_console.shell.states import ErrorState
from chatly_console.shell.themes import DEFAULT_THEME, ThemeFiles, load_themes

log = logging.getLogger(__name__)

ConnectScreen = Callable[[], Screen[Opener | None]]
"""Makes the screen that asks where to connect; it ends with an opener, or None to stay."""

Tone = Literal["done", "note", "warning", "error"]


class ConsoleApp(App[int]):
    """Draws the frame at once, then connects: nothing is awaited before the first paint, and little imported."""

    TITLE = "chatly-console"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="console.quit"),
        *(
            Binding(str(n), f"show_pane({n - 1})", f"Pane {n}", show=False, id=f"console.pane_{n}")
            for n in range(1, 10)
        ),
    ]

    def __init__(
        self,
        panes: Sequence[PaneSpec],
        open_session: Opener,
        connect_screen: ConnectScreen | None = None,
        *,
        folders: Folders | None = None,
        clock: Callable[[], float] = monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.folders = folders or Folders.of_user()
        self.clock, self.now = clock, now
        self.session: Session | None = None
        self.connect_screen = connect_screen
        self.frame = Frame(panes)
        self.panes = PaneHost(self.frame, panes)
        self.connector = Connector(self, open_session)
        self.theme_files = self._load_themes()

    def get_default_screen(self) -> Screen[None]:
        """The frame."""
        return self.frame

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for a theme that lacks them."""
        theme = self.get_theme(DEFAULT_THEME)
        return dict(theme.variables) if theme is not None else {}

    def _load_themes(self) -> ThemeFiles:
        files = load_themes([data_folder("themes"), self.folders.themes])
        for name in list(self.available_themes):
            self.unregister_theme(name)
        for theme in files.themes:
            self.register_theme(theme)
        self.theme = DEFAULT_THEME
        return files

    # Life

    def on_ready(self) -> None:
        """The first paint is done: now connect."""
        self.connect(self.connector.opener)
        self.set_interval(1.0, self.show_session)

    @work(exclusive=True, group="connect", exit_on_error=False)
    async def connect(self, opener: Opener) -> None:
        """Open a session in the place of the one that stands, if any."""
        await self.connector.connect(opener)

    @work(group="panes", exit_on_error=False)
    async def show_pane(self, index: int) -> None:
        """Put the pane at this place of the strip on show."""
        if self.session is not None:
            await self.panes.show(index, self.session)
        else:
            self.panes.current = self.frame.strip.current = index

    def show_session(self) -> None:
        """Bring the bars up to date with the session."""
        if self.session is None:
            return
        self.frame.show_session(self.session)
        role = f"[AS {self.session.identity.describe()}] " if self.session.is_impersonating else ""
        self.set_window_title(f"{role}{self.session.profile.name} – {self.TITLE}")

    def set_window_title(self, words: str) -> None:
        """Name the terminal's window; the words are cleaned, since they go to the terminal as they are."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(f"\x1b]2;{safe_text(words)}\x1b\\")

    def link_changed(self) -> None:
        """The server was lost or came back."""
        session = self.session
        if session is None or session.database is None:
            return
        before, session.link = session.link, session.database.link
        if before is not None and before.state is not session.link.state:
            if session.link.is_up:
                self.note("Connected again", "done")
            else:
                self.note(session.link.sentence or f"The server is {session.link.state.value}.", "error")
        self.show_session()
        for pane in self.panes.built:
            pane.on_link_changed()

    def action_show_pane(self, index: int) -> None:
        """Show the pane with this number, if there is one."""
        if index < len(self.panes.specs):
            self.show_pane(index)

    # What happened

    def note(self, text: str, tone: Tone = "note") -> None:
        """Put a sentence on the message line."""
        self.frame.message_line.add(Entry(text, tone, self.now()))

    def fail(self, failure: Failure) -> None:
        """Put a failure on the message line."""
        self.frame.message_line.add(failure_entry(failure, self.now()))

    def unexpected(self, error: BaseException, sentence: str) -> Failure:
        """Log an error that nobody foresaw, and say so in a sentence."""
        log.error(sentence, exc_info=error)
        return Failure(
            sentence,
            FailureKind.USAGE,
            detail=f"{type(error).__name__}: {error}",
            hint=f"The log has more: {self.folders.log_file}",
        )

    # What rooms ask for

    @on(messages.Say)
    def _say(self, message: messages.Say) -> None:
        self.note(message.text, message.tone)

    @on(messages.Report)
    def _report(self, message: messages.Report) -> None:
        self.fail(message.failure)

    @on(messages.RunAs)
    def _run_as(self, message: messages.RunAs) -> None:
        self.become(message.identity)

    @on(messages.TransactionMode)
    def _transaction_mode(self, message: messages.TransactionMode) -> None:
        if self.session is not None:
            self.session.transaction = message.words
            self.show_session()

    @on(PaneStrip.Chosen)
    def _pane_chosen(self, message: PaneStrip.Chosen) -> None:
        self.show_pane(message.index)

    @on(ErrorState.Retry)
    def _retry(self, message: ErrorState.Retry) -> None:
        if message.state.id == "failed":
            self.connect(self.connector.opener)

    def become(self, identity: Identity) -> None:
        """Run everything as this identity from now on."""
        if self.session is None:
            return
        self.session.become(identity)
        self.show_session()
        for pane in self.panes.built:
            pane.on_identity_changed()
