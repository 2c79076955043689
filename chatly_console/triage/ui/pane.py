"""The Triage pane: on call, what is wrong with this server now, who is to blame, and what to do about it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from textual import on, work

from chatly_console.shell.filter_input import FilterInput
from chatly_console.shell.grid.copying import copy_text
from chatly_console.shell.session import Session as ConsoleSession
from chatly_console.triage.groups import BY, Group
from chatly_console.triage.ui import views
from chatly_console.triage.ui.acting import Acting, open_details
from chatly_console.triage.ui.evidence_table import EvidenceTable
from chatly_console.triage.ui.keys import TRIAGE_BINDINGS
from chatly_console.triage.ui.statement_verbs import StatementVerbs
from chatly_console.triage.ui.watching_pane import WatchingPane
from chatly_console.triage.verdicts import View


class TriagePane(WatchingPane):
    """What its keys do; what each view of it shows is in `views`."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False
    BINDING_GROUP_TITLE = "Triage"
    BINDINGS = TRIAGE_BINDINGS

    def __init__(self, session: ConsoleSession, *, log_folder: Path | None = None) -> None:
        super().__init__(session, log_folder=log_folder)
        self.statements = StatementVerbs(self)
        self._acting = Acting(self, self.folder)

    # Keys

    def choose(self, *, anew: bool = True, **changes: Any) -> None:
        """See something else."""
        self.choice = replace(self.choice, **changes)
        self.draw(anew=anew)

    def action_view(self, view: View) -> None:
        """Look at other evidence."""
        self.choose(view=view)
        self.look_now()

    def action_pause(self) -> None:
        """Stop asking, or go on."""
        self.watching.pace.paused = not self.watching.pace.paused
        self.draw_lines()
        if not self.watching.pace.paused:
            self.look_now()

    def action_rate(self, step: int) -> None:
        """Ask more or less often."""
        (self.watching.pace.slower if step > 0 else self.watching.pace.faster)()
        self.draw_lines()

    def action_refresh_now(self) -> None:
        """Ask now, also for what is asked seldom."""
        self.watching.hurry()
        self.look_now()

    def action_own(self) -> None:
        """Show or hide the console's own connections."""
        self.choose(anew=False, own=not self.choice.own)

    def action_group(self) -> None:
        """Put the sessions together by the next of what they may have in common."""
        by = BY[(BY.index(self.choice.by) + 1) % len(BY)] if self.choice.view == "activity" else BY[1]
        self.choose(view="activity", by=by)

    def action_filter(self) -> None:
        """Open the filter line."""
        line = self.query_one(FilterInput)
        line.add_class("-open")
        line.focus()

    @on(FilterInput.Filtered)
    def _filtered(self, message: FilterInput.Filtered) -> None:
        self.choose(anew=False, needle=message.text)

    @on(FilterInput.Closed)
    def _filter_closed(self, message: FilterInput.Closed) -> None:
        needle = "" if message.cleared else self.choice.needle
        self.query_one(FilterInput).set_class(bool(needle), "-open")
        self.choose(anew=False, needle=needle)
        self.table.focus()

    # A line

    def detail(self, key: object) -> views.Detail | None:
        """Everything that is known about a line."""
        return views.detail_of(self._seen, self.choice.view, key)

    def group(self, key: object) -> Group | None:
        """The group that a line stands for, if it stands for one."""
        return views.group_of(self._seen, self.choice, key)

    @on(EvidenceTable.Opened)
    @work(group="dialog", exclusive=True)
    async def _open(self, message: EvidenceTable.Opened) -> None:
        group = self.group(message.key)
        if group is None:
            await open_details(self, message.key)
        elif group.needle:
            self.query_one(FilterInput).value = group.needle
            self.query_one(FilterInput).add_class("-open")
            self.choose(by="", needle=group.needle)

    @work(group="dialog", exclusive=True)
    async def action_copy_sql(self) -> None:
        """Copy the raw statement of the line, in full."""
        detail = await self.statements.whole_detail(self.table.cursor_key)
        if detail is not None and detail.sql:
            copy_text(self, detail.sql, "the statement")

    @work(group="dialog", exclusive=True)
    async def action_statement(self, verb: str) -> None:
        """Take the statement of the line to its plan or to the advisor, or choose the window of the statements."""
        await {"plan": self.statements.plan, "advise": self.statements.advise,
               "window": self.statements.choose_window}[verb]()  # fmt: skip

    def action_order(self) -> None:
        """Order statements by the next measure."""
        self.statements.next_order()

    @work(group="signal", exclusive=True)
    async def action_signal(self, verb: str) -> None:
        """Cancel the statement, or end the session, of the line; or the root of a tree, or a group; asks first."""
        if self.incidents.replay is None:
            if verb in ("root", "group"):
                await {"root": self._acting.root, "group": self._acting.group}[verb]()
            else:
                await self._acting.one(verb)

    # Records

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a replay has steps, and only what goes on now can be recorded or acted upon."""
        replays = self.incidents.replay is not None
        if action == "step":
            return replays
        return not (replays and action in ("signal", "record", "note", "mark", "pause"))

    def action_record(self) -> None:
        """Begin to record, or end it."""
        self.incidents.toggle()

    def action_mark(self) -> None:
        """Mark this moment in the record."""
        self.incidents.mark()

    @work(group="dialog", exclusive=True)
    async def action_incident(self, verb: str) -> None:
        """Add a note to the record, go through one or leave it, or write its time line."""
        await {"note": self.incidents.note, "replay": self.incidents.choose, "timeline": self.incidents.export}[verb]()
        self.refresh_bindings()

    def action_step(self, by: int) -> None:
        """Go on in the replay, or back."""
        self.incidents.step(by)
