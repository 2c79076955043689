"""The pane while nothing runs: how things stand, the timeline, and below it one migration."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.text import safe_text
from chatly_console.migrations.known import Known
from chatly_console.migrations.reading import Reading
from chatly_console.migrations.rows import timeline_rows
from chatly_console.migrations.status import Migration, State
from chatly_console.migrations.ui import views
from chatly_console.migrations.ui.detail import Detail
from chatly_console.migrations.ui.row_list import RowList

_EMPTY = "No migrations: neither a file here nor a row in the history. n writes one."


class Overview(Vertical):
    """It is told what to show; the pane reads it."""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(id="migrations-title", markup=False)
        yield Static(id="migrations-summary", markup=False)
        yield Static(id="migrations-outlook", markup=False)
        yield RowList(id="migrations-timeline", empty=_EMPTY)
        yield Detail(id="migrations-detail")

    def on_mount(self) -> None:
        """Begin with nothing."""
        self._known = Known()
        self.view: views.ViewName = "statements"

    @property
    def timeline(self) -> RowList:
        """The list of all migrations."""
        return self.query_one("#migrations-timeline", RowList)

    @property
    def detail(self) -> Detail:
        """What is said of the chosen one."""
        return self.query_one(Detail)

    @property
    def chosen(self) -> Migration | None:
        """The migration on which the cursor stands."""
        return self._known.reading.find(self.timeline.key)

    def show(self, known: Known, title: str, where: str, at: object = None) -> None:
        """Show all of this; the cursor goes to the version `at`, or stays."""
        self._known, reading = known, known.reading
        self.query_one("#migrations-title", Static).update(Content(safe_text(title)))
        self.query_one("#migrations-summary", Static).update(views.summary_line(known, where))
        remark = f"  {reading.history.log_remark}" if reading.history.log_remark else ""
        self.query_one("#migrations-outlook", Static).update(Content(safe_text(f"{reading.outlook}{remark}")))
        forecasts = views.pending_forecasts(reading)
        rows = timeline_rows(reading.migrations, forecasts, known.marks(), self.size.width)
        self.timeline.set_rows(rows, at=at or self.timeline.key or _first(reading))
        self.show_detail()

    def show_doing(self, where: str) -> None:
        """Say how far a proof or a search for drift is; the timeline stays as it is."""
        self.query_one("#migrations-summary", Static).update(views.summary_line(self._known, where))
        if self.view in ("proof", "drift"):
            self.show_detail()

    def show_view(self, view: views.ViewName) -> None:
        """Look at something else about the chosen migration."""
        self.view = view
        self.show_detail()

    def show_detail(self) -> None:
        """Bring what is below the timeline up to date."""
        shown = views.view_of(self._known, self.chosen, self.view)
        self.detail.show_tabs(views.tabs_of(self._known, self.chosen), self.view)
        self.detail.show(shown.title, shown.rows, text=shown.text, empty=shown.empty)


def _first(reading: Reading) -> str | None:
    """What a person wants to see first: what is not simply applied, else the newest."""
    unusual = next((m.version for m in reading.migrations if m.state is not State.APPLIED), None)
    return unusual or (reading.migrations[-1].version if reading.migrations else None)
