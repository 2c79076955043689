"""The drawing of the grid: lines made when they come into sight, and kept for as long as they hold."""

from collections.abc import Sequence

from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chatly_console.core.row_source import ListedRows, RowSource
from chatly_console.core.values import Row
from chatly_console.shell.grid.arrangement import Arranged, Arrangement
from chatly_console.shell.grid.column_layout import ColumnLayout, Slot
from chatly_console.shell.grid.painter import Cursor, Palette, header_strip, row_strip, text_strip


class GridCanvas(ScrollView, can_focus=True, inherit_bindings=False):
    """What the grid shows and how its lines look; `GridView` moves over it and changes it."""

    COMPONENT_CLASSES = {
        "grid--header", "grid--muted", "grid--row", "grid--cell", "grid--mark", "grid--match", "grid--note",
        "grid--block", "grid--changed",
    }  # fmt: skip

    def __init__(self, *, empty: str = "No rows.", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.source: RowSource = ListedRows((), ())
        self.columns = ColumnLayout(())
        self.empty = empty
        """The sentence in place of the rows when there are none."""
        self.cursor_row = 0
        """The place of the cursor among the shown rows; `source_row` has its index in the source."""
        self.cursor_place = 0
        """The place of the cursor among the shown columns."""
        self.first_place = 0
        self.marked_from: tuple[int, int] | None = None
        """The other corner of the marked block: row and place, like the cursor's; None where nothing is marked."""
        self.links: frozenset[int] = frozenset()
        """Columns of the source whose values name rows elsewhere: enter follows them instead of opening the row."""
        self.changed: dict[int, frozenset[int]] = {}
        """Cells that differ from what was shown before, as columns by the row of the source."""
        self.marks_rows = False
        """Whether whole rows are being marked, so that moving stretches the block."""
        self.arranged: Arranged | None = None
        self._arrangement = Arrangement()
        self._arranging = False
        self._note = self._doing = self._age = ""
        self._to_last = False
        self._wanted_at = -1
        self._strips: LRUCache[tuple[int, int, int, int], Strip] = LRUCache(512)
        self._generation = 0
        self._palette: Palette | None = None
        self._slots: tuple[int, list[Slot]] | None = None

    @property
    def row_count(self) -> int:
        """How many rows are shown (all that are loaded, unless filtered)."""
        return self.source.count if self.arranged is None else len(self.arranged.order)

    def source_row(self, index: int) -> int:
        """The index in the source of the shown row `index`."""
        return index if self.arranged is None else self.arranged.order[index]

    def shown_row(self, index: int) -> Row | None:
        """The shown row `index`, or None."""
        return self.source.row(self.source_row(index)) if 0 <= index < self.row_count else None

    def glimpse(self, index: int) -> Row | None:
        """As much of the shown row `index` as is drawn."""
        return self.source.glimpse(self.source_row(index)) if 0 <= index < self.row_count else None

    def block(self) -> tuple[int, int, int, int] | None:
        """The marked block: first row and place, last row and place; None where nothing is marked."""
        if self.marked_from is None:
            return None
        (top, bottom), (left, right) = (
            sorted((self.marked_from[0], self.cursor_row)), sorted((self.marked_from[1], self.cursor_place))
        )  # fmt: skip
        if self.marks_rows:
            left, right = 0, len(self.columns.order) - 1
        return top, left, min(bottom, self.row_count - 1), right

    def _marked_places(self, row: int) -> range:
        block = self.block()
        return range(block[1], block[3] + 1) if block is not None and block[0] <= row <= block[2] else range(0)

    @property
    def _gutter(self) -> int:
        return max(3, len(str(self.source.count)) + 1)

    @property
    def _line_width(self) -> int:
        """The cells of a line, beside the scrollbar if there is one."""
        return self.scrollable_content_region.width

    @property
    def _room(self) -> int:
        return max(0, self._line_width - self._gutter)

    @property
    def column_words(self) -> str:
        """Which column the cursor is in, where not all of them are in sight; else empty."""
        shown = len(self.columns.order)
        return f"column {self.cursor_place + 1:,} of {shown:,}" if len(self._visible()) < shown else ""

    @property
    def note(self) -> str:
        """What the last line says: how the rows are arranged, that more are coming; empty for no such line."""
        arranged = self.arranged.sentence(self.source) if self.arranged is not None else ""
        count = self.columns.hidden
        hidden = f"{count:,} columns hidden (= shows them)" if count > 1 else "1 column hidden (= shows it)" * count
        return " · ".join(part for part in (self._note, self._doing, self._age, arranged, hidden) if part)

    def _forget_strips(self) -> None:
        self._generation += 1
        self._strips.clear()
        self._slots = None
        self.refresh()

    def notify_style_update(self) -> None:
        """A theme or style changed: draw everything anew."""
        super().notify_style_update()
        self._palette = None
        self._forget_strips()

    def _refresh_row(self, row: int) -> None:
        self.refresh(Region(0, row - self.scroll_offset.y + 1, self.size.width, 1))

    def _colours(self) -> Palette:
        if self._palette is None:

            def style(name: str) -> Style:
                # whole, because a muted colour is one against its background; its background only if it has one
                own = self.get_component_rich_style(f"grid--{name}", partial=True)
                return own + Style(color=self.get_component_rich_style(f"grid--{name}").color)

            self._palette = Palette(
                self.rich_style, self.rich_style + style("header"), style("muted"), style("row"), style("cell"),
                style("mark"), style("match"), self.rich_style + style("note"), style("block"),
                style("changed"),
            )  # fmt: skip
        return self._palette

    def render_line(self, y: int) -> Strip:
        """The header, a row, or the note at the bottom."""
        width, palette, note = self._line_width, self._colours(), self.note
        if note and y == self.size.height - 1:
            return text_strip(note, width, palette.note, palette.plain, indent=1)
        if y == 0:
            return self._header(width, palette)
        index = self.scroll_offset.y + y - 1
        if not self.row_count and y == 1:
            return text_strip(self._nothing(), width, palette.plain + palette.muted, palette.plain, indent=1)
        if index >= self.row_count:
            return Strip.blank(width, palette.plain)
        return self._row(index, width, palette)

    def _nothing(self) -> str:
        if self._arrangement.needle:
            return f"No {'' if self.source.exhausted else 'loaded '}row contains this text; esc shows all again."
        return self.empty if self.source.exhausted else ""

    def _visible(self) -> Sequence[Slot]:
        room = self._room
        if self._slots is None or self._slots[0] != room:
            self._slots = room, self.columns.slots(self.first_place, room)
        return self._slots[1]

    def _header(self, width: int, palette: Palette) -> Strip:
        slots = self._visible()
        by = self.arranged.by if self.arranged is not None else Arrangement()
        sort = None if by.sort_column is None else (by.sort_column, by.descending)
        right = len(self.columns.order) - 1 - slots[-1].place if slots else 0
        return header_strip(
            slots, self.source.columns, gutter=self._gutter, width=width, palette=palette, sort=sort,
            hidden_left=max(0, self.first_place - self.columns.frozen), hidden_right=right, links=self.links,
            frozen=self.columns.frozen,
        )  # fmt: skip

    def _row(self, index: int, width: int, palette: Palette) -> Strip:
        cursor = Cursor(self.cursor_place) if index == self.cursor_row else None
        gutter = self._gutter
        key = (index, self._generation, gutter, width)
        marked = self._marked_places(index)
        plain = cursor is None and not marked
        if plain and (strip := self._strips.get(key)) is not None:
            return strip
        row = self.glimpse(index)
        if row is None:
            return Strip.blank(width, palette.plain)
        needle = self._arrangement.needle.lower()
        strip = row_strip(
            row, self.source_row(index) + 1, self._visible(), self.source.columns, gutter=gutter, width=width,
            palette=palette, cursor=cursor, needle=needle, marked=marked,
            changed=self.changed.get(self.source_row(index), frozenset()), frozen=self.columns.frozen,
        )  # fmt: skip
        if plain:
            self._strips[key] = strip
        return strip
