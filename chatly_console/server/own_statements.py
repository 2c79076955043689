"""Tells the statements that the console itself sends from those of others, as a server keeps them.

pg_stat_statements keeps a statement as it came, but for its constants (`$1` stands in their place) and, from 18 on, for
the comments before it. So what is compared is its words; the first dozen are enough.
"""

import re
from functools import cache
from importlib.resources import files

_NO_WORDS = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\$\d+", re.DOTALL)
_WORD = re.compile(r"[a-z_][a-z_0-9.]*")
_CONSTANTS = frozenset({"null", "true", "false", "epoch"})
"""Words that the server takes for constants."""
_MOST, _LEAST = 12, 6
_LENGTH = 800
"""So much of a statement is looked at."""
_WRITTEN_ELSEWHERE = (
    "select pg_catalog.set_config($1, $2, $3)",
    "select pg_catalog.pg_backend_pid() as pid",
    "set statement_timeout to 1",
    "set lock_timeout to 1",
)
"""What the console asks of each connection, and no file has."""

Words = tuple[str, ...]


def is_ours(statement: str) -> bool:
    """Whether the console sends this. A few short statements, such as `begin`, everybody sends."""
    words = _words(statement)
    return any(words[:length] in known for length, known in _ours().items())


def _words(statement: str) -> Words:
    text = _NO_WORDS.sub(" ", statement[:_LENGTH]).lower()
    return tuple(word for word in _WORD.findall(text) if word not in _CONSTANTS)[:_MOST]


@cache
def _ours() -> dict[int, set[Words]]:
    """The words that our questions begin with, by their number."""
    found: dict[int, set[Words]] = {}
    for statement in _WRITTEN_ELSEWHERE:
        found.setdefault(_MOST, set()).add(_words(statement))
    for room in files("chatly_console").iterdir():
        folder = room / "sql"
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name.endswith(".sql"):
                told, placeholder, _ = _NO_WORDS.sub(" ", path.read_text(encoding="utf-8")).partition("{")
                words = _words(told)
                if words[:1] in (("select",), ("with",)) and len(words) >= _LEAST:
                    found.setdefault(len(words) if placeholder else _MOST, set()).add(words)
    return found
