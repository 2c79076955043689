"""Lines of SQL commented out, and in again."""

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
    indent = min((len(line) - len(line.lstrip()) for line in written), default=0)
    return [line[:indent] + _MARK + line[indent:] if line.strip() or not written else line for line in lines]


def _without(line: str) -> str:
    at = line.find("--")
    if at < 0:
        return line
    rest = line[at + 2 :]
    return line[:at] + (rest[1:] if rest.startswith(" ") else rest)
