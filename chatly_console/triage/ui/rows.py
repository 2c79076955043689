"""What each view of the pane puts into its table: pure, from the snapshot to headings and cells."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from chatly_console.core.durations import age_words
from chatly_console.triage.activity import Session
from chatly_console.triage.blocking import Node, root_words, tree_lines
from chatly_console.triage.groups import Group
from chatly_console.triage.health import Health
from chatly_console.triage.readings import coarse_age_words, count_words, milliseconds_words, number_of, size_words
from chatly_console.triage.regressions import LEAST_CALLS
from chatly_console.triage.statements import BLOCK, Key, Statement
from chatly_console.triage.ui.layout import Cell, Heading, LazyRows, TableRow, Tone

ACTIVITY = (
    Heading("pid", 10),
    Heading("user", 16, wish=1),
    Heading("application", 18, wish=3),
    Heading("database", 12, wish=5),
    Heading("client", 15, wish=6),
    Heading("state", 19),
    Heading("for", 6, right=True),
    Heading("transaction", 11, right=True, wish=4),
    Heading("waits for", 28, wish=2),
    Heading("statement"),
)
BLOCKING = (
    Heading("pid", 24),
    Heading("user", 14, wish=2),
    Heading("application", 16, wish=3),
    Heading("state and lock", 48),
    Heading("blocks", 6, right=True),
    Heading("statement"),
)
GROUPS = (
    Heading("sessions", 8, right=True),
    Heading("active", 6, right=True, wish=1),
    Heading("waiting", 7, right=True),
    Heading("idle in transaction", 19, right=True, wish=3),
    Heading("oldest", 7, right=True, wish=2),
    Heading("what they have in common", 40),
    Heading("longest statement"),
)
_COUNTERS: tuple[tuple[str, Heading], ...] = (
    ("total", Heading("total", 9, right=True)),
    ("mean", Heading("mean", 9, right=True)),
    ("slower", Heading("usual mean", 14, right=True, wish=4)),
    ("calls", Heading("calls", 9, right=True)),
    ("io", Heading("i/o", 9, right=True, wish=5)),
    ("temp", Heading("temp", 9, right=True, wish=7)),
    ("wal", Heading("WAL", 9, right=True, wish=8)),
    ("", Heading("rows", 9, right=True, wish=6)),
    ("", Heading("user", 14, wish=3)),
    ("", Heading("statement")),
)
HEALTH = (Heading("", 1), Heading("what", 11), Heading("name", 40, least=20), Heading("finding"))


def activity_rows(sessions: Sequence[Session]) -> LazyRows:
    """The live list; the key is the pid and the moment at which the session began."""
    return LazyRows([(one.pid, one.backend_start) for one in sessions], lambda place: _session_row(sessions[place]))


def _session_row(session: Session) -> TableRow:
    idle = session.state == "idle" and session.wait is None and session.leader is None
    return TableRow((session.pid, session.backend_start), _idle_cells(
        session.pid, session.user, session.application, session.database, session.client,
        coarse_age_words(session.state_s), session.query,
    ) if idle else _busy_cells(session))  # fmt: skip


@lru_cache(512)
def _idle_cells(
    pid: int, user: str, application: str, database: str, client: str, age: str, query: str
) -> tuple[Cell, ...]:
    """What most sessions do most of the time: the same as at the last look."""
    texts = (str(pid), user, application, database, client, "idle", age, "", "", " ".join(query.split()))
    return tuple(Cell(text, "muted") for text in texts)


def _busy_cells(session: Session) -> tuple[Cell, ...]:
    tone: Tone = "muted" if session.state == "idle" or session.concealed else "plain"
    in_transaction = session.state.startswith("idle in transaction")
    state_tone: Tone = (
        "bad" if session.wait else "warn" if in_transaction else "good" if session.state == "active" else tone
    )
    waits = session.wait.words if session.wait else session.wait_event if session.state == "active" else ""
    return (
        Cell(f"└ {session.pid}" if session.leader is not None else str(session.pid), tone),
        Cell(session.user, tone),
        Cell(session.application, tone),
        Cell(session.database, tone),
        Cell(session.client, tone),
        Cell("waits" if session.wait else session.state_words, state_tone),
        Cell((coarse_age_words if session.state == "idle" else age_words)(session.seconds), tone),
        Cell(age_words(session.transaction_s), tone),
        Cell(waits, "bad" if session.wait else tone),
        Cell(" ".join(session.query.split()), tone),
    )


def blocking_rows(roots: Sequence[Node]) -> list[TableRow]:
    """The tree, drawn in the column of the pids."""
    rows = []
    for line in tree_lines(roots):
        node, session, wait = line.node, line.node.session, line.node.wait
        if wait is not None:
            state, tone = f"waits {age_words(wait.seconds)}  {wait.words}", "plain"
        else:
            state = f"{root_words(node)} {age_words(session.state_s if session else None)}"
            tone = "bad"
        query = " ".join(session.query.split()) if session else ""
        idle = session is not None and session.state.startswith("idle in transaction")
        also = f"also behind {', '.join(map(str, node.also_behind))}: " if node.also_behind else ""
        cells = (
            Cell(f"{line.branch}{node.pid}", "strong" if wait is None else "plain"),
            Cell(session.user if session else ""),
            Cell(session.application if session else ""),
            Cell(state + (", deadlock" if node.deadlocked else ""), tone),  # type: ignore[arg-type]
            Cell(str(node.blocks) if node.blocks else ""),
            Cell(also + ("last: " if idle else "") + query, "plain" if wait else "muted"),
        )
        rows.append(TableRow((node.pid, session.backend_start if session else None), cells))
    return rows


@cache
def statement_headings(order: str) -> tuple[Heading, ...]:
    """The columns of the statements; that by which they are ordered is marked, and never left out."""
    return tuple(
        replace(heading, title=f"{heading.title} ↓", wish=0) if name == order else heading
        for name, heading in _COUNTERS
    )


def statement_rows(statements: Sequence[Statement], usual: Mapping[Key, float]) -> list[TableRow]:
    """Statements with their counters, and what a call used to take where that is known."""
    return [TableRow(one.key, _statement_cells(one, usual.get(one.key))) for one in statements]


def _statement_cells(one: Statement, usual: float | None) -> tuple[Cell, ...]:
    factor = one.mean_ms / usual if usual and one.calls >= LEAST_CALLS else 1.0
    slower = f"{milliseconds_words(usual)} ×{factor:.0f}" if usual and factor >= 2 else milliseconds_words(usual or 0)
    tone: Tone = "bad" if factor >= 5 else "warn" if factor >= 2 else "plain"
    return (
        Cell(milliseconds_words(one.total_ms), "strong"),
        Cell(milliseconds_words(one.mean_ms), tone),
        Cell(slower if usual else "", "muted" if tone == "plain" else tone),
        Cell(count_words(one.calls)),
        Cell(milliseconds_words(one.io_ms) if one.io_ms else "", "muted"),
        Cell(size_words(one.temp_blocks * BLOCK) if one.temp_blocks else "", "muted"),
        Cell(size_words(one.wal_bytes) if one.wal_bytes else "", "muted"),
        Cell(count_words(one.rows), "muted"),
        Cell(one.user, "muted"),
        Cell(" ".join(one.query.split())),
    )


def group_rows(groups: Sequence[Group]) -> list[TableRow]:
    """Groups of sessions; the key is what they are grouped by and their common value."""
    return [
        TableRow(
            ("group", one.by, one.name),
            (
                Cell(str(len(one.sessions)), "strong"),
                Cell(str(one.active or ""), "good"),
                Cell(str(one.waiting or ""), "bad"),
                Cell(str(one.idle_in_transaction or ""), "warn"),
                Cell(age_words(one.oldest) if one.oldest else "", "muted"),
                Cell(one.name or f"without {one.by}", "plain" if one.name else "muted"),
                Cell(" ".join(one.query.split()), "muted"),
            ),
        )
        for one in groups
    ]


_MARKS: dict[str, tuple[str, Tone]] = {"ok": ("◌", "good"), "warn": ("▲", "warn"), "bad": ("✗", "bad")}


def health_rows(health: Health) -> list[TableRow]:
    """Findings, running maintenance first."""
    return [
        TableRow(
            (one.kind, one.name, one.words if one.kind == "progress" else ""),
            (Cell(*_MARKS[one.level]), Cell(one.kind, "muted"), Cell(one.name), Cell(one.words)),
        )
        for one in health.findings
    ]


def session_facts(session: Session) -> list[tuple[str, str]]:
    """Everything about a session for its dialog, except the statement."""
    wait = ""
    if session.wait is not None:
        blockers = ", ".join(map(str, session.wait.blockers))
        wait = f"{session.wait.words} for {age_words(session.wait.seconds)}, behind {blockers}"
    facts = [
        ("user", session.user),
        ("database", session.database),
        ("application", session.application),
        ("client", session.client),
        ("state", f"{session.state_words} for {age_words(session.seconds)}"),
        ("transaction", age_words(session.transaction_s)),
        ("waits for", wait or session.wait_event),
        ("holds back", number_of(session.xmin_age, "transaction") + " from vacuum" if session.xmin_age else ""),
        ("query id", str(session.query_id) if session.query_id is not None else ""),
        ("since", f"{session.backend_start:%Y-%m-%d %H:%M:%S %Z}" if session.backend_start else "concealed"),
    ]
    return [(name, value) for name, value in facts if value]
