"""The questions before a signal: yes for a cancel, the typed pid for the end of a session."""

from textual.app import App

from chatly_console.shell.dialogs import Confirm, TypedConfirm
from chatly_console.triage.activity import Session
from chatly_console.triage.signals import before_cancel, before_terminate


async def agreed(app: App[object], session: Session, verb: str) -> bool:
    """Say what stops and what is rolled back, and whether the user wants it."""
    who = f"pid {session.pid} ({session.user}, {session.application or 'no application name'})"
    if verb == "cancel":
        question = f"Cancel the statement of {who}?"
        return await app.push_screen_wait(Confirm(question, before_cancel(session), verb="cancel it"))
    question = f"End the session of {who}?"
    return await app.push_screen_wait(TypedConfirm(question, str(session.pid), before_terminate(session)))
