"""What a person is told before a session is cancelled or ended: what stops, and what is rolled back."""

from chatly_console.triage.activity import Session
from chatly_console.triage.readings import age_words


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
