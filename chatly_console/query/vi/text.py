"""What vi keys need of a text: its lines, its cursor, one way to change it, and what of it is in sight."""

from typing import Literal, Protocol

Place = tuple[int, int]
"""Line and column, from 0."""
Height = Literal["top", "middle", "bottom"]


class Text(Protocol):
    """The text of an editor."""

    @property
    def line_count(self) -> int:
        """How many lines there are; at least one."""

    @property
    def cursor(self) -> Place:
        """Where the cursor is."""

    @property
    def in_sight(self) -> tuple[int, int]:
        """The first and the last line that are on the screen."""

    def line(self, number: int) -> str:
        """One line, without its end."""

    def lines(self) -> list[str]:
        """All of them."""

    def move(self, place: Place) -> None:
        """Put the cursor there."""

    def replace(self, start: Place, end: Place, text: str) -> None:
        """Put `text` in the place of what lies between; the cursor comes to `start`."""

    def between(self, start: Place, end: Place) -> str:
        """What lies between."""

    def scroll(self, line: int, height: Height) -> None:
        """Have a line stand there on the screen."""

    def undo(self, redo: bool) -> bool:
        """Take the last change back, or do it again; False where there is none. The cursor is where it was before."""

    def begin_change(self) -> None:
        """What is changed from now on, until `end_change`, is undone as one."""

    def end_change(self) -> None:
        """The change is whole."""


def first_not_blank(text: Text, line: int) -> int:
    """The column of the first character of a line that is no blank; of the last one where all are."""
    content = text.line(line)
    return min(len(content) - len(content.lstrip(" \t")), max(len(content) - 1, 0))


def indentation(line: str) -> str:
    """The blanks at the begin of a line."""
    return line[: len(line) - len(line.lstrip(" \t"))]
