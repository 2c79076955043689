"""The running half of the Query pane: what is sent, in which transaction, and what can be done with its rows."""

import asyncio
from contextlib import suppress
from pathlib import Path

from textual import on, work

from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode
from chatly_console.core.sql.meta import next_line
from chatly_console.query.history import History
from chatly_console.query.meta_commands import SENDING, MetaCommand, command_behind
from chatly_console.query.place import Place
from chatly_console.query.record import Record
from chatly_console.query.run import Phase
from chatly_console.query.script_file import has_data_below, script_of_text
from chatly_console.query.service import StatementRun
from chatly_console.query.transaction_words import Control, mode_words, open_words
from chatly_console.query.ui.completion import AssistedEditor
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.error_place import error_in_editor
from chatly_console.query.ui.exporting import Exporting
from chatly_console.query.ui.heartbeat import Heartbeat
from chatly_console.query.ui.hint_verbs import apply_hint, remedies
from chatly_console.query.ui.hosted_offers import HostedOffers
from chatly_console.query.ui.parameter_asking import ParameterAsking
from chatly_console.query.ui.result_tabs import ResultTabs
from chatly_console.query.ui.results import ResultView
from chatly_console.query.ui.row_verbs import RowVerbs
from chatly_console.query.ui.runner import Runner
from chatly_console.query.ui.script_runs import ScriptRuns
from chatly_console.query.ui.showing_pane import ShowingPane
from chatly_console.query.ui.watching import Watching
from chatly_console.shell.grid.messages import ExportRequested, LinkFollowed
from chatly_console.shell.messages import TransactionMode
from chatly_console.shell.session import Session


