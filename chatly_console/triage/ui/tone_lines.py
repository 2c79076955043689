"""A few lines above the evidence, each of pieces in a tone; only those that say something else are drawn anew."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from chatly_console.triage.ui.tones import Tones

Piece = tuple[str, str]
"""A text that is fit for the screen, and its tone; "" is that of the widget."""
Pieces = tuple[Piece, ...]

_TONES = ("good", "warn", "bad", "muted", "loud", "key")


class ToneLines(Widget):
    """Draws what `words` says for the width that there is. A tick changes few of its lines, and costs no more."""

    COMPONENT_CLASSES = {f"line--{tone}" for tone in _TONES}
    ALLOW_SELECT = False
    can_focus = False
    auto_links = False

    def __init__(self, words: Callable[[int], Sequence[Pieces]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._words = words
        self._lines: tuple[int, Sequence[Pieces]] = (0, ())
        self._tones = Tones(self, "line")

    @property
    def text(self) -> str:
        """What the lines say."""
        return "\n".join("".join(text for text, _ in pieces) for pieces in self._lines[1])

    def bring_up_to_date(self) -> None:
        """Draw the lines that say something else by now."""
        width, before = self._lines
        lines = self._words(width)
        self._lines = (width, lines)
        if len(lines) != len(before):
            self.refresh(layout=True)
        elif changed := [y for y, (now, then) in enumerate(zip(lines, before, strict=True)) if now != then]:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as it takes at this width."""
        return len(self._at(width))

    def notify_style_update(self) -> None:
        """Another theme, or other data: the tones are others."""
        super().notify_style_update()
        self._tones.forget()

    def render_line(self, y: int) -> Strip:
        """The pieces of a line in their tones."""
        width, tones = self.content_size.width, self._tones
        lines = self._at(width)
        pieces = lines[y] if y < len(lines) else ()
        strip = Strip([Segment(text, tones.of(tone)) for text, tone in pieces])
        return strip.adjust_cell_length(width, tones.of(""))

    def _at(self, width: int) -> Sequence[Pieces]:
        if self._lines[0] != width:
            self._lines = (width, self._words(width))
        return self._lines[1]
