"""The signature of the call that is being written, on a line beside the cursor's."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Offset, Size
from textual.widget import Widget

from chatly_console.core.completion import Signature
from chatly_console.core.text import safe_text

_MOST = 3
"""Overloads that are shown; the others are counted."""


class SignatureLine(Widget, can_focus=False):
    """Says what the function takes, with the argument at the cursor marked."""

    def __init__(self) -> None:
        super().__init__()
        self.signatures: Sequence[Signature] = ()
        self.display = False

    def open(self, signatures: Sequence[Signature], cursor: Offset, screen: Size, *, top: int, below: bool) -> None:
        """Show these above the cursor's line, or below it where there is no room under the line `top`.

        `below` says whether the room below is free: where the list of proposals is there, nothing is shown.
        """
        shown = signatures[:_MOST]
        self.signatures = shown
        lines = [_line(signature, screen.width - 4) for signature in shown]
        if len(signatures) > _MOST:
            lines[-1] = Content.assemble(lines[-1], (f"  and {len(signatures) - _MOST} more", "$muted"))
        self._content = Content("\n").join(lines)
        width = min(max(line.cell_length for line in lines) + 2, screen.width)
        self.styles.width, self.styles.height = width, len(lines)
        above = cursor.y - len(lines)
        if above < top and not below:
            self.close()
            return
        y = above if above >= top else cursor.y + 1
        self.absolute_offset = Offset(max(0, min(cursor.x, screen.width - width)), y)
        self.display = True
        self.refresh(layout=True)

    _content = Content("")

    def close(self) -> None:
        """Leave the screen."""
        self.signatures = ()
        self.display = False

    def render(self) -> Content:
        """The lines."""
        return self._content


def _line(signature: Signature, width: int) -> Content:
    pieces: list[Content] = []
    for place, argument in enumerate(signature.arguments):
        style = "bold $accent" if place == signature.current else "$foreground"
        pieces.append(Content.styled(safe_text(argument), style))
    inside = Content(", ").join(pieces) if pieces else Content("")
    result = (f" → {safe_text(signature.result)}", "$muted") if signature.result else ""
    line = Content.assemble((f"{safe_text(signature.name)}(", "$muted"), inside, (")", "$muted"), result)
    return line.truncate(width, ellipsis=True)
