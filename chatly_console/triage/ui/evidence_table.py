"""A list that is drawn anew with every tick while the cursor stays on the same session, statement or finding."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chatly_console.core.text import cell_text, fit
from chatly_console.triage.ui.layout import GAP, Heading, TableRow, keys_of, widths

_TONES = ("plain", "muted", "good", "warn", "bad", "strong")


class EvidenceTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of short cells, each with a tone; the pane sets them, and hears which one is opened."""

    BINDING_GROUP_TITLE = "List"
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, id="triage.up", tooltip="A line up"),
        Binding("down,j", "move(1)", "Down", show=False, id="triage.down", tooltip="A line down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="triage.page-up", tooltip="A screenful up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="triage.page-down", tooltip="A screenful down"),
        Binding("home,g", "move(-1000000000)", "First", show=False, id="triage.first", tooltip="To the first line"),
        Binding("end,G", "move(1000000000)", "Last", show=False, id="triage.last", tooltip="To the last line"),
        Binding("enter", "open", "details", id="triage.open", tooltip="Everything about this line, its SQL in full"),
    ]
    COMPONENT_CLASSES = {*(f"table--{tone}" for tone in _TONES), "table--head", "table--cursor", "table--old"}

    @dataclass
    class Opened(Message):
        """Somebody wants to read everything about this row."""

        key: object

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._headings: Sequence[Heading] = ()
        self._rows: Sequence[TableRow] = ()
        self._empty = ""
        self._at = 0
        self._room: tuple[int, list[int]] = (0, [])

    @property
    def cursor_key(self) -> object | None:
        """What the cursor stands on."""
        return self._rows[self._at].key if self._rows else None

    @property
    def texts(self) -> list[str]:
        """What the rows say, cell by cell, for whoever wants to read the screen."""
        return ["  ".join(cell.text for cell in row.cells) for row in self._rows]

    def set_rows(
        self, headings: Sequence[Heading], rows: Sequence[TableRow], empty: str, *, anew: bool = False
    ) -> None:
        """Show these rows; unless they are others `anew`, the cursor stays with what it stood on."""
        key, before, was_at, was_room = None if anew else self.cursor_key, self._rows, self._at, self._room
        same = headings is self._headings and rows and before and not anew
        self._headings, self._rows, self._empty = headings, rows, empty
        places = [index for index, one in enumerate(keys_of(rows)) if one == key] if key is not None else []
        self._at = places[0] if places else 0 if anew else min(self._at, max(len(rows) - 1, 0))
        self.virtual_size = Size(max(1, self.size.width), len(rows) + 1)
        self._measure()
        self._keep_in_sight()
        if same and self._room == was_room and self._at == was_at:
            self._refresh_changed(before)
        else:
            self.refresh()

    @property
    def _width(self) -> int:
        """The cells of a line, beside the scrollbar if there is one."""
        return self.scrollable_content_region.width

    def _measure(self) -> None:
        self._room = (self._width, widths(self._headings, self._rows, self._width))

    def _refresh_changed(self, before: Sequence[TableRow]) -> None:
        """Draw only the lines that say something else: a tick changes few of them."""
        top = int(self.scroll_offset.y)
        for at in range(top, min(top + self.size.height, max(len(before), len(self._rows)))):
            old, new = before[at : at + 1], self._rows[at : at + 1]
            if old != new:
                self.refresh(Region(0, at - top + 1, self.size.width, 1))

    def _keep_in_sight(self) -> None:
        page = max(1, self.size.height - 1)
        top = max(self._at - page + 1, min(int(self.scroll_offset.y), self._at))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True)

    def action_move(self, lines: int) -> None:
        """Move the cursor."""
        self._at = max(0, min(self._at + lines, len(self._rows) - 1))
        self._keep_in_sight()
        self.refresh()

    def action_page(self, pages: int) -> None:
        """A screenful up or down."""
        self.action_move(pages * max(1, self.size.height - 2))

    def action_open(self) -> None:
        """Ask for the details."""
        if self.cursor_key is not None:
            self.post_message(self.Opened(self.cursor_key))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there; twice, open it."""
        at = int(self.scroll_offset.y) + event.y - 1
        if event.y > 0 and at < len(self._rows):
            self.action_move(at - self._at)
            if event.chain == 2:
                self.action_open()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor is drawn otherwise without the focus."""
        super().watch_has_focus(has_focus)
        self.refresh(Region(0, 0, *self.size))

    def render_line(self, y: int) -> Strip:
        """The headings, or one row."""
        width, base = self._width, self.rich_style
        if self._room[0] != width:
            self._measure()
        room = self._room[1]
        if y == 0:
            style = base + self._style("head")
            cells = [
                fit(heading.title, room[place], right=heading.right)
                for place, heading in enumerate(self._headings)
                if room[place]
            ]
            return _strip([(" " + (" " * GAP).join(cells), style)], width, base)
        at = int(self.scroll_offset.y) + y - 1
        if at >= len(self._rows):
            words = [(f" {self._empty}", base + self._style("muted"))] if not self._rows and y == 2 else []
            return _strip(words, width, base)
        here = at == self._at
        if here:
            base = base + self._style("cursor")
        parts = [("▎" if here else " ", base + self._style("strong") if self.has_focus else base)]
        for place, (cell, heading) in enumerate(zip(self._rows[at].cells, self._headings, strict=True)):
            if room[place]:
                tone = "old" if self.has_class("-stale") else cell.tone
                shown = fit(cell_text(cell.text, room[place]), room[place], right=heading.right)
                parts.append((shown + " " * GAP, base + self._style(tone)))
        return _strip(parts, width, base)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"table--{name}", partial=True)


def _strip(parts: Sequence[tuple[str, Style]], width: int, base: Style) -> Strip:
    strip = Strip([Segment(text, style) for text, style in parts])
    return strip.crop(0, width).extend_cell_length(width, base)
