"""The left side of the Schema pane: the tree of objects, what is folded in it, and the line that finds."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from chatly_console.core.catalogue import Catalogue, CatalogueObject, Schema
from chatly_console.schema.tree import SYSTEM, Key, TreeRow, first_open, key_of, rows_of_tree, way_to
from chatly_console.schema.ui.object_tree import ObjectTree
from chatly_console.shell.filter_input import FilterInput

Finder = Callable[[str], list[TreeRow]]


class Objects(Vertical):
    """Shows a catalogue, whole or what is found in it. The pane reads it and looks at what is chosen."""

    class SystemWanted(Message):
        """The system's own schemas were unfolded."""

    def __init__(self) -> None:
        super().__init__(id="objects")
        self._catalogue: Catalogue | None = None
        self._find: Finder = lambda needle: []
        self._opened: frozenset[Key] = frozenset()

    def compose(self) -> ComposeResult:
        """The tree, and the line above it while something is sought."""
        yield ObjectTree(id="tree")
        yield FilterInput("part of a name", id="find")

    @property
    def tree_of_objects(self) -> ObjectTree:
        """The tree."""
        return self.query_one(ObjectTree)

    @property
    def finder(self) -> FilterInput:
        """The line that finds."""
        return self.query_one(FilterInput)

    def show(self, catalogue: Catalogue, find: Finder) -> None:
        """Show this catalogue, with the cursor on the object where it was."""
        if self._catalogue is None:
            self._opened = self._opened or first_open(catalogue)
        self._catalogue, self._find = catalogue, find
        self._show()

    def forget(self) -> None:
        """Another database: nothing is unfolded."""
        self._catalogue, self._opened = None, frozenset()

    def go_to(self, found: CatalogueObject | Schema) -> None:
        """Put the cursor on an object, unfolding what it is in."""
        assert self._catalogue is not None
        self.finder.value = ""
        self._opened |= way_to(self._catalogue, found)
        self._show(at=key_of(found))

    def fold(self, key: Key, is_open: bool) -> None:
        """Fold or unfold what this key stands for."""
        self._opened = self._opened | {key} if is_open else self._opened - {key}
        if key == SYSTEM and is_open:
            self.post_message(self.SystemWanted())
        self._show()

    def _show(self, at: Key | None = None) -> None:
        if self._catalogue is None:
            return
        needle = self.finder.value.strip()
        if needle:
            self.tree_of_objects.show(self._find(needle), empty="No name has this in it.", at=at)
        else:
            rows = rows_of_tree(self._catalogue, self._opened)
            self.tree_of_objects.show(rows, empty="This database has no schema.", at=at)

    @on(ObjectTree.Folded)
    def _folded(self, event: ObjectTree.Folded) -> None:
        event.stop()
        self.fold(event.key, event.is_open)

    # Finding

    @property
    def is_finding(self) -> bool:
        """Whether something is sought."""
        return bool(self.finder.value) or self.has_class("-finding")

    def begin_search(self) -> None:
        """Type a part of a name."""
        self.add_class("-finding")
        self.finder.focus()

    def end_search(self) -> None:
        """Every object again, with the cursor on what was found."""
        self.remove_class("-finding")
        self.finder.value = ""
        self._show_whole()

    @on(FilterInput.Filtered)
    def _filtered(self, event: FilterInput.Filtered) -> None:
        event.stop()
        if event.text:
            self._show()
            self.tree_of_objects.move_to(0)
        else:
            self._show_whole()

    @on(FilterInput.Closed)
    def _finder_closed(self, event: FilterInput.Closed) -> None:
        event.stop()
        if event.cleared:
            self.end_search()
        self.tree_of_objects.focus()

    def _show_whole(self) -> None:
        found = self.tree_of_objects.object
        if self._catalogue is None:
            return
        if found is not None:
            self._opened |= way_to(self._catalogue, found)
        self._show(at=key_of(found) if found is not None else None)
