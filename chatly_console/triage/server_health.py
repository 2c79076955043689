"""The state of the server as a whole: standbys and slots, checkpoints, and settings that are not as they come."""

from collections.abc import Iterator, Sequence

from chatly_console.core.durations import age_words
from chatly_console.core.quote import quote_literal
from chatly_console.core.values import Record
from chatly_console.triage.health import Finding, Level
from chatly_console.triage.readings import size_words

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

MEANINGS: dict[str, str] = {
    "autovacuum_max_workers": "so many tables are vacuumed at once, and share the cost limit",
    "autovacuum_naptime": "how often each database is looked at",
    "autovacuum_vacuum_scale_factor": "the share of dead rows at which vacuum comes",
    "checkpoint_timeout": "longer makes recovery longer, and fewer pages are logged in full",
    "default_statistics_target": "more makes estimates better, and ANALYZE and planning slower",
    "effective_cache_size": "what the planner believes to be in memory; nothing is taken",
    "effective_io_concurrency": "how many reads are asked for ahead",
    "hash_mem_multiplier": "hashes may take so many times work_mem",
    "hot_standby_feedback": "long queries of standbys hold back vacuum here",
    "huge_pages": "spares memory for page tables where shared_buffers is large",
    "idle_in_transaction_session_timeout": "ends sessions that forgot their transaction",
    "jit": "compiling helps long queries and costs short ones",
    "lock_timeout": "no statement waits longer for a lock",
    "log_min_duration_statement": "slower statements are in the server's log",
    "maintenance_work_mem": "for each vacuum and index build",
    "max_connections": "each may take work_mem several times; a pooler needs fewer",
    "max_locks_per_transaction": "more partitions and tables in one transaction",
    "max_parallel_workers_per_gather": "processes that one query may take beside its own",
    "max_wal_size": "a full one forces a checkpoint",
    "old_snapshot_threshold": "old queries may fail for vacuum's sake",
    "random_page_cost": "near seq_page_cost the planner prefers indexes, which fits solid-state disks",
    "shared_buffers": "the server's own cache, about a quarter of the memory is usual",
    "statement_timeout": "ends statements that take longer",
    "temp_file_limit": "a process that writes more temporary files fails",
    "track_io_timing": "times of reads and writes are measured",
    "wal_compression": "full pages take less log and more processor time",
    "wal_level": "logical decoding needs `logical`, standbys `replica`",
    "work_mem": "for each sort and hash of each session, several times in one query",
}
"""What it means that a setting is not as it comes."""


def replication_findings(records: Sequence[Record]) -> Iterator[Finding]:
    """Each standby and slot, with what is wrong with it."""
    for record in records:
        name, size = str(record["name"]), float(str(record["bytes"] or 0))
        if record["kind"] == "standby":
            behind = float(str(record["behind_s"] or 0))
            level: Level = "bad" if behind >= LAG_BAD else "warn" if behind >= LAG_WARN else "ok"
            words = f"{record['state']}, {record['detail']}, {age_words(behind)} and {size_words(size)} behind"
            fix = "look at its load and its network" if level != "ok" else ""
            yield Finding("standby", level, name, words, fix, is_cause=level != "ok")
            continue
        lost, idle = record["detail"] in ("lost", "unreserved"), not record["active"]
        level = "bad" if lost or (idle and size >= SLOT_BAD) else "warn" if idle or size >= SLOT_WARN else "ok"
        state = "nobody reads it" if idle else "in use"
        words = f"{record['state']} slot, {state}, keeps {size_words(size)} of write-ahead log"
        if lost:
            words += f", {record['detail']}: what it would need is gone or going"
        fix = f"select pg_drop_replication_slot({quote_literal(name)})" if idle else ""
        yield Finding("slot", level, name, words, fix, is_sql=bool(fix))


def checkpoint_findings(records: Sequence[Record]) -> Iterator[Finding]:
    """How checkpoints came: by the clock, or because the log was full, which is a trouble where most do."""
    for record in records:
        timed, requested = float(str(record["timed"] or 0)), float(str(record["requested"] or 0))
        words = f"{requested:,.0f} came because max_wal_size was reached or by request, {timed:,.0f} by the clock"
        if requested >= _ENOUGH_CHECKPOINTS and requested > timed:
            yield Finding("checkpoint", "warn", "checkpoints", words, "raise max_wal_size")
        elif requested or timed:
            yield Finding("checkpoint", "ok", "checkpoints", words)


def setting_findings(records: Sequence[Record]) -> Iterator[Finding]:
    """Settings that somebody changed, with a remark where the value is a danger."""
    for record in records:
        name, value = str(record["name"]), str(record["value"])
        remarkable, level, why = REMARKS.get(name, ("", "ok", ""))
        words = f"{value or 'empty'}, where {record['usual'] or 'empty'} is usual ({record['source']})"
        if record["pending_restart"]:
            words += "; another value waits for a restart"
        if value == remarkable and why:
            fix = f"set it back to {record['usual']}"
            yield Finding("setting", level, name, f"{words}: {why}", fix, is_cause=level == "bad")
        else:
            remark = MEANINGS.get(name, "")
            yield Finding("setting", "ok", name, f"{words}: {remark}" if remark else words)
