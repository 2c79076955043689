"""What every pane has in common, and the entry by which the app knows it before it is imported."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from chatly_console.shell.session import Session
from chatly_console.shell.statement_host import StatementHost


@dataclass(frozen=True, slots=True)
class PaneSpec:
    """A pane's place on the strip: `path` is `module:Class`, imported on the first visit."""

    name: str
    title: str
    path: str


class Pane(Vertical):
    """One of the numbered panes. It is built on its first visit, and lives until the console ends.

    The shell calls the `on_...` methods below; they are plain, quick and may start workers.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.focus_left: Widget | None = None
        """What had the focus when another pane was shown; the shell gives it back."""
        self.host: StatementHost | None = None
        """The pane below whose editor this one stands; None where it is one of its own."""

    def compose(self) -> ComposeResult:
        """Build the pane's widgets."""
        yield from ()

    def on_connected(self) -> None:
        """Another database is connected (or the first): forget what was read from the last one."""

    def on_identity_changed(self) -> None:
        """Statements now run as `self.session.identity`."""

    def on_link_changed(self) -> None:
        """The way to the server was lost or came back: see `self.session.link`."""

    def on_shown(self) -> None:
        """The pane has become the visible one (also on its first visit, after it was composed)."""

    def on_typed_ahead(self) -> None:
        """Keys follow that were typed before this pane was there: they must not mix with what stands in it."""

    def on_hidden(self) -> None:
        """Another pane has become the visible one: stop what only matters on screen."""

    def receive(self, request: Message) -> None:
        """Another room asks for something that belongs here (`OpenStatement`, ...); called once shown."""

    @property
    def busy(self) -> str:
        """What runs here in a few words (`a statement, 12 s`), or empty: for leaving, ctrl+c and the footer.

        Call `self.app.refresh_bindings()` when it begins and ends: the footer then names the key that cancels.
        """
        return ""

    @property
    def unfinished(self) -> str:
        """What would be lost by leaving though nothing runs (`a transaction, 12 s old`), or empty."""
        return ""

    def cancel_work(self) -> bool:
        """Stop what runs here; returns whether there was anything."""
        return False

    def save(self) -> None:
        """Keep what the user typed: the console is about to end, perhaps by a signal. Quick, and without the server."""
