"""Takes psql's expanded display apart: a record for each line of a text plan, or one for a whole document."""

import re
from collections.abc import Iterator

from chatly_console.explain.parsing.lines import BARS, NEW_LINES, WRAPS, Line
from chatly_console.explain.parsing.psql import begins_a_line, joined

_RECORD = re.compile(r"(?:[+├┌╔╠]?[-─═]\[ RECORD \d+ \]|\* Record \d+\b)")
_FIRST = re.compile(r"(?:[|│║] )?QUERY PLAN(?: (?P<bar>[|│║]))? ")
_BOTTOM = re.compile(r"[+└╚][-─═]{4,}[-─═+┴╩╧]*[+┘╝]$")
_UNALIGNED = "QUERY PLAN|"


def without_records(lines: list[Line]) -> list[Line]:
    """The lines of the plan; the lines as they are where this is no expanded display."""
    records = sum(bool(_RECORD.match(line.text)) for line in lines)
    if records:
        reader = _Records(many=records > 1)
        return [whole for line in lines for whole in reader.read(line)] + list(reader.rest())
    if any(line.text.startswith(_UNALIGNED) for line in lines):
        return [Line(line.number, line.text.removeprefix(_UNALIGNED)) for line in lines if line.text.strip()]
    return lines


class _Records:
    """Reads line by line; the line that may still go on is kept back."""

    def __init__(self, *, many: bool) -> None:
        self._many = many
        self._column = 0
        self._has_bar = False
        self._kept: Line | None = None

    def read(self, line: Line) -> Iterator[Line]:
        """What is known to be whole, now that this line has come."""
        text = line.text
        first = _FIRST.match(text)
        is_frame = bool(_RECORD.match(text) or _BOTTOM.match(text.strip()))
        if first or is_frame or self._kept is None:
            yield from self.rest()
            if first:
                self._column, self._has_bar = first.end(), bool(first["bar"])
                self._kept = Line(line.number, self._value(text))
            elif not is_frame:
                yield line
        elif self._breaks(text):
            edged = text[:1] in BARS
            cut = edged or (self._kept.text[-1:] in WRAPS and text[self._column - 1] in WRAPS)
            before = self._kept.text[:-1] if cut else self._kept.text
            self._kept = Line(self._kept.number, joined(before, self._value(text)))
        else:
            yield from self.rest()
            self._kept = Line(line.number, self._value(text))

    def rest(self) -> Iterator[Line]:
        """The line that was kept back."""
        kept, self._kept = self._kept, None
        if kept is not None:
            text = kept.text.rstrip()
            yield Line(kept.number, text[:-1].rstrip() if text[-1:] in NEW_LINES else text)

    def _value(self, text: str) -> str:
        """What stands behind the name, with the mark at its end."""
        if text[:1] in BARS and text.rstrip()[-1:] in BARS:
            text = text.rstrip()[:-1]
        return text[self._column :]

    def _breaks(self, text: str) -> bool:
        """Whether psql had to break the line before this one, rather than that the value has a new line there."""
        before = self._kept.text.rstrip() if self._kept is not None else ""
        if text[self._column - 1 : self._column] in WRAPS:
            return True
        if self._has_bar:
            return text[self._column - 2 : self._column - 1] == ";"
        return before[-1:] not in NEW_LINES and (self._many or not begins_a_line(self._value(text)))
