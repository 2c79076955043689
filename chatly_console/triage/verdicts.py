"""The first glance: is the server up, who waits, what is wrong, each in words and the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chatly_console.triage.activity import Session, longest_transaction
from chatly_console.triage.blocking import Node, root_words
from chatly_console.triage.pulse import History, Pulse, Wraparound
from chatly_console.triage.readings import age_words, number_of, size_words

Level = Literal["ok", "warn", "bad", "unknown"]
View = Literal["activity", "blocking", "statements", "health"]
MARKS: dict[Level, str] = {"ok": "✓", "warn": "▲", "bad": "✗", "unknown": "·"}

_LONG, _VERY_LONG = 300.0, 3600.0
_FULL, _NEARLY = 0.95, 0.80
_LAG, _BAD_LAG = 10.0, 60.0
_WAIT_BAD = 30.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement: `short` for the row of all of them, `sentence` where it is a cause of trouble."""

    name: str
    level: Level
    short: str
    sentence: str = ""
    view: View = "activity"
    weight: float = 0.0
    """Which of several troubles is said first."""
    series: tuple[float, ...] = ()


def causes(verdicts: Sequence[Verdict], most: int = 3) -> list[Verdict]:
    """The likeliest causes of trouble, the gravest first."""
    troubles = [one for one in verdicts if one.level in ("bad", "warn") and one.sentence]
    return sorted(troubles, key=lambda one: (one.level != "bad", -one.weight))[:most]


def glance(
    sessions: Sequence[Session], roots: Sequence[Node], history: History, wraparound: Wraparound | None
) -> list[Verdict]:
    """Every verdict, in the order in which they stand on the screen."""
    pulse = history.last
    if pulse is None:
        return []
    found = [
        _up(pulse, history),
        _waiting(sessions, roots, history),
        _connections(pulse, history),
        _transaction(sessions, history),
        _lag(pulse, history),
        _cache(history),
        _deadlocks(history),
        _temp(history),
    ]
    if pulse.idle_slots:
        found.append(_slots(pulse))
    if wraparound is not None:
        found.append(_wraparound(wraparound))
    return found


def _up(pulse: Pulse, history: History) -> Verdict:
    role = "standby" if pulse.standby else "primary"
    words = f"up {age_words(pulse.up_s)}, {role}"
    if history.restarted:
        sentence = f"the server was restarted, or crashed, {age_words(pulse.up_s)} ago while you watched"
        return Verdict("up", "warn", words, sentence, weight=95)
    return Verdict("up", "ok", words)


def _waiting(sessions: Sequence[Session], roots: Sequence[Node], history: History) -> Verdict:
    waiting = [session for session in sessions if session.wait is not None]
    series = tuple(history.series("waiting"))
    if not waiting:
        return Verdict("waiting", "ok", "nobody waits", view="blocking", series=series)
    oldest = max(session.wait.seconds for session in waiting if session.wait is not None)
    sentence = f"{number_of(len(waiting), 'waits', 'wait')} for locks, oldest {age_words(oldest)}"
    if roots:
        sentence += f": {_culprit(roots[0])}"
        if len(roots) > 1:
            sentence += f" (+{number_of(len(roots) - 1, 'root')})"
    level: Level = "bad" if oldest >= _WAIT_BAD or len(waiting) >= 5 else "warn"
    words = f"{len(waiting)} waiting {age_words(oldest)}"
    return Verdict("waiting", level, words, sentence, "blocking", 100 + len(waiting), series)


def _culprit(root: Node) -> str:
    """Who is to blame and what he holds, as far as the waiters tell."""
    things = list(dict.fromkeys(node.wait.relation or node.wait.words for node in root.waiters if node.wait))
    held = f" and holds {', '.join(things[:2])}" if things else ""
    if root.pid == 0:
        return f"{root_words(root)}{held}"
    return f"pid {root.pid} is {root_words(root)}{held}"


def _connections(pulse: Pulse, history: History) -> Verdict:
    usable = max(pulse.connection_limit - pulse.reserved, 1)
    share = pulse.backends / usable
    level: Level = "bad" if share >= _FULL else "warn" if share >= _NEARLY else "ok"
    sentence = ""
    if level != "ok":
        sentence = f"{pulse.backends} of {usable} connections are taken ({pulse.reserved} more are reserved): " + (
            "the next client is refused" if share >= 1 else "soon clients will be refused"
        )
    short = f"connections {pulse.backends}/{pulse.connection_limit}"
    return Verdict("connections", level, short, sentence, "activity", 90 + share, tuple(history.series("connections")))


