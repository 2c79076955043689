"""The state of tables: dead rows and changed rows against what brings autovacuum, and how much of the file is empty."""

from collections.abc import Mapping, Sequence

from chatly_console.core.durations import age_words
from chatly_console.core.values import Record
from chatly_console.triage.health import Finding, Level, number, quoted_name
from chatly_console.triage.readings import count_words, size_words

MB, GB = 1024**2, 1024**3
_DEAD_ROWS = 10_000
_FEW_ROWS = 1_000
_MOST_CALM = 15
"""So many tables are shown though nothing is wrong with them: the largest."""


def table_findings(tables: Sequence[Record], bloat: Mapping[str, float]) -> list[Finding]:
    """A finding for each table with something wrong, and the largest of the others as they are.

    `bloat` gives the bytes that are probably empty, by the name of the table as SQL takes it.
    """
    found = [table_finding(record, bloat.get(quoted_name(record, "schema", "name"), 0.0)) for record in tables]
    calm = [one for one in found if one.level == "ok"][:_MOST_CALM]
    return [one for one in found if one.level != "ok"] + calm


def table_finding(record: Record, empty: float = 0.0) -> Finding:
    """Dead rows beyond autovacuum's threshold, statistics from before the data, a file that is half empty; or all well.

    The gate for empty space is that of pgx_scripts: half of at least 10 MB, or a quarter of at least 1 GB.
    """
    dead, live, size = number(record, "dead"), number(record, "live"), number(record, "bytes")
    modified, at = number(record, "modified"), number(record, "vacuum_at")
    name, facts = quoted_name(record, "schema", "name"), _facts(record, empty)
    off = "" if record["autovacuum"] else "; autovacuum is off here"
    if dead > at and dead >= 50:
        share = dead / (dead + live) if dead + live else 0.0
        many = dead >= _FEW_ROWS
        level: Level = "bad" if dead > max(5 * at, _DEAD_ROWS) or (many and not record["autovacuum"]) else "warn"
        words = f"{count_words(dead)} dead rows, {share:.0%} of the table, {_ago(record, 'vacuumed')}{off}"
        return Finding("table", level, name, words, f"vacuum (analyze) {name}", True, many, facts)
    if modified >= _FEW_ROWS and (record["analyzed_s"] is None or modified > 2 * number(record, "analyze_at")):
        words = f"stale statistics: {count_words(modified)} rows changed, {_ago(record, 'analyzed')}{off}"
        return Finding("table", "warn", name, words, f"analyze {name}", True, True, facts)
    if (empty >= 10 * MB and empty >= size / 2) or (empty >= GB and empty >= size / 4):
        words = f"bloated: about {size_words(empty)} of {size_words(size)} are empty"
        return Finding("table", "warn", name, words, f"vacuum (full, analyze) {name}", True, facts=facts)
    words = f"{count_words(live)} rows, {count_words(dead)} dead of {count_words(at)} allowed, {size_words(size)}, "
    return Finding("table", "ok", name, words + _ago(record, "vacuumed"), facts=facts)


def _ago(record: Record, what: str) -> str:
    seconds = record[f"{what}_s"]
    return f"never {what}" if seconds is None else f"{what} {age_words(float(str(seconds)))} ago"


def _facts(record: Record, empty: float) -> tuple[tuple[str, str], ...]:
    dead, modified, size = number(record, "dead"), number(record, "modified"), number(record, "bytes")
    unknown = not size and record["vacuumed_s"] is None and record["analyzed_s"] is None
    return (
        ("size", "not known before the first vacuum or analyze" if unknown else
                 f"{size_words(size)} when last vacuumed or analyzed, about {size_words(empty)} of it empty"),
        ("rows", f"{number(record, 'live'):,.0f} live, {dead:,.0f} dead"),
        ("vacuum", f"{_ago(record, 'vacuumed')}; {_comes(record, 'vacuum_at')} dead rows"),
        ("analyze", f"{_ago(record, 'analyzed')}; {modified:,.0f} rows changed since; {_comes(record, 'analyze_at')}"),
        ("reads", f"{number(record, 'sequential'):,.0f} sequential scans, {number(record, 'by_index'):,.0f} by index"),
    )  # fmt: skip


def _comes(record: Record, limit: str) -> str:
    """When autovacuum comes, or would come if it were not switched off for this table."""
    comes = "comes by itself at" if record["autovacuum"] else "autovacuum is off here, else it would come at"
    return f"{comes} {number(record, limit):,.0f}"
