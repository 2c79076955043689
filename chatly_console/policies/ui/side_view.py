"""Two to four identities beside each other on one table: rows on one line where their keys are equal."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Static

from chatly_console.core.text import safe_text
from chatly_console.core.values import Row
from chatly_console.policies.compare import AlignedRow, Comparison
from chatly_console.policies.report import name_of
from chatly_console.policies.ui.why_view import short_key

_LABELS = ("title", "subject", "name", "display_name", "email", "slug", "body", "content", "filename")
_KEY_WIDTH = 10


class AlignedRows(ScrollView, can_focus=True):
    """The aligned rows; the cursor stands on one line of all sides."""

    COMPONENT_CLASSES = {"side--line", "side--only", "side--cursor", "side--rule", "side--differs", "side--quiet"}
    BINDING_GROUP_TITLE = "Side by side"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="side.up", tooltip="To the row above"),
        Binding("down,j", "move(1)", "Down", show=False, id="side.down", tooltip="To the row below"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="side.page_up", tooltip="A screenful up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="side.page_down", tooltip="A screenful down"),
        Binding("home,g", "move(-1000000)", "First", show=False, id="side.first", tooltip="To the first row"),
        Binding("end,G", "move(1000000)", "Last", show=False, id="side.last", tooltip="To the last row"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        row: AlignedRow

    def __init__(self) -> None:
        super().__init__(id="side-rows")
        self.compared: Comparison | None = None
        self.rows: list[AlignedRow] = []
        self.cursor = 0
        self._places: list[int] = []

    def show(self, compared: Comparison, *, only_differences: bool) -> None:
        """Show these rows, from the first."""
        self.compared = compared
        self.rows = [
            row
            for row in compared.rows
            if not only_differences or row.differing or any(cell is None for cell in row.cells)
        ]
        self.cursor = 0
        self._places = _chosen_columns(compared)
        self.virtual_size = Size(1, len(self.rows))
        self.scroll_to(0, 0, animate=False, immediate=True)
        self.refresh()
        self._tell()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self.cursor + by, len(self.rows) - 1))
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)
        self.refresh()
        self._tell()

    def action_page(self, by: int) -> None:
        """A screenful."""
        self.action_move(by * max(1, self.size.height - 1))

    def _tell(self) -> None:
        if self.rows:
            self.post_message(self.Moved(self.rows[self.cursor]))

    def on_focus(self) -> None:
        """The cursor is drawn otherwise."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor is drawn otherwise."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row on all sides."""
        index, width = self.scroll_offset.y + y, self.size.width
        compared = self.compared
        plain = self.rich_style
        if compared is None or index >= len(self.rows):
            return Strip.blank(width, plain)
        row = self.rows[index]
        on_cursor = index == self.cursor
        ground = plain + self.get_component_rich_style("side--cursor", partial=True) if on_cursor else plain
        mark = "▎" if on_cursor and self.has_focus else " "
        segments = [Segment(mark, ground + self.get_component_rich_style("side--only", partial=True))]
        rule = ground + self.get_component_rich_style("side--rule", partial=True)
        for at, size in enumerate(side_widths(width - 1, len(compared.sides))):
            if at:
                segments.append(Segment("│ ", rule))
            segments += self._cells(compared, row, row.cells[at], size - 2 * bool(at), ground)
        return Strip(segments).adjust_cell_length(width, ground)

    def _cells(
        self, compared: Comparison, row: AlignedRow, values: Row | None, width: int, ground: Style
    ) -> list[Segment]:
        if values is None:
            return [Segment(" " * max(0, width), ground)]
        alone = sum(cell is not None for cell in row.cells) == 1
        style = ground + self.get_component_rich_style("side--only" if alone else "side--line", partial=True)
        quiet = ground + self.get_component_rich_style("side--quiet", partial=True)
        differs = ground + self.get_component_rich_style("side--differs", partial=True)
        segments = [
            Segment("◆ " if alone else "  ", style),
            Segment(_fit(short_key(row.key), _KEY_WIDTH), quiet),
        ]
        room = width - 2 - _KEY_WIDTH
        for place, size in zip(self._places, _column_widths(room, len(self._places)), strict=True):
            if size < 3:
                break
            text = values[place]
            name = compared.columns[place].name
            shown = "∅" if text is None else safe_text(text[:200])
            cell_style = differs if name in row.differing else quiet if text is None else ground
            segments += [Segment(" ", ground), Segment(_fit(shown, size - 1), cell_style)]
        return segments


def side_widths(width: int, sides: int) -> list[int]:
    """The cells of each side; what does not divide goes to the last."""
    share = width // max(1, sides)
    return [share] * (sides - 1) + [width - share * (sides - 1)]


def _fit(text: str, width: int) -> str:
    if width <= 0:
        return ""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width)


def _column_widths(room: int, count: int) -> list[int]:
    """The first column has most of the room: it is what a person knows a row by."""
    if count <= 1:
        return [room] * count
    side = min(16, room // (count + 1))
    return [room - side * (count - 1), *[side] * (count - 1)]


def _chosen_columns(compared: Comparison) -> list[int]:
    """What is shown of a row beside its key: its name, and columns with few different values."""
    names = [c.name for c in compared.columns]
    free = [i for i, name in enumerate(names) if name not in compared.key]
    label = next((names.index(w) for w in _LABELS if w in names and names.index(w) in free), None)
    rows = [cell for row in compared.rows[:300] for cell in row.cells if cell is not None]
    few = []
    for i in free:
        values = {row[i] for row in rows}
        longest = max((len(v) for v in values if v is not None), default=0)
        if i != label and 1 < len(values) <= 12 and longest <= 16:
            few.append(i)
    first = [label] if label is not None else free[:1]
    return first + few[:2]


class SideView(Vertical):
    """Names and counts above, the rows, and below why the row under the cursor is on one side only."""

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static("", id="side-head", markup=False)
        yield AlignedRows()
        yield Static("", id="side-why", markup=False)

    def show(self, compared: Comparison, title: str, *, only_differences: bool) -> None:
        """Show a comparison."""
        self.compared, self._title, self._only = compared, title, only_differences
        self._head()
        self.query_one(AlignedRows).show(compared, only_differences=only_differences)
        self.query_one("#side-why", Static).update(Content(""))

    def on_resize(self) -> None:
        """The names stand above their sides."""
        if hasattr(self, "compared"):
            self._head()

    def _head(self) -> None:
        compared, width = self.compared, max(20, self.size.width - 1)
        widths = side_widths(width, len(compared.sides))
        names, counts, rule = [Content(" ")], [Content(" ")], " "
        for at, (side, size) in enumerate(zip(compared.sides, widths, strict=True)):
            room = size - 2 * bool(at)
            separator = Content.styled("│ ", "$muted") if at else Content("")
            rows = f"{len(side.rows):,}{'+' if side.truncated else ''} rows"
            name = _fit(safe_text(name_of(side.identity)), max(1, room - cell_len(rows) - 2))
            names += [separator, Content.assemble((name, "bold $impersonate"), f" {rows} ")]
            words = safe_text(side.failure.sentence) if side.failure else _counts(compared, at)
            style = "$bad" if side.failure else "$muted"
            counts += [separator, Content.styled(_fit(words, room), style)]
            rule += ("┼─" if at else "") + "─" * room
        title = Content.assemble(
            " ",
            (safe_text(self._title), "bold"),
            ("  only what differs" if self._only else "  all rows", "$muted"),
            (f"  {_strength(compared)}", "$muted"),
        )
        lines = [title, Content("").join(names), Content("").join(counts), Content.styled(rule, "$muted")]
        self.query_one("#side-head", Static).update(Content("\n").join(lines))

    def explain(self, words: Content) -> None:
        """Say why the row under the cursor is seen or not."""
        self.query_one("#side-why", Static).update(words)


def _counts(compared: Comparison, side: int) -> str:
    words = f"only here {len(compared.only(side)):,}"
    if side == 0:
        words += f" · {'both' if len(compared.sides) == 2 else 'all'} {len(compared.shared):,}"
        words += f" · differing {len(compared.differing):,}"
    return words


def _strength(compared: Comparison) -> str:
    found = sorted({side.strength for side in compared.sides if side.strength})
    return f"{' and '.join(found)} · rolled back" if found else ""
