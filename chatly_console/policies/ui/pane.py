"""The Policies pane: what row level security says of each table, and what it does to whom on the data as it is."""

import asyncio
import logging
from pathlib import Path
from typing import Literal

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.policies.compare import compare_table
from chatly_console.policies.isolation import prove_isolation
from chatly_console.policies.people import read_personas
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.report import name_of
from chatly_console.policies.rows_why import Show, explain_rows
from chatly_console.policies.service import Cell, count_matrix, read_subject, read_tables
from chatly_console.policies.ui.isolation_view import IsolationView
from chatly_console.policies.ui.keys import POLICIES_BINDINGS
from chatly_console.policies.ui.matrix_view import MatrixView
from chatly_console.policies.ui.policies_view import PoliciesView
from chatly_console.policies.ui.side_view import AlignedRows, SideView
from chatly_console.policies.ui.table_list import TableList
from chatly_console.policies.ui.why_view import WhyView, tree
from chatly_console.server.database import Database
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.messages import Report, Say, ShowPolicies
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState, Loading

log = logging.getLogger(__name__)

View = Literal["policies", "matrix", "why", "side", "isolation"]
_TITLES: dict[View, tuple[str, str]] = {
    "policies": ("p", "policies"),
    "why": ("w", "why"),
    "side": ("d", "side by side"),
    "matrix": ("m", "matrix"),
    "isolation": ("i", "isolation"),
}
_ROW_COMMANDS = (Command.SELECT, Command.UPDATE, Command.DELETE)
_SHOWS: tuple[Show, ...] = ("all", "visible", "hidden")
_MOST_SIDES = 4


