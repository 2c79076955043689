"""The server's counters at one moment, what happened between two of them, and a short memory for sparklines."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from chatly_console.core.values import Record

REMEMBERED = 120


@dataclass(frozen=True, slots=True)
class Pulse:
    """One row of pulse.sql; what a server or login does not give is None."""

    at: float
    up_s: float | None
    connection_limit: int
    reserved: int
    backends: int
    commits: int
    rollbacks: int
    hits: int
    reads: int
    temp_files: int
    temp_bytes: int
    deadlocks: int
    conflicts: int
    standby: bool
    behind_s: float | None
    replicas: int
    replay_lag_s: float | None
    replay_lag_bytes: int | None
    idle_slots: int
    slot_bytes: int | None
    idle_slot: str = ""
    """The unused slot that keeps most."""


def pulse_of(record: Record) -> Pulse:
    """One row of pulse.sql."""
    return Pulse(**{one.name: record[one.name] for one in fields(Pulse)})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Wraparound:
    """How far the transaction numbers of the oldest database have come, and the size of the connected one."""

    database: str
    xid_age: int
    mxid_age: int
    freeze_max_age: int
    database_bytes: int

    @property
    def share(self) -> float:
        """Of the 2^31 numbers, how many are used up."""
        return max(self.xid_age, self.mxid_age) / 2**31


@dataclass(frozen=True, slots=True)
class Change:
    """What happened between two pulses."""

    seconds: float
    transactions: int = 0
    rollbacks: int = 0
    hit_share: float | None = None
    """Of the blocks asked for, how many were in memory; None where too few were asked for to say."""
    temp_bytes: int = 0
    temp_files: int = 0
    deadlocks: int = 0

    @property
    def per_second(self) -> float:
        """Transactions a second."""
        return self.transactions / self.seconds if self.seconds > 0 else 0.0


_FEW_BLOCKS = 100


def change(before: Pulse | None, now: Pulse) -> Change | None:
    """The difference; None where there is nothing to compare with, such as after the counters were reset."""
    if before is None or now.at <= before.at or now.commits < before.commits or now.hits < before.hits:
        return None
    hits, reads = now.hits - before.hits, max(now.reads - before.reads, 0)
    return Change(
        seconds=now.at - before.at,
        transactions=now.commits - before.commits + max(now.rollbacks - before.rollbacks, 0),
        rollbacks=max(now.rollbacks - before.rollbacks, 0),
        hit_share=hits / (hits + reads) if hits + reads >= _FEW_BLOCKS else None,
        temp_bytes=max(now.temp_bytes - before.temp_bytes, 0),
        temp_files=max(now.temp_files - before.temp_files, 0),
        deadlocks=max(now.deadlocks - before.deadlocks, 0),
    )


@dataclass
class History:
    """The last pulses in a bounded memory, and the one at which somebody began to look."""

    first: Pulse | None = None
    last: Pulse | None = None
    step: Change | None = None
    """Since the pulse before."""
    restarted: bool = False
    """Whether the server began anew since the first look."""
    _series: dict[str, deque[float]] = field(default_factory=dict)

    def add(self, pulse: Pulse, **values: float) -> None:
        """Take a pulse in; `values` are further numbers to draw."""
        if self.first is None or change(self.first, pulse) is None:
            self.first = pulse
        self.step = change(self.last, pulse)
        if self.last is not None and (pulse.up_s or 0.0) < (self.last.up_s or 0.0):
            self.restarted = True
        self.last = pulse
        numbers = {"connections": float(pulse.backends), **values}
        if self.step is not None:
            numbers["transactions"] = self.step.per_second
            numbers["temp"] = self.step.temp_bytes / self.step.seconds
            numbers["deadlocks"] = float(self.step.deadlocks)
            if self.step.hit_share is not None:
                numbers["cache"] = self.step.hit_share
        self.note(**numbers)

    def note(self, **values: float) -> None:
        """Remember these numbers."""
        for name, value in values.items():
            self._series.setdefault(name, deque(maxlen=REMEMBERED)).append(value)

    def series(self, name: str) -> Sequence[float]:
        """The last values of this name, oldest first."""
        return tuple(self._series.get(name, ()))

    @property
    def watched(self) -> Change | None:
        """Everything since the first look."""
        return change(self.first, self.last) if self.first is not None and self.last is not None else None
