"""The Schema pane: the tree of objects on the left, the one that is looked at on the right."""

from pathlib import Path

from textual import on, work

from chatly_console.core.catalogue import Schema
from chatly_console.schema.templates import templates
from chatly_console.schema.ui import verbs
from chatly_console.schema.ui.bindings import SCHEMA_BINDINGS
from chatly_console.schema.ui.catalogue_pane import CataloguePane
from chatly_console.schema.ui.graph_view import GraphView
from chatly_console.schema.ui.object_tree import ObjectTree
from chatly_console.schema.ui.objects import Objects
from chatly_console.schema.ui.tab_strip import TabStrip
from chatly_console.schema.ui.walking import Walking
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.grid.copying import copy_text
from chatly_console.shell.grid.messages import LinkFollowed, RowsWanted
from chatly_console.shell.messages import OpenStatement, Say
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState


class SchemaPane(CataloguePane):
    """What keys and clicks do with the tree and with the object that is looked at."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    SCOPED_CSS = False  # the sizes depend on classes of the screen above
    BINDING_GROUP_TITLE = "Schema"
    BINDINGS = SCHEMA_BINDINGS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.walking = Walking(self)

    def on_connected(self) -> None:
        """Another database: everything is read anew, and there is no way back."""
        self.walking.forget()
        super().on_connected()

    # The tree

    @on(Objects.SystemWanted)
    def _system_wanted(self) -> None:
        self.reading.with_system()

    @on(ObjectTree.Highlighted)
    def _highlighted(self, event: ObjectTree.Highlighted) -> None:
        if event.row.object is not None:
            self.look(event.row.object)

    @on(ObjectTree.Opened)
    def _open(self, event: ObjectTree.Opened) -> None:
        if event.row.object is not None:
            if event.row.is_expandable and not event.row.is_open and isinstance(event.row.object, Schema):
                self.objects.fold(event.row.key, True)
            else:
                self.look(event.row.object, focus=True)

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
        beside = self.tree_of_objects.has_focus  # where there is room the tree stands beside the object
        if not beside and (self.has_class("-looking") or self.view.has_focus_within):
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
