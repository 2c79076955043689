"""The first glance: every judgement, in the order in which they stand on the screen."""

from collections.abc import Sequence

from chatly_console.triage import finding_verdicts, server_verdicts, session_verdicts
from chatly_console.triage.activity import Session
from chatly_console.triage.blocking import Node
from chatly_console.triage.health import Finding
from chatly_console.triage.pulse import History, Wraparound
from chatly_console.triage.regressions import Regression
from chatly_console.triage.temp_files import TempUse
from chatly_console.triage.verdicts import Limits, Verdict

_LIMITS = Limits()


def glance(
    sessions: Sequence[Session],
    roots: Sequence[Node],
    history: History,
    wraparound: Wraparound | None,
    *,
    temp: Sequence[TempUse] = (),
    findings: Sequence[Finding] = (),
    slower: Sequence[Regression] = (),
    limits: Limits = _LIMITS,
) -> list[Verdict]:
    """Judge what was seen; what is asked seldom may be missing."""
    pulse = history.last
    if pulse is None:
        return []
    found: list[Verdict | None] = [
        server_verdicts.up(pulse, history),
        session_verdicts.waiting(sessions, roots, history, limits),
        session_verdicts.connections(sessions, pulse, history, limits),
        session_verdicts.transaction(sessions, history, limits),
        session_verdicts.other_transaction(sessions, limits),
        server_verdicts.lag(pulse, history, limits),
        server_verdicts.cache(history, limits),
        server_verdicts.deadlocks(history),
        server_verdicts.temp(history, limits),
        session_verdicts.temp_in_use(sessions, temp, limits),
        server_verdicts.slots(pulse, limits) if pulse.idle_slots else None,
    ]
    if wraparound is not None:
        found += [server_verdicts.space(wraparound, history), server_verdicts.wraparound(wraparound, history)]
    found += [*finding_verdicts.of_health(findings), finding_verdicts.of_statements(slower)]
    return [one for one in found if one is not None]
