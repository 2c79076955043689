"""Reads expressions as the server writes them: each operation in parentheses, so that its words need no grammar.

EXPLAIN and the catalogue print `((o.status = 'open'::text) AND (o.opened_at > $1))`. This takes such a text apart at
its top only; what is in quotes or deeper in parentheses stays as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAME = r'(?:"(?:[^"]|"")+"|[A-Za-z_]\w*)'
_QUOTED = re.compile(r"(?:(?<!\w)[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")", re.DOTALL)
_STRING = re.compile(r"(?:(?<!\w)[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*')", re.DOTALL)
_OPERATOR = re.compile(r"[-+*/<>=~!@#%^&|`?]+|OPERATOR\((?:" + NAME + r"\.)?([-+*/<>=~!@#%^&|`?]+)\)")
_REFERENCE = re.compile(rf"(?<![\w\".])({NAME})\.({NAME})(?!\s*[(\w\".])")


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a text at its top: no space in it but within quotes and parentheses."""

    start: int
    end: int
    text: str

    @property
    def operator(self) -> str:
        """The operator that it is, without a schema; empty for anything else."""
        found = _OPERATOR.fullmatch(self.text)
        return (found[1] or self.text) if found else ""


def words(text: str) -> list[Word]:
    """The words at the top of a text."""
    found: list[Word] = []
    at = start = depth = 0
    for at, step in _steps(text):
        character = text[at]
        if step == 1 and character in "([":
            depth += 1
        elif step == 1 and character in ")]":
            depth -= 1
        elif step == 1 and depth == 0 and character in " ,":
            if at > start:
                found.append(Word(start, at, text[start:at]))
            if character == ",":
                found.append(Word(at, at + 1, ","))
            start = at + 1
    if len(text) > start:
        found.append(Word(start, len(text), text[start:]))
    return found


def _steps(text: str) -> Iterator[tuple[int, int]]:
    """The places of single characters, and of what is in quotes as one."""
    at = 0
    while at < len(text):
        quoted = _QUOTED.match(text, at) if text[at] in "'\"eE" else None
        step = len(quoted[0]) if quoted else 1
        yield at, step if quoted else 1
        at += step


def unwrapped(text: str) -> str:
    """Without the parentheses around the whole."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for at, step in _steps(text):
            if step == 1:
                depth += (text[at] == "(") - (text[at] == ")")
            if depth == 0 and at < len(text) - 1:
                return text
        text = text[1:-1].strip()
    return text


def parted(text: str, word: str) -> list[str]:
    """The parts of a text that AND, OR or a comma joins at its top, each without its parentheses."""
    text = unwrapped(text) if word != "," else text
    marks = [one for one in words(text) if one.text.upper() == word]
    ends = [*(mark.start for mark in marks), len(text)]
    starts = [0, *(mark.end for mark in marks)]
    parts = [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    return [unwrapped(part) for part in parts] if word != "," else parts


def bare_of_strings(text: str) -> str:
    """The text with nothing in its string constants, which may look like anything."""
    return _STRING.sub("''", text)


def references(text: str) -> set[tuple[str, str]]:
    """The columns that a text names with their table's alias, both as they are written."""
    return {(found[1], found[2]) for found in _REFERENCE.finditer(bare_of_strings(text))}
