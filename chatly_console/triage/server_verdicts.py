"""Judgements on the server as a whole, from its counters: up, lag, cache, deadlocks, temp files, slots, disk, age."""

from chatly_console.core.durations import age_words
from chatly_console.triage.pulse import History, Pulse, Wraparound
from chatly_console.triage.readings import coarse_age_words, number_of, size_words
from chatly_console.triage.verdicts import Level, Limits, Verdict


def up(pulse: Pulse, history: History) -> Verdict:
    """That the server is up, since when, and whether it began anew meanwhile."""
    role = "standby" if pulse.standby else "primary"
    age = coarse_age_words(pulse.up_s) if (pulse.up_s or 0) >= 60 else age_words(pulse.up_s)
    words = f"up {age}, {role}"
    if history.restarted:
        sentence = f"the server was restarted, or crashed, {age_words(pulse.up_s)} ago while you watched"
        return Verdict("up", "warn", words, sentence, weight=95)
    return Verdict("up", "ok", words)


def lag(pulse: Pulse, history: History, limits: Limits) -> Verdict:
    """How far replicas are behind, or this standby is."""
    series = tuple(history.series("lag"))
    if pulse.standby:
        behind, what = pulse.behind_s, "this standby is behind its primary by"
    elif pulse.replicas:
        behind, what = pulse.replay_lag_s, "a replica is behind by"
        if behind is None and pulse.replay_lag_bytes is None:
            return Verdict("lag", "unknown", "replica lag concealed", series=series)
    else:
        return Verdict("lag", "ok", "no replica", series=series)
    behind = behind or 0.0
    level: Level = "bad" if behind >= limits.lag_bad else "warn" if behind >= limits.lag else "ok"
    sentence = f"{what} {age_words(behind)}" if level != "ok" else ""
    if sentence and pulse.replay_lag_bytes:
        sentence += f" ({size_words(pulse.replay_lag_bytes)} of WAL)"
    return Verdict("lag", level, f"replica lag {age_words(behind)}", sentence, weight=70, series=series)


def cache(history: History, limits: Limits) -> Verdict:
    """How many of the blocks asked for just now were in memory."""
    series = tuple(history.series("cache"))
    if not series:
        return Verdict("cache", "unknown", "cache idle")
    share = series[-1]
    level: Level = "warn" if share < limits.cache and len(series) >= 3 and sum(series[-3:]) / 3 < limits.cache else "ok"
    sentence = f"only {share:.0%} of the blocks read just now were in memory" if level == "warn" else ""
    return Verdict("cache", level, f"cache {share:.1%}", sentence, "statements", 30, series)


def deadlocks(history: History) -> Verdict:
    """Deadlocks since the first look."""
    watched, series = history.watched, tuple(history.series("deadlocks"))
    count = watched.deadlocks if watched is not None else 0
    if not count:
        return Verdict("deadlocks", "ok", "no deadlock", series=series)
    words = number_of(count, "deadlock")
    sentence = f"{words} since you began to look; the server's log names the statements"
    return Verdict("deadlocks", "warn", words, sentence,
                   "blocking", 50 + count, series)  # fmt: skip


def temp(history: History, limits: Limits) -> Verdict:
    """Temporary files of statements that have ended since the first look."""
    watched, series = history.watched, tuple(history.series("temp"))
    if watched is None or not watched.temp_bytes:
        return Verdict("temp", "ok", "no temp written", series=series)
    rate = watched.temp_bytes / max(watched.seconds, 1.0) * 60
    level: Level = "warn" if rate >= limits.temp_a_minute or watched.temp_bytes >= limits.temp_written else "ok"
    sentence = (
        f"{size_words(watched.temp_bytes)} of temp files in {age_words(watched.seconds)}: "
        "sorts or hashes do not fit into work_mem"
    )
    return Verdict("temp", level, f"temp {size_words(rate)}/min", sentence if level != "ok" else "", "statements",
                   40, series)  # fmt: skip


def slots(pulse: Pulse, limits: Limits) -> Verdict:
    """Replication slots that nobody reads, and what they keep."""
    kept = pulse.slot_bytes or 0
    level: Level = "bad" if kept >= limits.slot_bad else "warn" if kept >= limits.slot else "ok"
    words = f"{number_of(pulse.idle_slots, 'unused replication slot')} keeps {size_words(kept)} of WAL"
    words += f", {pulse.idle_slot} most" if pulse.idle_slots > 1 else f": {pulse.idle_slot}"
    return Verdict("slots", level, f"idle slots {pulse.idle_slots}", words if level != "ok" else "", "health", 65)


def wraparound(found: Wraparound, history: History) -> Verdict:
    """How far the transaction numbers of the oldest database have come."""
    share = found.share
    level: Level = "bad" if share >= 0.8 else "warn" if share >= 0.5 else "ok"
    sentence = ""
    if level != "ok":
        sentence = (
            f"{found.database} has used {share:.0%} of its transaction numbers: "
            "vacuum freeze its oldest tables before the server stops taking writes"
        )
    series = tuple(history.series("age"))
    return Verdict("wraparound", level, f"wraparound {share:.0%}", sentence, "health", 80 + share, series)


def space(found: Wraparound, history: History) -> Verdict:
    """The disk that the connected database takes, and how it grows."""
    series = tuple(history.series("size"))
    grown = series[-1] - series[0] if series else 0.0
    growth = f" {'+' if grown > 0 else '-'}{size_words(abs(grown))}" if abs(grown) >= 1024**2 else ""
    return Verdict("space", "ok", f"database {size_words(found.database_bytes)}{growth}", view="health", series=series)
