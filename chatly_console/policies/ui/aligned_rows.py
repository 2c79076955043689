"""The rows of two to four identities on common lines, drawn line by line, with a cursor that stands on all sides."""

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip

from chatly_console.core.text import cell_width, fit, safe_text
from chatly_console.core.values import Row
from chatly_console.policies.compare import AlignedRow, Comparison
from chatly_console.policies.rows_why import LABELS
from chatly_console.policies.ui.why_view import short_key
from chatly_console.shell.cursor_list import CursorList

KEY_WIDTH = 10
_MARK_WIDTH = 2
_LABEL, _OTHER, _MOST_OTHERS = 22, 16, 4
"""Cells that a row's name keeps at least, that another column has at most, and how many others there are at most."""


class AlignedRows(CursorList):
    """The aligned rows; the cursor stands on one line of all sides."""

    COMPONENT_CLASSES = {
        "side--line", "side--only", "side--cursor", "side--rule", "side--differs", "side--quiet", "side--hidden",
    }  # fmt: skip
    BINDING_GROUP_TITLE = "Side by side"
    BINDINGS = [
        Binding("n", "next_change", "Next", show=False, id="side.next", tooltip="To where the sides change over"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        row: AlignedRow

    def __init__(self) -> None:
        super().__init__(id="side-rows")
        self.compared: Comparison | None = None
        self.rows: list[AlignedRow] = []
        self.columns = ShownColumns()

    def show(self, compared: Comparison, *, only_differences: bool) -> None:
        """Show these rows, from the first."""
        self.compared = compared
        self.rows = [
            row
            for row in compared.rows
            if not only_differences or row.differing or any(cell is None for cell in row.cells)
        ]
        self.columns = chosen_columns(compared)
        self.hold(len(self.rows), at=0)
        self.refresh()
        self.cursor_moved()

    def action_next_change(self) -> None:
        """To the next row that others see than see this one."""
        seen = [tuple(cell is not None for cell in row.cells) for row in self.rows]
        for at in range(self.at + 1, len(seen)):
            if seen[at] != seen[self.at]:
                self.action_move(at - self.at)
                return

    def cursor_moved(self) -> None:
        """Tell whoever shows more of the row."""
        if self.rows:
            self.post_message(self.Moved(self.rows[self.at]))

    def draw(self, at: int, here: bool) -> Strip:
        """One row of all sides."""
        compared, width, plain = self.compared, self.line_width, self.rich_style
        assert compared is not None
        row = self.rows[at]
        ground = plain + self.get_component_rich_style("side--cursor", partial=True) if here else plain
        mark = "▎" if here and self.has_focus else " "
        segments = [Segment(mark, ground + self.get_component_rich_style("side--only", partial=True))]
        rule = ground + self.get_component_rich_style("side--rule", partial=True)
        for side, size in enumerate(side_widths(width - 1, len(compared.sides))):
            if side:
                segments.append(Segment("│ ", rule))
            segments += self._cells(compared, row, row.cells[side], size - 2 * bool(side), ground)
        return Strip(segments).adjust_cell_length(width, ground)

    def _cells(
        self, compared: Comparison, row: AlignedRow, values: Row | None, width: int, ground: Style
    ) -> list[Segment]:
        if values is None:
            hidden = ground + self.get_component_rich_style("side--hidden", partial=True)
            return [Segment(fit("  ·", width), hidden)]
        alone = sum(cell is not None for cell in row.cells) == 1
        differs = ground + self.get_component_rich_style("side--differs", partial=True)
        quiet = ground + self.get_component_rich_style("side--quiet", partial=True)
        only = ground + self.get_component_rich_style("side--only", partial=True)
        mark = Segment("≠ ", differs) if row.differing else Segment("◆ " if alone else "  ", only)
        segments = [mark, Segment(fit(short_key(row.key), KEY_WIDTH), quiet)]
        room = width - _MARK_WIDTH - KEY_WIDTH
        for place, size in self.columns.fitted(room):
            text = values[place]
            name = compared.columns[place].name
            shown = "∅" if text is None else safe_text(text[:200])
            style = differs if name in row.differing else quiet if text is None else ground
            segments += [Segment(" ", ground), Segment(fit(shown, size - 1), style)]
            room -= size
        return [*segments, Segment(" " * room, ground)]


def side_widths(width: int, sides: int) -> list[int]:
    """The cells of each side; what does not divide goes to the last."""
    share = width // max(1, sides)
    return [share] * (sides - 1) + [width - share * (sides - 1)]


@dataclass(frozen=True, slots=True)
class ShownColumns:
    """Which columns are shown of a row beside its key, by their places, and how wide their values are.

    The first is what a person knows a row by. It has all the room that it can use, the others what their values need,
    as many of them as fit without crowding it.
    """

    places: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()

    def fitted(self, room: int) -> list[tuple[int, int]]:
        """The places that fit into so many cells, each with its cells, the blank before it included."""
        if not self.places:
            return []
        least = min(self.widths[0] + 1, _LABEL)
        left, others = room, list[tuple[int, int]]()
        for place, width in zip(self.places[1:], self.widths[1:], strict=True):
            size = min(width, _OTHER) + 2
            if left - size < least:
                break
            left -= size
            others.append((place, size))
        return [(self.places[0], min(left, self.widths[0] + 2) if others else left), *others] if left >= 3 else []


def header_words(compared: Comparison, columns: ShownColumns, width: int) -> str:
    """The names of the columns of one side."""
    room = width - _MARK_WIDTH - KEY_WIDTH
    key = ", ".join(compared.key) if len(compared.key) < len(compared.columns) else ""
    words = "  " + fit(key, KEY_WIDTH)
    for place, size in columns.fitted(room):
        words += " " + fit(safe_text(compared.columns[place].name), size - 1)
    return fit(safe_text(words), width)


def chosen_columns(compared: Comparison) -> ShownColumns:
    """A row's name, then what differs, then columns with few different values."""
    names = [c.name for c in compared.columns]
    free = [i for i, name in enumerate(names) if name not in compared.key] or list(range(len(names)))
    label = next((names.index(w) for w in LABELS if w in names and names.index(w) in free), None)
    rows = [cell for row in compared.rows[:300] for cell in row.cells if cell is not None]
    differing = {name for row in compared.rows for name in row.differing}
    longest = {i: max((cell_width(safe_text((row[i] or "")[:200])) for row in rows), default=1) for i in free}
    few = []
    for i in free:
        values = {row[i] for row in rows}
        if i != label and 1 < len(values) <= 12 and longest[i] <= _OTHER and names[i] not in differing:
            few.append(i)
    first = [label] if label is not None else free[:1]
    changed = [i for i in free if names[i] in differing and i not in first]
    places = first + (changed + few)[:_MOST_OTHERS]
    return ShownColumns(tuple(places), tuple(max(longest[i], len(names[i])) for i in places))
