"""Snapshots for scripts: as JSON with stable keys, and as plain lines."""

from collections.abc import Iterator, Sequence

from chatly_console.core.durations import age_words
from chatly_console.core.text import cut, safe_text
from chatly_console.triage.activity import Session, live_list
from chatly_console.triage.blocking import Line, Node, root_words, tree_lines
from chatly_console.triage.health import Health
from chatly_console.triage.readings import milliseconds_words, sparkline
from chatly_console.triage.service import Snapshot
from chatly_console.triage.statements import Statement
from chatly_console.triage.verdicts import MARKS, Verdict, causes

Json = dict[str, object]


def snapshot_json(snapshot: Snapshot, verdicts: Sequence[Verdict], missing: Sequence[str]) -> Json:
    """One snapshot: verdicts, the likeliest causes, sessions, and who blocks whom."""
    return {
        "at": snapshot.pulse.at,
        "verdicts": [{"name": v.name, "level": v.level, "words": v.short, "sentence": v.sentence} for v in verdicts],
        "causes": [v.sentence for v in causes(verdicts)],
        "sessions": [session_json(session) for session in live_list(snapshot.sessions)],
        **locks_json(snapshot.roots),
        "missing": list(missing),
        "cost_ms": round(snapshot.seconds * 1000, 1),
    }


def session_json(session: Session) -> Json:
    """One session."""
    return {
        "pid": session.pid,
        "leader_pid": session.leader,
        "user": session.user,
        "database": session.database,
        "application": session.application,
        "client": session.client,
        "state": session.state,
        "wait": session.wait_event,
        "waits_for": session.wait.words if session.wait else None,
        "blocked_by": list(session.wait.blockers) if session.wait else [],
        "seconds": _rounded(session.seconds),
        "transaction_s": _rounded(session.transaction_s),
        "query": session.query,
    }


def locks_json(roots: Sequence[Node]) -> Json:
    """Who blocks whom: every waiter stands exactly once."""
    return {"roots": [_root_json(root) for root in roots]}


def _root_json(root: Node) -> Json:
    session = root.session
    return {
        "pid": root.pid,
        "user": session.user if session else None,
        "application": session.application if session else None,
        "state": root_words(root),
        "query": session.query if session else "",
        "blocks": root.blocks,
        "oldest_wait_s": _rounded(root.oldest_wait),
        "deadlocked": root.deadlocked,
        "waiters": [_waiter_json(node) for node in root.waiters],
    }


def _waiter_json(node: Node) -> Json:
    session, wait = node.session, node.wait
    return {
        "pid": node.pid,
        "user": session.user if session else None,
        "application": session.application if session else None,
        "mode": wait.mode if wait else None,
        "lock": wait.lock_type if wait else None,
        "relation": (wait.relation or None) if wait else None,
        "words": wait.words if wait else None,
        "waits_s": _rounded(wait.seconds) if wait else None,
        "also_behind": list(node.also_behind),
        "query": session.query if session else "",
        "blocks": node.blocks,
        "waiters": [_waiter_json(one) for one in node.waiters],
    }


def statement_json(statement: Statement) -> Json:
    """One statement with its counters."""
    return {
        "query_id": str(statement.query_id),
        "user": statement.user,
        "database": statement.database,
        "calls": statement.calls,
        "total_ms": round(statement.total_ms, 3),
        "mean_ms": round(statement.mean_ms, 3),
        "rows": statement.rows,
        "io_ms": round(statement.io_ms, 3),
        "blocks_hit": statement.hits,
        "blocks_read": statement.reads,
        "temp_blocks": statement.temp_blocks,
        "wal_bytes": int(statement.wal_bytes),
        "workers_missed": statement.workers_missed,
        "query": statement.query,
    }


def health_json(health: Health) -> Json:
    """The findings, and what could not be read."""
    keys = ("kind", "level", "name", "words", "fix")
    return {"findings": [{key: getattr(one, key) for key in keys} for one in health.findings],
            "missing": list(health.missing)}  # fmt: skip


def snapshot_lines(snapshot: Snapshot, verdicts: Sequence[Verdict], missing: Sequence[str]) -> Iterator[str]:
    """The first glance, the tree if there is one, and the sessions."""
    for verdict in causes(verdicts):
        yield f"{MARKS[verdict.level]} {verdict.sentence}"
    yield "  ".join(
        " ".join(filter(None, (MARKS[v.level], v.short, sparkline(v.series) if len(v.series) > 1 else "")))
        for v in verdicts
    )
    yield from missing
    if snapshot.roots:
        yield ""
        yield from tree_text(snapshot.roots)
    yield ""
    for session in live_list(snapshot.sessions):
        wait = session.wait.words if session.wait else session.wait_event
        yield (
            f"{session.pid:>8}  {session.user:<14}  {session.state_words:<20}  {age_words(session.seconds):>6}  "
            f"{wait:<24}  {session.query}"
        )


def tree_text(roots: Sequence[Node]) -> Iterator[str]:
    """The blocking tree as lines."""
    for line in tree_lines(roots):
        yield f"{line.branch}{line.node.pid}  {node_words(line)}"


def node_words(line: Line) -> str:
    """What stands behind the pid in a line of the tree."""
    node = line.node
    who = node.session.user if node.session else ""
    query = node.session.query if node.session else ""
    blocks = f"  blocks {node.blocks}" if node.blocks else ""
    if node.wait is None:
        held = node.session.state_s if node.session else None
        last = "last: " if node.session and node.session.state.startswith("idle in transaction") else ""
        return f"{who}  {root_words(node)} {age_words(held)}{blocks}  {last}{query}"
    also = f"  also behind {', '.join(map(str, node.also_behind))}" if node.also_behind else ""
    return f"{who}  waits {age_words(node.wait.seconds)}  {node.wait.words}{blocks}{also}  {query}"


def statement_lines(statements: Sequence[Statement]) -> Iterator[str]:
    """One line a statement."""
    yield f"{'total':>9}  {'mean':>9}  {'calls':>9}  {'io':>9}  {'rows':>9}  statement"
    for one in statements:
        yield (
            f"{milliseconds_words(one.total_ms):>9}  {milliseconds_words(one.mean_ms):>9}  {one.calls:>9,}  "
            f"{milliseconds_words(one.io_ms):>9}  {one.rows:>9,}  {one.query}"
        )


def health_lines(health: Health) -> Iterator[str]:
    """One line a finding."""
    for one in health.findings:
        yield f"{MARKS[one.level]} {one.kind:<9} {one.name}: {one.words}" + (f"  → {one.fix}" if one.fix else "")
    if not health.findings:
        yield "✓ nothing found in tables, indexes and sequences, and no maintenance runs"
    yield from health.missing


def printable(line: str, width: int | None) -> str:
    """A line for a terminal: cleaned, and cut where there is a width."""
    shown = safe_text(line)
    return shown if width is None else cut(shown, width)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
