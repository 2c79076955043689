"""The Query pane: write SQL above, run it, and look through what comes back below."""

from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message

from chatly_console.query.meta_commands import MetaCommand
from chatly_console.query.ui.bindings import QUERY_BINDINGS
from chatly_console.query.ui.colon_commands import ColonCommands
from chatly_console.query.ui.completion import AssistedEditor
from chatly_console.query.ui.editing import EditorArea
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.file_verbs import FileVerbs
from chatly_console.query.ui.formatting import Formatting
from chatly_console.query.ui.history_screen import HistoryScreen
from chatly_console.query.ui.hosted_tabs import HostedTabs
from chatly_console.query.ui.meta_verbs import MetaVerbs
from chatly_console.query.ui.running_pane import RunningPane
from chatly_console.query.ui.snippet_library import SnippetLibrary
from chatly_console.shell.messages import OpenStatement
from chatly_console.shell.session import Session


class QueryPane(RunningPane, inherit_bindings=False):
    """Editor and result."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Query"
    BINDINGS = QUERY_BINDINGS

    def __init__(self, session: Session, *, state_root: Path | None = None) -> None:
        super().__init__(session, state_root=state_root)
        self._state_root = state_root
        self.files = FileVerbs(self)
        self.formatting = Formatting(self)
        self.meta = MetaVerbs(
            self, state_root, runner=self.runner, scripts=self.scripts, tables=self.verbs.tables, files=self.files,
            watching=self.watching, exporting=self.exporting, show_history=self.action_history,
        )  # fmt: skip
        self.colon = ColonCommands(self, self.files)
        self.snippets = SnippetLibrary(self, state_root / "queries" if state_root else None)

    @property
    def busy(self) -> str:
        """What runs here, for who wants to leave."""
        return "the layout of a text" if self.formatting.is_on else super().busy

    def cancel_work(self) -> bool:
        """Cancel what runs."""
        return self.formatting.cancel() or super().cancel_work()

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield EditorArea(self.session.profile.name, state_root=self._state_root)
        yield self.results
        yield HostedTabs()

    # What the shell calls

    def on_shown(self) -> None:
        """Typing goes to the editor."""
        self.heartbeat.attend(True)
        self.editing.editor.focus()

    def on_hidden(self) -> None:
        """Time passes on another screen now."""
        self.heartbeat.attend(False)

    def on_typed_ahead(self) -> None:
        """A text of the last session stays as it was; what was typed begins a statement of its own behind it."""
        self.editing.begin_statement()

    def on_connected(self) -> None:
        """Rows that are loaded stay; the texts are those of the profile."""
        super().on_connected()
        if self.is_mounted:
            self.editing.open_profile(self.session.profile.name)

    def receive(self, request: Message) -> None:
        """Another room has a statement for the editor."""
        if not isinstance(request, OpenStatement):
            super().receive(request)
        elif request.run:
            self.run_statement(request.sql)
        else:
            self.editing.add_buffer(text=request.sql)

    def run_statement(self, sql: str) -> None:
        """Run what another pane asked for, from a buffer of its own."""
        self.editing.add_buffer(text=sql)
        self.action_run()

    def save(self) -> None:
        """Keep the texts."""
        if self.is_mounted:
            self.editing.save()

    # Moving about

    @on(SqlEditor.Left)
    def action_to_result(self) -> None:
        """Let keys go to what is below the editor."""
        if not self.focus_hosted():
            self.result.focus_rows()

    def action_new_buffer(self) -> None:
        """Go on in an empty buffer."""
        self.editing.add_buffer()

    def action_step_buffer(self, by: int) -> None:
        """Go to another buffer."""
        self.editing.step_buffer(by)

    def action_rename_buffer(self) -> None:
        """Give the buffer another name."""
        self.editing.ask_name()

    def action_close_buffer(self) -> None:
        """Throw the buffer away; one with text in it only after a yes."""
        self.editing.ask_close()

    def run_command(self, command: MetaCommand) -> None:
        """Do what a backslash command means."""
        self.do(self.meta.do(command))

    def action_open_file(self) -> None:
        """Open a file of SQL."""
        self.do(self.files.open())

    def action_save_file(self) -> None:
        """Save the text to a file."""
        self.do(self.files.save())

    def action_edit_outside(self) -> None:
        """Edit the text with the user's own editor."""
        self.do(self.files.edit_outside())

    def action_vi_keys(self) -> None:
        """Vi keys, or plain ones again."""
        wanted = self.editing.editor.vi is None
        self.editing.use_vi(wanted)
        meant = "Vi keys: i types, esc ends that, U does again; F5 and all the console's keys stay."
        self.say(meant if wanted else "Plain keys.")

    @on(SqlEditor.VerbAsked)
    def _verb_of_vi(self, event: SqlEditor.VerbAsked) -> None:
        vi = self.editing.editor.vi
        if event.verb == "command" and vi is not None:
            self.do(self.colon.carry_out(vi.vi.command))
        elif event.verb == "format" and vi is not None and vi.vi.to_format is not None:
            self.formatting.start(self.editing.editor.offsets_of(*vi.vi.to_format))
        else:
            self.action_step_buffer(1 if event.verb == "next buffer" else -1)

    def action_format(self) -> None:
        """Lay the selection, or the statement at the cursor, out anew."""
        self.formatting.start()

    @work(group="snippets", exclusive=True, exit_on_error=False)
    async def action_snippets(self) -> None:
        """Open a saved query."""
        self.query_one(AssistedEditor).close_lists()
        await self.snippets.open_one()

    @work(group="snippets", exclusive=True, exit_on_error=False)
    async def action_keep_snippet(self) -> None:
        """Keep the statement at the cursor as a saved query."""
        await self.snippets.keep("".join(sql for _, sql in self.editing.editor.chosen()[:1]))

    @work(group="history", exclusive=True)
    async def action_history(self) -> None:
        """Find a statement of the history and put it into the editor."""
        self.query_one(AssistedEditor).close_lists()
        sql = await self.app.push_screen_wait(HistoryScreen(self.record.history))
        if sql is not None:
            self.editing.recalled.forget()
            self.editing.recalled.put(self.editing.editor, sql)

    @on(SqlEditor.RecallAsked)
    async def _recall(self, event: SqlEditor.RecallAsked) -> None:
        step = max(self.editing.recalled.step + event.step, 0)
        found = await self.record.history.search(profile=self.session.profile.name, limit=step + 1)
        if step < len(found):
            self.editing.recalled.step = step
            self.editing.recalled.put(self.editing.editor, found[step].sql)