class RunningPane(ShowingPane):
    """Runs belong to the pane, not to its widgets, and go on while another pane is looked at."""

    def __init__(self, session: Session, *, state_root: Path | None = None) -> None:
        super().__init__(session)
        history = History(state_root / "history.sqlite" if state_root else None)
        self.record = Record(history, lambda sentence: self.say(sentence, failed=True))
        parameters = ParameterAsking(self, state_root)
        self.runner = Runner(self, self.record, parameters)
        self.scripts = ScriptRuns(self, self.runner)
        self.offers = HostedOffers(parameters, self.runner)
        self.verbs = RowVerbs(self, self.runner)
        self.watching = Watching(self, self.runner)
        self.exporting = Exporting(self)
        self.heartbeat = Heartbeat(self._look)
        self._mode = mode_words(None)

    def on_mount(self) -> None:
        """Begin."""
        self.heartbeat.start(self)
        self.do(self.exporting.remove_leftovers())

    # What the shell calls

    @property
    def busy(self) -> str:
        """What runs here, for who wants to leave."""
        if self.exporting.is_on and self.exporting.rows:
            return "an export"
        if self.watching.is_on:
            return "a statement that is repeated"
        if self.runner.held.is_committing:
            return "a commit"
        run = self.runner.at_work
        if run is None or not run.state.is_working:
            return super().busy
        return f"a statement, {run.seconds:.0f} s"

    @property
    def unfinished(self) -> str:
        """The open transaction."""
        seconds = self.runner.held.seconds
        return open_words(seconds)

    def cancel_work(self) -> bool:
        """Cancel what runs and waits; the result says `cancelled` once the server has stopped."""
        self.runner.drop_waiting()
        if self.exporting.cancel() or self.watching.stop():
            return True
        runs = [run for run in self.results.runs if run.state.is_working]
        return sum(run.cancel() for run in runs) > 0 or self.runner.held.cancel_commit() or super().cancel_work()

    async def on_unmount(self) -> None:
        """Let go of what is held."""
        for run in self.results.runs:
            await run.forget()
        if self.runner.held.current is not None:
            await self.runner.held.end(commit=False)
        await self.record.history.close()

    # Running

    @on(SqlEditor.RunAsked)
    def action_run(self) -> None:
        """Run the selection, the statement at the cursor, or the backslash command on its line."""
        editor = self.editing.editor
        command = editor.command_at_cursor()
        chosen = editor.chosen()
        if command is not None and command.name in SENDING:
            chosen = editor.statement_before_cursor()
        elif command is not None:
            self.run_command(command)
            return
        elif len(chosen) == 1:
            command = command_behind(editor.text, chosen[0][0] + len(chosen[0][1]))
        self._run_chosen(chosen, "There is no statement at the cursor: F5 runs the one with the mark ▸.", command)

    def action_run_all(self) -> None:
        """Run all of the buffer as a script: its statements one after the other, and the commands between them."""
        self.query_one(AssistedEditor).close_lists()
        self._run_script(self.editing.editor.text, 0)

    def _run_chosen(self, chosen: list[tuple[int, str]], nothing: str, then: MetaCommand | None = None) -> None:
        editor = self.editing.editor
        self.query_one(AssistedEditor).close_lists()
        if not chosen:
            self.say(nothing, failed=True)
        elif len(chosen) > 1:
            start, end = editor.chosen_offsets()
            self._run_script(editor.text[start:end], start)
        elif then is not None and then.name == "gexec":
            end = chosen[0][0] + len(chosen[0][1])
            self._run_script(editor.text[chosen[0][0] : next_line(editor.text, end)], chosen[0][0])
        elif has_data_below(chosen[0][1]):
            self._run_script(editor.text[chosen[0][0] :], chosen[0][0], only_first=True)
        else:
            self._run_all([Place(self.editing.buffers.active.name, *chosen[0])], then)

    @work(group="query", exit_on_error=False)
    async def _run_script(self, text: str, offset: int, *, only_first: bool = False) -> None:
        name = self.editing.buffers.active.name
        line = self.editing.editor.text.count("\n", 0, offset) + 1
        try:
            script = await asyncio.to_thread(script_of_text, text, name, offset=offset, line=line)
            if only_first:
                script.steps, script.left_out = script.steps[:1], []
            await self.scripts.run(script)
        except Failure as failure:
            self.fail(failure)

    def run_command(self, command: MetaCommand) -> None:
        """Do what a backslash command means; the pane knows."""

    @work(group="query", exit_on_error=False)
    async def _run_all(self, places: list[Place], then: MetaCommand | None) -> None:
        if await self.runner.run_all(places) and then is not None and then.name != "g":
            self.run_command(then)

    @work(group="query", exit_on_error=False)
    async def action_begin(self) -> None:
        """Begin a transaction that every statement joins."""
        await self.runner.begin(Control("begin"))

    @work(group="query", exit_on_error=False)
    async def action_end(self, commit: bool) -> None:
        """Commit the open transaction, or roll it back."""
        await self.runner.end(commit=commit)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What makes sense now: a transaction can be ended, a hint applied, there is something below to go to."""
        match action:
            case "end":
                return self.runner.held.current is not None and not self.runner.is_busy
            case "apply_hint":
                return bool(self.run and remedies(self.editing, self.result.place, self.run.state))
            case "to_editor":
                return not self.editing.editor.has_focus
            case "to_result":  # with vi keys Esc has another meaning before
                editor, is_something = self.editing.editor, self.run is not None or self.shows_hosted
                return editor.has_focus and editor.vi is None and is_something
        return True

    def action_apply_hint(self) -> None:
        """Write what the hint of the error on show says."""
        self.do(apply_hint(self))

    def wake(self) -> None:
        """Something is under way whose time is to pass on the screen."""
        self.heartbeat.wake()

    def run_changed(self, run: StatementRun) -> None:
        """The run has moved on: show it, whichever pane is in sight."""
        self.wake()
        super().run_changed(run)

    def ended(self, run: StatementRun, place: Place) -> None:
        """The statement has its first page, or its end."""
        self.app.refresh_bindings()
        self.query_one(AssistedEditor).statement_ended()
        if run.request.mode is not Mode.READ_ONLY:
            self.verbs.tables.forget()
        view = self.results.view_of(run)
        if view is not None and run.rows is not None and run.rows.columns:
            self._learn(view)
        found = error_in_editor(self.editing, place, run.state.failure)
        if found is not None:
            self.editing.editor.mark_error(*found)

    @work(group="learn", exit_on_error=False)
    async def _learn(self, view: ResultView) -> None:
        """Find out where the columns lead; where that fails, nothing is said before somebody asks for it."""
        with suppress(Failure):
            await self.verbs.learn(view)

    @on(LinkFollowed)
    def _link_followed(self, event: LinkFollowed) -> None:
        event.stop()
        self.do(self.verbs.follow(self.result, event.row, event.column))

    @on(ResultTabs.VerbAsked)
    def _verb_asked(self, event: ResultTabs.VerbAsked) -> None:
        event.stop()
        if event.verb == "watch":
            self._watch()
        else:
            self.do(getattr(self.verbs, event.verb)(self.result))

    def _watch(self) -> None:
        try:
            self.watching.start(self.result)
        except Failure as failure:
            self.fail(failure)

    def show_mode(self) -> None:
        """Bring the transaction's age on the identity bar up to date."""
        held = self.runner.held
        words = mode_words(held.seconds, len(held.joined))
        if words != self._mode:
            self._mode = words
            self.post_message(TransactionMode(words))
            self.app.refresh_bindings()

    async def _look(self) -> bool:
        """Time passes on screen while something runs, a cursor is open or a transaction; returns whether any is."""
        self.show_mode()
        await self.runner.notice_loss()
        live = [view for view in self.results if view.run is not None and view.run.state.holds_connection]
        for view in live:
            run = view.run
            if run is None or not view.children:
                continue
            if run.state.phase is Phase.OPEN:
                view.show_header(run)
            else:
                view.show(run)
        return bool(live) or self.runner.is_working or self.runner.held.current is not None

    @on(ExportRequested)
    def _export_asked(self, event: ExportRequested) -> None:
        event.stop()
        self.action_export()

    def action_export(self) -> None:
        """Write all rows of the result, loaded or not, to a file: those of this run, by the same identity."""
        self.exporting.start(self.run)
