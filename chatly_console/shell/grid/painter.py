"""How a grid's lines are drawn: from a row and the columns' slots to a strip of styled text."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from chatly_console.core.text import cell_width, fit, safe_text
from chatly_console.core.values import Column, Row
from chatly_console.shell.grid.cells import heading, written
from chatly_console.shell.grid.column_layout import GAP, Slot

MARK = "▎"
"""The cursor's sign: before its row, and before its cell."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles of a grid, as its theme resolves them."""

    plain: Style
    header: Style
    muted: Style
    row: Style
    """The background of the cursor's row."""
    cell: Style
    mark: Style
    match: Style
    note: Style
    block: Style
    changed: Style


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the cursor stands, for the row that is drawn: the place of its column."""

    place: int


def row_strip(
    row: Row, number: int, slots: Sequence[Slot], columns: Sequence[Column], *,
    gutter: int, width: int, palette: Palette, cursor: Cursor | None, needle: str = "", marked: range = range(0),
    changed: frozenset[int] = frozenset(), frozen: int = 0,
) -> Strip:  # fmt: skip
    """One row: its number, and its cells in their slots; those at the `marked` places as a block."""
    base = palette.plain + palette.row if cursor else palette.plain
    muted = base + palette.muted
    segments = [
        Segment(MARK if cursor else " ", base + palette.mark),
        Segment(f"{number:>{gutter - 1}}", muted),
    ]
    used = gutter
    for slot in slots:
        text, is_muted = written(row[slot.column], columns[slot.column], slot.width)
        style = muted if is_muted else base
        if needle and needle in text.lower():
            style = style + palette.match
        if slot.column in changed:
            style = style + palette.changed
        if slot.place in marked:
            style = style + palette.block
        if cursor and slot.place == cursor.place:
            segments.append(Segment(_gap(slot, frozen)[: GAP - 1] + MARK, base + palette.mark))
            style = style + palette.cell
        else:
            segments.append(Segment(_gap(slot, frozen), muted if 0 < frozen == slot.place else base))
        segments.append(Segment(text, style))
        used += GAP + slot.width
    return _filled(segments, used, width, base)


def header_strip(
    slots: Sequence[Slot], columns: Sequence[Column], *,
    gutter: int, width: int, palette: Palette, sort: tuple[int, bool] | None, hidden_left: int, hidden_right: int,
    links: frozenset[int] = frozenset(), frozen: int = 0,
) -> Strip:  # fmt: skip
    """The columns' names; a sign on the left and the right tells of columns that are scrolled out.

    The signs say how many these are where there is room for it, and never at the cost of a name.
    """
    left = f"‹{hidden_left}" if len(str(hidden_left)) < gutter else "‹"
    segments = [Segment(fit(left if hidden_left else "", gutter), palette.header)]
    used = gutter
    for slot in slots:
        mark = ("▾" if sort[1] else "▴") if sort and sort[0] == slot.column else "→" * (slot.column in links)
        used += GAP + slot.width
        room = slot.width - 1 if hidden_right and used == width else slot.width
        segments.append(Segment(_gap(slot, frozen) + heading(columns[slot.column], room, mark), palette.header))
    if not hidden_right:
        return _filled(segments, used, width, palette.header)
    sign = f"{hidden_right}›" if len(str(hidden_right)) + 2 <= width - used else "›"
    return Strip([*_filled(segments, used, width, palette.header).crop(0, width - len(sign)),
                  Segment(sign, palette.header)], width)  # fmt: skip


def _gap(slot: Slot, frozen: int) -> str:
    """What stands before a column: a line behind the last frozen one, else nothing."""
    return ("│" if 0 < frozen == slot.place else " ") + " " * (GAP - 1)


def text_strip(text: str, width: int, style: Style, plain: Style, *, indent: int = 0) -> Strip:
    """One line of our own words, with what came from the database made safe by the caller or here."""
    shown = fit(safe_text(text), max(0, width - indent))
    return _filled([Segment(" " * indent, plain), Segment(shown, style)], indent + cell_width(shown), width, plain)


def _filled(segments: list[Segment], used: int, width: int, style: Style) -> Strip:
    if used < width:
        segments.append(Segment(" " * (width - used), style))
        return Strip(segments, width)
    strip = Strip(segments, used)
    return strip if used == width else strip.crop(0, width)
