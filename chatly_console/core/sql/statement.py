"""A statement as its place in a text: offsets, never copies, so that marks and error positions need no
search."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: characters `start` to `end` of the text, without the semicolon, on `line` (from 1).

    Leading comments belong to it; `code` is the offset of its first token. Errors of the server count from
    `start` if `text[start:end]` was sent.
    """

    start: int
    end: int
    line: int
    code: int
