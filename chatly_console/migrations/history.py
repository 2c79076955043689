"""What a database says about its migrations: the Supabase CLI's history, and our log beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from chatly_console.migrations.files import Layout

Direction = Literal["up", "down", "repair", "baseline"]
Outcome = Literal["started", "step", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One row of `supabase_migrations.schema_migrations`; old rows have neither name nor statements."""

    version: str
    name: str | None = None
    statements: tuple[str, ...] | None = None
    at: datetime | None = None
    """When it was applied, where the history itself says so."""
    kept_by: Layout = "chatly"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One row of `chatly_migrations.log`."""

    id: int
    at: datetime
    version: str
    name: str
    direction: Direction
    outcome: Outcome
    in_transaction: bool = True
    checksum: str | None = None
    statement_no: int | None = None
    statement_count: int | None = None
    duration_ms: float | None = None
    sqlstate: str | None = None
    error: str | None = None
    locks: tuple[dict[str, Any], ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)
    login: str = ""
    client: str = ""
    app_version: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is known of a run that did not come to its end."""

    entry: LogEntry
    """Its last row."""
    done: int
    """Statements that are certainly done."""
    detail: dict[str, Any]
    """What was noted before the statement that was next: the indexes that stood then."""

    @property
    def ended(self) -> bool:
        """Whether the console lived to say how it ended."""
        return self.entry.outcome in ("failed", "cancelled")

    @property
    def known(self) -> dict[str, Any]:
        """What was noted, and whether the server itself has refused the statement that was next."""
        return {**self.detail, "refused": self.entry.outcome == "failed" and bool(self.entry.sqlstate)}

    @property
    def is_partway(self) -> bool:
        """Whether something of it may be left in the database."""
        return not self.entry.in_transaction


@dataclass(frozen=True, slots=True)
class History:
    """Both together. `log_remark` says why the log is not there or cannot be read."""

    entries: tuple[HistoryEntry, ...] = ()
    log: tuple[LogEntry, ...] = ()
    log_remark: str = ""
    keeper: str = ""
    """Another tool's history that these entries are from: `goose's public.goose_db_version`."""
    dirty: str = ""
    """The version that golang-migrate has begun and not come to the end of."""

    @property
    def versions(self) -> frozenset[str]:
        """The versions that count as applied."""
        return frozenset(entry.version for entry in self.entries)

    def last_done(self, version: str) -> LogEntry | None:
        """The last time that something about this version came to its end."""
        return next((e for e in reversed(self.log) if e.version == version and e.outcome == "done"), None)

    def open_attempt(self, version: str) -> Attempt | None:
        """The last run of this version, where it did not come to its end."""
        return open_attempt([entry for entry in self.log if entry.version == version])


def open_attempt(entries: Sequence[LogEntry]) -> Attempt | None:
    """The unfinished run at the end of these rows of one version."""
    rows: list[LogEntry] = []
    for entry in reversed(entries):
        if entry.outcome == "done":
            break
        rows.insert(0, entry)
    if not rows:
        return None
    last = rows[-1]
    same = [row for row in rows if row.direction == last.direction]
    done = next((row.statement_no or 0 for row in reversed(same) if row.outcome in ("started", "step")), 0)
    detail = next((row.detail for row in reversed(same) if row.detail), {})
    partway = next((row for row in reversed(same) if not row.in_transaction), None)
    if partway is not None and last.in_transaction:
        last = partway
    return Attempt(last, 0 if last.in_transaction else done, detail)


def log_entry(row: dict[str, Any]) -> LogEntry:
    """A row of the log, as `to_jsonb` gives it; columns that a later console added are left out."""
    known = {name: row[name] for name in LogEntry.__dataclass_fields__ if row.get(name) is not None}
    known["at"] = datetime.fromisoformat(row["at"])
    known["locks"] = tuple(row.get("locks") or ())
    return LogEntry(**known)


def history_entry(row: dict[str, Any]) -> HistoryEntry:
    """A row of the history, whatever columns it has."""
    statements: Iterable[str] | None = row.get("statements")
    return HistoryEntry(row["version"], row.get("name"), None if statements is None else tuple(statements))
