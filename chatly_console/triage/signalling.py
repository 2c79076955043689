"""Cancels statements and ends sessions: one, or a group of them, each told from a later session with the same pid."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.triage.action_log import Action, write_action
from chatly_console.triage.activity import Session
from chatly_console.triage.kept import Source
from chatly_console.triage.readings import number_of
from chatly_console.triage.rights import Rights
from chatly_console.triage.service import ask

_ONE_MS, _GROUP_MS = 1500, 100
"""How long the server waits for the end of a session, alone or as one of a group."""


class Ended(Failure):
    """The session has ended already."""


async def signal(
    source: Source, session: Session, verb: str, rights: Rights, log: Path, *, wait_ms: int = _ONE_MS
) -> str:
    """Cancel the statement of a session, or (`terminate`) end the session; returns what came of it in a sentence.

    The pid only counts together with the moment at which the session began. Raises Failure where it was refused.
    What was tried is logged either way.
    """
    failure: Failure | None = None
    try:
        outcome = await _send(source, session, verb, rights, wait_ms)
    except Failure as raised:
        failure, outcome = raised, f"refused: {raised.sentence}"
    target = f"{session.user}@{session.database} {session.application}".strip()
    action = Action(verb, session.pid, rights.login, f"{source.facts.host}/{source.facts.database}",
                    target, session.query, outcome)  # fmt: skip
    try:
        await asyncio.to_thread(write_action, action, log)
    except OSError as error:
        outcome += f" It could not be logged: {error.strerror}."
    if failure is not None:
        raise failure
    return outcome


async def _send(source: Source, session: Session, verb: str, rights: Rights, wait_ms: int) -> str:
    if session.backend_start is None:
        raise Failure(
            f"When the session of pid {session.pid} began is concealed, so it cannot be told from a later one.",
            FailureKind.REFUSED,
            hint=rights.missing_for_activity,
        )
    try:
        waits = (wait_ms,) if verb == "terminate" else ()
        rows = await ask(source, verb, session.pid, session.backend_start, *waits, timeout=5.0)
    except Failure as failure:
        if failure.sqlstate == "42501":
            sentence = rights.refusal(of_user=session.user, of_superuser=session.of_superuser)
            raise Failure(sentence, FailureKind.REFUSED, failure.sqlstate) from failure
        raise
    if not rows:
        raise Ended(
            f"The session of pid {session.pid} has ended already; nothing was sent to whoever has its pid now.",
            FailureKind.REFUSED,
        )
    who = f"pid {session.pid} ({safe_text(session.user)})"
    if verb == "cancel":
        return f"Cancel was sent to {who}."
    return f"The session of {who} has ended." if rows[0]["done"] else f"{who} was told to end and has not yet."


async def signal_all(source: Source, sessions: Sequence[Session], verb: str, rights: Rights, log: Path) -> str:
    """Signal to each of a group, one after the other; returns what came of it in a sentence.

    One that is refused, or has ended meanwhile, does not keep the others from it. Raises Failure where the way to the
    server is lost, and where all were refused for the same reason.
    """
    refused: Counter[str] = Counter()
    ended = 0
    for session in sessions:
        try:
            await signal(source, session, verb, rights, log, wait_ms=_GROUP_MS)
        except Failure as failure:
            if failure.kind is not FailureKind.REFUSED:
                raise
            ended += isinstance(failure, Ended)
            refused.update([] if isinstance(failure, Ended) else [failure.sentence])
    sent = len(sessions) - ended - refused.total()
    if len(refused) == 1 and refused.total() == len(sessions):
        raise Failure(next(iter(refused)), FailureKind.REFUSED)
    done = "Cancel was sent to" if verb == "cancel" else "The end was sent to"
    words = f"{done} {sent} of {number_of(len(sessions), 'session')}."
    words += f" {ended} had ended before." if ended else ""
    return words + "".join(f" {count} refused: {safe_text(why)}" for why, count in refused.items())
