"""The Policies pane: what row level security says of each table, and what it does to whom on the data as it is."""

import logging
from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.policies.cost import Cost
from chatly_console.policies.people import Person
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.proof import Proof
from chatly_console.policies.rows_why import Show
from chatly_console.policies.service import Cell
from chatly_console.policies.ui import deeds, filling, reading
from chatly_console.policies.ui.aligned_rows import AlignedRows
from chatly_console.policies.ui.all_views import view_widgets
from chatly_console.policies.ui.isolation_view import IsolationView
from chatly_console.policies.ui.keys import POLICIES_BINDINGS
from chatly_console.policies.ui.table_list import TableList
from chatly_console.policies.ui.view_names import OF_ALL_TABLES, RUN_BY_HAND, TITLES, VIEWS, View, ViewStrip, switches
from chatly_console.policies.ui.why_view import WhyView
from chatly_console.shell.grid.messages import ExportRequested, RowOpened
from chatly_console.shell.messages import MeasurePolicies, Report, ShowFindings, ShowPolicies
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState

log = logging.getLogger(__name__)
_ROW_COMMANDS = (Command.SELECT, Command.UPDATE, Command.DELETE)
_SHOWS: tuple[Show, ...] = ("all", "visible", "hidden")


class PoliciesPane(Pane):
    """Tables on the left; on the right one of eight views of the chosen one, or of all."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Policies"
    BINDINGS = POLICIES_BINDINGS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.view: View = "policies"
        self.command = Command.SELECT
        self.which: Show = "all"
        self.last_key: tuple[int, tuple[str | None, ...]] | None = None
        """The row that the cursor stood on last: its table's oid, and its key."""
        self.last_table: Table | None = None
        self.query_sql = ""
        """Side by side of this query instead of the table."""
        self.cost_sql = ""
        """The cost of this query instead of that of the whole table."""
        self.sides: list[Identity] = []
        self.people: list[Person] = []
        self.cells: list[Cell] = []
        self.proof: Proof | None = None
        self.cost: Cost | None = None
        self.tenant_column = ""
        """The column that the user says is the tenant's; empty where it is to be found."""
        self.work_on_view: Worker[None] | None = None
        self.wants_focus = self.by_hand = False
        """`by_hand`: whether the work was told to run, and did not begin with the view."""

    def compose(self) -> ComposeResult:
        """The list, and the views of which one is shown."""
        with Horizontal():
            yield TableList()
            with Vertical(id="policies-right"):
                yield ViewStrip()
                yield Vertical(id="policies-state")
                yield from view_widgets()

    def on_mount(self) -> None:
        """Begin with what there is."""
        self.show_strip()
        self.read()

    def on_shown(self) -> None:
        """Keys go to the list."""
        self.query_one(TableList).focus()

    def on_connected(self) -> None:
        """Another database: everything anew."""
        if self.is_mounted:
            self.cancel_work()
            self.sides, self.people, self.cells, self.proof, self.cost = [], [], [], None, None
            self.query_sql = self.tenant_column = self.cost_sql = ""
            self.query_one(IsolationView).invite()
            self.read()

    def on_identity_changed(self) -> None:
        """What is shown depends on who asks; the proof does not."""
        if self.is_mounted:
            self.sides, self.cost = [], None
            if self.session.identity not in {cell.identity for cell in self.cells}:
                self.cells = []
            self.refresh_view()

    def receive(self, request: Message) -> None:
        """Policies of a table, or their cost for a query."""
        if isinstance(request, ShowPolicies):
            self.query_one(TableList).choose(request.schema, request.name)
            self.action_view("policies")
        elif isinstance(request, MeasurePolicies):
            self.cost_sql, self.cost = request.sql.strip(), None
            self.action_view("cost")

    @property
    def busy(self) -> str:
        """What runs."""
        work = self.work_on_view
        return f"the {TITLES[self.view][1]} view" if work is not None and work.is_running else ""

    def cancel_work(self) -> bool:
        """Stop what is being read."""
        if self.work_on_view is not None and self.work_on_view.is_running:
            self.work_on_view.cancel()
            return True
        return False

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw."""
        if event.state is WorkerState.ERROR:
            log.error("The Policies pane failed", exc_info=event.worker.error)
            words = f"This is a fault of the console ({type(event.worker.error).__name__}); its log has more."
            self.show_failure(Failure(words, FailureKind.REFUSED))

    @property
    def table(self) -> Table | None:
        """The chosen table."""
        return self.query_one(TableList).chosen

    def read(self) -> None:
        """Read tables and people."""
        if self.session.database is not None:
            self.start(partial(filling.read_all, self, self.session.database), "tables")

    @on(OptionList.OptionHighlighted, "#policies-tables")
    def _table_chosen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self.table is None or self.last_table is None or self.last_table.oid == self.table.oid:
            return  # the list was read, which shows its table by itself
        self.cost, self.cost_sql, self.query_sql = None, "", ""
        if self.view not in OF_ALL_TABLES:
            self.refresh_view()

    def refresh_view(self) -> None:
        """Read what the view on show needs, and show it."""
        self.show_strip()
        database, table = self.session.database, self.table
        self.last_table = table
        if database is None or (table is None and self.view not in OF_ALL_TABLES):
            return
        self.work_on(partial(filling.fill, self, database, table))

    def start(self, work: filling.Work, group: str) -> Worker[None]:
        """Run this in a worker; what ran in its group ends."""
        return self.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def work_on(self, work: filling.Work, *, by_hand: bool = False) -> None:
        """Run this for the view on show; what ran for another one ends."""
        self.by_hand = by_hand
        self.work_on_view = self.start(work, "view")

    @on(AlignedRows.Moved)
    def _side_moved(self, event: AlignedRows.Moved) -> None:
        event.stop()
        self.start(partial(reading.explain_side, self, event.row), "side-why")

    @on(WhyView.Chosen)
    def _row_chosen(self, event: WhyView.Chosen) -> None:
        event.stop()
        self.start(partial(reading.explain_row, self, event.key), "row-why")

    def show_strip(self) -> None:
        """The views, and what can be switched in this one."""
        self.query_one(ViewStrip).show(self.view, switches(self.view, self.which, self.command))

    def show_view(self) -> None:
        """The view is filled."""
        self.query_one("#policies-state").display = False
        for name in VIEWS:
            self.query_one(f"#view-{name}").display = name == self.view
        if self.wants_focus and self.screen.focused is not None:
            self.wants_focus = False
            shown = self.query_one(f"#view-{self.view}")
            self.call_after_refresh(next((w for w in shown.query("*") if w.can_focus), shown).focus)

    def show_state(self, widget: Widget) -> None:
        """Something else in place of the view: that it is being read, that it is empty, that it failed."""
        for name in VIEWS:
            self.query_one(f"#view-{name}").display = False
        state = self.query_one("#policies-state")
        state.display = True
        state.remove_children()
        state.mount(widget)
        focused = self.screen.focused
        if focused is None or self.query_one("#policies-right") in focused.ancestors:
            # what had the focus is hidden now, and without one no key of the pane would work
            self.query_one(TableList).focus()

    def show_failure(self, failure: Failure) -> None:
        """The view could not be filled; where it was typed into, what was typed stays in sight."""
        if self.view in ("try", "whatif"):
            self.post_message(Report(failure))
        else:
            self.show_state(ErrorState(failure))

    @on(ErrorState.Retry)
    def _retry(self, event: ErrorState.Retry) -> None:
        event.stop()
        self.action_refresh()

    @on(RowOpened)
    def _row_opened(self, event: RowOpened) -> None:
        """A cell of the matrix opens the rows that it counts."""
        event.stop()
        if self.view == "matrix":
            deeds.open_cell(self, event.row, event.grid.cursor_column)

    @on(ExportRequested)
    def _export(self, event: ExportRequested) -> None:
        event.stop()
        deeds.write_report(self)

    def action_view(self, view: View) -> None:
        """Show another view; keys go to its rows as soon as they are there."""
        self.view = view
        self.wants_focus = view != "policies"
        if view == "policies":
            self.query_one(TableList).focus()
        self.refresh_view()

    def action_next_command(self) -> None:
        """Ask for another command."""
        self.command = _ROW_COMMANDS[(_ROW_COMMANDS.index(self.command) + 1) % len(_ROW_COMMANDS)]
        if self.view in ("why", "matrix"):
            self.refresh_view()

    def action_next_show(self) -> None:
        """Show other rows."""
        self.which = _SHOWS[(_SHOWS.index(self.which) + 1) % (2 if self.view == "side" else 3)]
        if self.view in ("why", "side"):
            self.refresh_view()

    def action_refresh(self) -> None:
        """Read everything again."""
        self.cells = []
        self.read()

    def action_side(self, add: bool) -> None:
        """Another identity beside the first, or one more."""
        deeds.ask_side(self, add=add)

    def action_drop_side(self) -> None:
        """One fewer."""
        deeds.drop_side(self)

    def action_query(self) -> None:
        """A query instead of the table."""
        if self.view in ("side", "cost"):
            deeds.ask_query(self)

    def action_tenant(self) -> None:
        """Name the column that says whose a row is."""
        if self.view == "isolation":
            deeds.ask_tenant_column(self)

    def action_report(self) -> None:
        """Write what is on show to a file."""
        deeds.write_report(self)

    def action_findings(self) -> None:
        """Go to what the advisor finds on this table."""
        if self.table is not None:
            self.post_message(ShowFindings(self.table.schema, self.table.name))

    def action_boundary(self) -> None:
        """Offer to create the login that makes impersonation a boundary."""
        deeds.offer_boundary(self)

    def action_run(self) -> None:
        """Run what the view on show runs by hand."""
        shown = self.view in RUN_BY_HAND and self.query_one(f"#view-{self.view}").display
        if shown and self.session.database is not None and not (self.busy and self.by_hand):
            self.work_on(partial(reading.run, self, self.session.database), by_hand=True)

    def action_leave(self) -> None:
        """Back to the list."""
        self.on_shown()
