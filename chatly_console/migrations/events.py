"""What happens while migrations run, told as it happens: the screen draws it, the command line prints it."""

from dataclasses import dataclass, field
from typing import Any, Literal

from chatly_console.core.failure import Failure
from chatly_console.core.values import Notice
from chatly_console.migrations.files import MigrationFile, Script
from chatly_console.migrations.place import Place

Way = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Task:
    """One file to run in one direction."""

    file: MigrationFile
    way: Way

    @property
    def script(self) -> Script:
        """What runs."""
        if self.way == "up":
            return self.file.up
        assert self.file.down is not None
        return self.file.down


@dataclass(frozen=True, slots=True)
class TakenLock:
    """A lock that was really taken on a relation that others can see; `held_ms` is how long, to the end."""

    relation: str
    mode: str
    statement: int
    """The statement that took it, from 1."""
    rewritten: bool = False
    scanned: int = 0
    """Rows that were read in whole scans of it, at least: the server does not tell what parallel workers read."""
    held_ms: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """As the log and `--json` have it."""
        return {
            "relation": self.relation, "mode": self.mode, "statement": self.statement,
            "rewritten": self.rewritten, "scanned": self.scanned, "held_ms": round(self.held_ms, 1),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blocker:
    """A session that keeps ours waiting."""

    pid: int
    login: str
    application: str
    state: str
    seconds: float
    query: str

    def __str__(self) -> str:
        who = f"pid {self.pid} ({self.login or 'unknown'}{', ' + self.application if self.application else ''})"
        return f"{who}, {self.state or 'busy'} for {self.seconds:.0f} s: {' '.join(self.query.split())[:80]}"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a second connection sees of the statement that runs."""

    blockers: tuple[Blocker, ...] = ()
    waits_for: str = ""
    """`AccessExclusiveLock on public.messages`; empty where it waits for nothing."""
    phase: str = ""
    share: float | None = None
    """How much of the phase is done, from 0 to 1, where the server says so."""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class QueueWaits:
    """Another console holds the migrations of this database."""

    holder: str


@dataclass(frozen=True, slots=True)
class FileBegan:
    """A file begins, or goes on behind its first `done` statements."""

    task: Task
    done: int
    attempt: int


@dataclass(frozen=True, slots=True)
class FileSkipped:
    """Nothing is to be done: another console did it meanwhile."""

    task: Task
    words: str


@dataclass(frozen=True, slots=True)
class StatementBegan:
    """Statement `number` (from 1) runs."""

    task: Task
    number: int


@dataclass(frozen=True, slots=True)
class StatementEnded:
    """It is done, though not kept yet where the file is one transaction."""

    task: Task
    number: int
    seconds: float
    tag: str
    locks: tuple[TakenLock, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """What is seen of the statement while it runs."""

    task: Task
    sight: Sight


@dataclass(frozen=True, slots=True)
class Heard:
    """The server said something."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Retrying:
    """A lock was not to be had; nothing of the file is left, and it is tried again in a moment."""

    task: Task
    attempt: int
    attempts: int
    seconds: float
    failure: Failure
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class CleanedUp:
    """What an interrupted statement left behind: removed, finished, or named where a person decides."""

    task: Task
    words: str


@dataclass(frozen=True, slots=True)
class FileEnded:
    """The file is done, kept and recorded."""

    task: Task
    seconds: float
    locks: tuple[TakenLock, ...]


@dataclass(frozen=True, slots=True)
class FileFailed:
    """The file came to no end; `kept` says what of it is in the database."""

    task: Task
    failure: Failure
    place: Place | None
    kept: str
    blockers: tuple[Blocker, ...] = field(default=())


Event = (
    QueueWaits | FileBegan | FileSkipped | StatementBegan | StatementEnded | Watched | Heard | Retrying | CleanedUp
    | FileEnded | FileFailed
)  # fmt: skip
