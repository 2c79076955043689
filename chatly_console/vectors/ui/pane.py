"""The Vectors pane: search by text, row or vector as anybody, and see how much of the truth an index finds."""

import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import ContentSwitcher, Input, Static
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.text import safe_text
from chatly_console.server.database import Database
from chatly_console.shell.grid.messages import CursorMoved
from chatly_console.shell.messages import OpenStatement, Report, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState
from chatly_console.vectors.asking import Asked
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.lab import Curve
from chatly_console.vectors.operators import settings_words
from chatly_console.vectors.providers import Lexical, Provider
from chatly_console.vectors.service import Catalogue, Hit, Settings, find_columns
from chatly_console.vectors.ui.choices import choose_column, choose_number, choose_provider, choose_settings
from chatly_console.vectors.ui.keys import VECTORS_BINDINGS
from chatly_console.vectors.ui.views import VIEWS, RecallView, View, ViewStrip
from chatly_console.vectors.ui.working import compare_people, examine_column, measure_recall, search_rows_of

log = logging.getLogger(__name__)


class VectorsPane(Pane):
    """One column of vectors is looked at in four views; what runs belongs to the pane and can be cancelled."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Vectors"
    BINDINGS = VECTORS_BINDINGS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.catalogue: Catalogue | None = None
        self.column: VectorColumn | None = None
        self.k = 10
        self.settings: Settings = ()
        self.provider: Provider = Lexical()
        self.view = VIEWS[0]
        self.asked: Asked | None = None
        self.hits: list[Hit] = []
        self.curve: Curve | None = None
        self._work: Worker[None] | None = None
        self._work_words = ""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static("", id="vectors-header", markup=False)
        yield ViewStrip()
        yield Input(id="vectors-question", compact=True, placeholder="a text, [0.1, …] a vector, or =KEY of a row")
        with ContentSwitcher(initial=VIEWS[0]):
            yield View("search", "Nothing asked yet.", "Write a question above and press enter.")
            yield RecallView("recall", "Nothing measured yet.", "F5 measures recall on rows of the table.")
            yield View("tenants", "Nothing compared yet.", "Write a question above; F5 asks it as several people.")
            yield View("health", "Nothing examined yet.", "F5 examines the column, its indexes and the extension.")

    def on_mount(self) -> None:
        """Look for columns of vectors."""
        self._show_header()
        self.query_one(ViewStrip).show(self.view)
        self._load()

    @property
    def shown(self) -> View:
        """The view that is in sight."""
        return self.query_one(f"#{self.view}", View)

    @property
    def question(self) -> Input:
        """The line for the question."""
        return self.query_one("#vectors-question", Input)

    # What the shell calls

    def on_shown(self) -> None:
        """Typing goes to the question."""
        self.question.focus()

    def on_connected(self) -> None:
        """Another database has other vectors."""
        if self.is_mounted:
            self.catalogue, self.column, self.asked, self.curve, self.hits = None, None, None, None, []
            self._load()

    def on_identity_changed(self) -> None:
        """What was found belongs to somebody else now."""
        if not self.is_mounted:
            return
        self.cancel_work()
        self._show_header()
        for view in self.query(View):
            view.show_empty()
        if self.view == "search" and self.asked is not None:
            self.action_run()

    @property
    def busy(self) -> str:
        """What runs, for who wants to leave."""
        return self._work_words if self._work is not None and not self._work.is_finished else ""

    def cancel_work(self) -> bool:
        """Cancel what runs; what a measurement has brought stays."""
        if self._work is None or self._work.is_finished:
            return False
        self._work.cancel()
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A failure is shown where its rows would be; what nobody foresaw is logged too."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        if not isinstance(error, Failure):
            log.error("The Vectors pane failed", exc_info=error)
            error = Failure(f"This is a fault of the console ({type(error).__name__}); its log has more.")
        self.shown.show_failure(error)
        self.post_message(Report(error))

    # Working

    def _begin(self, work: Coroutine[Any, Any, None], words: str) -> None:
        """Do this instead of what runs."""
        self._work_words = words
        self._work = self.run_worker(work, group="vectors", exclusive=True, exit_on_error=False)

    @property
    def database(self) -> Database:
        """The connected database; raises Failure where there is none."""
        if self.session.database is None:
            raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
        return self.session.database

    @property
    def identity(self) -> Identity:
        """As whom everything here runs."""
        return self.session.identity

    def _load(self) -> None:
        self.shown.show_loading("looking for columns of vectors")
        self._begin(self._find_columns(), "looking for vectors")

    async def _find_columns(self) -> None:
        catalogue = self.catalogue = await find_columns(self.database)
        self.column = catalogue.columns[0] if catalogue.columns else None
        self._show_header()
        for view in self.query(View):
            if not catalogue.version:
                view.show_empty("pgvector is not installed in this database.", "create extension vector; installs it.")
            elif self.column is None:
                view.show_empty("No table here has a column of vectors.", "c looks again.")
            else:
                view.show_empty()

    @on(Input.Submitted, "#vectors-question")
    def action_run(self) -> None:
        """Do what this view does."""
        if self.column is None:
            self._load()
            return
        work = {
            "search": (search_rows_of, "a search"),
            "recall": (measure_recall, "a recall measurement"),
            "tenants": (compare_people, "a search as several people"),
            "health": (examine_column, "an examination"),
        }
        do, words = work[self.view]
        self._begin(do(self, self.column), words)

    @on(ErrorState.Retry)
    def _again(self, event: ErrorState.Retry) -> None:
        event.stop()
        self.action_run()

    # Choosing

    def action_step_view(self, by: int) -> None:
        """The next view, or the one before."""
        self._show_view(VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)])

    @on(ViewStrip.Chosen)
    def _view_chosen(self, event: ViewStrip.Chosen) -> None:
        event.stop()
        self._show_view(event.name)

    def _show_view(self, name: str) -> None:
        was_asking = self.question.has_focus
        self.view = name
        self.query_one(ContentSwitcher).current = name
        self.query_one(ViewStrip).show(name)
        self.question.display = name in ("search", "tenants")
        if not (was_asking and self.question.display):
            self.shown.grid.focus()

    @on(CursorMoved, "#recall-rows")
    def _point_chosen(self, event: CursorMoved) -> None:
        self.query_one(RecallView).choose(event.row)

    def action_ask(self) -> None:
        """Write a question."""
        if self.question.display:
            self.question.focus()
        else:
            self._show_view("search")
            self.question.focus()

    def action_leave_question(self) -> None:
        """From the question to the rows."""
        self.shown.grid.focus()

    def action_more_like(self) -> None:
        """Search by the vector of the row under the cursor."""
        grid = self.query_one("#search", View).grid
        if self.view != "search" or not self.hits or grid.row_count == 0:
            self.tell("Move to a row of a search first.")
            return
        self.question.value = f"={self.hits[grid.source_row(grid.cursor_row)].key}"
        self.action_run()

    def action_column(self) -> None:
        """Choose the column."""
        if self.catalogue is None or not self.catalogue.columns:
            self._load()
            return
        self.run_worker(
            self._choose_column(self.catalogue), group="vectors-choice", exclusive=True, exit_on_error=False
        )

    async def _choose_column(self, catalogue: Catalogue) -> None:
        chosen = await choose_column(self.app, catalogue.columns)
        if chosen is not None and chosen != self.column:
            self.cancel_work()
            self.column, self.settings, self.asked, self.curve = chosen, (), None, None
            for view in self.query(View):
                view.show_empty()
            self._show_header()

    def action_rows(self) -> None:
        """How many rows are asked for."""
        self.run_worker(self._choose_rows(), group="vectors-choice", exclusive=True, exit_on_error=False)

    async def _choose_rows(self) -> None:
        self.k = await choose_number(self.app, "How many rows?", self.k, most=1000)
        self._show_header()

    def action_settings(self) -> None:
        """The index's settings for the searches."""
        self.run_worker(self._choose_settings(), group="vectors-choice", exclusive=True, exit_on_error=False)

    async def _choose_settings(self) -> None:
        index = None if self.column is None else self.column.index
        if index is None:
            self.tell("No index serves this column, so there is nothing to set.")
            return
        self.settings = await choose_settings(self.app, self.settings, index.method)
        self._show_header()
        if self.view == "search" and self.asked is not None:
            self.action_run()

    def action_provider(self) -> None:
        """What makes vectors of texts."""
        self.run_worker(self._choose_provider(), group="vectors-choice", exclusive=True, exit_on_error=False)

    async def _choose_provider(self) -> None:
        self.provider = await choose_provider(self.app, self.provider, self.session.profile.name) or self.provider
        self._show_header()
        self.tell(f"Texts become vectors by {self.provider.words}.")

    def action_open_sql(self) -> None:
        """Open the search in the Query pane, in the form that keeps the index."""
        if self.column is None or self.asked is None:
            self.tell("Search first.")
            return
        vector = self.asked.vector.replace("'", "''")
        self.post_message(OpenStatement(self.column.search_sql(self.k).replace("$1", f"'{vector}'") + ";"))

    # Showing

    def tell(self, text: str) -> None:
        """Put a sentence on the message line."""
        self.post_message(Say(text))

    def _show_header(self) -> None:
        column = self.column
        words = "no column of vectors"
        if column is not None:
            index = column.index.describe() if column.index else "no index"
            who = f" · as {self.identity.describe()}" if not self.identity.is_login else ""
            own = f" · {settings_words(self.settings)}" if self.settings else ""
            words = (
                f"{column.title}  {column.type_words} · {column.metric.name} · k {self.k} · {index}{own}{who}"
                f" · {column.rows:,} rows · {self.provider.words}"
            )
        header = self.query_one("#vectors-header", Static)
        header.update(Content(safe_text(words)))
        header.set_class(not self.identity.is_login, "-impersonating")
