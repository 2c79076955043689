"""A list that is drawn anew with every tick while the cursor stays on the same session, statement or finding."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from chatly_console.core.text import cell_text, fit
from chatly_console.shell.cursor_list import CursorList
from chatly_console.triage.ui.layout import GAP, Heading, TableRow, fits, keys_of, widths

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
        self._looks: dict[tuple[str, str], Style] = {}

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
        if not alike or self._room[0] != self.line_width or not self._have_room(changed):
            self._measure_columns()
        if same and self._room == was_room and self.at == was_at:
            for at in changed:
                self.refresh_line(at)
        else:
            self.refresh()

    def _measure_columns(self) -> None:
        self._room = (self.line_width, widths(self._headings, self._rows, self.line_width))

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

    def render_lines(self, crop: Region) -> list[Strip]:
        """All that is drawn at once is drawn with styles that are worked out once."""
        self._looks.clear()
        return super().render_lines(crop)

    def draw_head(self, y: int) -> Strip:
        """The headings."""
        room = self._columns
        cells = [
            fit(heading.title, room[place], right=heading.right)
            for place, heading in enumerate(self._headings)
            if room[place]
        ]
        return self.strip([(" " + (" " * GAP).join(cells), self._look("head"))])

    def draw(self, at: int, here: bool) -> Strip:
        """One row."""
        cursor = "cursor" if here else ""
        parts = [("▎" if here else " ", self._look("strong" if self.has_focus else "", cursor))]
        stale, gap = self.has_class("-stale"), " " * GAP
        for cell, heading, width in zip(self._rows[at].cells, self._headings, self._columns, strict=True):
            if width:
                shown = fit(cell_text(cell.text, width), width, right=heading.right)
                parts.append((shown + gap, self._look("old" if stale else cell.tone, cursor)))
        return self.strip(parts, self._look("", cursor))

    def draw_beyond(self, below: int) -> Strip:
        """What it means that there is nothing."""
        empty = not self._rows and below == 1
        return self.strip([(f" {self._empty}", self._look("muted"))] if empty else [])

    @property
    def _columns(self) -> list[int]:
        if self._room[0] != self.line_width:
            self._measure_columns()
        return self._room[1]

    def _look(self, name: str, under: str = "") -> Style:
        """The style of a component, on the table or on the component under it."""
        if (name, under) not in self._looks:
            base = self._look(under) if under else self.rich_style
            partial = self.get_component_styles(f"table--{name}").partial_rich_style if name else Style()
            self._looks[name, under] = base + partial
        return self._looks[name, under]
