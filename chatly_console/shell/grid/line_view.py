"""A scrolling view of any number of prepared lines, with a cursor where they fold."""

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.strip import Strip

from chatly_console.shell.cursor_list import CursorList
from chatly_console.shell.grid.cell_lines import Line


class LineView(CursorList):
    """Draws only the lines in sight, so that a megabyte opens as quickly as a word."""

    BINDING_GROUP_TITLE = "Value"
    BINDINGS = [
        Binding("left,h", "pan(-8)", "Left", show=False, id="value.left", tooltip="Scroll to the left"),
        Binding("right,l", "pan(8)", "Right", show=False, id="value.right", tooltip="Scroll to the right"),
        Binding("space,enter", "fold", "Fold", id="value.fold", tooltip="Fold or unfold what is in this line"),
    ]
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
        self._pan = 0

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines from the first."""
        self._lines, self._closed_lines, self._pan = lines, set(), 0
        self._folds = any(line.end for line in lines)
        self._refold(at=0)

    def _refold(self, at: int | None = None) -> None:
        if self._closed_lines:
            shown, index = [], 0
            while index < len(self._lines):
                shown.append(index)
                index = self._lines[index].end if index in self._closed_lines else index + 1
            self._shown = shown
        else:
            self._shown = range(len(self._lines))
        self.hold(len(self._shown), at=at)
        self.refresh()

    def action_move(self, lines: int) -> None:
        """Move the cursor where lines fold, else scroll."""
        if self._folds:
            super().action_move(lines)
        else:
            self.scroll_to(y=self.top + lines, animate=False, immediate=True)

    def keep_in_sight(self, *, centred: bool = False) -> None:
        """Without anything that folds there is no cursor to be seen."""
        if self._folds:
            super().keep_in_sight(centred=centred)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there, where there is one; twice folds."""
        if self._folds:
            super().on_click(event)

    def action_open(self) -> None:
        """Fold or unfold the line that was clicked twice."""
        self.action_fold()

    def action_pan(self, cells: int) -> None:
        """Scroll sideways, for lines that are longer than the screen."""
        self._pan = max(0, self._pan + cells)
        self.refresh()

    def action_fold(self) -> None:
        """Fold or unfold the line of the cursor."""
        if self.at < len(self._shown):
            line = self._shown[self.at]
            if self._lines[line].end:
                self._closed_lines ^= {line}
                self._refold()

    def draw(self, at: int, here: bool) -> Strip:
        """One line, with a mark where the cursor is."""
        width, base = self.line_width, self.rich_style
        index = self._shown[at]
        line = self._lines[index]
        spans = line.folded if index in self._closed_lines else line.spans
        strip = Strip(  # a muted colour is one against its background, so its style is taken whole
            [Segment(text, base + self.get_component_rich_style(f"line--{kind}")) for text, kind in spans]
        )
        sign = ("▎" if here and self._folds else " ") + (
            ("▸" if index in self._closed_lines else "▾") if line.end else " "
        )
        mark = Segment(sign, base + self.get_component_rich_style("line--cursor", partial=True))
        body = strip.crop(self._pan, self._pan + width - 2).extend_cell_length(width - 2, base)
        return Strip([mark, *body], width)
