"""The pane's four views as data: the table of each, the line that names them, and the details of a row."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatly_console.triage.activity import live_list
from chatly_console.triage.readings import age_words, milliseconds_words, size_words
from chatly_console.triage.statements import Statement
from chatly_console.triage.ui import rows
from chatly_console.triage.ui.layout import Heading, TableRow
from chatly_console.triage.verdicts import View
from chatly_console.triage.watching import Watching


@dataclass(frozen=True, slots=True)
class Shown:
    """What the table is to show."""

    headings: Sequence[Heading]
    rows: Sequence[TableRow]
    empty: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything about one row."""

    title: str
    facts: Sequence[tuple[str, str]]
    sql: str


def table_of(watching: Watching, view: View, *, needle: str = "", own: bool = False) -> Shown:
    """The table of this view."""
    if watching.snapshot is None:
        return Shown((), (), "Asking the server…")
    if view == "statements":
        return _statements(watching, needle)
    if view == "health":
        return _health(watching, needle)
    rights = watching.rights
    missing = rights.missing_for_activity if rights is not None else ""
    if view == "blocking":
        found = _containing(rows.blocking_rows(watching.snapshot.roots), needle)
        empty = "Nobody waits for a lock." if not needle else "No line of the tree contains this."
        return Shown(rows.BLOCKING, found, empty, missing)
    sessions = live_list(watching.snapshot.sessions, needle=needle, own=own)
    empty = "No other session is connected; w shows the console's own." if not needle else "No session matches."
    return Shown(rows.ACTIVITY, rows.activity_rows(sessions), empty, missing)


def _statements(watching: Watching, needle: str) -> Shown:
    if watching.statements is None:
        return Shown(rows.STATEMENTS, (), "No statements are counted here.", watching.statements_missing)
    found = _containing(rows.statement_rows(watching.top_statements), needle)
    empty = (
        "Nothing ran since the pane was opened; d shows all since the reset."
        if watching.since_opened
        else ("No statement was counted.")
    )
    missing = watching.statements_missing if watching.statements.concealed else ""
    return Shown(rows.STATEMENTS, found, empty if not needle else "No statement contains this.", missing)


def _health(watching: Watching, needle: str) -> Shown:
    if watching.health is None:
        return Shown(rows.HEALTH, (), "Looking at tables, indexes and sequences…")
    found = _containing(rows.health_rows(watching.health), needle)
    return Shown(rows.HEALTH, found, "Nothing found, and no maintenance runs.", " ".join(watching.health.missing))


def _containing(found: Sequence[TableRow], needle: str) -> list[TableRow]:
    words = needle.lower().split()
    return [row for row in found if all(any(word in cell.text.lower() for cell in row.cells) for word in words)]


def view_marks(watching: Watching, view: View, *, needle: str, own: bool) -> list[tuple[str, str, bool]]:
    """Key, words and whether it is on show, for every view; then what the view on show is set to."""
    snapshot = watching.snapshot
    waiting = sum(1 for one in snapshot.sessions if one.wait is not None) if snapshot is not None else 0
    sessions = len(live_list(snapshot.sessions, own=own)) if snapshot is not None else 0
    marks = [
        ("a", f"activity {sessions}", view == "activity"),
        ("b", f"blocking {waiting}", view == "blocking"),
        ("s", "statements", view == "statements"),
        ("h", "health", view == "health"),
    ]
    if view == "statements":
        age = f", {age_words(watching.clock() - watching.opened_at)}" if watching.opened_at else ""
        marks.append(("o", f"by {watching.order}", False))
        marks.append(("d", f"since opened{age}" if watching.since_opened else "since the reset", False))
    if needle:
        marks.append(("/", needle, False))
    return marks


def detail_of(watching: Watching, view: View, key: object) -> Detail | None:
    """Everything about the row with this key."""
    if view == "statements":
        found = next((one for one in watching.top_statements if one.key == key), None)
        return _statement_detail(found) if found is not None else None
    if view == "health":
        findings = watching.health.findings if watching.health is not None else ()
        for one in findings:
            if (one.kind, one.name, one.words if one.kind == "progress" else "") == key:
                return Detail(
                    f"{one.kind} {one.name}",
                    [("found", one.words), ("what helps", one.fix)],
                    one.fix if one.is_sql else "",
                )
        return None
    session = watching.session(key)
    if session is None:
        return None
    return Detail(f"pid {session.pid}", rows.session_facts(session), session.query)


def _statement_detail(one: Statement) -> Detail:
    facts = [
        ("calls", f"{one.calls:,}"),
        ("total", milliseconds_words(one.total_ms)),
        ("mean", milliseconds_words(one.mean_ms)),
        ("i/o", milliseconds_words(one.io_ms)),
        ("rows", f"{one.rows:,}"),
        ("blocks", f"{one.hits:,} from memory, {one.reads:,} read, {one.temp_blocks:,} to temp files"),
        ("WAL", size_words(one.wal_bytes)),
        ("user", f"{one.user} in {one.database}"),
        ("query id", str(one.query_id)),
    ]
    return Detail("statement", facts, one.query)
