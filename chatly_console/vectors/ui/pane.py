"""The Vectors pane: search by text, row or vector as anybody, and see how much of the truth an index finds."""

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widgets import ContentSwitcher, Input

from chatly_console.core.failure import Failure
from chatly_console.shell.grid.messages import CursorMoved
from chatly_console.shell.states import ErrorState
from chatly_console.shell.text_fields import TextField
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.service import find_columns
from chatly_console.vectors.ui import choices
from chatly_console.vectors.ui.choose_provider import choose_provider, remembered_provider
from chatly_console.vectors.ui.filter_line import FilterLine
from chatly_console.vectors.ui.header import Header
from chatly_console.vectors.ui.keys import ONLY_IN, VECTORS_BINDINGS
from chatly_console.vectors.ui.layout import WORK, empty_views, views
from chatly_console.vectors.ui.map_canvas import CellMarked
from chatly_console.vectors.ui.recall_view import RecallView
from chatly_console.vectors.ui.showing_elsewhere import ShowingElsewhere
from chatly_console.vectors.ui.trials_shown import choose_trials, choose_within, toggle_curve
from chatly_console.vectors.ui.views import ASKING, VIEWS, View, ViewStrip
from chatly_console.vectors.ui.work_map import show_marked
from chatly_console.vectors.ui.work_on_table import try_here
from chatly_console.vectors.ui.work_recall import toggle_worst
from chatly_console.vectors.ui.work_tenants import choose_people, toggle_cures
from chatly_console.vectors.ui.workbench import Changed
from chatly_console.vectors.ui.writing import row_to_ask


