"""Any number of lines with a cursor on one of them: what the lists, trees and comparisons of the rooms are made of."""

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class CursorList(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws only the lines in sight. A list says with `hold` how many lines it has, and draws one in `draw`.

    The lines of the head stand on top and do not scroll. `at` is the line of the cursor, from 0.
    """

    BINDING_GROUP_TITLE = "List"
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up", tooltip="A line up"),
        Binding("down,j", "move(1)", "Down", show=False, id="list.down", tooltip="A line down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page-up", tooltip="A screenful up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page-down", tooltip="A screenful down"),
        Binding("home,g", "move(-1000000000)", "First", show=False, id="list.first", tooltip="To the first line"),
        Binding("end,G", "move(1000000000)", "Last", show=False, id="list.last", tooltip="To the last line"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.at = 0
        self._count = 0
        self._head = 0

    # What a list does for itself

    def draw(self, at: int, here: bool) -> Strip:
        """The line `at`, from 0; `here` is whether the cursor stands on it."""
        return Strip.blank(self.line_width, self.rich_style)

    def draw_head(self, y: int) -> Strip:
        """A line of the head."""
        return Strip.blank(self.line_width, self.rich_style)

    def draw_beyond(self, below: int) -> Strip:
        """A line below the last one, from 0: where there is nothing to list, this says so."""
        return Strip.blank(self.line_width, self.rich_style)

    def cursor_moved(self) -> None:
        """The cursor has gone to another line."""

    def action_open(self) -> None:
        """The line of the cursor was chosen, by enter or by a second click."""

    # What all lists do

    def hold(self, count: int, *, head: int = 0, at: int | None = None) -> None:
        """There are this many lines from now on; the cursor goes to the line `at`, or stays where it is."""
        self._count, self._head = count, head
        self.at = self._within(self.at if at is None else at)
        self._measure()

    def action_move(self, lines: int) -> None:
        """Move the cursor."""
        before, self.at = self.at, self._within(self.at + lines)
        self.keep_in_sight()
        self.refresh()
        if self.at != before:
            self.cursor_moved()

    def action_page(self, pages: int) -> None:
        """A screenful up or down."""
        self.action_move(pages * max(1, self.page - 1))

    @property
    def line_width(self) -> int:
        """The cells of a line, beside the scrollbar if there is one."""
        return self.scrollable_content_region.width

    @property
    def page(self) -> int:
        """How many lines are in sight below the head."""
        return max(1, self.size.height - self._head)

    @property
    def top(self) -> int:
        """The first line in sight."""
        return int(self.scroll_offset.y)

    def keep_in_sight(self, *, centred: bool = False) -> None:
        """Scroll as little as it takes to see the cursor; or so that it stands in the middle."""
        top = max(self.at - self.page + 1, min(self.top, self.at))
        if centred:
            top = max(0, min(self.at - self.page // 2, self._count - self.page))
        if top != self.top:
            self.scroll_to(y=top, animate=False, immediate=True)

    def redraw(self, lines: Iterable[int]) -> None:
        """Draw these lines anew, if there are any, and no others; they come in their order."""
        stretches: list[list[int]] = []
        for at in lines:
            if stretches and stretches[-1][1] == at:
                stretches[-1][1] = at + 1
            else:
                stretches.append([at, at + 1])
        if stretches:
            above, width = self._head - self.top, self.size.width
            self.refresh(*(Region(0, first + above, width, end - first) for first, end in stretches))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there; twice, open it."""
        at = self.top + event.y - self._head
        if event.y >= self._head and at < self._count:
            self.action_move(at - self.at)
            if event.chain == 2:
                self.action_open()

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._measure()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor may be drawn otherwise without the focus."""
        super().watch_has_focus(has_focus)
        self.refresh(Region(0, 0, *self.size))

    def render_line(self, y: int) -> Strip:
        """A line of the head, one of the list, or one below the last."""
        if y < self._head:
            return self.draw_head(y)
        at = self.top + y - self._head
        return self.draw(at, at == self.at) if at < self._count else self.draw_beyond(at - self._count)

    def strip(self, parts: Iterable[tuple[str, Style]], base: Style | None = None) -> Strip:
        """Texts in their styles as one line of the list's width."""
        width, base = self.line_width, self.rich_style if base is None else base
        strip = Strip([Segment(text, style) for text, style in parts])
        return strip.crop(0, width).extend_cell_length(width, base)

    def _within(self, at: int) -> int:
        return max(0, min(at, self._count - 1))

    def _measure(self) -> None:
        self.virtual_size = Size(1, max(self._count, 1) + self._head)  # lines are as wide as the list is
        self.keep_in_sight()
