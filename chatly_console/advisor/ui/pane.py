"""The Advisor pane: what should be mended in the connected database, with the evidence and the fix of each."""

from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from chatly_console.advisor.checks import Finding, Level
from chatly_console.advisor.service import advise
from chatly_console.core.failure import Failure
from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import safe_text
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.grid.messages import CursorMoved, RowOpened
from chatly_console.shell.messages import OpenStatement, Report
from chatly_console.shell.pane import Pane

_COLUMNS = ("level", "object", "finding", "detail")
_MARKS = {Level.ERROR: "✗ error", Level.WARN: "▲ warn", Level.INFO: "· info"}


class AdvisorPane(Pane):
    """Looks when it is first shown, and again on `r`."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS = [
        Binding("r", "refresh", "look again", id="advisor.refresh", tooltip="Run all checks again"),
        Binding("o", "open_fix", "fix", id="advisor.fix", tooltip="Put the fix into the Query pane; nothing is run"),
    ]

    def compose(self) -> ComposeResult:
        """The summary, the findings, and all about the chosen one."""
        yield Static(id="advisor-summary")
        yield ResultGrid(empty="Nothing to mend: no check found anything.", id="advisor-findings", opens_details=False)
        yield Static(id="advisor-detail")

    def on_mount(self) -> None:
        """Begin with nothing known."""
        self._findings: list[Finding] | None = None

    def on_shown(self) -> None:
        """Look on the first visit."""
        if self._findings is None:
            self.action_refresh()
        self.query_one("#advisor-findings").focus()

    def on_connected(self) -> None:
        """Another database has other faults."""
        if self.is_mounted:
            self._findings = None
            self.action_refresh()

    def action_refresh(self) -> None:
        """Run all checks."""
        self._look()

    def action_open_fix(self) -> None:
        """Show the fix as SQL, to be read and run by its own rules."""
        finding = self._chosen()
        if finding is not None and finding.fix:
            self.post_message(OpenStatement(f"-- {finding.check.name}: {finding.object}\n{finding.fix}\n"))

    @work(exclusive=True, group="advisor", exit_on_error=False)
    async def _look(self) -> None:
        database = self.session.database
        if database is None:
            self._say("No database is connected. F2 connects one.")
            return
        self._say("Looking…")
        try:
            findings = await advise(database)
        except Failure as failure:
            self._say(f"✗ {failure.sentence}")
            self.post_message(Report(failure))
            return
        self._findings = findings
        counts = {level: sum(finding.check.level is level for finding in findings) for level in Level}
        words = "   ".join(f"{_MARKS[level]} {count}" for level, count in counts.items())
        self._say(f"{words}   not impersonated: looks as {database.facts.user}")
        rows = [(_MARKS[f.check.level], f.object, f.check.name, f.detail) for f in findings]
        self.query_one("#advisor-findings", ResultGrid).set_source(ListedRows(_COLUMNS, rows))
        self._show(findings[0] if findings else None)

    @on(CursorMoved, "#advisor-findings")
    def _moved(self, message: CursorMoved) -> None:
        if message.row is not None and self._findings:
            self._show(self._findings[message.row])

    @on(RowOpened, "#advisor-findings")
    def _opened(self) -> None:
        self.action_open_fix()

    def _chosen(self) -> Finding | None:
        grid = self.query_one("#advisor-findings", ResultGrid)
        return self._findings[grid.source_row(grid.cursor_row)] if self._findings else None

    def _show(self, finding: Finding | None) -> None:
        detail = self.query_one("#advisor-detail", Static)
        if finding is None:
            detail.update("")
            return
        lines = [f"{finding.check.name} on {finding.object}", finding.detail, finding.check.why]
        if finding.fix:
            lines.append(f"fix   {finding.fix}   (o opens it)")
        detail.update(Content("\n".join(safe_text(line) for line in lines)))

    def _say(self, words: str) -> None:
        self.query_one("#advisor-summary", Static).update(Content(safe_text(words)))