class VectorsPane(ShowingElsewhere):
    """One column of vectors is looked at in several views."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Vectors"
    BINDINGS = VECTORS_BINDINGS

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Header()
        yield ViewStrip()
        yield TextField(id="vectors-question", compact=True,
                    placeholder="a text, [0.1, …] a vector, =KEY of a row, or =A + =B - =C")  # fmt: skip
        yield FilterLine()
        with ContentSwitcher(initial=VIEWS[0]):
            yield from views()

    def on_mount(self) -> None:
        """Look for columns of vectors."""
        self.show_header()
        self.query_one(ViewStrip).show(self.view)
        self._load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what means something in this view."""
        if action == "leave_question" and not self.question.has_focus:
            return False
        return self.view in ONLY_IN.get(action, VIEWS)

    # What the shell calls

    def on_shown(self) -> None:
        """Typing goes to the question."""
        if self.question.display:
            self.question.focus()

    def on_connected(self) -> None:
        """Another database has other vectors."""
        if self.is_mounted:
            self.catalogue, self.seen_rows, self.whom = None, None, ()
            self.forget(None)
            self._load()

    def on_identity_changed(self) -> None:
        """What was found belongs to somebody else now."""
        if not self.is_mounted:
            return
        self.cancel_work()
        self.forget_found()
        self.show_header()
        for view in self.query(View):
            view.show_empty()
        if self.view == "search" and self.asked is not None:
            self.action_run()
        self.run_worker(self.count_seen_rows(), group="vectors-count", exclusive=True, exit_on_error=False)

    # Working

    def _load(self, *, and_run: bool = False) -> None:
        self.shown.show_loading("looking for columns of vectors")
        self.begin(self._find_columns(and_run), "looking for vectors")

    async def _find_columns(self, and_run: bool) -> None:
        """Find them, then all at once show the first: whatever cancels this finds the pane as it was, or ready."""
        catalogue = await find_columns(self.database)
        self.provider = await remembered_provider(self)
        self.catalogue = catalogue
        self.forget(catalogue.columns[0] if catalogue.columns else None)
        self._column_changed()
        self.run_worker(self.count_seen_rows(), group="vectors-count", exclusive=True, exit_on_error=False)
        if and_run and self.column is not None:
            self.call_after_refresh(self.action_run)

    def _column_changed(self) -> None:
        """Everything on screen was about another column."""
        self.show_header()
        self.query_one(FilterLine).offer(self.column.others if self.column else ())
        empty_views(self)

    @on(Input.Submitted, "#vectors-question")
    def action_run(self) -> None:
        """Do what this view does."""
        if self.column is None:
            self._load(and_run=True)
            return
        do, words = WORK[self.view]
        self.begin(do(self, self.column), words)

    @on(Changed)
    @on(ErrorState.Retry)
    def _again(self, event: Changed | ErrorState.Retry) -> None:
        event.stop()
        self.action_run()

    # Views

    def action_step_view(self, by: int) -> None:
        """The next view, or the one before."""
        self.show_view(VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)])

    @on(ViewStrip.Chosen)
    def _view_chosen(self, event: ViewStrip.Chosen) -> None:
        event.stop()
        self.show_view(event.name)

    def show_view(self, name: str) -> None:
        """Bring a view into sight."""
        was_asking = self.question.has_focus
        self.view = name
        self.query_one(ContentSwitcher).current = name
        self.query_one(ViewStrip).show(name)
        self.question.display = name in ASKING
        if not (was_asking and self.question.display):
            self.shown.focus_body()
        self.refresh_bindings()

    @on(CursorMoved, "#recall-rows")
    def _point_chosen(self, event: CursorMoved) -> None:
        if not self.lab.shows_worst:
            self.query_one(RecallView).choose(event.row)

    @on(CellMarked)
    def _cell_marked(self, event: CellMarked) -> None:
        event.stop()
        show_marked(self, event.rows)

    # Asking

    def action_ask(self) -> None:
        """Write a question."""
        if not self.question.display:
            self.show_view("search")
        self.question.focus()

    def action_leave_question(self) -> None:
        """From the question to the rows."""
        self.shown.focus_body()

    def action_more_like(self) -> None:
        """Search by the vector of the row under the cursor."""
        asked = row_to_ask(self)
        if asked is None:
            self.tell("Move to a row first.")
            return
        self.show_view("search")
        self.question.value = asked
        self.action_run()

    def action_hybrid(self) -> None:
        """By vector and by words together, and back."""
        self.hybrid = not self.hybrid
        self.tell("By vector and by words together, fused by rank." if self.hybrid else "By vector alone.")
        if self.asked is not None:
            self.action_run()

    def action_filter(self) -> None:
        """Write the condition on the rows."""
        line = self.query_one(FilterLine)
        line.display = True
        line.focus()

    @on(Input.Submitted, "#vectors-filter")
    def _filter_written(self, event: Input.Submitted) -> None:
        event.stop()
        if self.column is None:
            return
        try:
            self.column = self.column.filtered(event.value)
        except Failure as failure:
            self.tell(failure.sentence)
            return
        event.input.display = bool(self.column.filter)
        self.lab.curve = None
        self._column_changed()
        if self.view in ASKING and self.asked is not None:
            self.action_run()
        else:
            self.shown.focus_body()

    # Choosing

    def action_column(self) -> None:
        """Choose the column."""
        if self.catalogue is None or not self.catalogue.columns:
            self._load()
            return
        self.choose(self._choose_column(self.catalogue.columns))

    async def _choose_column(self, columns: Sequence[VectorColumn]) -> None:
        chosen = await choices.choose_column(self.app, columns)
        if chosen is not None and chosen != self.column:
            self.cancel_work()
            self.forget(chosen)
            line = self.query_one(FilterLine)
            line.value, line.display = "", False
            self._column_changed()
            await self.count_seen_rows()

    def action_labels(self) -> None:
        """Which other columns are shown."""
        self.choose(choices.choose_labels(self))

    def action_rows(self) -> None:
        """How many rows are asked for."""
        self.choose(choices.choose_k(self))

    def action_settings(self) -> None:
        """The index's settings for the searches."""
        self.choose(choices.choose_settings(self))

    def action_settings_tried(self) -> None:
        """What the lab tries."""
        self.choose(choices.choose_sweep(self))

    def action_provider(self) -> None:
        """What makes vectors of texts."""
        self.choose(choose_provider(self))

    def action_compare(self) -> None:
        """What was saved beside what is measured: curves, or trials of indexes."""
        self.choose(choose_trials(self) if self.view == "index" else choices.choose_curve(self))

    def action_keep_question(self) -> None:
        """Keep the question for the recall lab."""
        self.choose(choices.keep_this_question(self))

    def action_questions(self) -> None:
        """Rows of the table, or the kept questions."""
        self.lab.own = not self.lab.own
        self.action_run()

    def action_cures(self) -> None:
        """Measure what would mend it for the person under the cursor; or go back to the people."""
        toggle_cures(self)

    def action_people(self) -> None:
        """Whom the Tenants view compares."""
        self.choose(choose_people(self))

    def action_try_here(self) -> None:
        """Try the index under the cursor on the table itself."""
        if self.column is not None:
            self.begin(try_here(self, self.column), "a trial of an index on the table")

    def action_within(self) -> None:
        """In which time indexes are compared."""
        self.choose(choose_within(self))

    def action_worst(self) -> None:
        """The worst questions of the point under the cursor, or the curve of the index there; and back."""
        (toggle_curve if self.view == "index" else toggle_worst)(self)
