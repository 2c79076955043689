"""The tree after its root was cancelled: who waited behind it, and who of them waits still."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatly_console.core.durations import age_words
from chatly_console.triage.activity import Session
from chatly_console.triage.blocking import Node, tree_lines
from chatly_console.triage.readings import number_of

PACE = 0.3
"""Seconds between two looks while a tree drains."""
_PATIENCE = 20.0
"""Seconds after which one does not watch it any longer."""


@dataclass
class Drain:
    """Those who waited behind a root when it was cancelled."""

    root: int
    began: float
    behind: frozenset[int]
    left: int
    ended_at: float | None = None

    @classmethod
    def of(cls, root: Node, now: float) -> "Drain":
        """The tree as it stands."""
        behind = frozenset(line.node.pid for line in tree_lines([root]) if line.node.pid != root.pid)
        return cls(root.pid, now, behind, len(behind))

    def saw(self, sessions: Iterable[Session], now: float) -> None:
        """Take in who waits now."""
        if not self.is_over:
            self.left = sum(1 for one in sessions if one.pid in self.behind and one.wait is not None)
            if not self.left or now - self.began > _PATIENCE:
                self.ended_at = now

    @property
    def is_over(self) -> bool:
        """Whether nobody waits any more, or it has been watched for long enough."""
        return self.ended_at is not None

    def words(self, now: float) -> str:
        """How far it has come."""
        age = age_words((self.ended_at if self.ended_at is not None else now) - self.began)
        waited = number_of(len(self.behind), "session")
        if self.is_over and not self.left:
            return f"The tree of pid {self.root} drained in {age}: {waited} waited, all go on."
        if self.is_over:
            return f"Of the {waited} behind pid {self.root} {self.left} wait still after {age}."
        return f"draining: {len(self.behind)} → {self.left} wait, {age}"
