"""Finds any object or column by a part of its name, from anywhere; the chosen one is shown in the Schema pane."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from chatly_console.core.catalogue import object_path
from chatly_console.core.failure import Failure
from chatly_console.core.text import safe_text
from chatly_console.schema.find import NameIndex
from chatly_console.schema.service import name_index
from chatly_console.schema.ui.object_tree import ObjectTree
from chatly_console.shell.messages import OpenObject
from chatly_console.shell.session import Session
from chatly_console.shell.text_fields import TextField


class FindScreen(ModalScreen[Message | None]):
    """Narrows all names as one types, the best first; ends with the request to show the one that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+t", "close", "Close", id="find.close", tooltip="Choose nothing"),
        Binding("down,ctrl+n", "move(1)", "Down", show=False, id="find.down", tooltip="The next name"),
        Binding("up", "move(-1)", "Up", show=False, id="find.up", tooltip="The name above"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="find.page-down", tooltip="A screenful down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="find.page-up", tooltip="A screenful up"),
    ]
    DEFAULT_CSS = """
    FindScreen {
        & ObjectTree {
            height: 16; background: $panel; margin-top: 1;
            & > .tree--row { background: $block-cursor-background; color: $block-cursor-foreground; }
            & > .tree--mark { color: $accent; }
        }
        & .note { color: $muted; height: 1; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._names: NameIndex | None = None

    def compose(self) -> ComposeResult:
        """Title, line, names."""
        tree = ObjectTree()
        tree.can_focus = False
        with Vertical(classes="dialog wide"):
            yield Static("Find an object", classes="title", markup=False)
            yield TextField(placeholder="part of the name of a table, column, function, type, role …", compact=True)
            yield tree
            yield Static("Reading the names…", classes="note", markup=False)

    def on_mount(self) -> None:
        """Read the names; most often they are known already."""
        self._read()

    @work(exclusive=True)
    async def _read(self) -> None:
        if self._session.database is None:
            self._note("Not connected; F2 connects.")
            return
        try:
            self._names = await name_index(self._session.database, with_system=True)
        except Failure as failure:
            self._note(f"✗ {safe_text(failure.sentence)}")
            return
        self._fill(self.query_one(Input).value)

    def _note(self, words: str) -> None:
        self.query_one(".note", Static).update(words)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._fill(message.value)

    def _fill(self, text: str) -> None:
        tree, names = self.query_one(ObjectTree), self._names
        if names is None:
            return
        rows = names.find(text)
        tree.show(rows, empty="No name has this in it." if text.strip() else "")
        tree.move_to(0)
        self._note(f"{len(rows):,} found · enter shows it" if rows else f"{names.count:,} names")

    def action_move(self, by: int) -> None:
        """Mark another name."""
        self.query_one(ObjectTree).action_move(by)

    def action_page(self, by: int) -> None:
        """Mark a name farther off."""
        self.query_one(ObjectTree).action_page(by)

    @on(Input.Submitted)
    def _taken(self, message: Input.Submitted) -> None:
        message.stop()
        self._choose()

    @on(ObjectTree.Opened)
    def _clicked(self, message: ObjectTree.Opened) -> None:
        message.stop()
        self._choose()

    def _choose(self) -> None:
        found = self.query_one(ObjectTree).object
        if found is not None:
            self.dismiss(OpenObject(object_path(found)))

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
