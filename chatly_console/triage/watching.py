"""What somebody who watches a server has seen so far; one tick adds to it, and a failure leaves it as it is."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.database import Database
from chatly_console.triage.activity import Session, live_list, longest_transaction
from chatly_console.triage.drain import PACE as DRAIN_PACE
from chatly_console.triage.drain import Drain
from chatly_console.triage.glance import glance
from chatly_console.triage.health import Finding, Health
from chatly_console.triage.incident import Recorder
from chatly_console.triage.kept import KeptConnection
from chatly_console.triage.pace import Pace
from chatly_console.triage.pulse import History, Pulse, Wraparound
from chatly_console.triage.rights import Rights
from chatly_console.triage.service import (
    Snapshot,
    read_health,
    read_rights,
    read_snapshot,
    read_temp_use,
    read_wraparound,
)
from chatly_console.triage.statement_watch import StatementWatch
from chatly_console.triage.temp_files import TempUse
from chatly_console.triage.verdicts import Limits, Verdict, View

Answer = TypeVar("Answer")

_MEDIUM, _SLOW = 10.0, 60.0
"""Seconds after which what is dear to ask is asked again."""


@dataclass
class Watching:
    """The state behind the pane; `look` and `look_closer` are all that asks the server."""

    clock: Callable[[], float] = time.monotonic
    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    history: History = field(default_factory=History)
    statements: StatementWatch = field(default_factory=StatementWatch)
    snapshot: Snapshot | None = None
    rights: Rights | None = None
    wraparound: Wraparound | None = None
    temp: Sequence[TempUse] = ()
    verdicts: Sequence[Verdict] = ()
    health: Health | None = None
    troubles: dict[str, str] = field(default_factory=dict)
    """What could not be read last, by its name, and why."""
    seen_at: float = 0.0
    recorder: Recorder | None = None
    drain: Drain | None = None
    """The tree whose root was cancelled last."""
    _kept: tuple[Database, KeptConnection] | None = None
    _listed: dict[tuple[str, bool], Sequence[Session]] = field(default_factory=dict)
    _asked_at: dict[str, float] = field(default_factory=dict)
    _costs: dict[str, float] = field(default_factory=dict)

    def source(self, database: Database) -> KeptConnection:
        """The connection that is kept for triage."""
        if self._kept is None or self._kept[0] is not database:
            self._kept = (database, KeptConnection(database, self.clock))
        return self._kept[1]

    async def tick(self, database: Database, view: View) -> None:
        """Look, and closer where that is due. Raises Failure."""
        await self.look(database)
        if await self.look_closer(database, view):
            self.judge()

    async def look(self, database: Database) -> None:
        """What every tick asks: the sessions, who blocks whom, and the counters. Raises Failure."""
        snapshot = await read_snapshot(self.source(database))
        self.take_in(snapshot)
        self.pace.took(snapshot.seconds)
        if self.recorder is not None:
            self._record(self.recorder, snapshot)

    async def look_closer(self, database: Database, view: View) -> bool:
        """What is asked seldom, or only where the view shows it; whether anything was. Raises Failure."""
        source = self.source(database)
        if self.rights is None:
            self.rights = await read_rights(source)
        rights, asked = self.rights, False
        if self._due("wraparound", _SLOW):
            found = await self._part("wraparound", read_wraparound(source))
            self.wraparound, asked = found or self.wraparound, True
            if found is not None:
                self.history.note(size=float(found.database_bytes), age=found.share)
        if rights.lists_temp_files and self._due("temp", _MEDIUM):
            self.temp, asked = await self._part("temp", read_temp_use(source, rights)) or (), True
        if self._due("statements", _MEDIUM if view == "statements" else _SLOW):
            await self._part("statements", self.statements.count(source, rights))
            asked = True
        if view == "statements" or self.statements.slower:
            await self._part("texts", self.statements.read_missing_texts(source, rights))
        if self._due("health", _MEDIUM if view == "health" else _SLOW):
            self.health, asked = await self._part("health", read_health(source, rights.login)) or self.health, True
        return asked

    async def _part(self, name: str, question: Awaitable[Answer]) -> Answer | None:
        """Ask, and note what it cost; what fails alone is kept as a sentence, unless the server is lost."""
        began = time.perf_counter()
        try:
            answer = await question
        except Failure as failure:
            if failure.kind is FailureKind.LINK:
                raise
            self.troubles[name] = failure.sentence
            return None
        finally:
            self._costs[name] = time.perf_counter() - began
        self.troubles.pop(name, None)
        return answer

    def _record(self, recorder: Recorder, snapshot: Snapshot) -> None:
        """Keep the look; a disk that is full ends the recording, not the watching."""
        try:
            recorder.look(
                snapshot.sessions,
                snapshot.prepared,
                snapshot.pulse,
                self.wraparound,
                temp=self.temp,
                findings=self.findings,
            )
        except OSError as error:
            self.recorder = None
            raise Failure(f"The recording ended: {error.strerror}.", FailureKind.USAGE) from error

    def take_in(self, snapshot: Snapshot) -> None:
        """Add what a look has seen, and judge it."""
        self.remember(snapshot.sessions, snapshot.pulse)
        self.snapshot, self.seen_at = snapshot, self.clock()
        self._listed.clear()
        if self.drain is not None:
            self.drain.saw(snapshot.sessions, self.seen_at)
        self.judge()

    def remember(self, sessions: Sequence[Session], pulse: Pulse) -> None:
        """Add the numbers of a look to the history, from which sparklines are drawn."""
        longest = longest_transaction(sessions)
        self.history.add(
            pulse,
            waiting=float(sum(1 for session in sessions if session.wait is not None)),
            transaction=(longest.transaction_s or 0.0) if longest is not None else 0.0,
            lag=(pulse.behind_s if pulse.standby else pulse.replay_lag_s) or 0.0,
        )

    def judge(self) -> None:
        """Judge what is known."""
        if self.snapshot is not None:
            self.verdicts = glance(
                self.snapshot.sessions,
                self.snapshot.roots,
                self.history,
                self.wraparound,
                temp=self.temp,
                findings=self.findings,
                slower=self.statements.slower_with_texts,
                limits=self.limits,
            )

    @property
    def findings(self) -> Sequence[Finding]:
        """What the last look at the health has found."""
        return self.health.findings if self.health is not None else ()

    @property
    def delay(self) -> float:
        """Seconds until the next look: shorter while a tree drains, as far as that costs little."""
        draining = self.drain is not None and not self.drain.is_over
        return max(DRAIN_PACE, 4 * self.pace.cost) if draining else self.pace.delay

    def _due(self, name: str, every: float) -> bool:
        """Whether it is time to ask again: later than planned where asking took more than a quarter of it."""
        now, cost = self.clock(), self._costs.get(name, 0.0)
        if name in self._asked_at and now - self._asked_at[name] < max(every, 4 * cost):
            return False
        self._asked_at[name] = now
        return True

    def hurry(self) -> None:
        """Ask for everything at the next tick, due or not."""
        self._asked_at.clear()

    def listed(self, needle: str = "", *, own: bool = False) -> Sequence[Session]:
        """The sessions worth a look that a filter finds, in their order; worked out once a look."""
        if (needle, own) not in self._listed:
            sessions = self.snapshot.sessions if self.snapshot is not None else ()
            self._listed[needle, own] = live_list(sessions, needle=needle, own=own)
        return self._listed[needle, own]

    def session(self, key: object) -> Session | None:
        """The session of a row: its pid and the moment at which it began."""
        sessions = self.snapshot.sessions if self.snapshot is not None else ()
        return next((one for one in sessions if (one.pid, one.backend_start) == key), None)
