"""Cuts a paste into the plans in it, and mends lines that a terminal broke."""

import re

from chatly_console.explain.parsing.lines import Line
from chatly_console.explain.parsing.psql import is_open

_FIGURES = re.compile(r"\((?:cost=\d|actual |never executed\))")
_NOISE = re.compile(r"^(?:Time: [\d.,]+ ms.*|[\w.@]+[=\-*!^'\"(]+[#>].*|\\\w+.*|EXPLAIN|Timing is \w+\.)$")
"""Prompts, commands and what psql says beside a result."""
_DETAIL = re.compile(
    r"(?:Worker \d+|Filter|[A-Z][A-Za-z -]+ Cond|Join Filter|One-Time Filter|[A-Z][A-Za-z]+ Key|Output|SubPlan|InitPlan"
    r"|Query Text|Remote SQL|Function Call|Order By|Settings): ?"
)
"""Details whose text could look like the figures of a node."""


def text_pieces(lines: list[Line]) -> list[list[Line]]:
    """The lines of each plan in text form, without what stands before the first and between them."""
    said = [line for line in _mended(lines) if line.text.strip() and not _NOISE.match(line.text.strip())]
    starts = [at for at, line in enumerate(said) if _is_root(line.text)]
    if not starts:
        return [said or lines[:1]]
    return [said[start:end] for start, end in zip(starts, [*starts[1:], len(said)], strict=True)]


def _is_root(text: str) -> bool:
    stripped = text.lstrip()
    if not _FIGURES.search(stripped) or stripped.startswith("->") or not stripped[:1].isupper():
        return False
    return not _DETAIL.match(stripped)


def _mended(lines: list[Line]) -> list[Line]:
    """Join what was broken inside of brackets, at the width of a terminal."""
    found: list[Line] = []
    for line in lines:
        before = found[-1].text if found else ""
        if is_open(before) and not line.text.lstrip().startswith("->") and line.text.strip():
            rest = line.text.strip()
            glue = " " if before[-1:].isdigit() and rest[:1].isalpha() else ""
            found[-1] = Line(found[-1].number, before.rstrip("\n") + glue + rest)
        else:
            found.append(line)
    return found
