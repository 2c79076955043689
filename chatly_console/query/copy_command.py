r"""psql's \copy, read as psql reads it: which rows go to a file of this machine, or come from one. Pure."""

import re
from dataclasses import dataclass
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import Token, TokenKind, tokens
from chatly_console.query.export import format_of

_TARGET = re.compile(r"(?is)\s*('(?:[^']|'')*'|\S+)(.*)")
_HOW = r"\copy TABLE (COLUMNS) from 'FILE' csv header; \copy (QUERY) to 'FILE' csv header"
_BY_NAME = ("csv", "json", "jsonl", "markdown", "insert")
"""Formats that the end of a file's name asks for where no options do; for any other it is COPY's text, as in psql."""


@dataclass(frozen=True, slots=True)
class CopyCommand:
    """`sql` is COPY ... FROM STDIN where it loads, else the query whose rows are written.

    `format` is one of the console's own, to write in, where no option of COPY is given; else empty.
    """

    sql: str
    path: str
    options: str
    loads: bool
    format: str = ""


def read_copy(argument: str, *, inline: bool = False) -> CopyCommand:
    r"""What stands behind \copy; raises Failure (USAGE), which says how it is written.

    `inline`: it may load from stdin, which are the lines below it in a script; its path is empty then.

    >>> read_copy("t (a, b) from '/tmp/it''s.csv' csv header").sql
    'copy t (a, b) from stdin csv header'
    >>> read_copy("(select 1) to 'a.json'").format
    'json'
    """
    found = [token for token in tokens(argument) if token.kind is not TokenKind.COMMENT]
    if found and argument[found[0].start : found[0].end].lower() == "binary":
        raise _not_so("Only text is copied here, not the binary format.")
    at = _direction(argument, found)
    if at is None:
        raise _not_so(r"\copy needs a table or a query, and from or to.")
    what, direction = argument[: at.start].strip(), argument[at.start : at.end].lower()
    target = _TARGET.fullmatch(argument[at.end :].rstrip().rstrip(";"))
    if target is None or not what:
        raise _not_so(r"\copy needs the name of a file.")
    word, options = target[1], target[2].strip()
    if inline and word.lower() == "stdin" and direction == "from":
        return _loading(what, "", options)
    if word.lower() in ("program", "stdin", "stdout", "pstdin", "pstdout"):
        raise _not_so(f"There is no {word.lower()} here, and no other program is run: give the name of a file.")
    path = word[1:-1].replace("''", "'") if word.startswith("'") else word
    if direction == "from":
        return _loading(what, path, options)
    name = "" if options else format_of(Path(path)) or ""
    return CopyCommand(_query(what), path, options, loads=False, format=name if name in _BY_NAME else "")


def _loading(what: str, path: str, options: str) -> CopyCommand:
    if what.startswith("("):
        raise _not_so("Rows are loaded into a table, not into a query.")
    if not options and format_of(Path(path)) == "csv":
        options = "(format csv, header)"
    return CopyCommand(f"copy {what} from stdin {options}".rstrip(), path, options, loads=True)


def _direction(argument: str, found: list[Token]) -> Token | None:
    """The word FROM or TO that stands outside of all parentheses."""
    depth = 0
    for token in found:
        text = argument[token.start : token.end]
        if token.kind is TokenKind.OPERATOR:
            depth += text.count("(") - text.count(")")
        elif depth == 0 and text.lower() in ("from", "to"):
            return token
    return None


def _query(what: str) -> str:
    if what.startswith("("):
        return what[1:].rstrip().removesuffix(")").strip()
    table, parenthesis, columns = what.partition("(") if not what.startswith('"') else _parted(what)
    return f"select {columns.rstrip().removesuffix(')') if parenthesis else '*'} from {table.strip()}"


def _parted(what: str) -> tuple[str, str, str]:
    """A name in quotes may hold a parenthesis itself."""
    found = re.match(r'((?:"(?:[^"]|"")*"|[^("])+)(\(?)(.*)', what, re.DOTALL)
    return (found[1], found[2], found[3]) if found is not None else (what, "", "")


def _not_so(sentence: str) -> Failure:
    return Failure(sentence, FailureKind.USAGE, hint=f"{_HOW}.")
