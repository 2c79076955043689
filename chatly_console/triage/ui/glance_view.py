"""The first glance: the likeliest causes of trouble in sentences, and every verdict with its sparkline."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from chatly_console.core.text import cell_width, cut, safe_text
from chatly_console.triage.readings import sparkline
from chatly_console.triage.verdicts import MARKS, Verdict, causes

_COLOURS = {"ok": "$good", "warn": "$warn", "bad": "bold $bad", "unknown": "$muted"}
_KEYS = {"activity": "a", "blocking": "b", "statements": "s", "health": "h"}
_GAP = 2
_WIDE = 110
"""From this width on there is room for a second key behind a sentence."""


class GlanceView(Widget):
    """Draws the verdicts into the width that there is; a verdict is never broken in two."""

    can_focus = False
    auto_links = False

    def __init__(self) -> None:
        super().__init__()
        self._verdicts: Sequence[Verdict] = ()
        self._failure = ""
        self._lines: tuple[int, list[Content]] = (0, [])

    def show(self, verdicts: Sequence[Verdict], failure: str = "") -> None:
        """Show these; `failure` is why they are not up to date."""
        width, before = self._lines
        self._verdicts, self._failure = verdicts, failure
        self._lines = (width, self._drawn(width))
        lines = self._lines[1]
        if len(lines) != len(before) or not all(map(Content.is_same, lines, before)):
            self.refresh(layout=len(before) != len(lines))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as it takes at this width."""
        return len(self._at(width))

    def render(self) -> Content:
        """The sentences, then the chips."""
        return Content("\n").join(self._at(self.content_size.width))

    def _at(self, width: int) -> list[Content]:
        if self._lines[0] != width:
            self._lines = (width, self._drawn(width))
        return self._lines[1]

    def _drawn(self, width: int) -> list[Content]:
        width = max(width, 20)
        lines = [Content.styled(cut(f"✗ {safe_text(self._failure)}", width), "bold $bad")] if self._failure else []
        found = causes(self._verdicts)
        lines += [_cause(one, width) for one in found]
        if self._verdicts and not found and not self._failure:
            lines.append(Content.assemble(("✓ ", "$good"), "Nothing wrong at first glance."))
        return [*lines, *_chips(self._verdicts, width)]


def _cause(verdict: Verdict, width: int) -> Content:
    """The sentence, and on the right the key to its evidence; where there is room also that which ends a wait."""
    keys: list[tuple[str, str]] = [(_KEYS[verdict.view], verdict.view)]
    if verdict.name == "waiting" and width >= _WIDE:
        keys.append(("c", "cancel root"))
    way = Content("").join(
        [Content.assemble(("  " + key, "bold $accent"), (f" {words}", "$muted")) for key, words in keys]
    )
    sentence = cut(safe_text(verdict.sentence), width - 2 - way.cell_length)
    padding = " " * max(width - 2 - cell_width(sentence) - way.cell_length, 0)
    return Content.assemble((f"{MARKS[verdict.level]} ", _COLOURS[verdict.level]), (sentence, "bold"), padding, way)


def _chips(verdicts: Sequence[Verdict], width: int) -> list[Content]:
    """The verdicts side by side, as many in a line as it takes."""
    lines: list[list[Content]] = [[]]
    used = 0
    for verdict in verdicts:
        bars = f" {sparkline(verdict.series)}" if len(verdict.series) > 1 and any(verdict.series) else ""
        short = safe_text(verdict.short)
        wide = 2 + cell_width(short) + len(bars)
        if lines[-1] and used + _GAP + wide > width:
            lines.append([])
            used = 0
        used += wide + (_GAP if lines[-1] else 0)
        tone = _COLOURS[verdict.level]
        lines[-1].append(Content.assemble((f"{MARKS[verdict.level]} ", tone), short, (bars, "$muted")))
    return [Content(" " * _GAP).join(line) for line in lines if line]
