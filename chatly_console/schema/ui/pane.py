"""The Schema pane: the tree of objects on the left, the one that is looked at on the right."""

import logging
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker, WorkerState

from chatly_console.core.catalogue import Catalogue, CatalogueObject, Schema
from chatly_console.core.text import safe_text
from chatly_console.schema.templates import templates
from chatly_console.schema.ui import verbs
from chatly_console.schema.ui.bindings import SCHEMA_BINDINGS
from chatly_console.schema.ui.counting import Counting
from chatly_console.schema.ui.graph_view import GraphView
from chatly_console.schema.ui.looking import Looking
from chatly_console.schema.ui.object_tree import ObjectTree
from chatly_console.schema.ui.object_view import ObjectView
from chatly_console.schema.ui.objects import Objects
from chatly_console.schema.ui.reading import Reading, name_of, wanted_object
from chatly_console.schema.ui.tab_strip import TabStrip
from chatly_console.schema.ui.walking import Walking
from chatly_console.server.shared_catalogue import FRESH
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.grid.copying import copy_text
from chatly_console.shell.grid.messages import LinkFollowed, RowsWanted
from chatly_console.shell.messages import OpenObject, OpenRelation, OpenStatement, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState, Loading, mark_stale

log = logging.getLogger(__name__)


class SchemaPane(Pane):
    """Reads the catalogue, keeps what is folded and looked at, and offers the verbs."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Schema"
    BINDINGS = SCHEMA_BINDINGS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.reading = Reading(self)
        self.walking = Walking(self)
        self._wanted: OpenRelation | OpenObject | None = None
        self.looking = Looking(self)
        self.counting = Counting(self)

    def compose(self) -> ComposeResult:
        """Tree and object; a state in the place of both while there is nothing to show."""
        yield Objects()
        yield ObjectView(id="object")
        yield Vertical(id="pane-state")

    @property
    def tree_of_objects(self) -> ObjectTree:
        """The tree."""
        return self.query_one(ObjectTree)

    @property
    def objects(self) -> Objects:
        """The tree and what finds in it."""
        return self.query_one(Objects)

    @property
    def view(self) -> ObjectView:
        """The object that is looked at."""
        return self.query_one(ObjectView)

    @property
    def catalogue(self) -> Catalogue | None:
        """The catalogue on show."""
        return self.reading.catalogue

    # What the shell calls

    def on_mount(self) -> None:
        """Read the catalogue."""
        self.reading.read()
        self.set_interval(FRESH, self.on_shown)

    def on_connected(self) -> None:
        """Another database: everything is read anew."""
        self.reading.forget()
        self.looking.forget()
        self.walking.forget()
        if self.is_mounted:
            self.objects.forget()
            self.reading.read()

    def on_identity_changed(self) -> None:
        """The rows on show are those of somebody else: read them again as whoever it is now."""
        self.looking.identity_changed()

    def on_link_changed(self) -> None:
        """The server is back: what could not be read is tried again."""
        if self.session.link is not None and self.session.link.is_up and self.catalogue is None and self.is_mounted:
            self.reading.read()

    def on_shown(self) -> None:
        """What was made meanwhile is in the tree."""
        if self.catalogue is not None and self.is_on_screen:
            self.reading.bring_up_to_date()

    def receive(self, request: Message) -> None:
        """Show an object that another pane named."""
        if isinstance(request, OpenRelation | OpenObject):
            self._wanted = request
            if self.catalogue is not None:
                self._show_wanted()

    @property
    def busy(self) -> str:
        """What runs, for who wants to leave."""
        return "counting rows" if self.counting.is_running else self.looking.busy

    def cancel_work(self) -> bool:
        """Stop counting or reading rows."""
        return self.counting.cancel() or self.looking.cancel()

    async def on_unmount(self) -> None:
        """Let go of the rows."""
        self.reading.close()
        await self.looking.close()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged; it must neither vanish nor end the console."""
        if event.state is WorkerState.ERROR:
            log.error("The Schema pane failed", exc_info=event.worker.error)
            name = type(event.worker.error).__name__
            self.post_message(Say(f"This is a fault of the console ({name}); its log has more.", "error"))

    # The catalogue

    def show_catalogue(self, *, is_first: bool) -> None:
        """A catalogue was read: show it, with the cursor where it was."""
        self.remove_class("-waiting", "-failed")
        mark_stale(self.objects, None)
        assert self.catalogue is not None
        self.objects.show(self.catalogue, self.reading.found)
        if is_first and self.app.focused is None:
            self.call_after_refresh(self.tree_of_objects.focus)
        if self._wanted is not None:
            self._show_wanted()

    async def show_state(self, state: Loading | ErrorState, tone: str) -> None:
        """There is no catalogue to show: say what is done about it, or why not."""
        place = self.query_one("#pane-state", Vertical)
        await place.remove_children()
        await place.mount(state)
        self.remove_class("-waiting", "-failed")
        self.add_class(tone)
        if isinstance(state, ErrorState) and self.app.focused is None:
            state.focus()

    def show_stale(self, age: float) -> None:
        """What is on show could not be brought up to date."""
        mark_stale(self.objects, age)

    def _show_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        assert wanted is not None and self.catalogue is not None
        found = wanted_object(self.catalogue, wanted)
        if found is None and self.reading.with_system():
            self._wanted = wanted
        elif found is None:
            name = safe_text(name_of(wanted))
            self.post_message(Say(f"There is no {name} in the catalogue; r reads it again.", "warning"))
        else:
            self.go_to(found)

    # The tree

    @on(Objects.SystemWanted)
    def _system_wanted(self) -> None:
        self.reading.with_system()

    @on(ObjectTree.Highlighted)
    def _highlighted(self, event: ObjectTree.Highlighted) -> None:
        if event.row.object is not None:
            self._look(event.row.object)

    @on(ObjectTree.Opened)
    def _open(self, event: ObjectTree.Opened) -> None:
        if event.row.object is not None:
            if event.row.is_expandable and not event.row.is_open and isinstance(event.row.object, Schema):
                self.objects.fold(event.row.key, True)
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

    @on(GraphView.Walked)
    def _walked(self, event: GraphView.Walked) -> None:
        self.walking.to(event.relation)

    @on(GraphView.WentBack)
    def action_walk_back(self) -> None:
        """Back to the object that was left by following a link or a foreign key."""
        self.walking.back()

    @on(LinkFollowed)
    def _link_followed(self, event: LinkFollowed) -> None:
        event.stop()
        self.walking.follow(event.row)

    def go_to(self, found: CatalogueObject | Schema) -> None:
        """Put the cursor of the tree on an object and look at it."""
        self.objects.go_to(found)
        self._look(found, focus=True)

    @on(RowsWanted)
    def _rows_wanted(self, event: RowsWanted) -> None:
        event.stop()
        self.looking.more_rows(event.upto)

    # Verbs

    def action_find(self) -> None:
        """Type a part of a name."""
        self.remove_class("-looking")
        self.objects.begin_search()

    def action_back(self) -> None:
        """From the object to the tree; from a search to the whole tree."""
        if self.has_class("-looking") or self.view.has_focus_within:
            self.remove_class("-looking")
            self.call_after_refresh(self.tree_of_objects.focus)
        elif self.objects.is_finding:
            self.objects.end_search()

    def action_refresh(self) -> None:
        """Read everything again, the object on show too."""
        self.looking.again()
        self.reading.read(aloud=True)

    @on(ErrorState.Retry)
    def _retry(self, event: ErrorState.Retry) -> None:
        event.stop()
        self.action_refresh()

    def action_step_tab(self, by: int) -> None:
        """Another tab."""
        self.looking.step(by)

    @work(group="write", exclusive=True)
    async def action_write(self) -> None:
        """Choose a statement to begin with, and open it in the editor."""
        found = self.tree_of_objects.object
        offered = templates(self.catalogue, found) if self.catalogue is not None else []
        if not offered:
            self.post_message(Say("There is no statement to begin with for this.", "warning"))
            return
        choices = [Choice(title, sql, sql.partition("\n")[0]) for title, sql in offered]
        sql = await self.app.push_screen_wait(Choose("Write", choices))
        if sql is not None:
            self.post_message(OpenStatement(sql))

    def action_count(self) -> None:
        """Count its rows."""
        self.counting.count(self.tree_of_objects.object)

    def action_copy_graph(self) -> None:
        """The foreign keys of its schema as a Mermaid diagram."""
        if self.catalogue is not None:
            copy_text(self, *verbs.diagram(self.catalogue, self.tree_of_objects.object))

    def action_tab(self, title: str) -> None:
        """The tab with this title."""
        self.looking.show_tab(title, focus=True)

    def action_ask(self, verb: str) -> None:
        """Ask another room to do something with the object at the cursor; see `verbs`."""
        self.post_message(verbs.ASKED[verb](self.tree_of_objects.object))

    @work(group="edit", exclusive=True)
    async def action_edit(self) -> None:
        """Its definition in the editor, once it was read: the key may come right after one that moved the cursor."""
        self.post_message(verbs.open_definition(await self.looking.settled()))

    def action_copy(self) -> None:
        """Its name for SQL."""
        found = self.tree_of_objects.object
        if found is None:
            self.post_message(Say("A folder has no name to copy.", "warning"))
        else:
            copy_text(self, *verbs.name_to_copy(found))
