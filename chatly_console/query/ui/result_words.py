"""What stands in the place of rows: why there are none, and an error as the server told it."""

from textual.content import Content
from textual.geometry import Size
from textual.visual import VisualType
from textual.widgets import Static

from chatly_console.core.failure import Failure
from chatly_console.core.text import safe_text
from chatly_console.shell.grid.cell_lines import wrapped

_LABEL = 11
"""Cells before what a label names: its lines stay behind it when they are broken."""
_LONGEST = 4000


class ResultWords(Static):
    """A sentence, or an error that is broken into lines for the width there is."""

    def __init__(self, first: str) -> None:
        super().__init__(first, id="result-words", markup=False)
        self._error: tuple[Failure, str, str] | None = None

    def show_words(self, words: Content) -> None:
        """Show a sentence of our own."""
        self._error = None
        self.update(words)

    def show_error(self, failure: Failure, place: str, remedy: str) -> None:
        """Show an error; `place` says where in the editor it is, `remedy` the key that does what its hint says."""
        self._error = failure, place, remedy
        self.update(error_words(*self._error))

    def render(self) -> VisualType:
        """The words, in the lines that they take in this width."""
        if self._error is None:
            return super().render()
        return error_words(*self._error, width=self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines that they take."""
        if self._error is None:
            return super().get_content_height(container, viewport, width)
        return error_words(*self._error, width=width).plain.count("\n") + 1


def error_words(failure: Failure, place: str = "", remedy: str = "", *, width: int = 0) -> Content:
    """An error as the server told it: SQLSTATE, sentence, where, detail, hint and the key for it, context."""
    code = f"{failure.sqlstate}  " if failure.sqlstate else ""
    lines = _labelled(f"✗ {code}", failure.sentence[:_LONGEST], width)
    parts = [Content(line).stylize("bold") for line in lines]
    hint = f"{failure.hint}   {remedy}" if remedy else failure.hint
    labelled = (("at", place), ("detail", failure.detail), ("hint", hint), ("context", failure.context))
    for label, text in labelled:
        if text:
            parts += [Content(line) for line in _labelled(f"  {label:<{_LABEL - 2}}", text[:_LONGEST], width)]
    return Content("\n").join(parts)


def _labelled(label: str, text: str, width: int) -> list[str]:
    """The text behind its label, each of its lines below the first begun where that begins."""
    lines = safe_text(text, one_line=False).split("\n")
    room = width - len(label)
    if room > _LABEL:
        lines = [piece for line in lines for piece in wrapped(line, room)] or [""]
    return [label + lines[0], *(" " * len(label) + line for line in lines[1:])]
