"""What a proof has found out about a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chatly_console.migrations.events import TakenLock
from chatly_console.migrations.files import MigrationFile
from chatly_console.migrations.snapshot import Difference


@dataclass
class Proof:
    """One file on the shadow: `ok` where nothing speaks against it. `problems` are sentences, in order."""

    file: MigrationFile
    problems: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    """What the way back, or a second run, left different."""
    locks: tuple[TakenLock, ...] = ()
    seconds: float = 0.0
    """How long the way there took, with the data where there is some."""
    done: list[str] = field(default_factory=list)
    """What was tried: `up`, `again`, `down`, `up after down`, `with data`."""

    @property
    def ok(self) -> bool:
        """Whether it is proven."""
        return not self.problems and "up" in self.done

    @property
    def words(self) -> str:
        """The proof in a line."""
        if self.problems:
            return self.problems[0]
        tried = ", ".join(self.done) or "not tried"
        rewritten = sorted({lock.relation for lock in self.locks if lock.rewritten})
        return tried + (f"; rewrote {', '.join(rewritten)}" if rewritten else "")

    def as_json(self) -> dict[str, Any]:
        """As `migrate verify --json` has it."""
        return {
            "version": self.file.version,
            "name": self.file.name,
            "ok": self.ok,
            "problems": self.problems,
            "differences": [difference.as_json() for difference in self.differences],
            "locks": [lock.as_json() for lock in self.locks],
            "tried": self.done,
            "seconds": round(self.seconds, 3),
        }


def summary(proofs: Sequence[Proof], seconds: float | None = None) -> str:
    """`33 of 33 proven, 3.1 s`."""
    good = sum(proof.ok for proof in proofs)
    took = f", {seconds:.1f} s" if seconds is not None else ""
    return f"{good} of {len(proofs)} proven{took}"
