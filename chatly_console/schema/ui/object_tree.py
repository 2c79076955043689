"""The tree of objects: a list of rows that are folded elsewhere, so that 3,000 tables cost no more than seven."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from chatly_console.core.catalogue import CatalogueObject, Schema
from chatly_console.core.text import cell_text, cell_width, fit
from chatly_console.schema.tree import Key, TreeRow
from chatly_console.shell.cursor_list import CursorList


class ObjectTree(CursorList):
    """Rows of a tree: it says what is to be folded, opened or looked at."""

    BINDING_GROUP_TITLE = "Objects"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="tree.open", tooltip="Look at this object; fold or unfold a folder"),
        Binding("right,l", "unfold", "Unfold", show=False, id="tree.unfold", tooltip="Unfold what is here"),
        Binding("left,h", "fold", "Fold", show=False, id="tree.fold", tooltip="Fold this, or go to what it is in"),
        Binding("space", "turn", "Fold or unfold", show=False, id="tree.turn", tooltip="Fold or unfold what is here"),
    ]
    COMPONENT_CLASSES = {"tree--quiet", "tree--about", "tree--row", "tree--mark"}
    DEFAULT_CSS = """
    ObjectTree {
        background: $background; color: $foreground; scrollbar-size-vertical: 1; overflow-x: hidden;
        & > .tree--quiet { color: $muted; }
        & > .tree--about { color: $muted; }
        & > .tree--row { background: $surface; }
        & > .tree--mark { color: $muted; }
        &:focus {
            & > .tree--row { background: $surface; text-style: bold; }
            & > .tree--mark { color: $accent; }
        }
    }
    """

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row."""

        row: TreeRow

    @dataclass
    class Opened(Message):
        """An object is to be looked at."""

        row: TreeRow

    @dataclass
    class Folded(Message):
        """This is to be folded (or unfolded)."""

        key: Key
        is_open: bool

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[TreeRow] = ()
        self.empty = ""
        self._tones: dict[str, Style] = {}

    @property
    def row(self) -> TreeRow | None:
        """The row of the cursor."""
        return self.rows[self.at] if self.at < len(self.rows) else None

    @property
    def object(self) -> CatalogueObject | Schema | None:
        """What the row of the cursor stands for, unless it is a folder."""
        return self.row.object if self.row is not None else None

    def show(self, rows: Sequence[TreeRow], *, empty: str = "", at: Key | None = None) -> None:
        """Show these rows; the cursor goes to `at`, else stays on its object, else on its line."""
        wanted = at or (self.row.key if self.row is not None else None)
        self.rows, self.empty = rows, empty
        self.hold(len(rows), at=next((index for index, row in enumerate(rows) if row.key == wanted), None))
        self.refresh()
        self.cursor_moved()

    def move_to(self, at: int) -> None:
        """Put the cursor on a line and bring it into sight."""
        self.action_move(at - self.at)

    def cursor_moved(self) -> None:
        """Say what the cursor stands on."""
        if self.row is not None:
            self.post_message(self.Highlighted(self.row))

    # keys

    def action_open(self) -> None:
        """Look at the object; a folder is folded or unfolded."""
        row = self.row
        if row is None:
            return
        if row.object is None:
            self.action_turn()
        else:
            self.post_message(self.Opened(row))

    def action_turn(self) -> None:
        """Fold or unfold."""
        row = self.row
        if row is not None and row.is_expandable:
            self.post_message(self.Folded(row.key, not row.is_open))

    def action_unfold(self) -> None:
        """Unfold; what is unfolded is entered."""
        row = self.row
        if row is None or not row.is_expandable:
            return
        if row.is_open:
            self.action_move(1)
        else:
            self.post_message(self.Folded(row.key, True))

    def action_fold(self) -> None:
        """Fold, or go to what this row is in."""
        row = self.row
        if row is None:
            return
        if row.is_open:
            self.post_message(self.Folded(row.key, False))
            return
        for place in range(self.at - 1, -1, -1):
            if self.rows[place].depth < row.depth:
                self.move_to(place)
                return

    def on_click(self, event: events.Click) -> None:
        """A folder opens at the first click; the cursor list does the rest."""
        at = self.top + event.y
        if event.chain == 1 and at < len(self.rows) and self.rows[at].object is None:
            self.call_next(self.action_turn)

    # drawing

    def notify_style_update(self) -> None:
        """A theme changed, or the focus: the styles are worked out anew."""
        super().notify_style_update()
        self._tones.clear()
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The mark says whether keys go here."""
        super().watch_has_focus(has_focus)
        self._tones.clear()

    def _tone(self, name: str) -> Style:
        if not self._tones:
            self._tones[""] = self.rich_style
        if name not in self._tones:
            own = self.get_component_rich_style(f"tree--{name}", partial=True)
            self._tones[name] = own + Style(color=self.get_component_rich_style(f"tree--{name}").color)
        return self._tones[name]

    def draw_beyond(self, below: int) -> Strip:
        """Where there is nothing to list, why."""
        words = fit(f" {self.empty}", self.line_width) if below == 0 and not self.rows else ""
        return self.strip([(words, self._tone("") + self._tone("about"))])

    def draw(self, at: int, here: bool) -> Strip:
        """One row: mark, fold sign, name, and on the right what there is to say of it."""
        row, width = self.rows[at], self.line_width
        base = self._tone("") + self._tone("row") if here else self._tone("")
        sign = ("▾" if row.is_open else "▸") if row.is_expandable else " "
        lead = f"{'  ' * min(row.depth, 8)}{sign} "
        room = max(4, width - len(lead) - 2)
        about = cell_text(row.about, max(0, min(room // 3, room - 12))) if row.about else ""
        name_room = room - (cell_width(about) + 1 if about else 0)
        parts = [
            ("▎" if here else " ", base + self._tone("mark")),
            (lead, base + self._tone("about")),
            (
                fit(cell_text(row.name, name_room), name_room),
                base + self._tone("quiet") if row.is_quiet or row.object is None else base,
            ),
            (f" {about} " if about else " ", base + self._tone("about")),
        ]
        return self.strip(parts, base)
