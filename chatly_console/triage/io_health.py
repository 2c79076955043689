"""What the server reads and writes: by whom, how much of it came from memory, and how much write-ahead log it makes."""

from collections.abc import Iterator, Sequence

from chatly_console.core.values import Record
from chatly_console.triage.health import Finding, Level, number
from chatly_console.triage.readings import count_words, size_words

_MUCH = 256 * 1024**2
_MOST = 6


def io_findings(records: Sequence[Record]) -> Iterator[Finding]:
    """One line for each kind of process; said where clients must write, or flush, what others should have."""
    written = sum(number(record, "write_bytes") for record in records)
    for record in records[:_MOST]:
        kind = str(record["backend_type"])
        reads, hits, mine = number(record, "reads"), number(record, "hits"), number(record, "write_bytes")
        parts = [f"read {size_words(number(record, 'read_bytes'))}"] if reads else []
        parts += [f"{hits / (hits + reads):.1%} from memory"] if hits else []
        parts += [f"wrote {size_words(mine)}"] if mine else []
        parts += [f"evicted {count_words(number(record, 'evictions'))}"] if number(record, "evictions") else []
        level: Level = "ok"
        if kind == "client backend" and number(record, "fsyncs"):
            level = "warn"
            parts.append(f"{count_words(number(record, 'fsyncs'))} fsyncs that the checkpointer should have made")
        elif kind == "client backend" and mine >= _MUCH and mine > written / 2:
            level = "warn"
            parts.append("more than half of all writes: the background writer does not keep up, or data is loaded")
        for name, what in (("read_ms", "reading"), ("write_ms", "writing")):
            if number(record, name) >= 1000:
                parts.append(f"{number(record, name) / 1000:,.0f} s {what}")
        if parts:
            yield Finding("i/o", level, kind, ", ".join(parts))


def wal_findings(records: Sequence[Record]) -> Iterator[Finding]:
    """How much write-ahead log there was, and whether its buffers are too small."""
    for record in records:
        size, seconds, full = number(record, "bytes"), number(record, "seconds"), number(record, "buffers_full")
        rate = f", {size_words(size / seconds * 60)} a minute" if seconds >= 60 else ""
        words = f"{size_words(size)}{rate} since the counters began, {count_words(number(record, 'images'))} full pages"
        if full >= 1000 and full > number(record, "records") / 1000:
            words += f"; its buffers were full {count_words(full)} times"
            yield Finding("i/o", "warn", "write-ahead log", words, "raise wal_buffers")
        else:
            yield Finding("i/o", "ok", "write-ahead log", words)


def limit_findings(records: Sequence[Record]) -> Iterator[Finding]:
    """Roles and databases that are near the limit of connections of their own."""
    for record in records:
        taken, most = number(record, "taken"), number(record, "most")
        if taken < 0.8 * most or not most:
            continue
        level: Level = "bad" if taken >= most else "warn"
        words = f"{taken:.0f} of its {most:.0f} connections are taken"
        yield Finding("connections", level, f"{record['kind']} {record['name']}", words, "", is_cause=True)
