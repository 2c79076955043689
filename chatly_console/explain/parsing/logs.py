"""Finds the plans that auto_explain wrote into a server's log: plain, CSV or JSON, one or many."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_ENTRY = re.compile(r"duration: (?P<ms>[\d.]+) ms  plan:")
_PREFIX = re.compile(r"^(?:\d{4}-\d\d-\d\d[ T]|<?\d{4}-|\[?\w+ \d+ \d\d:|[A-Z]+:  )")
_FIELD = re.compile(r'(?:[^"]|"")*')
_LEVELS = re.compile(r"^\S.*\b(?:LOG|ERROR|WARNING|STATEMENT|DETAIL|HINT|CONTEXT|FATAL|NOTICE|INFO|DEBUG\d?):  ")


@dataclass(frozen=True, slots=True)
class Entry:
    """One plan of a log: what stands behind `plan:`, from line `number` on, and the duration in milliseconds."""

    number: int
    text: str
    ms: float


def entries_of(text: str) -> list[Entry]:
    """All entries of auto_explain in a log; empty where the text is none."""
    return list(_found(text)) if _ENTRY.search(text) else []


def _found(text: str) -> Iterator[Entry]:
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        found = _ENTRY.search(lines[at])
        if found is None:
            at += 1
        elif lines[at].lstrip().startswith("{") and '"message"' in lines[at]:
            yield from _of_json(lines[at], at + 1)
            at += 1
        else:
            body, after = _body(lines, at, found.end())
            yield Entry(at + 2, body, float(found["ms"]))
            at = after


def _of_json(line: str, number: int) -> Iterator[Entry]:
    try:
        message = str(json.loads(line).get("message", ""))
    except ValueError:
        return
    found = _ENTRY.search(message)
    if found:
        yield Entry(number, message[found.end() :].lstrip("\n"), float(found["ms"]))


def _body(lines: list[str], at: int, end: int) -> tuple[str, int]:
    """What follows the line of the entry, up to the next one of the log."""
    if lines[at][: end - len(_ENTRY.search(lines[at])[0])].endswith('"'):  # type: ignore[index]
        return _quoted(lines, at, end)
    body, after = [], at + 1
    while after < len(lines):
        line = lines[after]
        if _LEVELS.match(line) or (_PREFIX.match(line) and not line.startswith("\t")):
            break
        body.append(line.removeprefix("\t"))
        after += 1
    return "\n".join(body), after


def _quoted(lines: list[str], at: int, end: int) -> tuple[str, int]:
    """The field of a CSV log: up to the quote that is not doubled."""
    parts = []
    line, after = lines[at][end:], at + 1
    while (stop := _FIELD.match(line)) is not None and stop.end() == len(line) and after < len(lines):
        parts.append(line)
        line, after = lines[after], after + 1
    found = _FIELD.match(line)
    assert found is not None
    body = "\n".join([*parts, found[0]])
    return body.replace('""', '"').lstrip("\n"), after
