"""What the filter line understands: words that stand anywhere, and fields; names with blanks go into quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatly_console.triage.activity import Session

HINT = 'words, or user: db: app: state: wait: client: pid: id: longer:5s; app:"my app", = for all of it'
_PARTS = re.compile(r'(?:[a-z]+[:=])?"[^"]*"|\S+')
_TERM = re.compile(
    r"(?P<field>user|db|database|app|application|state|wait|pid|id|client|longer)(?P<how>[:=])(?P<value>.*)"
)
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)?")


def matches(session: Session, needle: str) -> bool:
    """Whether a filter finds it: words anywhere, `user:ada` where that is part of it, `user=ada` where it is all."""
    return all(_term_matches(session, term) for term in _PARTS.findall(needle))


def term(name: str, value: str) -> str:
    """The filter for all sessions that have exactly this value."""
    return f'{name}="{value.replace(chr(34), "")}"'


def _term_matches(session: Session, term: str) -> bool:
    found = _TERM.fullmatch(term)
    if found is None:
        everything = (str(session.pid), session.user, session.database, session.application, session.client,
                      session.state, session.wait_event, session.query)  # fmt: skip
        return any(term.strip('"').lower() in text.lower() for text in everything)
    name, value = found["field"], found["value"].strip('"').lower()
    if name == "longer":
        return (session.seconds or 0.0) >= seconds_of(value)
    text = _field(session, name).replace('"', "").lower()
    return value == text if found["how"] == "=" or name in ("pid", "id") else value in text


def _field(session: Session, name: str) -> str:
    if name == "wait":
        return "lock" if session.wait is not None else session.wait_event
    if name == "id":
        return "" if session.query_id is None else str(session.query_id)
    attribute = {"db": "database", "app": "application"}.get(name, name)
    return str(getattr(session, attribute))


def seconds_of(text: str) -> float:
    """A span such as `90`, `5m` or `1.5h` in seconds; 0 where it is none."""
    found = _SPAN.fullmatch(text)
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2] or "s"] if found is not None else 0.0
