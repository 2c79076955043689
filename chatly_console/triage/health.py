"""The state of tables, indexes, sequences and running maintenance, and which of it wants somebody's attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chatly_console.core.quote import quote_identifier
from chatly_console.core.values import Record
from chatly_console.triage.readings import count_words, size_words

Level = Literal["ok", "warn", "bad"]

SEQUENCE_WARN, SEQUENCE_BAD = 0.75, 0.90
UNUSED_BYTES = 10 * 1024 * 1024
_LEVELS = ("bad", "warn", "ok")
_LAST = ("table", "i/o", "setting")
"""What is shown even where all is well stands behind everything else."""


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
    is_cause: bool = False
    """Whether it can be the cause of trouble, and is not only untidy."""
    facts: tuple[tuple[str, str], ...] = ()
    """More about it, for whoever opens the line."""


@dataclass(frozen=True, slots=True)
class Health:
    """All findings, the worst first within their kind, and what could not be read."""

    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()


def number(record: Record, name: str) -> float:
    """A value as a number, 0 where there is none."""
    return float(str(record[name] or 0))


def quoted_name(record: Record, *names: str) -> str:
    """The name of an object as SQL takes it."""
    return ".".join(quote_identifier(str(record[name])) for name in names)


def index_finding(record: Record) -> Finding | None:
    """An index that is broken, or that nobody reads."""
    name, size = quoted_name(record, "schema", "name"), size_words(number(record, "bytes"))
    if not record["valid"]:
        if record["building"]:
            return None
        words = f"invalid: a build on {record['table']} failed; it costs every write and helps no read, {size}"
        return Finding("index", "bad", name, words, f"reindex index concurrently {name}", is_sql=True, is_cause=True)
    if record["twin"]:
        words = f"says the same as {record['twin']} on {record['table']}, and costs every write too, {size}"
        return Finding("index", "warn", name, words, f"drop index concurrently {name}", is_sql=True)
    return Finding("index", "warn", name, f"never read since the statistics began, on {record['table']}, {size}",
                   "look at the standbys before dropping it")  # fmt: skip


def sequence_finding(record: Record) -> Finding | None:
    """A sequence that nears its end, or the end of the column that it fills."""
    if record["last_value"] is None or record["cycle"]:
        return None
    share = number(record, "last_value") / max(number(record, "last_possible"), 1)
    if share < SEQUENCE_WARN:
        return None
    column = f", fills {record['table']}.{record['column']}" if record["column"] else ""
    words = f"{share:.1%} used up: {number(record, 'last_value'):,.0f} of {number(record, 'last_possible'):,.0f}"
    level: Level = "bad" if share >= SEQUENCE_BAD else "warn"
    name = quoted_name(record, "schema", "name")
    return Finding("sequence", level, name, words + column, "widen the column to bigint", is_cause=True)


def progress_finding(record: Record) -> Finding:
    """Maintenance that is running."""
    done, total = number(record, "done"), number(record, "total")
    much = f"{done / total:.0%}" if total else count_words(done)
    if record["unit"] == "bytes":
        much += f", {size_words(done)}" + (f" of {size_words(total)}" if total else "")
    words = f"{record['kind']}: {record['phase']}, {much} (pid {record['pid']})"
    if record["more"]:
        words += f", {record['more']}"
    return Finding("progress", "ok", str(record["relation"]), words)


def health_of(
    *, tables: Sequence[Finding], indexes: Sequence[Record], sequences: Sequence[Record], progress: Sequence[Record],
    login: str, of_server: Sequence[Finding] = (),
) -> Health:  # fmt: skip
    """Judge everything that was read; `of_server` are findings that are judged already."""
    judged: list[Finding | None] = [
        *of_server,
        *(progress_finding(record) for record in progress),
        *(index_finding(record) for record in indexes),
        *(sequence_finding(record) for record in sequences),
        *tables,
    ]
    found = [finding for finding in judged if finding is not None]
    found.sort(key=lambda one: (one.kind != "progress", _LEVELS.index(one.level), _LAST.index(one.kind) + 1
                                if one.kind in _LAST else 0))  # fmt: skip
    concealed = sum(1 for record in sequences if not record["readable"])
    grant = f"grant select on all sequences in their schemas to {quote_identifier(login)}"
    missing = (f"{concealed} sequences cannot be read: {grant}.",)
    return Health(tuple(found), missing if concealed else ())
