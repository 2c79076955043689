"""Judgements on sessions: who waits and for whom, who holds a transaction open, who takes the connections."""

from collections import Counter
from collections.abc import Sequence

from chatly_console.core.durations import age_words
from chatly_console.triage.activity import Session, longest_transaction
from chatly_console.triage.blocking import Node, root_words
from chatly_console.triage.pulse import History, Pulse
from chatly_console.triage.readings import number_of, size_words
from chatly_console.triage.temp_files import TempUse
from chatly_console.triage.verdicts import Level, Limits, Verdict


def waiting(sessions: Sequence[Session], roots: Sequence[Node], history: History, limits: Limits) -> Verdict:
    """Whether anybody waits for a lock, since when, and who is to blame."""
    found = [session for session in sessions if session.wait is not None]
    series = tuple(history.series("waiting"))
    if not found:
        return Verdict("waiting", "ok", "nobody waits", view="blocking", series=series)
    oldest = max(session.wait.seconds for session in found if session.wait is not None)
    sentence = f"{number_of(len(found), 'waits', 'wait')} for locks, oldest {age_words(oldest)}"
    if roots:
        sentence += f": {_culprit(roots[0])}"
        if len(roots) > 1:
            sentence += f" (+{number_of(len(roots) - 1, 'root')})"
    level: Level = "bad" if oldest >= limits.wait_bad or len(found) >= 5 else "warn"
    words = f"{len(found)} waiting {age_words(oldest)}"
    return Verdict("waiting", level, words, sentence, "blocking", 100 + len(found), series)


def _culprit(root: Node) -> str:
    """Who is to blame and what he holds, as far as the waiters tell."""
    things = list(dict.fromkeys(node.wait.relation or node.wait.words for node in root.waiters if node.wait))
    held = f" and holds {', '.join(things[:2])}" if things else ""
    if root.pid == 0:
        return f"{root_words(root)}{held}"
    return f"pid {root.pid} is {root_words(root)}{held}"


def connections(sessions: Sequence[Session], pulse: Pulse, history: History, limits: Limits) -> Verdict:
    """How many connections are taken of those that there are for everybody, and by whom where that is too many."""
    usable = max(pulse.connection_limit - pulse.reserved, 1)
    share = pulse.backends / usable
    level: Level = "bad" if share >= limits.full else "warn" if share >= limits.nearly_full else "ok"
    sentence = ""
    if share >= 1:
        beyond = pulse.backends - usable
        also = (
            f", and {beyond} of {pulse.reserved} reserved ones" if beyond else f" ({pulse.reserved} more are reserved)"
        )
        sentence = f"all {usable} connections are taken{also}: the next client is refused{_by_whom(sessions)}"
    elif level != "ok":
        sentence = f"{pulse.backends} of {usable} connections are taken ({pulse.reserved} more are reserved): "
        sentence += f"soon clients will be refused{_by_whom(sessions)}"
    short = f"connections {pulse.backends}/{pulse.connection_limit}"
    return Verdict("connections", level, short, sentence, "activity", 90 + share, tuple(history.series("connections")))


def _by_whom(sessions: Sequence[Session]) -> str:
    clients = [one for one in sessions if one.is_client]
    if not clients:
        return ""
    (name, most), *_ = Counter(one.application or one.user for one in clients).most_common(1)
    idle = sum(1 for one in clients if one.state == "idle")
    return f"; {most} are of {name or 'unnamed clients'}, {idle} of all idle"


def transaction(sessions: Sequence[Session], history: History, limits: Limits) -> Verdict:
    """The longest open transaction, and what it does."""
    longest = longest_transaction(sessions)
    series = tuple(history.series("transaction"))
    if longest is None:
        hidden = any(session.concealed for session in sessions)
        return Verdict("transaction", "unknown" if hidden else "ok",
                       "transactions concealed" if hidden else "no open transaction", series=series)  # fmt: skip
    age = longest.transaction_s or 0.0
    level = _level_of(longest, limits)
    sentence = f"longest transaction {age_words(age)}: {_doing(longest, sessions)}"
    return Verdict("transaction", level, f"longest transaction {age_words(age)}", sentence if level != "ok" else "",
                   "activity", 60 + min(age / 3600, 20), series)  # fmt: skip


def other_transaction(sessions: Sequence[Session], limits: Limits) -> Verdict | None:
    """A long report beside a forgotten transaction that is older still, or the reverse; None where there is neither."""
    longest = longest_transaction(sessions)
    if longest is None or (longest.transaction_s or 0.0) < min(limits.long, limits.idle_in_transaction):
        return None
    other = longest_transaction([one for one in sessions if _is_idle(one) != _is_idle(longest)])
    if other is None or (level := _level_of(other, limits)) == "ok":
        return None
    age = other.transaction_s or 0.0
    short = f"{'idle' if _is_idle(other) else 'active'} transaction {age_words(age)}"
    sentence = f"another transaction {age_words(age)}: {_doing(other, sessions)}"
    return Verdict("other transaction", level, short, sentence, "activity", 59 + min(age / 3600, 20))


def _is_idle(session: Session) -> bool:
    return session.state.startswith("idle in transaction")


def _level_of(session: Session, limits: Limits) -> Level:
    age = session.transaction_s or 0.0
    if age >= limits.very_long:
        return "bad"
    forgotten = _is_idle(session) and age >= limits.idle_in_transaction
    return "warn" if age >= limits.long or forgotten else "ok"


def _doing(session: Session, sessions: Sequence[Session]) -> str:
    """Who it is, and what it does with its transaction."""
    workers = sum(1 for one in sessions if one.leader == session.pid)
    helped = f" with {number_of(workers, 'parallel worker')}" if workers else ""
    holds = ", holds back vacuum" if session.xmin_age is not None else ""
    return f"pid {session.pid} ({_whose(session)}) is {session.state}{helped}{holds}"


def _whose(session: Session) -> str:
    """The user and, where it is told, the application: behind an API all users are one."""
    return ", ".join(part for part in (session.user, session.application) if part)


def temp_in_use(sessions: Sequence[Session], used: Sequence[TempUse], limits: Limits) -> Verdict | None:
    """Who fills the disk with temporary files just now; None where nobody has any."""
    leaders = {session.pid: session.leader for session in sessions if session.leader is not None}
    by_whom: Counter[int] = Counter()
    for one in used:
        by_whom[leaders.get(one.pid, one.pid)] += one.bytes
    total = by_whom.total()
    if not total:
        return None
    level: Level = "bad" if total >= limits.temp_in_use_bad else "warn" if total >= limits.temp_in_use else "ok"
    (pid, most), *_ = by_whom.most_common(1)
    whose = next((session for session in sessions if session.pid == pid and session.user), None)
    who = f"pid {pid} ({_whose(whose)}) is {whose.state_words} and" if whose is not None else f"pid {pid}"
    sentence = f"temp files take {size_words(total)}: {who} has {size_words(most)} of them"
    return Verdict("temp in use", level, f"temp in use {size_words(total)}", sentence if level != "ok" else "",
                   "activity", 58)  # fmt: skip
