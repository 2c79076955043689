"""Goes through an incident on record: the same state behind the pane as it was at each look."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.triage.blocking import blocking_tree
from chatly_console.triage.health import Health
from chatly_console.triage.incident import Moment, looks_of
from chatly_console.triage.pulse import REMEMBERED
from chatly_console.triage.service import Snapshot
from chatly_console.triage.watching import Watching


@dataclass
class Replay:
    """A place in a record; `watching` is what was known there."""

    moments: Sequence[Moment]
    place: int = 0
    watching: Watching = field(default_factory=Watching)

    def __post_init__(self) -> None:
        if not self.looks:
            raise Failure("This record has no look at the server in it.", FailureKind.USAGE)
        self.go_to(self.place)

    @property
    def looks(self) -> list[Moment]:
        """The looks of the record."""
        return looks_of(self.moments)

    def go_to(self, place: int) -> None:
        """Show this look; the sparklines are those of all before it."""
        looks = self.looks
        self.place = max(0, min(place, len(looks) - 1))
        self.watching = Watching(clock=lambda: 0.0)
        for moment in [looks[0], *looks[max(1, self.place - REMEMBERED) : self.place]][: self.place]:
            assert moment.pulse is not None
            self.watching.remember(moment.sessions, moment.pulse)
        now = looks[self.place]
        assert now.pulse is not None
        self.watching.wraparound, self.watching.temp = now.wraparound, now.temp
        self.watching.health = Health(now.findings)
        tree = blocking_tree(now.sessions, now.prepared)
        self.watching.take_in(Snapshot(now.sessions, tree, now.pulse, 0.0, now.prepared))

    def step(self, by: int) -> None:
        """Go on, or back."""
        self.go_to(self.place + by)

    @property
    def words(self) -> str:
        """Where it is, and the last note before that."""
        looks = self.looks
        now = looks[self.place]
        notes = [moment.note for moment in self.moments if moment.note and moment.at <= now.at]
        note = f" ▪ note: {notes[-1]}" if notes else ""
        return f"▶ replay {self.place + 1} of {len(looks)} ▪ {now.at:%Y-%m-%d %H:%M:%S %Z} ▪ {now.server}{note}"