class PoliciesPane(Pane):
    """Tables on the left; on the right one of five views of the chosen one, or of all."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Policies"
    BINDINGS = POLICIES_BINDINGS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.view: View = "policies"
        self.command = Command.SELECT
        self.which: Show = "all"
        self.sides: list[Identity] = []
        self.personas: list[Identity] = []
        self._cells: list[Cell] = []
        self._wants_focus = False
        self._worker: Worker[None] | None = None
        self._reader: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """The list, and the views of which one is shown."""
        with Horizontal():
            yield TableList()
            with Vertical(id="policies-right"):
                yield Static("", id="policies-views", markup=False)
                yield Vertical(id="policies-state")
                yield PoliciesView(id="view-policies")
                yield WhyView(id="view-why")
                yield SideView(id="view-side")
                yield MatrixView(id="view-matrix")
                yield IsolationView(id="view-isolation")

    def on_mount(self) -> None:
        """Begin with what there is."""
        self.query_one(IsolationView).invite()
        self._strip()
        self._read()

    # What the shell calls

    def on_shown(self) -> None:
        """Keys go to the list."""
        self.query_one(TableList).focus()

    def on_connected(self) -> None:
        """Another database: everything anew."""
        if self.is_mounted:
            self.sides, self.personas, self._cells = [], [], []
            self.query_one(IsolationView).invite()
            self._read()

    def on_identity_changed(self) -> None:
        """What is shown depends on who asks."""
        if self.is_mounted:
            self.sides, self._cells = [], []
            self._refresh_view()

    def receive(self, request: Message) -> None:
        """Show the policies of a table."""
        if isinstance(request, ShowPolicies):
            self.query_one(TableList).choose(request.schema, request.name)
            self.action_view("policies")

    @property
    def busy(self) -> str:
        """What runs."""
        return f"the {_TITLES[self.view][1]} view" if self._worker is not None and self._worker.is_running else ""

    def cancel_work(self) -> bool:
        """Stop what is being read."""
        if self._worker is not None and self._worker.is_running:
            self._worker.cancel()
            return True
        return False

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged."""
        if event.state is WorkerState.ERROR:
            log.error("The Policies pane failed", exc_info=event.worker.error)
            words = f"This is a fault of the console ({type(event.worker.error).__name__}); its log has more."
            self._show_failure(Failure(words, FailureKind.REFUSED))

    # Reading

    @property
    def table(self) -> Table | None:
        """The chosen table."""
        return self.query_one(TableList).chosen

    def _read(self) -> None:
        if self.session.database is not None:
            self._reader = self._read_tables(self.session.database)

    @work(group="tables", exclusive=True, exit_on_error=False)
    async def _read_tables(self, database: Database) -> None:
        self._show_state(Loading("reading tables and policies"))
        try:
            tables = await read_tables(database)
            self.personas = [p.identity for p in await read_personas(database)]
        except Failure as failure:
            self._show_failure(failure)
            return
        self.query_one(TableList).show(tables, self.table)
        self._refresh_view()

    @on(OptionList.OptionHighlighted, "#policies-tables")
    def _table_chosen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self.view not in ("matrix", "isolation"):
            self._refresh_view()

    def _refresh_view(self) -> None:
        """Read what the view on show needs, and show it."""
        self._strip()
        database, table = self.session.database, self.table
        if database is None or (table is None and self.view not in ("matrix", "isolation")):
            return
        if self.view == "isolation":
            self._show_view()
            return
        self._worker = self._fill(database, table)

    @work(group="view", exclusive=True, exit_on_error=False)
    async def _fill(self, database: Database, table: Table | None) -> None:
        view = self.view
        await asyncio.sleep(0.03)  # whoever runs down the list does not want each table read
        try:
            if view == "matrix":
                await self._fill_matrix(database)
            elif table is not None:
                await {"policies": self._fill_policies, "why": self._fill_why, "side": self._fill_side}[view](
                    database, table
                )
        except Failure as failure:
            self._show_failure(failure)
        except asyncio.CancelledError:
            if view == self.view and not self.query_one(f"#view-{view}").display:
                self._show_state(Static("Cancelled. r reads it again.", markup=False))
            raise

    async def _fill_policies(self, database: Database, table: Table) -> None:
        identity = self.session.identity
        subject = None if identity.is_login else await read_subject(database, identity.role or "")
        self.query_one(PoliciesView).show(table, subject, identity)
        self._show_view()

    async def _fill_why(self, database: Database, table: Table) -> None:
        self._show_state(Loading(f"asking every policy of {table.full_name}", way_out="ctrl+g cancels"))
        identity = self.session.identity
        explained = await explain_rows(database, table, identity, self.command, show=self.which)
        self.query_one(WhyView).show(explained)
        self._show_view()

    async def _fill_side(self, database: Database, table: Table) -> None:
        sides = self._chosen_sides()
        if len(sides) < 2:
            self._show_state(Static("There is nobody to compare. a adds an identity.", markup=False))
            return
        names = " and ".join(name_of(side) for side in sides)
        self._show_state(Loading(f"reading {table.full_name} as {names}", way_out="ctrl+g cancels"))
        compared = await compare_table(database, table, sides, keep=self.session.identity)
        title = f"select * from {table.full_name}"
        self.query_one(SideView).show(compared, title, only_differences=self.which != "all")
        self._show_view()

    async def _fill_matrix(self, database: Database) -> None:
        tables = [t for t in self.query_one(TableList).tables if t.enabled or t.grants]
        if not self._cells:
            self._show_state(Loading("counting what everybody reaches", way_out="ctrl+g cancels"))
            own = [] if self.session.identity.is_login else [self.session.identity]
            who = list(dict.fromkeys([*own, *self.personas]))[:12]
            self._cells = await count_matrix(database, who, tables)
        if self._cells:
            self.query_one(MatrixView).show(self._cells, self.command)
            self._show_view()
        else:
            self._show_state(Static("There is nobody to count for: no auth.users, no anon.", markup=False))

    def _chosen_sides(self) -> list[Identity]:
        if not self.sides:
            own = [] if self.session.identity.is_login else [self.session.identity]
            others = [p for p in self.personas if p.subject and p not in own]
            self.sides = (own + others)[:2]
        return self.sides

    # Why one row of side by side

    @on(AlignedRows.Moved)
    def _side_moved(self, event: AlignedRows.Moved) -> None:
        event.stop()
        self._explain_side(event)

    @work(group="side-why", exclusive=True, exit_on_error=False)
    async def _explain_side(self, event: AlignedRows.Moved) -> None:
        """For whoever does not see the row, or the first where everybody does."""
        await asyncio.sleep(0.12)
        database, table, row = self.session.database, self.table, event.row
        if database is None or table is None or not table.key:
            return
        at = next((i for i, cell in enumerate(row.cells) if cell is None), 0)
        try:
            explained = await explain_rows(database, table, self.sides[at], key=row.key, limit=1, tally=False)
        except Failure as failure:
            self.post_message(Report(failure))
            return
        if explained.rows:
            self.query_one(SideView).explain(tree(explained, explained.rows[0]))

    # What is shown

    def _strip(self) -> None:
        parts: list[Content] = []
        for name, (key, title) in _TITLES.items():
            style = "bold $accent" if name == self.view else "$muted"
            parts.append(Content.assemble((f"{key} ", "bold $accent"), (title, style)))
        if self.view in ("why", "side"):
            shown = {"all": "all rows", "visible": "seen", "hidden": "hidden"}[self.which]
            shown = shown if self.view == "why" else "all rows" if self.which == "all" else "what differs"
            parts.append(Content.assemble(("o ", "bold $accent"), (shown, "")))
        if self.view in ("why", "matrix"):
            parts.append(Content.assemble(("c ", "bold $accent"), (str(self.command), "")))
        if self.view == "side":
            parts.append(Content.assemble(("a ", "bold $accent"), "whom"))
        self.query_one("#policies-views", Static).update(Content("   ").join(parts))

    def _show_view(self) -> None:
        self.query_one("#policies-state").display = False
        for name in _TITLES:
            self.query_one(f"#view-{name}").display = name == self.view
        if self._wants_focus and self.screen.focused is not None:
            self._wants_focus = False
            shown = self.query_one(f"#view-{self.view}")
            self.call_after_refresh(next((w for w in shown.query("*") if w.can_focus), shown).focus)

    def _show_state(self, widget: Widget) -> None:
        for name in _TITLES:
            self.query_one(f"#view-{name}").display = False
        state = self.query_one("#policies-state")
        state.display = True
        state.remove_children()
        state.mount(widget)
        focused = self.screen.focused
        if focused is None or self.query_one("#policies-right") in focused.ancestors:
            # what had the focus is hidden now, and without one no key of the pane would work
            self.query_one(TableList).focus()

    def _show_failure(self, failure: Failure) -> None:
        self._show_state(ErrorState(failure))

    @on(ErrorState.Retry)
    def _retry(self, event: ErrorState.Retry) -> None:
        event.stop()
        self.action_refresh()

    # Keys

    def action_view(self, view: View) -> None:
        """Show another view; keys go to its rows as soon as they are there."""
        self.view = view
        self._wants_focus = view != "policies"
        if view == "policies":
            self.query_one(TableList).focus()
        self._refresh_view()

    def action_next_command(self) -> None:
        """Ask for another command."""
        self.command = _ROW_COMMANDS[(_ROW_COMMANDS.index(self.command) + 1) % len(_ROW_COMMANDS)]
        if self.view in ("why", "matrix"):
            self._refresh_view()

    def action_next_show(self) -> None:
        """Show other rows."""
        self.which = _SHOWS[(_SHOWS.index(self.which) + 1) % (2 if self.view == "side" else 3)]
        if self.view in ("why", "side"):
            self._refresh_view()

    def action_refresh(self) -> None:
        """Read everything again."""
        self._cells = []
        self._read()

    def action_choose_side(self) -> None:
        """Another identity on the right."""
        self._ask_side(add=False)

    def action_add_side(self) -> None:
        """One more identity."""
        if len(self.sides) < _MOST_SIDES:
            self._ask_side(add=True)
        else:
            self.post_message(Say(f"{_MOST_SIDES} stand side by side at most.", "warning"))

    @work(group="dialog", exclusive=True, exit_on_error=False)
    async def _ask_side(self, *, add: bool) -> None:
        choices = [Choice(name_of(p), p, p.role or "") for p in self.personas]
        chosen = await self.app.push_screen_wait(Choose("Side by side with", choices))
        if chosen is None:
            return
        kept = self._chosen_sides()
        self.sides = [*(kept if add else kept[:-1] or kept), chosen]
        self.action_view("side")

    def action_run(self) -> None:
        """Run the isolation proof, where that is on show."""
        if self.view == "isolation" and self.session.database is not None and not self.busy:
            self._worker = self._prove(self.session.database)

    @work(group="view", exclusive=True, exit_on_error=False)
    async def _prove(self, database: Database) -> None:
        shown = self.query_one(IsolationView)
        shown.show_progress(0, 1)
        try:
            proof = await prove_isolation(database, progress=shown.show_progress)
        except Failure as failure:
            self._show_failure(failure)
            return
        except asyncio.CancelledError:
            shown.invite()
            raise
        shown.show(proof)
        self.post_message(Say(proof.sentence, "error" if proof.leaks else "done"))
