"""What is on show in the Policies pane: the views, the state in their place, and the work that fills them."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.worker import Worker

from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.policies.cost import Cost
from chatly_console.policies.isolation.proof import Proof
from chatly_console.policies.people import Person
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.rows_why import Show
from chatly_console.policies.service import Cell
from chatly_console.policies.ui.all_views import view_widgets
from chatly_console.policies.ui.table_list import TableList
from chatly_console.policies.ui.view_names import OF_ALL_TABLES, TITLES, VIEWS, View, ViewStrip, switches
from chatly_console.server.database import Database
from chatly_console.shell.messages import Report
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState

Work = Callable[[], Coroutine[None, None, None]]
Fill = Callable[["ShowingPane", Database, Table | None], Coroutine[None, None, None]]
"""Reads what the view on show needs, and shows it."""


class ShowingPane(Pane):
    """Tables on the left; on the right one of eight views of the chosen one, or of all."""

    DEFAULT_CSS = Path(__file__).with_name("pane.tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above

    def __init__(self, session: Session, fill: Fill) -> None:
        super().__init__(session)
        self._fill = fill
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
        self.thorough = False
        """Whether in the proof each user tries every other tenant."""
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

    def change_view(self, view: View) -> None:
        """Show another view; keys go to its rows as soon as they are there."""
        self.view = view
        self.wants_focus = view != "policies"
        if view == "policies":
            self.query_one(TableList).focus()
        self.refresh_view()

    def refresh_view(self) -> None:
        """Read what the view on show needs, and show it."""
        self.show_strip()
        database, table = self.session.database, self.table
        self.last_table = table
        if database is None or (table is None and self.view not in OF_ALL_TABLES):
            return
        self.work_on(partial(self._fill, self, database, table))

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

    @property
    def table(self) -> Table | None:
        """The chosen table."""
        return self.query_one(TableList).chosen

    def start(self, work: Work, group: str) -> Worker[None]:
        """Run this in a worker; what ran in its group ends."""
        return self.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def work_on(self, work: Work, *, by_hand: bool = False) -> None:
        """Run this for the view on show; what ran for another one ends."""
        self.by_hand = by_hand
        self.work_on_view = self.start(work, "view")

    def show_strip(self) -> None:
        """The views, and what can be switched in this one."""
        self.query_one(ViewStrip).show(self.view, switches(self.view, self.which, self.command, thorough=self.thorough))

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
