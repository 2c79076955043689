"""Opens sessions: the first one behind a loading state, later ones beside the one that stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.widget import Widget

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.shell.lasting import look_again
from chatly_console.shell.session import NothingNamed, Opener, Session
from chatly_console.shell.session_changes import ask_strength, link_changed
from chatly_console.shell.states import Empty, ErrorState, Loading

if TYPE_CHECKING:
    from chatly_console.shell.app import ConsoleApp

CLOSING = 1.0
"""Seconds that a pool gets to close before it is left to its own end."""


class Connector:
    """Connects the app. What was connected stays until its successor stands."""

    def __init__(self, app: ConsoleApp, opener: Opener) -> None:
        self.opener = opener
        self._app = app
        self._unsubscribe: Callable[[], None] | None = None
        self._task: asyncio.Future[Session] | None = None
        self._cancelled: asyncio.Future[Session] | None = None

    def cancel(self) -> bool:
        """Give up the attempt that is under way; returns whether there was one."""
        if self._task is None or self._task.done():
            return False
        self._cancelled = self._task
        return self._task.cancel()

    async def connect(self, opener: Opener) -> None:
        """Open a session with this opener, and keep the old one where it fails."""
        self.opener = opener
        app = self._app
        loading = Loading("Connecting", way_out="^g cancel   F2 another connection   ^q quit", clock=app.clock)
        first = app.session is None
        if first:
            app.type_ahead.keep_for_first_pane()
            app.frame.show_session(None, "connecting")
            await self._fill(loading, "connecting")
        else:
            app.note("Connecting…")
        self._task = asyncio.ensure_future(opener(lambda words: self._progress(loading, words)))
        try:
            session = await self._task
        except asyncio.CancelledError:
            if not self._task.cancelled() or self._cancelled is not self._task:
                self._task.cancel()
                raise
            await self._failed(Failure("Connecting was cancelled.", FailureKind.CANCELLED), first)
        except Failure as failure:
            await self._failed(failure, first)
        except Exception as error:
            await self._failed(app.unexpected(error, "The connection could not be opened."), first)
        else:
            await self._adopt(session)

    def _progress(self, loading: Loading, words: str) -> None:
        loading.words = words
        if self._app.session is not None:
            self._app.note(words)

    async def _failed(self, failure: Failure, first: bool) -> None:
        self._app.type_ahead.forget()
        if isinstance(failure, NothingNamed):
            self._app.frame.show_session(None)
            await self._fill(Empty("No database is open yet.", failure.hint), "failed")
            self._app.action_command("connections")
            return
        self._app.fail(failure)
        if first:
            self._app.frame.show_session(None)
            state = ErrorState(failure, more="F2 another connection")
            await self._fill(state, "failed")
            state.focus()

    async def _adopt(self, session: Session) -> None:
        app, before = self._app, self._app.session
        old = before.database if before is not None else None
        self._let_go()
        if before is None:
            app.session = session
            await self._fill(None)
        else:
            before.adopt(session)
        shown = app.frame.message_line.entry
        if before is not None or shown is None or shown.tone != "warning":  # what is wrong with settings stays
            app.note(f"Connected to {session.profile.name}", "done")
        if session.database is not None:
            session.link = session.database.link
            self._unsubscribe = session.database.subscribe(self._link_changed)
        app.show_session()
        ask_strength(app)
        for pane in app.panes.built:
            pane.on_connected()
        if before is None:
            app.show_pane(app.panes.current)
        if old is not None and old is not session.database:
            await _close(old.close)
            if not app.is_headless:
                look_again()

    def _link_changed(self, *_: object) -> None:
        """The server was lost or came back: this may be called at any moment, so it only passes the word on."""
        self._app.call_later(link_changed, self._app)

    def _let_go(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    async def _fill(self, widget: Widget | None, identifier: str = "") -> None:
        """Put this in the place of the panes while there are none."""
        switcher = self._app.frame.switcher
        await switcher.remove_children()
        switcher.current = None
        if widget is not None:
            widget.id = identifier
            await switcher.mount(widget)
            switcher.current = identifier

    async def close(self) -> None:
        """Close what is open, in bounded time."""
        self._let_go()
        session = self._app.session
        if session is not None and session.database is not None:
            await _close(session.database.close)


async def _close(close: Callable[[], object]) -> None:
    """Close a database; one that hangs is left to the end of the process."""
    try:
        result = close()
        if asyncio.iscoroutine(result):
            await asyncio.wait_for(result, CLOSING)
    except (TimeoutError, Failure, OSError):
        return
