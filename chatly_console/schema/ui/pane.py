"""The Schema pane: the tree of objects on the left, the one that is looked at on the right."""

import asyncio
import logging
from pathlib import Path
from time import monotonic
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker, WorkerState

from chatly_console.core.catalogue import Catalogue, CatalogueObject, Relation, Schema
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier
from chatly_console.core.text import safe_text
from chatly_console.schema.find import NameIndex
from chatly_console.schema.service import rows_of
from chatly_console.schema.tree import SYSTEM, Key, first_open, key_of, rows_of_tree
from chatly_console.schema.ui.looking import Looking
from chatly_console.schema.ui.object_tree import ObjectTree
from chatly_console.schema.ui.object_view import ObjectView
from chatly_console.schema.ui.tab_strip import TabStrip
from chatly_console.server.catalogue import load_catalogue, with_system
from chatly_console.shell.filter_input import FilterInput
from chatly_console.shell.grid.copying import copy_text
from chatly_console.shell.grid.messages import RowsWanted
from chatly_console.shell.messages import OpenRelation, OpenStatement, Report, Say, ShowPolicies
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState, Loading

log = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which a catalogue counts as fresh: coming back to the pane later than that reads it again."""


class SchemaPane(Pane):
    """Reads the catalogue, keeps what is folded and looked at, and offers the verbs."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Schema"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", "find", id="schema.find", tooltip="Find any object or column by a part of its name"),
        Binding("o", "open_rows", "rows", id="schema.rows", tooltip="Open its rows in the Query pane"),
        Binding("d", "definition", "definition", id="schema.definition", tooltip="Show its definition as SQL"),
        Binding("e", "edit", "edit", show=False, id="schema.edit", tooltip="Open its definition in the Query pane"),
        Binding("p", "policies", "policies", id="schema.policies", tooltip="Show its policies in the Policies pane"),
        Binding("y", "copy", "copy name", id="schema.copy", tooltip="Copy its name, quoted where SQL needs it"),
        Binding("r", "refresh", "refresh", id="schema.refresh", tooltip="Read the catalogue again"),
        Binding("full_stop,alt+right,ctrl+pagedown", "step_tab(1)", "next tab", id="schema.next_tab",
                tooltip="The next tab of the object"),
        Binding("comma,alt+left,ctrl+pageup", "step_tab(-1)", "previous tab", show=False, id="schema.previous_tab",
                tooltip="The tab before"),
        Binding("escape", "back", "back", show=False, id="schema.back", tooltip="Back to the tree, or out of a search"),
    ]  # fmt: skip

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
                self.tree_of_objects.set_class(True, "-stale")
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
        self.tree_of_objects.set_class(False, "-stale")
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
        self._opened |= _way_to(self.catalogue, relation)
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
        if self.catalogue is not None:
            self._show_tree()
            if event.text:
                self.tree_of_objects.move_to(0)

    @on(FilterInput.Closed)
    def _finder_closed(self, event: FilterInput.Closed) -> None:
        if event.cleared:
            self._end_search()
        self.tree_of_objects.focus()

    def _end_search(self) -> None:
        """The whole tree again, with the cursor on what was found."""
        found = self.tree_of_objects.object
        self.query_one("#objects").remove_class("-finding")
        self.finder.value = ""
        if self.catalogue is None:
            return
        if isinstance(found, Relation):
            self._opened |= _way_to(self.catalogue, found)
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
        """SELECT in the editor, run at once."""
        relation = self._relation()
        if relation is not None:
            self.post_message(OpenStatement(f"{rows_of(relation)}\n limit 100;", run=True))

    def action_edit(self) -> None:
        """The definition in the editor, not run."""
        subject = self.looking.subject
        if subject is not None and subject.sql:
            self.post_message(OpenStatement(subject.sql))
        else:
            self.post_message(Say("There is no definition to open.", "warning"))

    def action_policies(self) -> None:
        """Its policies."""
        relation = self._relation()
        if relation is not None:
            self.post_message(ShowPolicies(relation.schema, relation.name))

    def action_copy(self) -> None:
        """Its name for SQL."""
        found = self.tree_of_objects.object
        if found is None:
            self.post_message(Say("A folder has no name to copy.", "warning"))
        else:
            name = quote_identifier(found.name) if isinstance(found, Schema) else found.quoted
            copy_text(self, name, f"the name {safe_text(name[:60])}")

    def _relation(self) -> Relation | None:
        found = self.tree_of_objects.object
        if isinstance(found, Relation):
            return found
        self.post_message(Say("Only tables, views and sequences have rows and policies.", "warning"))
        return None


def _way_to(catalogue: Catalogue, relation: Relation) -> frozenset[Key]:
    """What must be open for a relation to be seen."""
    way: set[Key] = set()
    top = relation
    while top.parent is not None and (parent := catalogue.relations.get(top.parent)) is not None:
        way.add(key_of(parent))
        top = parent
    plural = {"partitioned table": "tables"}.get(top.kind, f"{top.kind}s")
    folder = "of extensions" if top.extension else plural
    return frozenset(way | {("schema", top.schema), ("folder", top.schema, folder)})
