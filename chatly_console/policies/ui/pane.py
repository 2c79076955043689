"""The Policies pane: what row level security says of each table, and what it does to whom on the data as it is."""

import logging
from functools import partial

from textual import on
from textual.message import Message
from textual.widgets import OptionList
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.policies.policy import Command
from chatly_console.policies.rows_why import Show
from chatly_console.policies.ui import deeds, filling, reading
from chatly_console.policies.ui.aligned_rows import AlignedRows
from chatly_console.policies.ui.isolation_view import IsolationView
from chatly_console.policies.ui.keys import POLICIES_BINDINGS
from chatly_console.policies.ui.showing import ShowingPane
from chatly_console.policies.ui.table_list import TableList
from chatly_console.policies.ui.view_names import OF_ALL_TABLES, RUN_BY_HAND, View
from chatly_console.policies.ui.why_view import WhyView
from chatly_console.shell.grid.messages import ExportRequested, RowOpened
from chatly_console.shell.messages import MeasurePolicies, ShowFindings, ShowPolicies
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState

log = logging.getLogger(__name__)
_ROW_COMMANDS = (Command.SELECT, Command.UPDATE, Command.DELETE)
_SHOWS: tuple[Show, ...] = ("all", "visible", "hidden")


class PoliciesPane(ShowingPane):
    """The pane with its keys, and what each of them sets off."""

    BINDING_GROUP_TITLE = "Policies"
    BINDINGS = POLICIES_BINDINGS

    def __init__(self, session: Session) -> None:
        super().__init__(session, filling.fill)

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

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw."""
        if event.state is WorkerState.ERROR:
            log.error("The Policies pane failed", exc_info=event.worker.error)
            words = f"This is a fault of the console ({type(event.worker.error).__name__}); its log has more."
            self.show_failure(Failure(words, FailureKind.REFUSED))

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

    @on(AlignedRows.Moved)
    def _side_moved(self, event: AlignedRows.Moved) -> None:
        event.stop()
        self.start(partial(reading.explain_side, self, event.row), "side-why")

    @on(WhyView.Chosen)
    def _row_chosen(self, event: WhyView.Chosen) -> None:
        event.stop()
        self.start(partial(reading.explain_row, self, event.key), "row-why")

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
        self.change_view(view)

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

    def action_thorough(self) -> None:
        """Let each user try every other tenant, or the users of a tenant share them."""
        if self.view == "isolation":
            self.thorough = not self.thorough
            self.show_strip()

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
