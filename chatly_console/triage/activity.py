"""The sessions of the server as pg_stat_activity shows them: who is hidden, what a filter finds, in which order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, cast

from chatly_console.core.values import Record
from chatly_console.server.impersonation import BOUNDARY_LOGIN
from chatly_console.triage.filters import matches

MARK = " triage"
"""What stands behind the console's application_name where others see the connection that is kept for triage."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The lock that a session waits for, and the pids that stand in its way (0 is a prepared transaction)."""

    blockers: tuple[int, ...]
    lock_type: str
    mode: str
    seconds: float
    relation: str = ""
    transaction: str = ""
    advisory_key: str = ""

    @property
    def words(self) -> str:
        """The lock as one would say it: `AccessExclusive on messages`, `a row of messages`, `advisory lock 42`."""
        if self.lock_type == "transactionid":
            return f"a row of {self.relation}" if self.relation else f"transaction {self.transaction}"
        if self.lock_type == "tuple":
            return f"a row of {self.relation}"
        if self.lock_type == "advisory":
            return f"advisory lock {self.advisory_key}"
        if self.lock_type == "virtualxid":
            return "the end of a transaction"
        mode = self.mode.removesuffix("Lock")
        return f"{mode} on {self.relation}" if self.relation else f"{mode} ({self.lock_type})"


@dataclass(frozen=True, slots=True)
class Session:
    """One backend. What the login may not see of others is empty or None, and `concealed` says so."""

    pid: int
    user: str = ""
    database: str = ""
    application: str = ""
    client: str = ""
    backend_type: str = "client backend"
    backend_start: datetime | None = None
    state: str = ""
    wait_event: str = ""
    query: str = ""
    transaction_s: float | None = None
    query_s: float | None = None
    state_s: float | None = None
    xmin_age: int | None = None
    leader: int | None = None
    own: bool = False
    concealed: bool = False
    of_superuser: bool = False
    wait: Wait | None = None
    query_id: int | None = None
    """What the server calls the statement, where it computes that (compute_query_id)."""

    @property
    def is_client(self) -> bool:
        """Whether a person or a program is behind it, and not the server itself."""
        return self.backend_type == "client backend" or (self.concealed and bool(self.database))

    @property
    def seconds(self) -> float | None:
        """How long it has been doing what it does: its statement, or its idleness."""
        return self.query_s if self.state == "active" else self.state_s

    @property
    def state_words(self) -> str:
        """What it does in a word or three."""
        if self.concealed:
            return "concealed"
        return self.state or self.backend_type


def sessions_of(records: Sequence[Record]) -> tuple[Session, ...]:
    """The rows of sessions.sql; the console's own are those that come from the same place under the same name.

    They are of the login that asks, and of the one by which the console runs statements as a user.
    """
    asking = next((_place(record) for record in records if record["asking"]), None)
    ours = () if asking is None else (asking, (BOUNDARY_LOGIN, *asking[1:]))
    return tuple(_session_of(record, own=_place(record) in ours) for record in records)


def _place(record: Record) -> tuple[object, object, str]:
    return record["user"], record["client"], str(record["application"] or "").removesuffix(MARK)


def _session_of(record: Record, *, own: bool) -> Session:
    """There may be hundreds a second, so the values are taken in the order of the columns."""
    values = cast(_Row, tuple(record.values())[:_COMMON])
    (pid, leader, database, user, application, client, backend_type, start, state, kind, event, query, query_id, _,
     of_superuser, concealed, transaction_s, query_s, state_s, xmin_age) = values  # fmt: skip
    return Session(
        pid, user or "", database or "", application or "", client or "", backend_type or "", start, state or "",
        f"{kind}:{event or ''}" if kind else "", query or "", transaction_s, query_s, state_s, xmin_age, leader,
        own, bool(concealed), of_superuser, _wait_of(record) if record["waits"] else None, query_id,
    )  # fmt: skip


_COMMON = 20
_Text: TypeAlias = str | None
_Number: TypeAlias = float | None
_Row = tuple[
    int, int | None, _Text, _Text, _Text, _Text, _Text, datetime | None, _Text, _Text, _Text, _Text, int | None, bool,
    bool, bool | None, _Number, _Number, _Number, int | None,
]  # fmt: skip
"""The columns of sessions.sql as far as every session has them; those of its lock come behind."""


def _wait_of(record: Record) -> Wait:
    def text(name: str) -> str:
        return str(record[name] or "")

    return Wait(
        blockers=tuple(dict.fromkeys(int(pid) for pid in text("blockers").split(",") if pid)),
        lock_type=text("lock_type"),
        mode=text("lock_mode"),
        seconds=float(str(record["waits_s"] or 0)),
        relation=text("relation"),
        transaction=text("waited_transaction"),
        advisory_key=text("advisory_key"),
    )


def live_list(sessions: Iterable[Session], *, needle: str = "", own: bool = False) -> list[Session]:
    """The sessions worth a look, the busiest first, parallel workers under their leader.

    Idle clients come last; the server's own processes only where they work on something.
    """
    shown = [s for s in sessions if (own or not s.own) and _worth_showing(s) and matches(s, needle)]
    pids = {session.pid for session in shown}
    heads = sorted((s for s in shown if s.leader is None or s.leader not in pids), key=_order)
    workers: dict[int, list[Session]] = {}
    for session in shown:
        if session.leader is not None and session.leader in pids:
            workers.setdefault(session.leader, []).append(session)
    return [one for head in heads for one in (head, *sorted(workers.get(head.pid, ()), key=lambda s: s.pid))]


def _worth_showing(session: Session) -> bool:
    return session.is_client or session.leader is not None or bool(session.state and session.transaction_s is not None)


def _order(session: Session) -> tuple[int, float, int]:
    if session.wait is not None:
        rank = 0
    elif session.state == "active":
        rank = 1
    elif session.state.startswith("idle in transaction"):
        rank = 2
    else:
        rank = 3
    return rank, -(session.seconds or 0.0), session.pid


def longest_transaction(sessions: Sequence[Session]) -> Session | None:
    """The client whose transaction has been open for the longest, the console's own left out."""
    open_ones = [s for s in sessions if s.transaction_s is not None and not s.own and s.is_client]
    return max(open_ones, key=lambda s: s.transaction_s or 0.0, default=None)
