"""A list of short lines in several tones, with a cursor: the timeline, and whatever is said of a migration below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip

from chatly_console.core.text import cell_width, cut, safe_text
from chatly_console.migrations.rows import TONES, Row
from chatly_console.shell.cursor_list import CursorList


class RowList(CursorList):
    """The text of rows is raw: it is cleaned here."""

    BINDINGS = [
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
        self._pan = 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Lines about which there is no more to know cannot be opened."""
        return action != "open" or any(row.key is not None for row in self.rows)

    @property
    def key(self) -> object | None:
        """What the cursor stands on."""
        return self.rows[self.at].key if self.rows else None

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
        self.hold(len(rows), at=place)
        self.call_after_refresh(self.keep_in_sight)
        self.refresh()

    def cursor_moved(self) -> None:
        """Tell whoever shows more of the row."""
        if self.rows:
            self.post_message(self.Moved(self, self.key))

    def action_pan(self, cells: int) -> None:
        """Scroll sideways, for lines that are longer than the screen."""
        self._pan = max(0, self._pan + cells)
        self.refresh()

    def action_open(self) -> None:
        """Ask for everything about the row."""
        if self.rows and self.key is not None:
            self.post_message(self.Opened(self, self.key))

    def draw(self, at: int, here: bool) -> Strip:
        """One row."""
        base = self.rich_style
        here = here and self.rows[at].key is not None
        if here:
            base = base + self._style("cursor")
        mark = ("▎" if here else " ", base + self._style("accent") if self.has_focus else base)
        return self.strip([mark, *self._parts(self.rows[at], self.line_width - 1, base)], base)

    def draw_beyond(self, below: int) -> Strip:
        """What it means that there is nothing."""
        empty = not self.rows and below == 0
        words = f"  {cut(safe_text(self.empty), max(self.line_width - 2, 1))}" if empty else ""
        return self.strip([(words, self.rich_style + self._style("muted"))])

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
