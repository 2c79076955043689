"""The Schema pane: the tree of objects on the left, the one that is looked at on the right."""

import asyncio
import logging
from pathlib import Path
from time import monotonic

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker, WorkerState

from chatly_console.core.catalogue import Catalogue, CatalogueObject, Schema
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.schema.find import NameIndex
from chatly_console.schema.tree import SYSTEM, Key, first_open, key_of, rows_of_tree, way_to
from chatly_console.schema.ui import verbs
from chatly_console.schema.ui.bindings import SCHEMA_BINDINGS
from chatly_console.schema.ui.looking import Looking
from chatly_console.schema.ui.object_tree import ObjectTree
from chatly_console.schema.ui.object_view import ObjectView
from chatly_console.schema.ui.tab_strip import TabStrip
from chatly_console.server.catalogue import load_catalogue, with_system
from chatly_console.shell.filter_input import FilterInput
from chatly_console.shell.grid.copying import copy_text
from chatly_console.shell.grid.messages import RowsWanted
from chatly_console.shell.messages import OpenRelation, Report, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState, Loading, mark_stale

log = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which a catalogue counts as fresh: coming back to the pane later than that reads it again."""


class SchemaPane(Pane):
    """Reads the catalogue, keeps what is folded and looked at, and offers the verbs."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Schema"
    BINDINGS = SCHEMA_BINDINGS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.catalogue: Catalogue | None = None
        self._names: NameIndex | None = None
        self._opened: frozenset[Key] = frozenset()
        self._has_system = False
        self._read_at = 0.0
        self._wanted: OpenRelation | None = None
        self.looking = Looking(self)

    def compose(self) -> ComposeResult:
        """Tree and object; a state in the place of both while there is nothing to show."""
        with Vertical(id="objects"):
            yield ObjectTree(id="tree")
            yield FilterInput("part of a name", id="find")
        yield ObjectView(id="object")
        yield Vertical(id="pane-state")

    @property
    def tree_of_objects(self) -> ObjectTree:
        """The tree."""
        return self.query_one(ObjectTree)

    @property
    def finder(self) -> FilterInput:
        """The line that finds."""
        return self.query_one(FilterInput)

    @property
    def view(self) -> ObjectView:
        """The object that is looked at."""
        return self.query_one(ObjectView)

    # What the shell calls

    def on_mount(self) -> None:
        """Read the catalogue."""
        self.load()

    def on_connected(self) -> None:
        """Another database: everything is read anew."""
        self.catalogue, self._names, self._opened, self._has_system = None, None, frozenset(), False
        self.looking.forget()
        if self.is_mounted:
            self.load()

    def on_identity_changed(self) -> None:
        """The rows on show are those of somebody else: read them again as whoever it is now."""
        self.looking.identity_changed()

    def on_link_changed(self) -> None:
        """The server is back: what could not be read is tried again."""
        if self.session.link is not None and self.session.link.is_up and self.catalogue is None and self.is_mounted:
            self.load()

    def on_shown(self) -> None:
        """What was made meanwhile is in the tree."""
        if self.catalogue is not None and monotonic() - self._read_at > FRESH:
            self.load()

    def receive(self, request: Message) -> None:
        """Show a relation that another pane named."""
        if isinstance(request, OpenRelation):
            self._wanted = request
            if self.catalogue is not None:
                self._show_wanted()

    @property
    def busy(self) -> str:
        """What runs, for who wants to leave."""
        return self.looking.busy

    def cancel_work(self) -> bool:
        """Stop reading rows."""
        return self.looking.cancel()

    async def on_unmount(self) -> None:
        """Let go of the rows."""
        await self.looking.close()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged; it must neither vanish nor end the console."""
        if event.state is WorkerState.ERROR:
            log.error("The Schema pane failed", exc_info=event.worker.error)
            name = type(event.worker.error).__name__
            self.post_message(Say(f"This is a fault of the console ({name}); its log has more.", "error"))

    # The catalogue

    @work(group="catalogue", exclusive=True, exit_on_error=False)
    async def load(self, *, aloud: bool = False) -> None:
        """Read the catalogue; the one on show stays until the new one is there, and where that cannot be read."""
        database = self.session.database
        if self.catalogue is None:
            await self._show_state(Loading("Reading the catalogue", way_out="F2 connects elsewhere"), "-waiting")
        try:
            if database is None:
                raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
            catalogue = await load_catalogue(database)
            if self._has_system:
                catalogue = await with_system(database, catalogue)
            names = await asyncio.to_thread(NameIndex, catalogue)
        except Failure as failure:
            if self.catalogue is None:
                await self._show_state(ErrorState(failure), "-failed")
            else:
                mark_stale(self.query_one("#objects"), monotonic() - self._read_at)
                self.post_message(Report(failure))
            return
        if self.catalogue is None:
            self._opened = self._opened or first_open(catalogue)
        self.catalogue, self._names, self._read_at = catalogue, names, monotonic()
        self._show_catalogue()
        if aloud:
            count = len(catalogue.relations)
            self.post_message(Say(f"The catalogue is read again: {count:,} relations.", "done"))

    async def _show_state(self, state: Loading | ErrorState, tone: str) -> None:
        place = self.query_one("#pane-state", Vertical)
        await place.remove_children()
        await place.mount(state)
        self.remove_class("-waiting", "-failed")
        self.add_class(tone)
        if isinstance(state, ErrorState) and self.app.focused is None:
            state.focus()

    def _show_catalogue(self) -> None:
        was_hidden = self.has_class("-waiting") or self.has_class("-failed")
        self.remove_class("-waiting", "-failed")
        mark_stale(self.query_one("#objects"), None)
        self._show_tree()
        if was_hidden and self.app.focused is None:
            self.call_after_refresh(self.tree_of_objects.focus)
        if self._wanted is not None:
            self._show_wanted()

    def _show_tree(self, at: Key | None = None) -> None:
        assert self.catalogue is not None and self._names is not None
        needle = self.finder.value.strip()
        if needle:
            self.tree_of_objects.show(self._names.find(needle), empty="No name has this in it.", at=at)
        else:
            rows = rows_of_tree(self.catalogue, self._opened)
            self.tree_of_objects.show(rows, empty="This database has no schema.", at=at)

    def _show_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        assert wanted is not None and self.catalogue is not None
        relation = self.catalogue.relation(wanted.schema, wanted.name)
        if relation is None:
            name = safe_text(f"{wanted.schema}.{wanted.name}")
            self.post_message(Say(f"There is no relation {name} in the catalogue; r reads it again.", "warning"))
            return
        self.finder.value = ""
        self._opened |= way_to(self.catalogue, relation)
        self._show_tree(at=key_of(relation))
        self._look(relation, focus=True)

    # The tree

    @on(ObjectTree.Folded)
    def _fold(self, event: ObjectTree.Folded) -> None:
        self._opened = self._opened | {event.key} if event.is_open else self._opened - {event.key}
        if event.key == SYSTEM and event.is_open and not self._has_system:
            self._has_system = True
            self.load()
        self._show_tree()

    @on(ObjectTree.Highlighted)
    def _highlighted(self, event: ObjectTree.Highlighted) -> None:
        if event.row.object is not None:
            self._look(event.row.object)

    @on(ObjectTree.Opened)
    def _open(self, event: ObjectTree.Opened) -> None:
        if event.row.object is not None:
            if event.row.is_expandable and not event.row.is_open and isinstance(event.row.object, Schema):
                self._fold(ObjectTree.Folded(event.row.key, True))
            else:
                self._look(event.row.object, focus=True)

    def _look(self, found: CatalogueObject | Schema, *, focus: bool = False) -> None:
        assert self.catalogue is not None
        if focus:
            self.add_class("-looking")
        self.looking.at(found, self.catalogue, focus=focus)

    @on(TabStrip.Chosen)
    def _tab_chosen(self, event: TabStrip.Chosen) -> None:
        self.looking.show_index(event.index)

    @on(RowsWanted)
    def _rows_wanted(self, event: RowsWanted) -> None:
        event.stop()
        self.looking.more_rows(event.upto)

    # Finding

    def action_find(self) -> None:
        """Type a part of a name."""
        self.remove_class("-looking")
        self.query_one("#objects").add_class("-finding")
        self.finder.focus()

    @on(FilterInput.Filtered)
    def _filtered(self, event: FilterInput.Filtered) -> None:
        if self.catalogue is not None and event.text:
            self._show_tree()
            self.tree_of_objects.move_to(0)
        elif self.catalogue is not None:
            self._show_whole_tree()

    @on(FilterInput.Closed)
    def _finder_closed(self, event: FilterInput.Closed) -> None:
        if event.cleared:
            self._end_search()
        self.tree_of_objects.focus()

    def _end_search(self) -> None:
        self.query_one("#objects").remove_class("-finding")
        self.finder.value = ""
        self._show_whole_tree()

    def _show_whole_tree(self) -> None:
        """Every object again, with the cursor on what was found."""
        found = self.tree_of_objects.object
        if self.catalogue is None:
            return
        if found is not None:
            self._opened |= way_to(self.catalogue, found)
        self._show_tree(at=key_of(found) if found is not None else None)

    # Verbs

    def action_back(self) -> None:
        """From the object to the tree; from a search to the whole tree."""
        if self.has_class("-looking") or self.view.has_focus_within:
            self.remove_class("-looking")
            self.call_after_refresh(self.tree_of_objects.focus)
        elif self.finder.value or self.query_one("#objects").has_class("-finding"):
            self._end_search()

    def action_refresh(self) -> None:
        """Read everything again, the object on show too."""
        self.looking.again()
        self.load(aloud=True)

    @on(ErrorState.Retry)
    def _retry(self, event: ErrorState.Retry) -> None:
        event.stop()
        self.action_refresh()

    def action_step_tab(self, by: int) -> None:
        """Another tab."""
        self.looking.step(by)

    def action_definition(self) -> None:
        """The tab with the SQL."""
        self.looking.show_tab("definition")

    def action_open_rows(self) -> None:
        """Its rows in the editor."""
        self.post_message(verbs.open_rows(self.tree_of_objects.object))

    def action_edit(self) -> None:
        """Its definition in the editor."""
        self.post_message(verbs.open_definition(self.looking.subject))

    def action_policies(self) -> None:
        """Its policies."""
        self.post_message(verbs.show_policies(self.tree_of_objects.object))

    def action_copy(self) -> None:
        """Its name for SQL."""
        found = self.tree_of_objects.object
        if found is None:
            self.post_message(Say("A folder has no name to copy.", "warning"))
        else:
            name = verbs.name_for_sql(found)
            copy_text(self, name, f"the name {safe_text(name[:60])}")
