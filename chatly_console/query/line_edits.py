"""Whole lines of SQL changed: commented out and in again, moved to the right and to the left."""

from collections.abc import Sequence

_MARK = "-- "


def toggle_comments(lines: Sequence[str]) -> list[str]:
    """Comment the lines out, at the indentation of the least indented; or in again, where all are comments.

    >>> toggle_comments(["select 1", "  + 2"])
    ['-- select 1', '--   + 2']
    >>> toggle_comments(["-- select 1", "", "--+ 2"])
    ['select 1', '', '+ 2']
    """
    written = [line for line in lines if line.strip()]
    if written and all(line.lstrip().startswith("--") for line in written):
        return [_without(line) for line in lines]
    margin = min((len(line) - len(line.lstrip()) for line in written), default=0)
    return [line[:margin] + _MARK + line[margin:] if line.strip() or not written else line for line in lines]


def _without(line: str) -> str:
    at = line.find("--")
    if at < 0:
        return line
    rest = line[at + 2 :]
    return line[:at] + (rest[1:] if rest.startswith(" ") else rest)


def indent(lines: Sequence[str], by: str = "    ") -> list[str]:
    """The lines moved to the right, as the tab key does; empty ones stay empty.

    >>> indent(["select 1", "", "from t"], "  ")
    ['  select 1', '', '  from t']
    """
    return [by + line if line else line for line in lines]


def dedent(lines: Sequence[str], by: int = 4) -> list[str]:
    """The lines moved to the left, by a tab or as many blanks as they have.

    >>> dedent(["      a", "  b", "\\tc", "d"])
    ['  a', 'b', 'c', 'd']
    """
    return [line[1:] if line.startswith("\t") else line[min(by, len(line) - len(line.lstrip(" "))) :] for line in lines]
