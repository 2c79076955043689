"""Goes through an incident on record: the same state behind the pane as it was at each look."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.triage.blocking import blocking_tree
from chatly_console.triage.incident import Moment, looks_of
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
        for moment in looks[: self.place + 1]:
            assert moment.pulse is not None
            tree = blocking_tree(moment.sessions, moment.prepared)
            self.watching.wraparound = moment.wraparound
            self.watching.take_in(Snapshot(moment.sessions, tree, moment.pulse, 0.0, moment.prepared))

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
