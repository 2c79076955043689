"""What a person is told before a session is cancelled or ended: what stops, and what is rolled back."""

from collections import Counter
from collections.abc import Sequence

from chatly_console.core.durations import age_words
from chatly_console.triage.activity import Session
from chatly_console.triage.readings import number_of


def no_cancel_because(session: Session) -> str:
    """Why there is nothing to cancel; empty where there is."""
    if session.state == "idle":
        return f"pid {session.pid} is idle: there is no statement to cancel."
    if session.state.startswith("idle in transaction"):
        return (
            f"pid {session.pid} is idle in transaction: there is no statement to cancel, and its locks stay until "
            "the transaction ends. X ends the session."
        )
    return ""


def before_cancel(session: Session) -> str:
    """What cancelling means for this session."""
    return f"Its statement stops and its transaction fails: {_lost(session)}.\n\n{_query(session)}"


def before_terminate(session: Session) -> str:
    """What ending this session means."""
    return f"Its connection is closed and {_lost(session)}.\n\n{_query(session)}"


def before_group(sessions: Sequence[Session], verb: str) -> str:
    """What a signal to all of these means."""
    open_ones = [session for session in sessions if session.transaction_s is not None]
    states = Counter("waiting" if one.wait is not None else one.state_words for one in sessions)
    who = ", ".join(f"{count} {state}" for state, count in states.most_common())
    what = "Their statements stop" if verb == "cancel" else "Their connections are closed"
    if not open_ones:
        return f"{who}.\n\n{what}. None has an open transaction."
    oldest = max(open_ones, key=lambda one: one.transaction_s or 0.0)
    return (
        f"{who}.\n\n{what}; {number_of(len(open_ones), 'open transaction')} is rolled back or fails, "
        f"the oldest of {age_words(oldest.transaction_s)} (pid {oldest.pid})."
    )


def reached_by(sessions: Sequence[Session], verb: str) -> list[Session]:
    """Those of a group that the signal can do anything to: a cancel only reaches a running statement."""
    return [one for one in sessions if not one.own and (verb == "terminate" or not no_cancel_because(one))]


def _lost(session: Session) -> str:
    if session.transaction_s is None:
        return (
            "nothing is rolled back, since it has no open transaction"
            if not session.concealed
            else ("what it has not committed is rolled back")
        )
    return f"everything of the last {age_words(session.transaction_s)} that it has not committed is rolled back"


def _query(session: Session) -> str:
    return session.query[:600]
