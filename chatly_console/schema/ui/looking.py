"""What is looked at just now: reads it once the cursor rests, and shows the tab that is wanted."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import Worker, WorkerError

from chatly_console.core.catalogue import Catalogue, CatalogueObject, Relation, Schema
from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode, Request
from chatly_console.query.run import Phase
from chatly_console.query.service import StatementRun
from chatly_console.schema.neighbours import neighbourhood
from chatly_console.schema.service import look_at, rows_of, statements_on
from chatly_console.schema.subject import Subject
from chatly_console.schema.tab import Tab
from chatly_console.schema.tree import label
from chatly_console.shell.states import Empty, ErrorState, Loading

if TYPE_CHECKING:
    from chatly_console.schema.ui.catalogue_pane import CataloguePane

REST = 0.08
"""Seconds that the cursor rests before an object is read: holding a key down reads none of those it passes."""
STAYS = 0.1
"""Seconds that the object before stays on show while the next is read: most are there by then, and nothing flickers."""
_ROWS_LIMIT = 30.0
_LOCK_LIMIT = 2.0


class Looking:
    """One for the pane. The tab that was chosen last is shown of the next object too, where it has one."""

    def __init__(self, pane: "CataloguePane") -> None:
        self._pane = pane
        self._object: CatalogueObject | Schema | None = None
        self._catalogue = Catalogue()
        self.subject: Subject | None = None
        self.run: StatementRun | None = None
        self._tab = ""
        self._worker: Worker[None] | None = None
        self._focus = False

    # What is looked at

    def at(self, found: CatalogueObject | Schema, catalogue: Catalogue, *, focus: bool = False) -> None:
        """Look at an object; the same one again is only given the focus."""
        self._focus = self._focus or focus
        same = found == self._object
        self._object, self._catalogue = found, catalogue
        if same and self.subject is not None and self.subject.object == found:
            self._give_focus()
        elif not (same and self._worker is not None and self._worker.is_running):
            self._read(0.0 if focus else REST)

    def again(self) -> None:
        """Read the object on show once more."""
        if self._object is not None:
            self.subject = None
            self._read(0.0)

    def forget(self) -> None:
        """Another database: nothing is looked at."""
        self._object, self.subject = None, None
        if self._pane.is_mounted:
            self._drop_rows()
            self._pane.remove_class("-looking")
            self._pane.view.show_tabs((), 0)
            self._pane.view.show_title("", "", (), "")
            self._pane.view.show_state(Empty("Nothing is looked at yet."))

    def _read(self, rest: float) -> None:
        self._worker = self._pane.run_worker(
            partial(self._read_object, rest), group="object", exclusive=True, exit_on_error=False
        )

    async def _read_object(self, rest: float) -> None:
        await asyncio.sleep(rest)
        found, database = self._object, self._pane.session.database
        if found is None or database is None:
            return
        view = self._pane.view
        reading = asyncio.ensure_future(look_at(database, self._catalogue, found))
        try:
            await asyncio.wait({reading}, timeout=STAYS)
            if not reading.done() and (self.subject is None or self.subject.object != found):
                self._show_waiting(found)
            subject = await reading
        finally:
            reading.cancel()
        if found != self._object:
            return
        self.subject = subject
        self._drop_rows()
        view.show_title(subject.name, subject.kind, subject.facts, subject.comment)
        self._show()
        self._give_focus()

    def _show_waiting(self, found: CatalogueObject | Schema) -> None:
        """It takes longer than most: what is on show still belongs to the object before."""
        view = self._pane.view
        self.subject = None
        view.show_title(label(found), "schema" if isinstance(found, Schema) else found.kind, (), "")
        view.show_tabs((), 0)
        view.show_note("")
        view.show_state(Loading("Reading it"))

    def _give_focus(self) -> None:
        if self._focus:
            self._focus = False
            self._pane.call_after_refresh(self._pane.view.focus_content)

    async def settled(self) -> Subject | None:
        """What is looked at, once it was read."""
        while self._worker is not None and self._worker.is_running:
            with suppress(WorkerError):
                await self._worker.wait()
        return self.subject

    # Tabs

    @property
    def relation(self) -> Relation | None:
        """What is looked at, if it is a relation."""
        return self._object if isinstance(self._object, Relation) else None

    @property
    def current(self) -> Tab | None:
        """The tab on show."""
        tabs = self.subject.tabs if self.subject is not None else ()
        return next((tab for tab in tabs if tab.title == self._tab), tabs[0] if tabs else None)

    def step(self, by: int) -> None:
        """The tab beside."""
        tab = self.current
        if self.subject is not None and tab is not None:
            tabs = self.subject.tabs
            self.show_tab(tabs[(tabs.index(tab) + by) % len(tabs)].title)

    def show_index(self, index: int) -> None:
        """The tab that was clicked."""
        if self.subject is not None and index < len(self.subject.tabs):
            self.show_tab(self.subject.tabs[index].title)

    def show_tab(self, title: str, *, focus: bool = False) -> None:
        """The tab with this title, where the object has one; `focus` lets keys go to what it holds."""
        self._tab = title
        self._focus = self._focus or (focus and self._object is not None)
        if self.subject is not None:
            if focus:
                self._pane.call_after_refresh(self._give_focus)
            self._show()

    def _show(self) -> None:
        assert self.subject is not None
        view, subject, tab = self._pane.view, self.subject, self.current
        view.show_tabs(subject.tabs, subject.tabs.index(tab) if tab is not None else 0)
        if tab is None:
            view.show_state(ErrorState(subject.failure) if subject.failure else Empty("There is no more to say of it."))
        elif tab.rows is not None:
            view.show_list(tab)
        elif tab.title == "graph" and isinstance(subject.object, Relation):
            view.show_graph(neighbourhood(self._catalogue, subject.object))
        elif tab.title == "statements" and isinstance(subject.object, Relation):
            self._pane.run_worker(
                self._read_statements(subject.object), group="statements", exclusive=True, exit_on_error=False
            )
        elif tab.title == "definition":
            view.show_sql(subject.sql)
        else:
            self._show_rows()
        if tab is not None and subject.failure is not None:
            hint = f"  {subject.failure.hint}" if subject.failure.hint else ""
            view.show_note(f"▲ {subject.failure.sentence}{hint}", tone="-failed")

    # Statements on record

    async def _read_statements(self, relation: Relation) -> None:
        database = self._pane.session.database
        if database is None:
            return
        self._pane.view.show_state(Loading("Reading the statements on record"))
        try:
            tab = await statements_on(database, self._catalogue, relation)
        except Failure as failure:
            self._pane.view.show_state(ErrorState(failure))
            return
        if relation == self._object and self.current is not None and self.current.title == "statements":
            self._pane.view.show_list(tab)
            self._give_focus()

    # Rows

    def _show_rows(self) -> None:
        database, found = self._pane.session.database, self._object
        if database is None or not isinstance(found, Relation):
            return
        if self.run is not None:
            self._pane.view.show_run(self.run, found)
            return
        request = Request(
            rows_of(found), identity=self._pane.session.identity, mode=Mode.READ_ONLY,
            statement_timeout=_ROWS_LIMIT, lock_timeout=_LOCK_LIMIT,
        )  # fmt: skip
        self.run = StatementRun(database, request, on_change=self._changed, idle_limit=60.0)
        self._pane.view.show_run(self.run, found)
        self.run.start()

    def _changed(self, run: StatementRun) -> None:
        tab, found = self.current, self._object
        is_shown = run is self.run and self._pane.is_mounted and tab is not None and tab.title == "rows"
        if is_shown and isinstance(found, Relation):
            self._pane.view.show_run(run, found)

    def more_rows(self, upto: int | None) -> None:
        """Somebody scrolls towards the end of what is loaded."""
        if self.run is not None:
            if upto is None:
                self.run.rest()
            else:
                self.run.more()

    def identity_changed(self) -> None:
        """The rows must be those of the new identity; they are gone from the screen at once."""
        self._drop_rows()
        tab = self.current
        if self._pane.is_mounted and tab is not None and tab.title == "rows":
            self._show_rows()

    def _drop_rows(self) -> None:
        run, self.run = self.run, None
        if run is not None:
            self._pane.run_worker(run.forget(), group="rows", exit_on_error=False)

    # Ending

    @property
    def busy(self) -> str:
        """What runs, in words."""
        return "reading rows" if self.run is not None and self.run.state.is_working else ""

    def cancel(self) -> bool:
        """Stop reading rows."""
        return self.run is not None and self.run.state.phase is not Phase.DONE and self.run.cancel()

    async def close(self) -> None:
        """Let go of the connection."""
        if self.run is not None:
            await self.run.forget()
