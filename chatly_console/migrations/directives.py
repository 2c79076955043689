"""What a migration file says about itself in its `-- chatly:` lines, and in the like lines of other tools."""

import re
from dataclasses import dataclass, field

from chatly_console.core.failure import Failure, FailureKind

_OWN = re.compile(r"^[ \t]*--[ \t]*chatly:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_WORD = re.compile(r"([\w-]+)(?:=(\"[^\"]*\"|\S+))?")
_NO_TRANSACTION = re.compile(
    r"^[ \t]*--[ \t]*(?:pg-delta:.*\btransaction=false\b|migrate:(?:up|down)\b.*\btransaction:[ \t]*false\b"
    r"|\+goose[ \t]+NO[ \t]+TRANSACTION\b)",
    re.MULTILINE | re.IGNORECASE,
)
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|min|h|d)?\Z")
_UNIT_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, None: 1e-3}
"""The units of the server's own settings; a bare number is milliseconds there."""

LOCK_TIMEOUT = 2.0
"""Seconds that a statement in a transaction waits for a lock: long enough for a busy table, short enough for those
who queue up behind it."""
RETRIES = 5


@dataclass(frozen=True, slots=True)
class Directives:
    """The words of the header. Times are in seconds; None where the file says nothing."""

    transaction: bool = True
    lock_timeout: float | None = None
    statement_timeout: float | None = None
    retries: int = RETRIES
    idempotent: bool = False
    irreversible: bool = False
    reason: str = ""
    """Why it is irreversible, or why a rule is silenced."""
    allow: frozenset[str] = frozenset()
    """The lint rules that are silenced in this file."""
    unreasoned: tuple[int, ...] = field(default=())
    """The lines, from 1, that silence a rule and give no reason."""
    unknown: tuple[str, ...] = field(default=())
    """Words that mean nothing here: misspelt ones, most likely."""


def read_directives(text: str) -> Directives:
    """The directives of a file; raises `Failure` for a value that makes no sense."""
    said: dict[str, str] = {}
    allow: set[str] = set()
    unreasoned: list[int] = []
    for found in _OWN.finditer(text):
        words: list[tuple[str, str]] = _WORD.findall(found[1])
        names = {word for word, _ in words}
        if "allow" in names and "reason" not in names:
            unreasoned.append(text.count("\n", 0, found.start()) + 1)
        for word, value in words:
            if word == "allow":
                allow |= {name.strip() for name in value.strip('"').split(",") if name.strip()}
            else:
                said[word] = value.strip('"')
    known = {"transaction", "lock_timeout", "statement_timeout", "retries", "idempotent", "irreversible", "reason"}
    return Directives(
        transaction=said.get("transaction", "true") != "false" and _NO_TRANSACTION.search(text) is None,
        lock_timeout=_seconds(said, "lock_timeout"),
        statement_timeout=_seconds(said, "statement_timeout"),
        retries=_whole(said, "retries", RETRIES),
        idempotent="idempotent" in said and said["idempotent"] != "false",
        irreversible="irreversible" in said and said["irreversible"] != "false",
        reason=said.get("reason", ""),
        allow=frozenset(allow),
        unreasoned=tuple(unreasoned),
        unknown=tuple(sorted(said.keys() - known)),
    )


def _seconds(said: dict[str, str], name: str) -> float | None:
    if name not in said:
        return None
    match = _DURATION.match(said[name])
    if match is None:
        raise Failure(f"{name}={said[name]} is no duration such as 2s or 15min.", FailureKind.USAGE)
    return float(match[1]) * _UNIT_SECONDS[match[2]]


def _whole(said: dict[str, str], name: str, default: int) -> int:
    if name not in said:
        return default
    if not said[name].isdigit():
        raise Failure(f"{name}={said[name]} is no number.", FailureKind.USAGE)
    return int(said[name])
