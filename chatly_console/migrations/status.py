"""What is applied, pending, changed, missing or out of order: the files beside the history of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from chatly_console.core.sql import split
from chatly_console.core.sql.tokens import TokenKind, scan
from chatly_console.migrations.files import MigrationFile, Script
from chatly_console.migrations.history import Attempt, History, HistoryEntry, LogEntry


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
    PARTWAY = "failed partway"
    """It ran outside a transaction and did not come to its end: some of its statements are done."""


@dataclass(frozen=True)
class Migration:
    """One migration with its state; `file` is None where it is missing here, `entry` where it is not applied."""

    version: str
    name: str
    state: State
    file: MigrationFile | None = None
    entry: HistoryEntry | None = None
    last: LogEntry | None = None
    """The last time that something about it came to its end, as our log has it."""
    attempt: Attempt | None = None
    """A run that did not come to its end, and is the last thing known."""
    is_dirty: bool = False
    """Whether golang-migrate, and not this console, has left it halfway: only a person knows how far it came."""

    @property
    def is_pending(self) -> bool:
        """Whether it still has to run, from its beginning or from where it stopped."""
        if self.state is State.PARTWAY:
            return self.attempt is None or self.attempt.entry.direction != "down"
        return self.state in (State.PENDING, State.OUT_OF_ORDER)

    @property
    def is_applied(self) -> bool:
        """Whether the database counts it as applied."""
        return self.entry is not None

    @property
    def has_way_back(self) -> bool:
        """Whether a down file is here."""
        return self.file is not None and self.file.down is not None

    @property
    def applied_at(self) -> datetime | None:
        """When it was applied, where our log knows."""
        applied = self.last is not None and self.last.direction in ("up", "repair", "baseline")
        if self.entry is not None and self.last is not None and applied:
            return self.last.at
        return self.entry.at if self.entry is not None else None

    @property
    def remark(self) -> str:
        """What is to be known beside the state, in a sentence; empty where nothing is."""
        return _remark(self)


def compare(files: Sequence[MigrationFile], history: History) -> list[Migration]:
    """Every migration that is known on either side, in the order of the versions."""
    here = {file.version: file for file in files}
    there = {entry.version: entry for entry in history.entries}
    newest = max(map(_order, there), default=(-1, ""))
    by_version: dict[str, list[LogEntry]] = {}
    for entry in history.log:
        by_version.setdefault(entry.version, []).append(entry)
    partway = {version for version in by_version if _is_partway(history, version, there)}
    partway |= {history.dirty} if history.dirty else set()
    found = []
    for version in sorted(here.keys() | there.keys() | partway, key=_order):
        file, entry_of = here.get(version), there.get(version)
        last, attempt = history.last_done(version), history.open_attempt(version)
        state = State.PARTWAY if version in partway else _state(file, entry_of, last, newest)
        logged = by_version.get(version, ())
        name = (
            file.name if file else (entry_of.name if entry_of and entry_of.name else logged[-1].name if logged else "")
        )
        found.append(Migration(version, name, state, file, entry_of, last, attempt, version == history.dirty))
    return found


def _order(version: str) -> tuple[int, str]:
    return (int(version) if version.isdigit() else 0, version)


def _is_partway(history: History, version: str, there: dict[str, HistoryEntry]) -> bool:
    attempt = history.open_attempt(version)
    if attempt is None or not attempt.is_partway:
        return False
    # The history wins: where another tool has brought it to its end, nothing is open any more.
    return (version in there) == (attempt.entry.direction == "down")


def _state(
    file: MigrationFile | None, entry: HistoryEntry | None, last: LogEntry | None, newest: tuple[int, str]
) -> State:
    if file is None:
        return State.MISSING
    if entry is None:
        return State.OUT_OF_ORDER if _order(file.version) < newest else State.PENDING
    return State.CHANGED if has_changed(file.up, entry, last) else State.APPLIED


def has_changed(script: Script, entry: HistoryEntry, last: LogEntry | None) -> bool:
    """Whether the file is no longer what was applied. Comments and space do not count, nor how it was split."""
    if entry.statements:
        return words_of(script.text) != words_of(";\n".join(entry.statements))
    if last is not None and last.checksum is not None and last.direction != "down":
        return last.checksum != script.checksum
    return False


def words_of(sql: str) -> list[str]:
    """A script as it counts for comparison: its tokens, without comments and semicolons."""
    return [
        sql[start:end]
        for place in split(sql)
        for start, end, kind in scan(sql, place.code, place.end, into_bodies=False)
        if kind is not TokenKind.COMMENT and sql[start:end] != ";"
    ]


def _remark(migration: Migration) -> str:
    attempt, file = migration.attempt, migration.file
    if migration.is_dirty:
        return "golang-migrate has begun it and not come to its end: look at what it did, then mark it (m)"
    if migration.state is State.PARTWAY and attempt is not None:
        entry = attempt.entry
        what = "rolling it back" if entry.direction == "down" else "applying it"
        count = f" of {entry.statement_count}" if entry.statement_count else ""
        how = f"failed ({entry.error})" if entry.error else "was cancelled" if attempt.ended else "was cut off"
        return f"{what} {how} on {entry.at:%Y-%m-%d %H:%M}: {attempt.done}{count} statements are done, and it can go on"
    if migration.is_pending and attempt is not None:
        entry = attempt.entry
        how = f"failed: {entry.error}" if entry.error else "was cancelled" if attempt.ended else "was cut off"
        return f"the attempt of {entry.at:%Y-%m-%d %H:%M} {how}; nothing of it was kept"
    if migration.is_applied and attempt is not None and attempt.entry.direction == "down":
        how = f"failed: {attempt.entry.error}" if attempt.entry.error else "did not come to its end"
        return f"rolling it back on {attempt.entry.at:%Y-%m-%d %H:%M} {how}; nothing was undone"
    if migration.state is State.OUT_OF_ORDER:
        return "a later one is applied already"
    if migration.state is State.MISSING:
        return "applied, and no file of it is here"
    if migration.state is State.CHANGED:
        return "the file is no longer what was applied"
    if file is not None and migration.is_applied and file.down is None:
        reason = file.up.directives.reason
        return f"irreversible: {reason}" if file.up.directives.irreversible and reason else "no way back"
    return ""


def summary(migrations: Sequence[Migration]) -> str:
    """One line: how many of each state."""
    counts = {state: sum(m.state is state for m in migrations) for state in State}
    return " · ".join(f"{state.value} {count}" for state, count in counts.items() if count) or "no migrations"
