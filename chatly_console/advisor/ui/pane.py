"""The Advisor pane: what should be mended in the connected database, with the evidence and the fix of each."""

from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from chatly_console.advisor.checks import Finding
from chatly_console.advisor.fix import is_sql, is_upkeep, migration_name, undo_of
from chatly_console.advisor.listing import COLUMNS, Order, ordered, row, summary, told
from chatly_console.advisor.service import Advice, advise
from chatly_console.advisor.silence import Silence, add_silence, parted, read_silences
from chatly_console.advisor.ui.keys import ADVISOR_BINDINGS
from chatly_console.core.failure import Failure
from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import safe_text
from chatly_console.migrations.writing import migrations_folder
from chatly_console.shell.dialogs import AskText
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.grid.messages import CursorMoved, RowOpened
from chatly_console.shell.messages import (
    OpenRelation,
    OpenStatement,
    Report,
    Say,
    ShowFindings,
    ShowPolicies,
    WriteMigration,
)
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session


class AdvisorPane(Pane):
    """Looks when it is first shown, and again on `r`."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDING_GROUP_TITLE = "Advisor"
    BINDINGS = ADVISOR_BINDINGS

    def __init__(self, session: Session, *, folder: Path | None = None) -> None:
        super().__init__(session)
        self._folder = folder or migrations_folder()
        self._advice: Advice | None = None
        self._shown: list[Finding] = []
        self._order = Order.LEVEL
        self._relation = ("", "")

    def compose(self) -> ComposeResult:
        """The summary, the findings, and all about the chosen one."""
        yield Static(id="advisor-summary", markup=False)
        yield ResultGrid(empty="Nothing to mend: no check found anything.", id="advisor-findings", opens_details=False)
        yield Static(id="advisor-detail", markup=False)

    def on_shown(self) -> None:
        """Look on the first visit."""
        if self._advice is None:
            self.action_refresh()
        self.query_one("#advisor-findings").focus()

    def on_connected(self) -> None:
        """Another database has other faults."""
        if self.is_mounted:
            self._advice, self._relation = None, ("", "")
            self.action_refresh()

    def receive(self, request: Message) -> None:
        """Another room wants to know what is wrong with a relation."""
        if isinstance(request, ShowFindings):
            self._relation = (request.schema, request.name)
            self._list()

    @property
    def busy(self) -> str:
        """What runs, for who wants to leave."""
        return "the advisor's checks" if self._is_looking else ""

    @property
    def _is_looking(self) -> bool:
        return any(w.group == "advisor" and w.node is self and not w.is_finished for w in self.workers)

    def cancel_work(self) -> bool:
        """Stop looking; what was found before stays."""
        looking = self._is_looking
        if looking:
            self.workers.cancel_group(self, "advisor")
            self._list()
        return looking

    # Looking

    def action_refresh(self) -> None:
        """Run all checks."""
        self._look()

    @work(exclusive=True, group="advisor", exit_on_error=False)
    async def _look(self) -> None:
        database = self.session.database
        if database is None:
            self._say("No database is connected. F2 connects one.")
            return
        self._say("Looking…")
        try:
            self._advice = await advise(database)
        except Failure as failure:
            self._say(f"✗ {failure.sentence}")
            self.post_message(Report(failure))
            return
        self._list()

    def _list(self) -> None:
        if self._advice is None or self.session.database is None:
            return
        try:
            silences = read_silences(self._folder)
        except Failure as failure:
            self.post_message(Report(failure))
            silences = ()
        speaking, silenced = parted(self._advice.findings, silences)
        self._shown = ordered(speaking, self._order, *self._relation)
        words = summary(self._shown, len(silenced), len(self._advice.skipped))
        about = f"of {'.'.join(self._relation)} alone, a shows all" if self._relation[1] else ""
        who = f"not impersonated: looks as {self.session.database.facts.user}"
        self._say("   ".join(filter(None, (words, about, f"by {self._order.value}", who))))
        self.query_one("#advisor-findings", ResultGrid).set_source(ListedRows(COLUMNS, [row(f) for f in self._shown]))
        self._tell(self._shown[0] if self._shown else None)
        for skipped in self._advice.skipped:
            self.post_message(Say(f"Not looked at: {skipped.check.name}: {skipped.reason}", "warning"))

    # What is done with a finding

    def action_order(self) -> None:
        """Group by something else."""
        self._order = self._order.next
        self._list()

    def action_show_all(self) -> None:
        """The findings on all relations again."""
        self._relation = ("", "")
        self._list()

    def action_open_fix(self) -> None:
        """Show the fix as SQL, to be read and run by its own rules."""
        finding = self._chosen()
        if finding is not None and is_sql(finding):
            self.post_message(OpenStatement(f"-- {finding.check.name}: {finding.object}\n{finding.fix}\n"))
        elif finding is not None:
            self.post_message(Say("This fix is no single statement: it needs a decision of yours."))

    def action_migrate(self) -> None:
        """Write the fix as a migration."""
        finding = self._chosen()
        if finding is None:
            return
        if not is_sql(finding) or is_upkeep(finding):
            self.post_message(Say("This fix is nothing for a migration."))
            return
        self.post_message(WriteMigration(migration_name(finding), finding.fix, undo_of(finding)))

    @work(group="silence", exclusive=True, exit_on_error=False)
    async def action_silence(self) -> None:
        """Live with the finding, for a reason."""
        finding = self._chosen()
        if finding is None:
            return
        question = f"Why is {finding.check.name} on {finding.object} meant to be so?"
        detail = f"The reason is kept in {self._folder}/advisor.toml, so that others and CI know it."
        reason = await self.app.push_screen_wait(
            AskText(question, detail, check=lambda text: "" if text.strip() else "A reason is needed.")
        )
        if reason is None:
            return
        try:
            path = add_silence(self._folder, Silence(finding.check.name, finding.object, reason.strip()))
        except Failure as failure:
            self.post_message(Report(failure))
            return
        self._list()
        self.post_message(Say(f"Silenced, in {path}", "done"))

    @on(RowOpened, "#advisor-findings")
    def _opened(self) -> None:
        finding = self._chosen()
        if finding is None:
            return
        if not finding.relation:
            self.action_open_fix()
        elif "polic" in finding.check.name or "rls" in finding.check.name:
            self.post_message(ShowPolicies(finding.schema, finding.relation))
        else:
            self.post_message(OpenRelation(finding.schema, finding.relation))

    @on(CursorMoved, "#advisor-findings")
    def _moved(self, message: CursorMoved) -> None:
        if message.row is not None and message.row < len(self._shown):
            self._tell(self._shown[message.row])

    def _chosen(self) -> Finding | None:
        grid = self.query_one("#advisor-findings", ResultGrid)
        return self._shown[grid.source_row(grid.cursor_row)] if self._shown else None

    def _tell(self, finding: Finding | None) -> None:
        detail = self.query_one("#advisor-detail", Static)
        if finding is None:
            detail.update("")
            return
        title = Content.styled(safe_text(f"{finding.check.name} on {finding.object}"), "bold")
        lines = [Content.assemble((f"{name:<10}", "$muted"), safe_text(words)) for name, words in told(finding)]
        detail.update(Content("\n").join([title, *lines]))

    def _say(self, words: str) -> None:
        self.query_one("#advisor-summary", Static).update(Content(safe_text(words)))
