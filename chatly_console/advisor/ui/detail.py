"""All about the row at the cursor: a title, and lines whose names stand in a column of their own."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from chatly_console.core.text import safe_text

_NAMES = 13
_LEAST = 20


class Detail(VerticalScroll, can_focus=False):
    """Scrolls where there is more than its room; J and K of the pane move it."""

    def __init__(self, id: str) -> None:
        super().__init__(_Lines(), id=id)

    def tell(self, title: str, lines: Sequence[tuple[str, str]]) -> None:
        """Show this from its beginning."""
        text = self.query_one(_Lines)
        text.told = (title, tuple(lines))
        self.scroll_home(animate=False)

    @property
    def text(self) -> str:
        """What is on show, without colours, one line for each."""
        title, lines = self.query_one(_Lines).told
        return "\n".join([safe_text(title), *(f"{name:<{_NAMES}}{safe_text(words)}" for name, words in lines)])


class _Lines(Widget):
    """Words itself for its width."""

    DEFAULT_CSS = "_Lines { height: auto; }"
    told: reactive[tuple[str, tuple[tuple[str, str], ...]]] = reactive(("", ()), layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the words take."""
        return len(self._worded(width))

    def render(self) -> Content:
        """The title, and each line with its words beside its name."""
        return Content("\n").join(self._worded(self.size.width))

    def _worded(self, width: int) -> list[Content]:
        title, lines = self.told
        found = [Content.styled(line, "bold") for line in _wrapped(title, width)] if title else []
        for name, words in lines:
            for number, line in enumerate(_wrapped(words, width - _NAMES)):
                found.append(Content.assemble((f"{name if not number else '':<{_NAMES}}", "$muted"), line))
        return found


def _wrapped(text: str, width: int) -> list[str]:
    """The text broken between words to so many cells; wide characters count as two."""
    lines = Content(safe_text(text)).wrap(max(width, _LEAST))
    return [line.plain.rstrip() for line in lines] or [""]
