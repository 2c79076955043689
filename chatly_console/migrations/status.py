"""What is applied, pending, changed, missing or out of order: the files beside the history of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from chatly_console.core.classify import Risk
from chatly_console.core.sql import split
from chatly_console.migrations.files import MigrationFile


class State(Enum):
    """How a migration stands; the value is the word that is shown."""

    APPLIED = "applied"
    PENDING = "pending"
    OUT_OF_ORDER = "out of order"
    """Pending, though a later one is applied."""
    CHANGED = "changed"
    """The file is no longer what was applied."""
    MISSING = "missing here"
    """Applied, and no file of it is here."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One row of `supabase_migrations.schema_migrations`; old rows have neither name nor statements."""

    version: str
    name: str | None = None
    statements: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration with its state; `file` is None where it is missing here, `entry` where it is not applied."""

    version: str
    name: str
    state: State
    file: MigrationFile | None = None
    entry: HistoryEntry | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it still has to run."""
        return self.state in (State.PENDING, State.OUT_OF_ORDER)


def compare(files: Sequence[MigrationFile], history: Sequence[HistoryEntry]) -> list[Migration]:
    """Every migration that is known on either side, in the order of the versions."""
    here = {file.version: file for file in files}
    there = {entry.version: entry for entry in history}
    newest = max(there, default="")
    found = []
    for version in sorted(here.keys() | there.keys()):
        file, entry = here.get(version), there.get(version)
        name = file.name if file else (entry.name if entry and entry.name else "")
        found.append(Migration(version, name, _state(file, entry, newest), file, entry))
    return found


def _state(file: MigrationFile | None, entry: HistoryEntry | None, newest: str) -> State:
    if file is None:
        return State.MISSING
    if entry is None:
        return State.OUT_OF_ORDER if file.version < newest else State.PENDING
    if entry.statements is not None and _words(file) != [_squeezed(text) for text in entry.statements]:
        return State.CHANGED
    return State.APPLIED


def _words(file: MigrationFile) -> list[str]:
    return [_squeezed(statement.text) for statement in file.statements]


def _squeezed(text: str) -> str:
    """A statement as it counts for comparison: who wrote the history may have kept the semicolon or the comment."""
    places = split(text)
    return "; ".join(text[place.code : place.end].strip() for place in places) if places else text.strip()


def summary(migrations: Sequence[Migration]) -> str:
    """One line: how many of each state."""
    counts = {state: sum(m.state is state for m in migrations) for state in State}
    return " · ".join(f"{state.value} {count}" for state, count in counts.items() if count) or "no migrations"


def outlook(migrations: Sequence[Migration]) -> str:
    """What will happen next, in a sentence: how many are pending, and which of them deserve care."""
    pending = [m for m in migrations if m.is_pending and m.file is not None]
    if not pending:
        return "Nothing is pending."
    careful = [m.name for m in pending if m.file and _needs_care(m.file)]
    words = f"{len(pending)} pending"
    if careful:
        return f"{words}: {', '.join(careful)} block readers and writers or throw something away."
    return f"{words}: none blocks readers for longer than its lock."


def _needs_care(file: MigrationFile) -> bool:
    return any(
        statement.kind.risk >= Risk.DANGEROUS or statement.kind.lock == "ACCESS EXCLUSIVE"
        for statement in file.statements
    )
