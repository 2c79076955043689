"""The Advisor pane: what should be mended in the connected database, with the evidence and the fix of each."""

from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from chatly_console.advisor import index_report
from chatly_console.advisor.checks import Finding
from chatly_console.advisor.fix import is_sql, is_upkeep, migration_name, undo_of
from chatly_console.advisor.index_service import IndexAdvice, Tried, advise_index
from chatly_console.advisor.listing import COLUMNS, Order, ordered, row, summary, told
from chatly_console.advisor.service import Advice, advise
from chatly_console.advisor.silence import Silence, add_silence, parted, read_silences
from chatly_console.advisor.ui.keys import ADVISOR_BINDINGS
from chatly_console.core.failure import Failure
from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import safe_text
from chatly_console.migrations.writing import migrations_folder
from chatly_console.shell.dialogs import AskText, Confirm
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.grid.messages import CursorMoved, RowOpened
from chatly_console.shell.messages import (
    AdviseIndex,
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
        self._index: IndexAdvice | None = None
        """The advice on a statement, while it is on show in the place of the findings."""
        self._relation = ("", "")

    def compose(self) -> ComposeResult:
        """The summary, the findings, and all about the chosen one."""
        yield Static(id="advisor-summary", markup=False)
        yield ResultGrid(
            empty="Nothing to mend: no check found anything.",
            id="advisor-findings",
            opens_details=False,
            leaves=("export",),
        )
        yield Static(id="advisor-detail", markup=False)

    def on_shown(self) -> None:
        """Look on the first visit."""
        if self._advice is None:
            self.action_refresh()
        self.query_one("#advisor-findings").focus()

    def on_connected(self) -> None:
        """Another database has other faults."""
        if self.is_mounted:
            self._advice, self._relation, self._index = None, ("", ""), None
            self.action_refresh()

    def receive(self, request: Message) -> None:
        """Another room wants to know what is wrong with a relation."""
        if isinstance(request, ShowFindings):
            self._relation, self._index = (request.schema, request.name), None
            self._list()
        elif isinstance(request, AdviseIndex):
            self._look_for_index(request.sql)

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

    @work(exclusive=True, group="advisor", exit_on_error=False)
    async def _look_for_index(self, sql: str, *, measure: bool = False) -> None:
        database = self.session.database
        if database is None:
            return
        self._say("Looking for an index…")
        try:
            self._index = await advise_index(
                database, sql, identity=self.session.identity, measure=measure,
                progress=lambda words: self._say(f"Looking for an index: {words}…"),
            )  # fmt: skip
        except Failure as failure:
            self._say(f"✗ {failure.sentence}")
            self.post_message(Report(failure))
            return
        self._list_index()

    def _list_index(self) -> None:
        advice = self._index
        assert advice is not None
        who = f"as {advice.run.as_whom}" if advice.run.as_whom else "as the login"
        self._say(f"{index_report.summary(advice)}   {who}   t builds and measures, a shows the findings")
        rows = [index_report.row(one) for one in advice.tried]
        self.query_one("#advisor-findings", ResultGrid).set_source(ListedRows(index_report.COLUMNS, rows))
        self._tell_index(0)
        for note in advice.notes:
            self.post_message(Say(note))

    def _tell_index(self, row: int) -> None:
        assert self._index is not None
        if row < len(self._index.tried):
            self._write(self._index.run.sql.strip(), index_report.details(self._index.tried[row]))
        else:
            self._write(self._index.run.sql.strip(), [("", "No index is worth trying for this statement.")])

    def _list(self) -> None:
        if self._advice is None or self.session.database is None or self._index is not None:
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
        self._relation, self._index = ("", ""), None
        if self._advice is None:
            self.action_refresh()
        self._list()

    @work(group="measure", exclusive=True, exit_on_error=False)
    async def action_measure(self) -> None:
        """Build the candidates for real, each in a transaction that is rolled back."""
        if self._index is None:
            self.post_message(Say("Ask for an index for a statement first: F8 in the Query pane, then its advice."))
            return
        if self.session.is_production:
            self.post_message(Say("Nothing is built for trial on production.", "warning"))
            return
        question = "Build and measure each candidate, and roll it back?"
        detail = "Writers of the table wait while one is built and measured: seconds, for tables of up to 256 MB."
        if await self.app.push_screen_wait(Confirm(question, detail, verb="build and measure")):
            self._look_for_index(self._index.run.sql, measure=True)

    def action_open_fix(self) -> None:
        """Show the fix as SQL, to be read and run by its own rules."""
        tried = self._chosen_index()
        if tried is not None:
            self.post_message(OpenStatement(f"{tried.candidate.sql()};\n"))
            return
        finding = self._chosen()
        if finding is not None and is_sql(finding):
            self.post_message(OpenStatement(f"-- {finding.check.name}: {finding.object}\n{finding.fix}\n"))
        elif finding is not None:
            self.post_message(Say("This fix is no single statement: it needs a decision of yours."))

    def action_migrate(self) -> None:
        """Write the fix as a migration."""
        tried = self._chosen_index()
        if tried is not None:
            name = f"index {tried.candidate.name}"
            self.post_message(WriteMigration(name, f"{tried.candidate.sql()};", f"{tried.candidate.undo};"))
            return
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
        if finding is None or not finding.relation:
            self.action_open_fix()
        elif "polic" in finding.check.name or "rls" in finding.check.name:
            self.post_message(ShowPolicies(finding.schema, finding.relation))
        else:
            self.post_message(OpenRelation(finding.schema, finding.relation))

    @on(CursorMoved, "#advisor-findings")
    def _moved(self, message: CursorMoved) -> None:
        if message.row is not None and self._index is not None:
            self._tell_index(message.row)
        elif message.row is not None and message.row < len(self._shown):
            self._tell(self._shown[message.row])

    def _chosen(self) -> Finding | None:
        grid = self.query_one("#advisor-findings", ResultGrid)
        return self._shown[grid.source_row(grid.cursor_row)] if self._shown and self._index is None else None

    def _chosen_index(self) -> Tried | None:
        grid = self.query_one("#advisor-findings", ResultGrid)
        tried = self._index.tried if self._index is not None else ()
        return tried[grid.source_row(grid.cursor_row)] if tried else None

    def _tell(self, finding: Finding | None) -> None:
        if finding is None:
            self.query_one("#advisor-detail", Static).update("")
        else:
            self._write(f"{finding.check.name} on {finding.object}", told(finding))

    def _write(self, title: str, lines: list[tuple[str, str]]) -> None:
        content = [Content.assemble((f"{name:<10}", "$muted"), safe_text(words)) for name, words in lines]
        detail = Content("\n").join([Content.styled(safe_text(title), "bold"), *content])
        self.query_one("#advisor-detail", Static).update(detail)

    def _say(self, words: str) -> None:
        self.query_one("#advisor-summary", Static).update(Content(safe_text(words)))
