"""An index that was built for a trial: its size, and whether the planner may use it in the transaction that built it.

Where rows that were changed lately are still seen by an older snapshot, a new index must not be used by transactions
that are as old (`pg_index.indcheckxmin`). A trial then shows the plan without the index, which says nothing of its
worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SQL = "index_built"
"""The statement of this room that tells it; its only parameter is the index's full name."""


@dataclass(frozen=True, slots=True)
class BuiltIndex:
    """What the catalogue says of it; of a partitioned table's index, of all its parts."""

    megabytes: float
    must_wait: bool
    """Whether the planner has to leave it alone for the time being."""
    holder: str
    """The process whose snapshot is the oldest; empty where it is not known."""
    names: frozenset[str]
    """What a plan may call it."""

    @classmethod
    def of(cls, row: Sequence[object]) -> "BuiltIndex":
        """A row of the statement, as text or as values."""
        size, must_wait, pid, names = row
        holder = "" if pid is None else str(pid)
        return cls(float(str(size or 0)) / 1024 / 1024, must_wait in (True, "t"), holder,
                   frozenset(str(names or "").split("\n")))  # fmt: skip

    @property
    def obstacle(self) -> str:
        """Why it could not be used yet; empty where nothing is in its way."""
        if not self.must_wait:
            return ""
        holder = f" (pid {self.holder})" if self.holder else ""
        return (
            f"This says nothing of the index: an older transaction{holder} still sees rows that were changed since,"
            " and the planner may not use the index before that has ended."
        )
