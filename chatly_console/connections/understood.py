"""What the console makes of a connection string while it is typed: the place, the protection, what was dropped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chatly_console.core.dsn import Surroundings, parse_dsn
from chatly_console.core.failure import Failure
from chatly_console.core.target import ConnectionTarget, TlsMode

Tone = Literal["", "muted", "good", "warn", "bad"]

_STRING = re.compile(r"://|^\s*psql\s|^\s*\w+\s*=\s*\S|;\s*\w+\s*=", re.IGNORECASE)
_IN_URL = re.compile(r"://[^/?#\s:@]*:(?P<secret>[^\s]*)@")
_UNFINISHED = re.compile(r"://[^/?#\s:@]*:(?!\d*(?:[/?,]|$))(?P<secret>[^\s]*)$")
_NAMED = re.compile(r"(?:password|passwd|pwd)\s*=\s*(?P<secret>'(?:\\.|[^'\\])*'?|\"[^\"]*\"?|[^\s;&]*)", re.IGNORECASE)
_TLS = {
    TlsMode.DISABLE: "none",
    TlsMode.PREFER: "where the server has it (it is on this machine)",
    TlsMode.REQUIRE: "required; the server's certificate is not checked (sslmode=verify-full checks it)",
    TlsMode.VERIFY_CA: "required; its authority is checked, its name is not (sslmode=verify-full checks both)",
    TlsMode.VERIFY_FULL: "required; certificate and name are checked",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line about a connection: what it is about, the words, and how they are meant."""

    label: str
    words: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """A target, or why there is none; never both."""

    target: ConnectionTarget | None
    lines: tuple[Line, ...]


def is_connection_string(text: str) -> bool:
    """Whether somebody means a connection string, and not a few letters of a profile's name."""
    return bool(_STRING.search(text))


def understand(text: str, around: Surroundings) -> Understood:
    """Read a connection string; the lines never show a password."""
    try:
        target = parse_dsn(text, around)
    except Failure as failure:
        lines = [Line("✗", failure.sentence, "bad")]
        return Understood(None, (*lines, Line("", failure.hint, "muted")) if failure.hint else tuple(lines))
    return Understood(target, tuple(lines_of(target)))


def lines_of(target: ConnectionTarget) -> Iterator[Line]:
    """Everything worth knowing about a target."""
    yield Line("to", target.display)
    password = "a password is given, and kept in memory only" if target.password else "no password in it"
    yield Line("as", f"{target.user or 'the user of this machine'} · {password}")
    mode = target.tls.mode
    exposed = mode is TlsMode.DISABLE and not target.is_local
    yield Line("tls", _TLS[mode], "bad" if exposed else "")
    if target.settings:
        yield Line("set", ", ".join(f"{name} = {value}" for name, value in target.settings), "muted")
    if target.ignored:
        yield Line("ignored", ", ".join(target.ignored), "muted")
    for warning in target.warnings:
        yield Line("▲", warning, "warn")


def hidden(text: str) -> list[tuple[int, int]]:
    """Where a password stands in a connection string, finished or not: what is to be drawn as dots."""
    found = _IN_URL.search(text) or _UNFINISHED.search(text)
    spans = [found.span("secret")] if found else []
    return [*spans, *(match.span("secret") for match in _NAMED.finditer(text))]
