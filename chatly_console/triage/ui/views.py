"""The pane's four views as data: the table of each, the line that names them, and the details of a row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatly_console.triage.groups import Group, grouped
from chatly_console.triage.readings import milliseconds_words, size_words
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
    database: str = ""
    """Where the statement runs; empty where that is the connected database."""
    is_cut: bool = False
    """Whether the server keeps only the beginning of the statement."""
    has_plan: bool = True
    """Whether it is a statement that somebody ran, and no remedy of ours."""

    def of_session(self, query: str, database: str, *, is_cut: bool) -> "Detail":
        """With the statement in full."""
        cut = [("cut", "the server keeps no more of it (track_activity_query_size)")] if is_cut else []
        return replace(self, facts=[*self.facts, *cut], sql=query, database=database, is_cut=is_cut)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user has chosen to see of a view."""

    view: View = "activity"
    needle: str = ""
    own: bool = False
    by: str = ""
    """What the sessions are grouped by; empty where they are not."""


def table_of(watching: Watching, choice: Choice) -> Shown:
    """The table of this view."""
    if watching.snapshot is None:
        return Shown((), (), "Asking the server…")
    if choice.view == "statements":
        return _statements(watching, choice.needle, own=choice.own)
    if choice.view == "health":
        return _health(watching, choice.needle)
    rights = watching.rights
    missing = rights.missing_for_activity if rights is not None else ""
    if choice.view == "blocking":
        found = _containing(rows.blocking_rows(watching.snapshot.roots), choice.needle)
        empty = "Nobody waits for a lock." if not choice.needle else "No line of the tree contains this."
        return Shown(rows.BLOCKING, found, empty, missing)
    sessions = watching.listed(choice.needle, own=choice.own)
    empty = "No other session is connected; w shows the console's own." if not choice.needle else "No session matches."
    if choice.by:
        return Shown(rows.GROUPS, rows.group_rows(grouped(sessions, choice.by)), empty, missing)
    return Shown(rows.ACTIVITY, rows.activity_rows(sessions), empty, missing)


def group_of(watching: Watching, choice: Choice, key: object) -> Group | None:
    """The group that a line stands for."""
    if watching.snapshot is None or not choice.by:
        return None
    sessions = watching.listed(choice.needle, own=choice.own)
    return next((one for one in grouped(sessions, choice.by) if ("group", one.by, one.name) == key), None)


_CALM = {
    "slower": "No statement is slower than it used to be: twice the time a call, and at least 100 ms lost.",
    "opened": "Nothing but the console's own ran since the pane was opened; d chooses another window, w shows its own.",
}


def _statements(watching: Watching, needle: str, *, own: bool) -> Shown:
    statements = watching.statements
    headings = rows.statement_headings(statements.order)
    trouble = watching.troubles.get("statements", "")
    if statements.counted is None:
        empty = "No statements are counted here." if statements.missing else "Counting…"
        return Shown(headings, (), empty, statements.missing or trouble)
    found = _containing(rows.statement_rows(statements.top(own=own), statements.usual), needle)
    empty = _CALM.get(statements.order) or _CALM.get(statements.window.kind) or "No statement was counted."
    missing = trouble or (statements.missing if statements.counted.concealed or "stored" in statements.missing else "")
    return Shown(headings, found, empty if not needle else "No statement contains this.", missing)


def _health(watching: Watching, needle: str) -> Shown:
    trouble = watching.troubles.get("health", "")
    if watching.health is None:
        return Shown(rows.HEALTH, (), "" if trouble else "Looking at tables, indexes and sequences…", trouble)
    found = _containing(rows.health_rows(watching.health), needle)
    missing = [
        trouble,
        *watching.health.missing,
        watching.rights.missing_for_server if watching.rights is not None else "",
    ]
    return Shown(rows.HEALTH, found, "Nothing found, and no maintenance runs.", " ".join(filter(None, missing)))


def _containing(found: Sequence[TableRow], needle: str) -> list[TableRow]:
    words = needle.lower().split()
    return [row for row in found if all(any(word in cell.text.lower() for cell in row.cells) for word in words)]


def view_marks(watching: Watching, choice: Choice) -> list[tuple[str, str, bool]]:
    """Key, words and whether it is on show, for every view; then what the view on show is set to."""
    snapshot, view = watching.snapshot, choice.view
    waiting = sum(1 for one in snapshot.sessions if one.wait is not None) if snapshot is not None else 0
    sessions = len(watching.listed(own=choice.own))
    marks = [
        ("a", f"activity {sessions}", view == "activity"),
        ("b", f"blocking {waiting}", view == "blocking"),
        ("s", "statements", view == "statements"),
        ("h", "health", view == "health"),
    ]
    if view == "activity":
        marks.append(("u", f"by {choice.by}" if choice.by else "group", False))
    if view == "statements":
        marks.append(("o", f"by {watching.statements.order}", False))
        marks.append(("d", watching.statements.words(watching.statements.window), False))
    if choice.needle:
        marks.append(("/", choice.needle, False))
    return marks


def detail_of(watching: Watching, view: View, key: object) -> Detail | None:
    """Everything about the row with this key."""
    if view == "statements":
        found = next((one for own in (False, True) for one in watching.statements.top(own=own) if one.key == key), None)
        return _statement_detail(found, watching.statements.usual.get(found.key)) if found is not None else None
    if view == "health":
        findings = watching.health.findings if watching.health is not None else ()
        for one in findings:
            if (one.kind, one.name, one.words if one.kind == "progress" else "") == key:
                return Detail(
                    f"{one.kind} {one.name}",
                    [
                        (name, value)
                        for name, value in (("found", one.words), ("what helps", one.fix), *one.facts)
                        if value
                    ],
                    one.fix if one.is_sql else "",
                    has_plan=False,
                )
        return None
    session = watching.session(key)
    if session is None:
        return None
    return Detail(f"pid {session.pid}", rows.session_facts(session), session.query, session.database)


def _statement_detail(one: Statement, usual: float | None) -> Detail:
    facts = [
        ("calls", f"{one.calls:,}"),
        ("total", milliseconds_words(one.total_ms)),
        ("mean", milliseconds_words(one.mean_ms) + (f", usually {milliseconds_words(usual)}" if usual else "")),
        ("i/o", milliseconds_words(one.io_ms)),
        ("rows", f"{one.rows:,}"),
        ("blocks", f"{one.hits:,} from memory, {one.reads:,} read, {one.temp_blocks:,} to temp files"),
        ("WAL", size_words(one.wal_bytes)),
        (
            "workers",
            f"{one.workers_missed:,} parallel workers were not to be had"
            if one.workers_missed
            else "all that were wanted",
        ),
        ("user", f"{one.user} in {one.database}"),
        ("query id", str(one.query_id)),
    ]
    return Detail("statement", facts, one.query, one.database)