def _transaction(sessions: Sequence[Session], history: History) -> Verdict:
    longest = longest_transaction(sessions)
    series = tuple(history.series("transaction"))
    if longest is None:
        hidden = any(session.concealed for session in sessions)
        return Verdict("transaction", "unknown" if hidden else "ok",
                       "transactions concealed" if hidden else "no open transaction", series=series)  # fmt: skip
    age = longest.transaction_s or 0.0
    idle = longest.state.startswith("idle in transaction")
    level: Level = "bad" if age >= _VERY_LONG else "warn" if age >= _LONG or (idle and age >= 60) else "ok"
    holds = ", holds back vacuum" if longest.xmin_age is not None else ""
    sentence = f"longest transaction {age_words(age)}: pid {longest.pid} ({longest.user}) is {longest.state}{holds}"
    return Verdict("transaction", level, f"longest transaction {age_words(age)}", sentence if level != "ok" else "",
                   "activity", 60 + min(age / 3600, 20), series)  # fmt: skip


def _lag(pulse: Pulse, history: History) -> Verdict:
    series = tuple(history.series("lag"))
    if pulse.standby:
        lag, what = pulse.behind_s, "this standby is behind its primary by"
    elif pulse.replicas:
        lag, what = pulse.replay_lag_s, "a replica is behind by"
        if lag is None and pulse.replay_lag_bytes is None:
            return Verdict("lag", "unknown", "replica lag concealed", series=series)
    else:
        return Verdict("lag", "ok", "no replica", series=series)
    lag = lag or 0.0
    level: Level = "bad" if lag >= _BAD_LAG else "warn" if lag >= _LAG else "ok"
    sentence = f"{what} {age_words(lag)}" if level != "ok" else ""
    if sentence and pulse.replay_lag_bytes:
        sentence += f" ({size_words(pulse.replay_lag_bytes)} of WAL)"
    return Verdict("lag", level, f"replica lag {age_words(lag)}", sentence, weight=70, series=series)


def _cache(history: History) -> Verdict:
    series = tuple(history.series("cache"))
    if not series:
        return Verdict("cache", "unknown", "cache idle")
    share = series[-1]
    level: Level = "warn" if share < 0.90 and len(series) >= 3 and sum(series[-3:]) / 3 < 0.90 else "ok"
    sentence = f"only {share:.0%} of the blocks read just now were in memory" if level == "warn" else ""
    return Verdict("cache", level, f"cache {share:.1%}", sentence, "statements", 30, series)


def _deadlocks(history: History) -> Verdict:
    watched, series = history.watched, tuple(history.series("deadlocks"))
    count = watched.deadlocks if watched is not None else 0
    if not count:
        return Verdict("deadlocks", "ok", "no deadlock", series=series)
    words = number_of(count, "deadlock")
    sentence = f"{words} since you began to look; the server's log names the statements"
    return Verdict("deadlocks", "warn", words, sentence,
                   "blocking", 50 + count, series)  # fmt: skip


def _temp(history: History) -> Verdict:
    watched, series = history.watched, tuple(history.series("temp"))
    if watched is None or not watched.temp_bytes:
        return Verdict("temp", "ok", "no temp files", series=series)
    rate = watched.temp_bytes / max(watched.seconds, 1.0) * 60
    level: Level = "warn" if rate >= 256 * 1024**2 or watched.temp_bytes >= 1024**3 else "ok"
    sentence = (
        f"{size_words(watched.temp_bytes)} of temp files in {age_words(watched.seconds)}: "
        "sorts or hashes do not fit into work_mem"
    )
    return Verdict("temp", level, f"temp {size_words(rate)}/min", sentence if level != "ok" else "", "statements",
                   40, series)  # fmt: skip


def _slots(pulse: Pulse) -> Verdict:
    kept = pulse.slot_bytes or 0
    level: Level = "bad" if kept >= 10 * 1024**3 else "warn" if kept >= 256 * 1024**2 else "ok"
    words = f"{number_of(pulse.idle_slots, 'unused replication slot')} keeps {size_words(kept)} of WAL"
    return Verdict("slots", level, f"idle slots {pulse.idle_slots}", words if level != "ok" else "", "health", 65)


def _wraparound(found: Wraparound) -> Verdict:
    share = found.share
    level: Level = "bad" if share >= 0.8 else "warn" if share >= 0.5 else "ok"
    sentence = ""
    if level != "ok":
        sentence = (
            f"{found.database} has used {share:.0%} of its transaction numbers: "
            "vacuum freeze its oldest tables before the server stops taking writes"
        )
    return Verdict("wraparound", level, f"wraparound {share:.0%}", sentence, "health", 80 + share)
