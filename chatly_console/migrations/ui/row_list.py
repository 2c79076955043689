"""A list of short lines in several tones, with a cursor: the timeline, and whatever is said of a migration below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chatly_console.core.text import cell_width, cut, safe_text
from chatly_console.migrations.rows import TONES, Row


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws only the lines in sight. The text of rows is raw: it is cleaned here."""

    BINDING_GROUP_TITLE = "List"
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, id="rows.up", tooltip="A line up"),
        Binding("down,j", "move(1)", "Down", show=False, id="rows.down", tooltip="A line down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="rows.page-up", tooltip="A screenful up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="rows.page-down", tooltip="A screenful down"),
        Binding("home,g", "move(-1000000000)", "First", show=False, id="rows.first", tooltip="To the first line"),
        Binding("end,G", "move(1000000000)", "Last", show=False, id="rows.last", tooltip="To the last line"),
        Binding("left", "pan(-8)", "Left", show=False, id="rows.left", tooltip="Scroll to the left"),
        Binding("right", "pan(8)", "Right", show=False, id="rows.right", tooltip="Scroll to the right"),
        Binding("enter", "open", "open", id="rows.open", tooltip="Everything about this line"),
    ]
    COMPONENT_CLASSES = {*(f"rows--{tone}" for tone in TONES), "rows--cursor"}

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        rows: "RowList"
        key: object

        @property
        def control(self) -> "RowList":
            """The list."""
            return self.rows

    @dataclass
    class Opened(Moved):
        """Somebody wants to know all about this row."""

    def __init__(self, *, id: str | None = None, empty: str = "") -> None:
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.empty = empty
        self._at = 0
        self._pan = 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Lines about which there is no more to know cannot be opened."""
        return action != "open" or any(row.key is not None for row in self.rows)

    @property
    def key(self) -> object | None:
        """What the cursor stands on."""
        return self.rows[self._at].key if self.rows else None

    @property
    def texts(self) -> list[str]:
        """What the rows say."""
        return [row.text for row in self.rows]

    def set_rows(self, rows: Sequence[Row], *, at: object | None = None, empty: str | None = None) -> None:
        """Show these rows; the cursor goes to the one with the key `at`, else it stays where it was."""
        key = self.key if at is None else at
        self.rows = rows
        self.empty = self.empty if empty is None else empty
        place = next((index for index, row in enumerate(rows) if row.key is not None and row.key == key), None)
        self._at = min(self._at, max(len(rows) - 1, 0)) if place is None else place
        self.virtual_size = Size(max(1, self.size.width), max(len(rows), 1))
        self.call_after_refresh(self._keep_in_sight)
        self.refresh()

    def action_move(self, lines: int) -> None:
        """Move the cursor."""
        before = self._at
        self._at = max(0, min(self._at + lines, len(self.rows) - 1))
        self._keep_in_sight()
        self.refresh()
        if self._at != before and self.rows:
            self.post_message(self.Moved(self, self.key))

    def action_page(self, pages: int) -> None:
        """A screenful up or down."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_pan(self, cells: int) -> None:
        """Scroll sideways, for lines that are longer than the screen."""
        self._pan = max(0, self._pan + cells)
        self.refresh()

    def action_open(self) -> None:
        """Ask for everything about the row."""
        if self.rows and self.key is not None:
            self.post_message(self.Opened(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there; twice, open it."""
        at = int(self.scroll_offset.y) + event.y
        if at < len(self.rows):
            self.action_move(at - self._at)
            if event.chain == 2:
                self.action_open()

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        height = max(1, self.size.height)
        top = max(self._at - height + 1, min(int(self.scroll_offset.y), self._at))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True)

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor is drawn otherwise without the focus."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row."""
        width, base = self.size.width, self.rich_style
        at = int(self.scroll_offset.y) + y
        if at >= len(self.rows):
            words = f"  {cut(safe_text(self.empty), max(width - 2, 1))}" if not self.rows and y == 0 else ""
            return _strip([(words, base + self._style("muted"))], width, base)
        here = at == self._at and self.rows[at].key is not None
        if here:
            base = base + self._style("cursor")
        mark = ("▎" if here else " ", base + self._style("accent") if self.has_focus else base)
        return _strip([mark, *self._parts(self.rows[at], width - 1, base)], width, base)

    def _parts(self, row: Row, width: int, base: Style) -> list[tuple[str, Style]]:
        parts, skip, room = [], self._pan, width
        for text, tone in row.spans:
            shown = safe_text(text)
            if skip:
                shown, skip = shown[skip:], max(0, skip - len(shown))
            shown = cut(shown, room)
            room -= cell_width(shown)
            parts.append((shown, base + self._style(tone)))
            if room <= 0:
                break
        return parts

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"rows--{name}", partial=True)


def _strip(parts: Sequence[tuple[str, Style]], width: int, base: Style) -> Strip:
    strip = Strip([Segment(text, style) for text, style in parts])
    return strip.crop(0, width).extend_cell_length(width, base)
