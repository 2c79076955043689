"""A list that is drawn anew with every tick while the cursor stays on the same session, statement or finding."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from chatly_console.core.text import fit
from chatly_console.shell.cursor_list import CursorList
from chatly_console.triage.ui.layout import GAP, Heading, TableRow, fits, keys_of, padded, widths
from chatly_console.triage.ui.tones import Tones

_TONES = ("plain", "muted", "good", "warn", "bad", "strong")


class EvidenceTable(CursorList):
    """Rows of short cells, each with a tone; the pane sets them, and hears which one is opened."""

    BINDINGS = [
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
        self._room: tuple[int, list[int]] = (0, [])
        self._tones = Tones(self, "table")

    @property
    def cursor_key(self) -> object | None:
        """What the cursor stands on."""
        return self._rows[self.at].key if self._rows else None

    @property
    def texts(self) -> list[str]:
        """What the rows say, cell by cell, for whoever wants to read the screen."""
        return ["  ".join(cell.text for cell in row.cells) for row in self._rows]

    def set_rows(
        self, headings: Sequence[Heading], rows: Sequence[TableRow], empty: str, *, anew: bool = False
    ) -> None:
        """Show these rows; unless they are others `anew`, the cursor stays with what it stood on."""
        key, before, was_at, was_room = None if anew else self.cursor_key, self._rows, self.at, self._room
        keys, same = keys_of(rows), headings is self._headings and bool(rows) and bool(before) and not anew
        alike = same and keys == keys_of(before)
        self._headings, self._rows, self._empty = headings, rows, empty
        if not alike:
            places = [index for index, one in enumerate(keys) if one == key] if key is not None else []
            self.hold(len(rows), head=1, at=places[0] if places else 0 if anew else None)
        changed = self._changed(before)
        width = self.line_width
        if not alike or self._room[0] != width or not self._have_room(changed):
            self._measure_columns(width)
        if not same or self._room != was_room or self.at != was_at:
            self.refresh()
        else:
            self.redraw(changed)

    def _measure_columns(self, width: int) -> None:
        self._room = (width, widths(self._headings, self._rows, width))

    def _have_room(self, lines: Sequence[int]) -> bool:
        return all(fits(self._headings, self._rows[at], self._room[1]) for at in lines if at < len(self._rows))

    def _changed(self, before: Sequence[TableRow]) -> list[int]:
        """The lines in sight that say something else: a tick changes few of them."""
        rows, both = self._rows, min(len(before), len(self._rows))
        lines = range(self.top, min(self.top + self.page, max(len(before), len(rows))))
        return [at for at in lines if at >= both or before[at] != rows[at]]

    def action_open(self) -> None:
        """Ask for the details."""
        if self.cursor_key is not None:
            self.post_message(self.Opened(self.cursor_key))

    def notify_style_update(self) -> None:
        """Another theme, the focus, or stale data: the tones are others."""
        super().notify_style_update()
        self._tones.forget()

    def render_lines(self, crop: Region) -> list[Strip]:
        """All lines that are drawn at once have columns of the same widths."""
        width = self.line_width
        if self._room[0] != width:
            self._measure_columns(width)
        return super().render_lines(crop)

    def draw_head(self, y: int) -> Strip:
        """The headings."""
        named = zip(self._headings, self._room[1], strict=True)
        cells = [fit(heading.title, room, right=heading.right) for heading, room in named if room]
        return self.strip([(" " + (" " * GAP).join(cells), self._tones.of("head"))])

    def draw(self, at: int, here: bool) -> Strip:
        """One row; cells of one tone are one piece, since every piece costs."""
        cursor, tones, stale = "cursor" if here else "", self._tones, self.has_class("-stale")
        width, room = self._room
        style, text, drawn = tones.of("strong" if self.has_focus else "", cursor), "▎" if here else " ", 1
        pieces = []
        for cell, heading, cells in zip(self._rows[at].cells, self._headings, room, strict=True):
            if cells:
                look = tones.of("old" if stale else cell.tone, cursor)
                if look is not style:
                    pieces.append(Segment(text, style))
                    style, text = look, ""
                text += padded(cell.text, cells, heading.right)
                drawn += cells + GAP
        pieces.append(Segment(text[:-GAP], style))
        return Strip(pieces, drawn - GAP).adjust_cell_length(width, tones.of("", cursor))

    def draw_beyond(self, below: int) -> Strip:
        """What it means that there is nothing."""
        empty = not self._rows and below == 1
        return self.strip([(f" {self._empty}", self._tones.of("muted"))] if empty else [])
