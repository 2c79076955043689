"""The console: one app, one session, and the panes that share it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from textual import events, on, work
from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN
from chatly_console.shell import messages, session_changes
from chatly_console.shell.bindings import GLOBAL_BINDINGS, IN_DIALOGS
from chatly_console.shell.compositor import draw_faithfully
from chatly_console.shell.connector import Connector
from chatly_console.shell.folders import Folders
from chatly_console.shell.frame import Frame
from chatly_console.shell.lasting import set_aside
from chatly_console.shell.message_line import Entry, MessageLine, failure_entry
from chatly_console.shell.pane import PaneSpec
from chatly_console.shell.pane_host import PaneHost
from chatly_console.shell.pane_strip import PaneStrip
from chatly_console.shell.preferences import apply_keymap, apply_themes
from chatly_console.shell.session import BookOf, ConnectScreen, FindScreen, Opener, Session
from chatly_console.shell.states import ErrorState
from chatly_console.shell.survival import Survivors, keep_widgets_alive, unexpected
from chatly_console.shell.themes import DEFAULT_THEME
from chatly_console.shell.type_ahead import TypeAhead, Typed
from chatly_console.shell.zoom import toggle_zoom


class ConsoleApp(App[int]):
    """Draws the frame at once, then connects: nothing is awaited before the first paint, and little imported."""

    TITLE = "chatly-console"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = GLOBAL_BINDINGS

    def __init__(
        self,
        panes: Sequence[PaneSpec],
        open_session: Opener,
        connect_screen: ConnectScreen | None = None,
        *,
        find_screen: FindScreen | None = None,
        result_tabs: Sequence[PaneSpec] = (),
        identities: BookOf | None = None,
        first_pane: str = "",
        folders: Folders | None = None,
        clock: Callable[[], float] = monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        draw_faithfully()
        super().__init__()
        self.animation_level = "none"
        self.folders = folders or Folders.of_user()
        self.clock, self.now = clock, now
        self.session: Session | None = None
        self.connect_screen, self.find_screen = connect_screen, find_screen
        self.result_tabs = tuple(result_tabs)
        self.identities = identities
        self.frame = Frame(panes)
        self.panes = PaneHost(self.frame, panes)
        self.panes.current = self.frame.strip.current = self.panes.place(first_pane) or 0
        self.connector = Connector(self, open_session)
        self.type_ahead = TypeAhead(self)
        self.crash: Failure | None = None
        self._survivors = Survivors(clock)
        self.window_title = ""
        self._setup_problems = apply_themes(self)

    def get_default_screen(self) -> Screen[None]:
        """The frame."""
        return self.frame

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for a theme that lacks them."""
        theme = self.get_theme(DEFAULT_THEME)
        return dict(theme.variables) if theme is not None else {}

    # Life

    def on_ready(self) -> None:
        """Connect once the frame is on the screen."""
        keep_widgets_alive()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.connect(self.connector.opener)
        self._apply_keymap()
        self.set_interval(1.0, self.show_session)

    @work(group="setup", exit_on_error=False)
    async def _apply_keymap(self) -> None:
        for problem in [*self._setup_problems, *await apply_keymap(self)]:
            self.note(problem, "warning")

    @work(exclusive=True, group="connect", exit_on_error=False)
    async def connect(self, opener: Opener) -> None:
        """Open a session in the place of the one that stands, if any."""
        await self.connector.connect(opener)

    @work(group="panes", exit_on_error=False)
    async def show_pane(self, index: int, request: Message | None = None) -> None:
        """Put the pane at this place of the strip on show, and hand it what another room asks of it."""
        if self.session is None:
            self.panes.current = self.frame.strip.current = index
            return
        with self.type_ahead.changing():
            built = len(self.panes.built)
            pane = await self.panes.show(index, self.session, is_asked_for=request is not None)
            if len(self.panes.built) > built and not self.is_headless:
                set_aside()
            if pane is not None and request is not None:
                pane.receive(request)
        self.type_ahead.give_to_first_pane()

    def show_session(self) -> None:
        """Bring the bars up to date with the session."""
        session_changes.show_session(self)

    def leave(self, status: int = 0) -> None:
        """End the console with this exit status."""
        self.panes.save()
        for pane in self.panes.built:
            pane.cancel_work()
        self.exit(status, return_code=status)

    # What happened

    def note(self, text: str, tone: messages.Tone = "note") -> None:
        """Put a sentence on the message line."""
        self.frame.message_line.add(Entry(text, tone, self.now()))

    def fail(self, failure: Failure) -> None:
        """Put a failure on the message line."""
        self.frame.message_line.add(failure_entry(failure, self.now()))

    def unexpected(self, error: BaseException, sentence: str) -> Failure:
        """Log an error that nobody foresaw, and say so in a sentence."""
        return unexpected(error, sentence, self.folders.log_file)

    def survive(self, error: Exception) -> bool:
        """Whether the console goes on after an error that nobody foresaw; tests see every error."""
        if self.is_headless or not self._survivors.can_go_on():
            return False
        self.fail(self.unexpected(error, "Something went wrong inside the console; nothing was lost."))
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A command of the frame failed: say so."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None:
            if self.is_headless:
                raise error
            self.fail(self.unexpected(error, "That did not work because of an error inside the console."))

    def _handle_exception(self, error: Exception) -> None:
        """Textual's last resort, which ends the program with a traceback on the screen."""
        if self.is_headless:
            super()._handle_exception(error)
        elif not self.is_running or not self.survive(error):
            self.crash = self.unexpected(error, "The console had to end after an error of its own.")
            self.panes.save()
            self.exit(1, return_code=1)

    # What rooms ask for

    @on(messages.Say)
    def _say(self, message: messages.Say) -> None:
        self.note(message.text, message.tone)

    @on(messages.Report)
    def _report(self, message: messages.Report) -> None:
        self.fail(message.failure)

    @on(messages.RunAs)
    def _run_as(self, message: messages.RunAs) -> None:
        session_changes.become(self, message.identity)

    @on(messages.UnlockWrites)
    def _unlock(self) -> None:
        self.action_command("unlock")

    @on(messages.LockWrites)
    def _lock(self) -> None:
        session_changes.set_unlocked(self, False)

    @on(messages.TransactionMode)
    def _transaction_mode(self, message: messages.TransactionMode) -> None:
        if self.session is not None:
            self.session.transaction = message.words
            self.show_session()

    @on(messages.RanAs)
    def _ran_as(self, message: messages.RanAs) -> None:
        if self.session is not None and self.session.is_impersonating:
            self.session.strength = message.strength
            self.show_session()

    @on(messages.RoomRequest)
    def _open_in_room(self, message: messages.RoomRequest) -> None:
        index = self.panes.place(message.room)
        if index is not None:
            self.show_pane(index, message)

    @on(PaneStrip.Chosen)
    def _pane_chosen(self, message: PaneStrip.Chosen) -> None:
        self.show_pane(message.index)

    @on(ErrorState.Retry)
    def _retry(self, message: ErrorState.Retry) -> None:
        if message.state.id == "failed":
            self.connect(self.connector.opener)
        elif message.state.id is not None and message.state.id.startswith("pane-") and self.session is not None:
            self.run_worker(self.panes.rebuild(self.panes.current, self.session), group="panes", exit_on_error=False)

    @on(ErrorState.Details)
    def _details(self, message: ErrorState.Details) -> None:
        self.start_command("details", message.failure)

    @on(Frame.Enlarged)
    def _focus_again(self) -> None:
        self.panes.focus_shown()

    @on(MessageLine.Clicked)
    def _messages(self) -> None:
        self.action_command("messages")

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; keys in their order, each after the effect of the one before."""
        if event.is_forwarded or not isinstance(event, Typed) or not self.type_ahead.takes(event):
            await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a dialog is open only it is spoken to, and what makes no sense now has no key."""
        if self.screen is not self.frame:
            return action in IN_DIALOGS
        if action == "show_pane":
            return parameters[0] in range(len(self.panes.specs))
        if action == "stop":
            return self.session is not None and (self.session.is_impersonating or self.session.unlocked)
        if action == "command" and parameters[0] == "impersonate":
            return self.session is not None
        return True

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def start_command(self, name: str, *arguments: object) -> None:
        """Carry out a command; the dialogs are imported with the first one, after the first paint."""
        from chatly_console.shell import commands

        with self.type_ahead.commanding():
            await getattr(commands, name)(self, *arguments)

    def action_command(self, name: str) -> None:
        """Carry out a command of `commands.py`."""
        self.start_command(name)

    action_show_pane = show_pane

    def action_stop(self) -> None:
        """Be the login again, or refuse writes again."""
        if self.session is not None and self.session.is_impersonating:
            session_changes.become(self, LOGIN)
        else:
            session_changes.set_unlocked(self, False)

    def action_cancel_work(self) -> None:
        """Stop what runs in the pane on show, or the attempt to connect."""
        pane = self.panes.shown
        stopping = self.connector.cancel() or (pane is not None and pane.cancel_work())
        self.note("Cancelling…" if stopping else "Nothing is running here.")

    def action_copy_or_cancel(self) -> None:
        """Copy what is marked; while something runs in this pane, cancel it."""
        pane = self.panes.shown
        if self.screen is self.frame and pane is not None and pane.busy:
            self.action_cancel_work()
        else:
            self.start_command("copy")

    def action_zoom(self) -> None:
        """Give the region with the focus the whole pane, or all their places back."""
        pane = self.panes.shown
        if pane is None or not toggle_zoom(self.focused, pane):
            self.note("There is only one region here.")

    async def action_quit(self) -> None:
        """Leave; asks first if something still runs."""
        self.start_command("leave")
