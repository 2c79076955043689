"""Sessions put together by what they have in common: an application, a user, a state, a wait, a statement."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chatly_console.triage.activity import Session
from chatly_console.triage.filters import term

BY = ("", "application", "user", "database", "state", "wait", "statement")
"""What one can group by; the first is no grouping."""
_FIELDS = {"application": "app", "user": "user", "database": "db", "state": "state", "wait": "wait", "statement": "id"}


@dataclass(frozen=True, slots=True)
class Group:
    """The sessions with one value of what they are grouped by."""

    by: str
    name: str
    sessions: tuple[Session, ...]

    @property
    def active(self) -> int:
        """How many run a statement, and do not wait for a lock."""
        return sum(1 for one in self.sessions if one.state == "active" and one.wait is None)

    @property
    def waiting(self) -> int:
        """How many wait for a lock."""
        return sum(1 for one in self.sessions if one.wait is not None)

    @property
    def idle_in_transaction(self) -> int:
        """How many hold a transaction open and do nothing."""
        return sum(1 for one in self.sessions if one.state.startswith("idle in transaction"))

    @property
    def oldest(self) -> float:
        """The age of their oldest transaction, in seconds."""
        return max((one.transaction_s or 0.0 for one in self.sessions), default=0.0)

    @property
    def query(self) -> str:
        """The statement of the one that is longest at it."""
        return max(self.sessions, key=lambda one: one.seconds or 0.0).query

    @property
    def needle(self) -> str:
        """The filter that finds these sessions; empty where none can."""
        if self.by == "statement" and self.sessions[0].query_id is None:
            return ""
        value = str(self.sessions[0].query_id) if self.by == "statement" else self.name
        return term(_FIELDS[self.by], value)


def grouped(sessions: Iterable[Session], by: str) -> list[Group]:
    """The groups, that with most who wait or work first, then the largest."""
    name = _NAMES[by]
    found: dict[str, list[Session]] = {}
    for session in sessions:
        found.setdefault(name(session), []).append(session)
    groups = [Group(by, _shown(by, key, members), tuple(members)) for key, members in found.items()]
    return sorted(groups, key=lambda one: (-one.waiting, -one.active, -len(one.sessions), one.name))


def _shown(by: str, key: str, members: Sequence[Session]) -> str:
    return " ".join(members[0].query.split()) if by == "statement" else key


def _statement(session: Session) -> str:
    return str(session.query_id) if session.query_id is not None else " ".join(session.query.split())


_NAMES: dict[str, Callable[[Session], str]] = {
    "application": lambda one: one.application,
    "user": lambda one: one.user,
    "database": lambda one: one.database,
    "state": lambda one: one.state,
    "wait": lambda one: "lock" if one.wait is not None else one.wait_event,
    "statement": _statement,
}


def alike(session: Session, sessions: Sequence[Session]) -> list[Group]:
    """The groups of sessions that this one belongs to, those of one alone left out."""
    found = []
    for by in ("application", "user", "statement", "state"):
        group = next(one for one in grouped(sessions, by) if session in one.sessions)
        if len(group.sessions) > 1 and group.name:
            found.append(group)
    return found
