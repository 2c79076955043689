"""The state of the server as a whole: standbys and slots, checkpoints, and settings that are not as they come."""

from collections.abc import Iterator, Sequence

from chatly_console.core.quote import quote_literal
from chatly_console.core.values import Record
from chatly_console.triage.health import Finding, Level
from chatly_console.triage.readings import age_words, size_words

SLOT_WARN, SLOT_BAD = 1 * 1024**3, 10 * 1024**3
"""Bytes of write-ahead log that a slot may keep before it is said."""
LAG_WARN, LAG_BAD = 10.0, 60.0
_ENOUGH_CHECKPOINTS = 10

REMARKS: dict[str, tuple[str, Level, str]] = {
    "fsync": ("off", "bad", "a crash of the machine destroys the database"),
    "full_page_writes": ("off", "bad", "a crash of the machine may tear pages"),
    "autovacuum": ("off", "bad", "dead rows and old transactions are never cleaned up"),
    "track_counts": ("off", "bad", "autovacuum and statistics see nothing"),
    "zero_damaged_pages": ("on", "bad", "damaged pages are emptied without a word"),
    "ignore_checksum_failure": ("on", "bad", "damaged pages are read without a word"),
    "synchronous_commit": ("off", "warn", "a crash loses the last commits, though it damages nothing"),
    "enable_seqscan": ("off", "warn", "the planner is bent for everybody"),
    "enable_nestloop": ("off", "warn", "the planner is bent for everybody"),
    "enable_hashjoin": ("off", "warn", "the planner is bent for everybody"),
    "track_activities": ("off", "warn", "nobody sees what sessions do"),
    "row_security": ("off", "warn", "queries under row level security fail for everybody"),
}
"""For a setting: the value that is remarkable, how bad it is, and why."""


def replication_findings(records: Sequence[Record]) -> Iterator[Finding]:
    """Each standby and slot, with what is wrong with it."""
    for record in records:
        name, size = str(record["name"]), float(str(record["bytes"] or 0))
        if record["kind"] == "standby":
            behind = float(str(record["behind_s"] or 0))
            level: Level = "bad" if behind >= LAG_BAD else "warn" if behind >= LAG_WARN else "ok"
            words = f"{record['state']}, {record['detail']}, {age_words(behind)} and {size_words(size)} behind"
            yield Finding("standby", level, name, words, "look at its load and its network" if level != "ok" else "")
            continue
        lost, idle = record["detail"] in ("lost", "unreserved"), not record["active"]
        level = "bad" if lost or (idle and size >= SLOT_BAD) else "warn" if idle or size >= SLOT_WARN else "ok"
        state = "nobody reads it" if idle else "in use"
        words = f"{record['state']} slot, {state}, keeps {size_words(size)} of write-ahead log"
        if lost:
            words += f", {record['detail']}: what it would need is gone or going"
        fix = f"select pg_drop_replication_slot({quote_literal(name)})" if idle else ""
        yield Finding("slot", level, name, words, fix, is_sql=bool(fix))


def checkpoint_finding(record: Record) -> Finding | None:
    """Checkpoints that come because the log is full, not by the clock."""
    timed, requested = float(str(record["timed"] or 0)), float(str(record["requested"] or 0))
    if requested < _ENOUGH_CHECKPOINTS or requested <= timed:
        return None
    words = f"{requested:,.0f} came because max_wal_size was reached, {timed:,.0f} by the clock"
    return Finding("checkpoint", "warn", "checkpoints", words, "raise max_wal_size")


def setting_findings(records: Sequence[Record]) -> Iterator[Finding]:
    """Settings that somebody changed, with a remark where the value is a danger."""
    for record in records:
        name, value = str(record["name"]), str(record["value"])
        remarkable, level, why = REMARKS.get(name, ("", "ok", ""))
        words = f"{value or 'empty'}, where {record['usual'] or 'empty'} is usual ({record['source']})"
        if record["pending_restart"]:
            words += "; another value waits for a restart"
        if value == remarkable and why:
            yield Finding("setting", level, name, f"{words}: {why}", f"set it back to {record['usual']}")
        else:
            yield Finding("setting", "ok", name, words)
