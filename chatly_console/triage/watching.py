"""What somebody who watches a server has seen so far; one tick adds to it, and a failure leaves it as it is."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.database import Database
from chatly_console.triage.activity import Session, longest_transaction
from chatly_console.triage.health import Health
from chatly_console.triage.incident import Recorder
from chatly_console.triage.pace import Pace
from chatly_console.triage.pulse import History, Wraparound
from chatly_console.triage.rights import Rights
from chatly_console.triage.service import (
    Snapshot,
    read_health,
    read_rights,
    read_snapshot,
    read_statements,
    read_texts,
    read_wraparound,
)
from chatly_console.triage.statements import Counted, Key, Statement, ranked, since
from chatly_console.triage.verdicts import Verdict, View, glance

Answer = TypeVar("Answer")

_MEDIUM, _SLOW = 10.0, 60.0
"""Seconds after which what is dear to ask is asked again."""
_MOST_TEXTS = 2_000


@dataclass
class Watching:
    """The state behind the pane; `tick` is the only thing that asks the server."""

    clock: Callable[[], float] = time.monotonic
    pace: Pace = field(default_factory=Pace)
    history: History = field(default_factory=History)
    snapshot: Snapshot | None = None
    rights: Rights | None = None
    wraparound: Wraparound | None = None
    verdicts: Sequence[Verdict] = ()
    statements: Counted | None = None
    statements_missing: str = ""
    health: Health | None = None
    order: str = "total"
    since_opened: bool = True
    seen_at: float = 0.0
    recorder: Recorder | None = None
    opened_at: float = 0.0
    """When the statements were counted for the first time."""
    _baseline: dict[Key, Statement] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)
    _asked_at: dict[str, float] = field(default_factory=dict)
    _costs: dict[str, float] = field(default_factory=dict)
    _top: tuple[object, list[Statement]] = (None, [])

    async def tick(self, database: Database, view: View) -> None:
        """Look once: always at the sessions, and at what the view shows where it is due. Raises Failure."""
        if self.rights is None:
            self.rights = await read_rights(database)
            await self._count_statements(database, self.rights)
        if self._due("wraparound", _SLOW):
            self.wraparound = await self._timed("wraparound", read_wraparound(database))
        snapshot = await read_snapshot(database)
        if view == "statements" and self._due("statements", _MEDIUM):
            await self._timed("statements", self._count_statements(database, self.rights))
        if view == "statements":
            await self._read_texts(database, self.rights)
        if view == "health" and self._due("health", _MEDIUM):
            self.health = await self._timed("health", read_health(database, self.rights.login))
        self.take_in(snapshot)
        self.pace.took(snapshot.seconds)
        if self.recorder is not None:
            self._record(self.recorder, snapshot)

    def _record(self, recorder: Recorder, snapshot: Snapshot) -> None:
        """Keep the look; a disk that is full ends the recording, not the watching."""
        try:
            recorder.look(snapshot.sessions, snapshot.prepared, snapshot.pulse, self.wraparound)
        except OSError as error:
            self.recorder = None
            raise Failure(f"The recording ended: {error.strerror}.", FailureKind.USAGE) from error

    def take_in(self, snapshot: Snapshot) -> None:
        """Judge what a look has seen."""
        longest = longest_transaction(snapshot.sessions)
        pulse = snapshot.pulse
        self.history.add(
            pulse,
            waiting=float(sum(1 for session in snapshot.sessions if session.wait is not None)),
            transaction=(longest.transaction_s or 0.0) if longest is not None else 0.0,
            lag=(pulse.behind_s if pulse.standby else pulse.replay_lag_s) or 0.0,
        )
        self.snapshot, self.seen_at = snapshot, self.clock()
        self.verdicts = glance(snapshot.sessions, snapshot.roots, self.history, self.wraparound)

    def _due(self, name: str, every: float) -> bool:
        """Whether it is time to ask again: later than planned where asking took more than a quarter of it."""
        now, cost = self.clock(), self._costs.get(name, 0.0)
        if name in self._asked_at and now - self._asked_at[name] < max(every, 4 * cost):
            return False
        self._asked_at[name] = now
        return True

    async def _timed(self, name: str, question: Awaitable[Answer]) -> Answer:
        began = time.perf_counter()
        try:
            return await question
        finally:
            self._costs[name] = time.perf_counter() - began

    async def _count_statements(self, database: Database, rights: Rights) -> None:
        """Count, and remember the first count; what keeps us from it is kept as a sentence."""
        try:
            self.statements = await read_statements(database, rights)
        except Failure as failure:
            self.statements, self.statements_missing = None, failure.sentence
            return
        self.statements_missing = rights.missing_for_statements
        if not self.opened_at:
            self.opened_at = self.clock()
            self._baseline = {one.key: one for one in self.statements.statements}

    async def _read_texts(self, database: Database, rights: Rights) -> None:
        wanted = [one.query_id for one in self._ranked() if one.query_id not in self._texts]
        if wanted:
            if len(self._texts) > _MOST_TEXTS:
                self._texts.clear()
            self._texts.update(dict.fromkeys(wanted, ""))
            self._texts.update(await read_texts(database, rights, wanted))

    def _ranked(self) -> list[Statement]:
        if self.statements is None:
            return []
        key = (id(self.statements), self.order, self.since_opened)
        if self._top[0] != key:
            found = self.statements.statements
            self._top = (key, ranked(since(self._baseline, found) if self.since_opened else found, self.order))
        return self._top[1]

    @property
    def top_statements(self) -> list[Statement]:
        """The statements to show, with their texts as far as they are known."""
        return [replace(one, query=self._texts.get(one.query_id, "")) for one in self._ranked()]

    def hurry(self, name: str) -> None:
        """Ask for this at the next tick, due or not."""
        self._asked_at.pop(name, None)

    def session(self, key: object) -> Session | None:
        """The session of a row: its pid and the moment at which it began."""
        sessions = self.snapshot.sessions if self.snapshot is not None else ()
        return next((one for one in sessions if (one.pid, one.backend_start) == key), None)
