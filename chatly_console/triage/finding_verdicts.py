"""Judgements on what is looked at seldom: broken indexes, stale tables, sequences near their end, slower statements."""

from collections.abc import Iterator, Sequence

from chatly_console.triage.health import Finding
from chatly_console.triage.readings import milliseconds_words, number_of
from chatly_console.triage.regressions import Regression
from chatly_console.triage.verdicts import Verdict

_WEIGHTS = {"sequence": 55, "index": 45, "table": 35, "standby": 34, "connections": 60, "setting": 15}
"""The kinds of findings that may be a cause of trouble; slots have a judgement of their own."""
_STANDING = ("index", "table", "setting")
"""What has been so for long."""


def of_health(findings: Sequence[Finding]) -> Iterator[Verdict]:
    """For each kind the worst finding, with how many more there are; settings only where they are a danger."""
    for kind, weight in _WEIGHTS.items():
        found = [one for one in findings if one.kind == kind and one.is_cause]
        if not found:
            continue
        worst = next((one for one in found if one.level == "bad"), found[0])
        more = f" (+{number_of(len(found) - 1, 'more', 'more')})" if len(found) > 1 else ""
        sentence = f"{kind} {worst.name}: {worst.words}{more}"
        short = f"{number_of(len(found), kind)} to look at"
        yield Verdict(kind, worst.level, short, sentence, "health", weight, standing=kind in _STANDING)


def of_statements(slower: Sequence[Regression]) -> Verdict | None:
    """The statement whose slowing down costs most."""
    if not slower:
        return None
    worst = slower[0]
    now, usual = milliseconds_words(worst.statement.mean_ms), milliseconds_words(worst.usual_ms)
    query = " ".join(worst.statement.query.split()) or f"statement {worst.statement.query_id}"
    more = f" (+{len(slower) - 1} more)" if len(slower) > 1 else ""
    sentence = f"{worst.factor:.0f} times slower than usual, {now} a call instead of {usual}{more}: {query}"
    return Verdict("slower", "warn", f"{number_of(len(slower), 'statement')} slower", sentence, "statements", 42)
