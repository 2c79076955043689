"""The tree of objects: lines drawn as they come into sight, so that 3,000 tables cost no more than seven."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chatly_console.core.catalogue import CatalogueObject, Schema
from chatly_console.core.text import cell_text, cell_width, fit
from chatly_console.schema.tree import Key, TreeRow


def _key(keys: str, action: str, description: str, tooltip: str, *, show: bool = False) -> Binding:
    name = action.partition("(")[0].replace("_", "-")
    return Binding(keys, action, description, show=show, id=f"tree.{name}", tooltip=tooltip)


class ObjectTree(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of a tree, folded elsewhere: it says what is to be folded, opened or looked at."""

    BINDING_GROUP_TITLE = "Objects"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="tree.up", tooltip="To the line above"),
        Binding("down,j", "move(1)", "Down", show=False, id="tree.down", tooltip="To the line below"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="tree.page-up", tooltip="A screenful up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="tree.page-down", tooltip="A screenful down"),
        Binding("home,g", "end(-1)", "First", show=False, id="tree.first", tooltip="To the first line"),
        Binding("end,G", "end(1)", "Last", show=False, id="tree.last", tooltip="To the last line"),
        _key("enter", "open", "Open", "Look at this object; fold or unfold a folder", show=True),
        _key("right,l", "unfold", "Unfold", "Unfold what is here"),
        _key("left,h", "fold", "Fold", "Fold this, or go to what it is in"),
        _key("space", "turn", "Fold or unfold", "Fold or unfold what is here"),
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
        self.cursor = 0
        self.empty = ""
        self._styles_: dict[str, Style] = {}

    @property
    def row(self) -> TreeRow | None:
        """The row of the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    @property
    def object(self) -> CatalogueObject | Schema | None:
        """What the row of the cursor stands for, unless it is a folder."""
        return self.row.object if self.row is not None else None

    def show(self, rows: Sequence[TreeRow], *, empty: str = "", at: Key | None = None) -> None:
        """Show these rows; the cursor goes to `at`, else stays on its object, else on its line."""
        wanted = at or (self.row.key if self.row is not None else None)
        self.rows, self.empty = rows, empty
        place = next((index for index, row in enumerate(rows) if row.key == wanted), None)
        self.virtual_size = Size(max(1, self.size.width), len(rows))
        before = self.cursor
        self.cursor = max(0, min(before if place is None else place, len(rows) - 1))
        self._scroll_to_cursor()
        self.refresh()
        self._tell()

    def go_to(self, key: Key) -> bool:
        """Put the cursor on the row with this key; returns whether there is one."""
        place = next((index for index, row in enumerate(self.rows) if row.key == key), None)
        if place is not None:
            self.move_to(place)
        return place is not None

    def move_to(self, place: int) -> None:
        """Put the cursor on a line and bring it into sight."""
        before, self.cursor = self.cursor, max(0, min(place, len(self.rows) - 1))
        for line in (before, self.cursor):
            self.refresh(Region(0, line - self.scroll_offset.y, self.size.width, 1))
        self._scroll_to_cursor()
        if before != self.cursor:
            self._tell()

    def _tell(self) -> None:
        if self.row is not None:
            self.post_message(self.Highlighted(self.row))

    def _scroll_to_cursor(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)

    # keys

    def action_move(self, lines: int) -> None:
        """Lines up or down."""
        self.move_to(self.cursor + lines)

    def action_page(self, pages: int) -> None:
        """Screenfuls up or down."""
        self.move_to(self.cursor + pages * max(1, self.size.height - 1))

    def action_end(self, way: int) -> None:
        """To the first or last line."""
        self.move_to(0 if way < 0 else len(self.rows) - 1)

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
        for place in range(self.cursor - 1, -1, -1):
            if self.rows[place].depth < row.depth:
                self.move_to(place)
                return

    def on_click(self, event: events.Click) -> None:
        """The cursor goes there; folders open, a second click looks at the object."""
        place = self.scroll_offset.y + event.y
        if place < len(self.rows):
            self.move_to(place)
            if self.rows[place].object is None:
                self.action_turn()
            elif event.chain == 2:
                self.action_open()

    # drawing

    def notify_style_update(self) -> None:
        """A theme changed: the styles are worked out anew."""
        super().notify_style_update()
        self._styles_.clear()
        self.refresh()

    def on_resize(self) -> None:
        """Lines are as wide as the tree."""
        self.virtual_size = Size(max(1, self.size.width), len(self.rows))
        self._scroll_to_cursor()

    def on_focus(self) -> None:
        """The mark says that keys go here."""
        self.notify_style_update()

    def on_blur(self) -> None:
        """The mark goes pale."""
        self.notify_style_update()

    def _style(self, name: str) -> Style:
        if name not in self._styles_:
            own = self.get_component_rich_style(f"tree--{name}", partial=True)
            self._styles_[name] = own + Style(color=self.get_component_rich_style(f"tree--{name}").color)
        return self._styles_[name]

    def render_line(self, y: int) -> Strip:
        """One row: mark, fold sign, name, and on the right what there is to say of it."""
        place, width = self.scroll_offset.y + y, self.size.width
        if place >= len(self.rows):
            words = fit(f" {self.empty}", width) if y == 0 and not self.rows else " " * width
            return Strip([Segment(words, self.rich_style + self._style("about"))], width)
        row = self.rows[place]
        base = self.rich_style + self._style("row") if place == self.cursor else self.rich_style
        sign = ("▾" if row.is_open else "▸") if row.is_expandable else " "
        lead = f"{'  ' * min(row.depth, 8)}{sign} "
        room = max(4, width - len(lead) - 2)
        about = cell_text(row.about, max(0, min(room // 3, room - 12))) if row.about else ""
        name_room = room - (cell_width(about) + 1 if about else 0)
        name_style = base + self._style("quiet") if row.is_quiet or row.object is None else base
        mark = "▎" if place == self.cursor else " "
        segments = [
            Segment(mark, base + self._style("mark")),
            Segment(lead, base + self._style("about")),
            Segment(fit(cell_text(row.name, name_room), name_room), name_style),
            Segment(f" {about} " if about else " ", base + self._style("about")),
        ]
        return Strip(segments).adjust_cell_length(width, base)
