"""A line of a plan that was taken out of its frame, and the marks that frames are made of."""

from dataclasses import dataclass

BARS = ("|", "│", "║")
NEW_LINES = ("+", "↵")
"""Marks at the end of a line: the value has a new line here."""
WRAPS = (".", "…")
"""Marks at the end of a line, and at the beginning of the next: the line was broken here."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the plan, and the number of the line that it came from."""

    number: int
    text: str
