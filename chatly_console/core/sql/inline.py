r"""The parts of a script file: its statements and backslash commands, and where lines of data stand between them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chatly_console.core.sql import meta
from chatly_console.core.sql.scanner import Scanner

_STANDARD = re.compile("std(?:in|out)", re.IGNORECASE)
_PROBE = "select"


@dataclass(frozen=True, slots=True)
class Part:
    """A statement (`name` is empty) or a backslash command, at characters `start` to `end` of the text.

    `code` is the first token of a statement. `reads_data`: lines of data for it stand below. A statement that a
    command has sent, instead of a semicolon, is followed by that command, which `begins` where the statement ends.
    """

    start: int
    code: int
    end: int
    name: str = ""
    reads_data: bool = False


def parts(text: str) -> Iterator[Part]:
    """The parts of a text in the order of psql; raises nothing, whatever the text is."""
    scanner = Scanner(text)
    found = [
        Part(start, code, end, reads_data=meta.reads_inline_data(text, code, end)) for start, code, end, _ in scanner
    ]
    for start, end, name in scanner.commands:
        reads = name == "copy" and meta.reads_inline_data(text, start + 1, end)
        found.append(Part(start, start, end, name, reads))
    yield from sorted(found, key=lambda part: (part.start, part.end))


def data_below(text: str) -> tuple[int, int]:
    """How many blocks of data begin behind `text`, which ends with a whole line; and where what is unfinished begins.

    A statement put behind it tells: the splitter takes it for data, for a part of what is unfinished, or for itself.
    """
    for blocks in range(len(_STANDARD.findall(text)) + 1):
        probe = text + "\\.\n" * blocks + _PROBE
        code, resume, before = -1, 0, 0
        for _, code, end, after in Scanner(probe):
            before, resume = resume, after
            if end == len(probe):
                return (blocks, len(text)) if code == len(probe) - len(_PROBE) else (0, before)
    return 0, 0
