"""The form of one profile: what was understood of its connection string is shown while it is typed."""

from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from chatly_console.connections.drafts import Draft, entry_of
from chatly_console.connections.ui.connection_input import ConnectionInput, Lines
from chatly_console.connections.ui.cycle import Cycle
from chatly_console.connections.understood import understand
from chatly_console.core.dsn import Surroundings
from chatly_console.core.failure import Failure
from chatly_console.core.text import safe_text
from chatly_console.server.profiles import ENVIRONMENTS, POOL_SIZE
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.text_fields import TextField

_line = partial(TextField, compact=True, select_on_focus=False)
_READ_ONLY = ("by environment", "yes", "no")
_READ_ONLY_VALUES = (None, True, False)


class ProfileForm(ModalScreen[Draft | None]):
    """Ends with a draft that can be saved, or None."""

    CSS_PATH = Path(__file__).with_name("profile_form.tcss")
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
    BINDINGS = [
        Binding("escape", "close", "Cancel", id="profile.cancel", tooltip="Leave everything as it is"),
        Binding("ctrl+s", "save", "Save", id="profile.save", tooltip="Save the profile"),
        Binding("down", "app.focus_next", "Next", show=False, id="profile.next", tooltip="The next field"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="profile.previous", tooltip="The field before"),
    ]

    def __init__(self, title: str, draft: Draft, around: Surroundings) -> None:
        super().__init__()
        self._title, self._around = title, around
        self._profile_name = _line(draft.name, "what the identity bar will say, such as shop-production")
        self._connection = ConnectionInput(draft.connection, placeholder="postgresql://user@host:5432/database")
        index = ENVIRONMENTS.index(draft.environment) if draft.environment in ENVIRONMENTS else len(ENVIRONMENTS)
        self._environment = Cycle((*ENVIRONMENTS, "not said"), index)
        self._read_only = Cycle(_READ_ONLY, _READ_ONLY_VALUES.index(draft.read_only))
        self._colour = _line(draft.colour, "of the mark in the list, such as #7aa2f7")
        self._ssh = _line(draft.ssh, "a host of your ssh configuration to go through")
        self._pool_size = _line(draft.pool_size, str(POOL_SIZE))
        self._lines = Lines()

    def compose(self) -> ComposeResult:
        """Title, fields, keys."""
        with Vertical(classes="dialog wide"):
            yield words(self._title, "title")
            with VerticalScroll(can_focus=False):
                yield from self._field("name", self._profile_name)
                yield from self._field("connection", self._connection)
                yield self._lines
                yield from self._field("environment", self._environment)
                yield from self._field("read-only", self._read_only)
                yield from self._field("ssh", self._ssh)
                yield from self._field("pool size", self._pool_size)
                yield from self._field("colour", self._colour)
            yield words("", "wrong")
            yield key_row(("^s", "save"), ("tab", "next field"), ("←→", "choose"), ("esc", "cancel"))

    def _field(self, label: str, widget: Widget) -> ComposeResult:
        with Horizontal(classes="field"):
            yield words(label, "label")
            yield widget

    def on_mount(self) -> None:
        """Begin where something is missing."""
        self._understand()
        (self._connection if self._profile_name.value else self._profile_name).focus()

    @on(Input.Changed)
    @on(Cycle.Changed)
    def _understand(self) -> None:
        text = self._connection.value.strip()
        self._lines.lines = understand(text, self._around).lines if text else ()
        self.query_one(".wrong", Static).update("")

    @on(Input.Submitted)
    def action_save(self) -> None:
        """End with what was typed, if it will do."""
        draft = self._draft()
        try:
            entry_of(draft, {}, self._around)
        except Failure as failure:
            self.query_one(".wrong", Static).update(Content(safe_text(f"{failure.sentence} {failure.hint}")))
            return
        self.dismiss(draft)

    def _draft(self) -> Draft:
        index = self._environment.index
        return Draft(
            self._profile_name.value.strip(),
            self._connection.value.strip(),
            ENVIRONMENTS[index] if index < len(ENVIRONMENTS) else "",
            _READ_ONLY_VALUES[self._read_only.index],
            self._colour.value.strip(),
            self._ssh.value.strip(),
            self._pool_size.value.strip(),
        )

    def action_close(self) -> None:
        """Nothing is saved."""
        self.dismiss(None)
