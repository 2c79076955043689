r"""What `:s/old/new/` does to lines: with `&` and `\1` for what was found, `\U` and its like for its case."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PART = re.compile(r"\\.|&|[^\\&]+|\\", re.DOTALL)
_LINES = {"r": "\n", "n": "\n", "t": "\t"}
_CASES = {"U": str.upper, "L": str.lower}
_FIRST = {"u": str.upper, "l": str.lower}


@dataclass(frozen=True, slots=True)
class Substitute:
    """Replace in the lines from `first` to `last`, from 0, what the pattern finds."""

    first: int
    last: int
    pattern: re.Pattern[str]
    by: str
    everywhere: bool
    counts: bool = False
    """Only count, as the flag `n` does."""

    def carried_out(self, lines: Sequence[str]) -> tuple[list[str], int, int]:
        """The lines afterwards, how often something was replaced, and in the last of how many lines from the first."""
        changed, found, at = [], 0, 0
        for number, line in enumerate(lines):
            new, times = self.pattern.subn(self._filled, line, 0 if self.everywhere else 1)
            found, at = found + times, number if times else at
            changed.append(new)
        return changed, found, at

    def _filled(self, match: re.Match[str]) -> str:
        written, case, first = "", None, None
        for part in _PART.findall(self.by):
            if part[0] == "\\" and part[1:] in _CASES:
                case = _CASES[part[1:]]
                continue
            if part[0] == "\\" and part[1:] in _FIRST:
                first = _FIRST[part[1:]]
                continue
            if part[0] == "\\" and part[1:] in ("E", "e"):
                case = None
                continue
            inside = _inside(part, match)
            inside = case(inside) if case is not None else inside
            if first is not None and inside:
                inside, first = first(inside[0]) + inside[1:], None
            written += inside
        return written


def _inside(part: str, match: re.Match[str]) -> str:
    if part == "&":
        return match[0]
    if part[0] != "\\" or len(part) < 2:
        return part
    if part[1].isdigit():
        number = int(part[1])
        return (match[number] or "") if number <= match.re.groups else ""
    return _LINES.get(part[1], part[1])
