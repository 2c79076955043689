"""The state of tables, indexes, sequences and running maintenance, and which of it wants somebody's attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chatly_console.core.quote import quote_identifier
from chatly_console.core.values import Record
from chatly_console.triage.readings import age_words, count_words, size_words

Level = Literal["ok", "warn", "bad"]

SEQUENCE_WARN, SEQUENCE_BAD = 0.75, 0.90
UNUSED_BYTES = 10 * 1024 * 1024
_DEAD_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the health view."""

    kind: str
    level: Level
    name: str
    words: str
    fix: str = ""
    """What helps, in words or as SQL."""
    is_sql: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """All findings, the worst first within their kind, and what could not be read."""

    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()


def _number(record: Record, name: str) -> float:
    return float(str(record[name] or 0))


def _name(record: Record, *names: str) -> str:
    return ".".join(quote_identifier(str(record[name])) for name in names)


def table_finding(record: Record) -> Finding | None:
    """Dead rows beyond autovacuum's threshold, or statistics from before the data; None where all is well."""
    dead, live, at = _number(record, "dead"), _number(record, "live"), _number(record, "vacuum_at")
    name = _name(record, "schema", "name")
    vacuumed = record["vacuumed_s"]
    when = f"vacuumed {age_words(float(str(vacuumed)))} ago" if vacuumed is not None else "never vacuumed"
    if dead > at and dead >= 50:
        share = dead / (dead + live) if dead + live else 0.0
        level: Level = "bad" if dead > max(5 * at, _DEAD_ROWS) or not record["autovacuum"] else "warn"
        off = "" if record["autovacuum"] else "; autovacuum is off here"
        words = f"{count_words(dead)} dead rows, {share:.0%} of the table, {when}{off}"
        return Finding("table", level, name, words, f"vacuum {name}", is_sql=True)
    modified = _number(record, "modified")
    if record["analyzed_s"] is None and modified >= 1000:
        return Finding("table", "warn", name, f"{count_words(modified)} rows changed and never analyzed",
                       f"analyze {name}", is_sql=True)  # fmt: skip
    return None


def index_finding(record: Record) -> Finding | None:
    """An index that is broken, or that nobody reads."""
    name, size = _name(record, "schema", "name"), size_words(_number(record, "bytes"))
    if not record["valid"]:
        if record["building"]:
            return None
        words = f"invalid: a build on {record['table']} failed; it costs every write and helps no read, {size}"
        return Finding("index", "bad", name, words, f"reindex index concurrently {name}", is_sql=True)
    return Finding("index", "warn", name, f"never read since the statistics began, on {record['table']}, {size}",
                   "look at the standbys before dropping it")  # fmt: skip


def sequence_finding(record: Record) -> Finding | None:
    """A sequence that nears its end, or the end of the column that it fills."""
    if record["last_value"] is None or record["cycle"]:
        return None
    share = _number(record, "last_value") / max(_number(record, "last_possible"), 1)
    if share < SEQUENCE_WARN:
        return None
    column = f", fills {record['table']}.{record['column']}" if record["column"] else ""
    words = f"{share:.1%} used up: {_number(record, 'last_value'):,.0f} of {_number(record, 'last_possible'):,.0f}"
    level: Level = "bad" if share >= SEQUENCE_BAD else "warn"
    return Finding("sequence", level, _name(record, "schema", "name"), words + column, "widen the column to bigint")


def progress_finding(record: Record) -> Finding:
    """Maintenance that is running."""
    done, total = _number(record, "done"), _number(record, "total")
    much = f"{done / total:.0%}" if total else count_words(done)
    if record["unit"] == "bytes":
        much += f", {size_words(done)}" + (f" of {size_words(total)}" if total else "")
    words = f"{record['kind']}: {record['phase']}, {much} (pid {record['pid']})"
    return Finding("progress", "ok", str(record["relation"]), words)


def health_of(
    *, tables: Sequence[Record], indexes: Sequence[Record], sequences: Sequence[Record], progress: Sequence[Record],
    login: str, of_server: Sequence[Finding] = (),
) -> Health:  # fmt: skip
    """Judge everything that was read; `of_server` are findings that are judged already."""
    judged = [
        *of_server,
        *(progress_finding(record) for record in progress),
        *(index_finding(record) for record in indexes),
        *(sequence_finding(record) for record in sequences),
        *(table_finding(record) for record in tables),
    ]
    found = [finding for finding in judged if finding is not None]
    found.sort(key=lambda one: (one.kind != "progress", ("bad", "warn", "ok").index(one.level), one.kind == "setting"))
    concealed = sum(1 for record in sequences if not record["readable"])
    grant = f"grant select on all sequences in their schemas to {quote_identifier(login)}"
    missing = (f"{concealed} sequences cannot be read: {grant}.",)
    return Health(tuple(found), missing if concealed else ())
