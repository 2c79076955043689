"""The first glance: the likeliest causes of trouble in sentences, and every verdict with its sparkline."""

from collections.abc import Sequence

from chatly_console.core.text import cell_width, cut, safe_text
from chatly_console.triage.readings import sparkline
from chatly_console.triage.ui.tone_lines import Piece, Pieces, ToneLines
from chatly_console.triage.verdicts import MARKS, Level, Verdict, causes

_TONES: dict[Level, str] = {"ok": "good", "warn": "warn", "bad": "bad", "unknown": "muted"}
_KEYS = {"activity": "a", "blocking": "b", "statements": "s", "health": "h"}
_GAP: Piece = ("  ", "")


class GlanceView(ToneLines):
    """Draws the verdicts into the width that there is; a verdict is never broken in two."""

    def __init__(self) -> None:
        super().__init__(lambda width: glance_lines(self._verdicts, self._failure, width))
        self._verdicts: Sequence[Verdict] = ()
        self._failure = ""

    def show(self, verdicts: Sequence[Verdict], failure: str = "") -> None:
        """Show these; `failure` is why they are not up to date."""
        self._verdicts, self._failure = verdicts, failure
        self.bring_up_to_date()


def glance_lines(verdicts: Sequence[Verdict], failure: str, width: int) -> list[Pieces]:
    """The sentences, then the chips."""
    width = max(width, 20)
    lines: list[Pieces] = [((cut(f"✗ {safe_text(failure)}", width), "bad"),)] if failure else []
    found = causes(verdicts)
    lines += [_cause(one, width) for one in found]
    if verdicts and not found and not failure:
        lines.append((("✓ ", "good"), ("Nothing wrong at first glance.", "")))
    return [*lines, *_chips(verdicts, width)]


def _cause(verdict: Verdict, width: int) -> Pieces:
    """The sentence, and on the right the key to its evidence; where that leaves room also the one that ends a wait."""
    way: list[Piece] = [(f"  {_KEYS[verdict.view]}", "key"), (f" {verdict.view}", "muted")]
    ends: list[Piece] = [("  c", "key"), (" unblock…", "muted")] if verdict.name == "waiting" else []
    sentence = safe_text(verdict.sentence)
    if cell_width(sentence) <= width - 2 - _length([*way, *ends]):
        way += ends
    room = width - 2 - _length(way)
    sentence = cut(sentence, room)
    padding = " " * max(room - cell_width(sentence), 0)
    return ((f"{MARKS[verdict.level]} ", _TONES[verdict.level]), (sentence, "loud"), (padding, ""), *way)


def _length(pieces: Sequence[Piece]) -> int:
    return sum(len(text) for text, _ in pieces)


def _chips(verdicts: Sequence[Verdict], width: int) -> list[Pieces]:
    """The verdicts side by side, as many in a line as it takes."""
    lines: list[list[Piece]] = []
    used = width
    for verdict in verdicts:
        bars = f" {sparkline(verdict.series)}" if len(verdict.series) > 1 and any(verdict.series) else ""
        short = safe_text(verdict.short)
        wide = 2 + cell_width(short) + len(bars)
        if used + len(_GAP[0]) + wide > width:
            lines.append([])
            used = wide
        else:
            lines[-1].append(_GAP)
            used += len(_GAP[0]) + wide
        lines[-1] += [(f"{MARKS[verdict.level]} ", _TONES[verdict.level]), (short, ""), (bars, "muted")]
    return [tuple(line) for line in lines]
