"""A scrolling view of any number of prepared lines, with a cursor where they fold."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from chatly_console.shell.grid.cell_lines import Line


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws only the lines in sight, so that a megabyte opens as quickly as a word."""

    BINDING_GROUP_TITLE = "Value"
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, id="value.up", tooltip="A line up"),
        Binding("down,j", "move(1)", "Down", show=False, id="value.down", tooltip="A line down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="value.page-up", tooltip="A screenful up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="value.page-down", tooltip="A screenful down"),
        Binding("home,g", "move(-1000000000)", "Start", show=False, id="value.first", tooltip="To the first line"),
        Binding("end,G", "move(1000000000)", "End", show=False, id="value.last", tooltip="To the last line"),
        Binding("left,h", "pan(-8)", "Left", show=False, id="value.left", tooltip="Scroll to the left"),
        Binding("right,l", "pan(8)", "Right", show=False, id="value.right", tooltip="Scroll to the right"),
        Binding("space,enter", "fold", "Fold", id="value.fold", tooltip="Fold or unfold what is in this line"),
    ]  # fmt: skip
    COMPONENT_CLASSES = {
        "line--plain", "line--name", "line--text", "line--number", "line--word", "line--muted", "line--cursor",
    }  # fmt: skip
    DEFAULT_CSS = """
    LineView {
        height: 1fr;
        background: $surface;
        color: $foreground;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .line--plain { color: $foreground; }
        & > .line--name { color: $accent; }
        & > .line--text { color: $success; }
        & > .line--number { color: $warning; }
        & > .line--word { color: $primary; text-style: italic; }
        & > .line--muted { color: $text-muted; }
        & > .line--cursor { color: $accent; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._shown: Sequence[int] = ()
        self._closed_lines: set[int] = set()
        self._folds = False
        self._cursor = 0
        self._pan = 0

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines from the first."""
        self._lines, self._closed_lines, self._cursor, self._pan = lines, set(), 0, 0
        self._folds = any(line.end for line in lines)
        self._refold()

    def _refold(self) -> None:
        if self._closed_lines:
            shown, index = [], 0
            while index < len(self._lines):
                shown.append(index)
                index = self._lines[index].end if index in self._closed_lines else index + 1
            self._shown = shown
        else:
            self._shown = range(len(self._lines))
        self.virtual_size = Size(max(1, self.size.width), len(self._shown))
        self.refresh()

    def action_move(self, lines: int) -> None:
        """Move the cursor where lines fold, else scroll."""
        height = max(1, self.size.height)
        if not self._folds:
            self.scroll_to(y=self.scroll_offset.y + lines, animate=False, immediate=True)
            return
        self._cursor = max(0, min(self._cursor + lines, len(self._shown) - 1))
        top = max(self._cursor - height + 1, min(self.scroll_offset.y, self._cursor))
        self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    def action_page(self, pages: int) -> None:
        """A screenful up or down."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_pan(self, cells: int) -> None:
        """Scroll sideways, for lines that are longer than the screen."""
        self._pan = max(0, self._pan + cells)
        self.refresh()

    def action_fold(self) -> None:
        """Fold or unfold the line of the cursor."""
        if self._cursor < len(self._shown):
            line = self._shown[self._cursor]
            if self._lines[line].end:
                self._closed_lines ^= {line}
                self._refold()

    def render_line(self, y: int) -> Strip:
        """One line, with a mark where the cursor is."""
        at, width, base = self.scroll_offset.y + y, self.size.width, self.rich_style
        if at >= len(self._shown):
            return Strip.blank(width, base)
        index = self._shown[at]
        line = self._lines[index]
        spans = line.folded if index in self._closed_lines else line.spans
        strip = Strip(  # a muted colour is one against its background, so its style is taken whole
            [Segment(text, base + self.get_component_rich_style(f"line--{kind}")) for text, kind in spans]
        )
        here = self._folds and at == self._cursor
        sign = ("▎" if here else " ") + (("▸" if index in self._closed_lines else "▾") if line.end else " ")
        mark = Segment(sign, base + self.get_component_rich_style("line--cursor", partial=True))
        body = strip.crop(self._pan, self._pan + width - 2).extend_cell_length(width - 2, base)
        return Strip([mark, *body], width)
