"""The list of proposals beside the cursor: small, and nothing in it is chosen until somebody does so."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from chatly_console.core.completion import Completion, Proposal
from chatly_console.core.completion.matching import Matcher
from chatly_console.core.text import cell_text, cell_width, fit

TALLEST = 8
_WIDEST = 72
_NARROWEST = 24
_MEASURED = 16
"""Proposals that decide on the widths; longer names further down take the room of their details."""
_NAME = 32
"""Cells of the names at most: a longer one takes the room of its own detail, and not that of all the others."""
_DETAIL = 42
"""Cells of the details at most, unless a longer name needs them."""
_SIGNS = {
    "column": "▪", "relation": "▤", "view": "◫", "join": "↔", "function": "ƒ", "keyword": " ", "value": "=",
    "type": "τ", "schema": "▸", "alias": "≡", "cte": "◇", "role": "@", "extension": "+",
}  # fmt: skip


class CompletionList(Widget, can_focus=False):
    """Draws the proposals in sight; the editor keeps the focus and the keys."""

    COMPONENT_CLASSES = {
        "completion--sign", "completion--typed", "completion--detail", "completion--chosen", "completion--quiet",
        "completion--thumb",
    }  # fmt: skip

    class Taken(Message):
        """A proposal was clicked."""

        def __init__(self, proposal: Proposal) -> None:
            super().__init__()
            self.proposal = proposal

    def __init__(self) -> None:
        super().__init__()
        self.completion: Completion | None = None
        self.chosen: int | None = None
        self.is_above = False
        """Whether there was no room below the cursor's line."""
        self._top = 0
        self._widths = (0, 0)
        self._matcher = Matcher("")
        self.display = False

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return self.display and self.completion is not None

    @property
    def proposals(self) -> Sequence[Proposal]:
        """What it offers."""
        return self.completion.proposals if self.completion is not None else ()

    @property
    def proposal(self) -> Proposal | None:
        """The chosen one."""
        return self.proposals[self.chosen] if self.chosen is not None else None

    def open(self, completion: Completion, cursor: Offset, screen: Size, *, top: int = 0) -> None:
        """Show these proposals, with the names right under what was typed of them; `cursor` is on the screen.

        Nothing is covered above the line `top`: who one is and what is connected stays in sight.
        """
        self.completion, self.chosen, self._top = completion, None, 0
        self._matcher = Matcher(completion.prefix)
        self._widths = self._column_widths(min(_WIDEST, screen.width - 2))
        width = sum(self._widths) + (6 if self._widths[1] else 4)
        height = min(TALLEST, len(completion.proposals), max(3, screen.height - 6))
        self.styles.width, self.styles.height = width, height
        below = screen.height - cursor.y - 3
        self.is_above = below < height and below < cursor.y - top
        y = max(top, cursor.y - height) if self.is_above else cursor.y + 1
        x = max(0, min(cursor.x - len(completion.prefix) - 3, screen.width - width))
        self.absolute_offset = Offset(x, y)
        self.display = True
        self.refresh(layout=True)

    def _column_widths(self, widest: int) -> tuple[int, int]:
        """How wide names and details are; a whole condition is as wide as both, so it does not count as a name."""
        first = self.proposals[:_MEASURED]
        plain = [p for p in first if p.kind != "join" or p.detail.startswith("on ")]
        lengths = [cell_width(cell_text(p.label, _WIDEST)) for p in plain]
        names = max((length for length in lengths if length <= _NAME), default=max(lengths, default=0))
        details = max(cell_width(cell_text(p.detail, _WIDEST)) for p in first)
        longest = max(cell_width(cell_text(p.label, _WIDEST)) for p in first)
        name_width = min(names or longest, widest - 4)
        detail_width = max(0, min(max(details, longest - name_width - 2), widest - 6 - name_width))
        if detail_width > _DETAIL and longest <= name_width + 2 + _DETAIL:
            detail_width = _DETAIL
        spare = max(0, _NARROWEST - name_width - detail_width - 6)
        return name_width + spare, detail_width

    def close(self) -> None:
        """Leave the screen."""
        self.completion, self.chosen = None, None
        self.display = False

    def move(self, by: int) -> None:
        """Choose another one; the first step down chooses the first, the first step up the last."""
        count = len(self.proposals)
        if self.chosen is None:
            self.chosen = 0 if by > 0 else count - 1
        elif abs(by) > 1:
            self.chosen = max(0, min(self.chosen + by, count - 1))
        else:
            self.chosen = (self.chosen + by) % count
        height = max(1, self.size.height or TALLEST)
        self._top = max(min(self._top, self.chosen), self.chosen - height + 1)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Take the proposal under the pointer."""
        event.stop()
        place = self._top + event.y
        if place < len(self.proposals):
            self.post_message(self.Taken(self.proposals[place]))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The list scrolls, and not the text behind it."""
        event.stop()
        self._scroll(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The list scrolls, and not the text behind it."""
        event.stop()
        self._scroll(-1)

    def _scroll(self, by: int) -> None:
        self._top = max(0, min(self._top + by, len(self.proposals) - self.size.height))
        self.refresh()

    # drawing

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"completion--{name}", partial=True)

    def render_line(self, y: int) -> Strip:
        """One proposal: sign, name with the typed letters marked, and in small words what it is."""
        place = self._top + y
        if place >= len(self.proposals):
            return Strip.blank(self.size.width, self.rich_style)
        proposal = self.proposals[place]
        base = self.rich_style + self._style("chosen") if place == self.chosen else self.rich_style
        name_width, detail_width = self._widths
        name_style = base + self._style("quiet") if proposal.quiet else base
        detail = base if place == self.chosen else base + self._style("detail")
        is_long = detail_width > 0 and cell_width(cell_text(proposal.label, _WIDEST)) > name_width
        segments = [
            Segment(f" {_SIGNS.get(proposal.kind, ' ')} ", base + self._style("sign")),
            *self._name_of(proposal.label, name_width + (2 + detail_width if is_long else 0), name_style),
        ]
        if detail_width and not is_long:
            segments.append(Segment("  " + fit(cell_text(proposal.detail, detail_width), detail_width), detail))
        segments.append(Segment(self._thumb(y), base + self._style("thumb")))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _name_of(self, label: str, width: int, style: Style) -> list[Segment]:
        shown = fit(cell_text(label, width), width)
        typed = self._matcher.letters(label) if shown.startswith(label[: width - 1]) else []
        marked = style + self._style("typed")
        at, segments = 0, []
        for letter in typed:
            if letter >= len(shown.rstrip()):
                break
            if letter > at:
                segments.append(Segment(shown[at:letter], style))
            segments.append(Segment(shown[letter], marked))
            at = letter + 1
        return [*segments, Segment(shown[at:], style)]

    def _thumb(self, y: int) -> str:
        """A mark at the right edge where the list is longer than what is in sight."""
        count, height = len(self.proposals), self.size.height
        if count <= height:
            return " "
        first, last = self._top * height // count, (self._top + height - 1) * height // count
        return "▐" if first <= y <= last else " "
