"""The part of the Schema pane that has a catalogue: it reads it, keeps it fresh, and says what becomes of that."""

import logging

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker, WorkerState

from chatly_console.core.catalogue import Catalogue, CatalogueObject, Schema
from chatly_console.core.text import safe_text
from chatly_console.schema.ui.counting import Counting
from chatly_console.schema.ui.looking import Looking
from chatly_console.schema.ui.object_tree import ObjectTree
from chatly_console.schema.ui.object_view import ObjectView
from chatly_console.schema.ui.objects import Objects
from chatly_console.schema.ui.reading import Reading, name_of, wanted_object
from chatly_console.server.shared_catalogue import FRESH
from chatly_console.shell.messages import OpenObject, OpenRelation, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState, Loading, mark_stale

log = logging.getLogger(__name__)


class CataloguePane(Pane):
    """The tree of a catalogue beside the object that is looked at; what keys do with them is the Schema pane's."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.reading = Reading(self)
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

    def go_to(self, found: CatalogueObject | Schema) -> None:
        """Put the cursor of the tree on an object and look at it."""
        self.objects.go_to(found)
        self.look(found, focus=True)

    def look(self, found: CatalogueObject | Schema, *, focus: bool = False) -> None:
        """Look at an object; `focus` lets keys go to it."""
        assert self.catalogue is not None
        if focus:
            self.add_class("-looking")
        self.looking.at(found, self.catalogue, focus=focus)
