"""The questions before a signal: yes for a cancel, the typed pid for the end of a session, the number for a group."""

from collections.abc import Sequence

from textual.app import App

from chatly_console.shell.dialogs import Confirm, TypedConfirm
from chatly_console.triage.activity import Session
from chatly_console.triage.readings import number_of
from chatly_console.triage.signals import before_cancel, before_group, before_terminate


async def agreed(app: App[object], session: Session, verb: str) -> bool:
    """Say what stops and what is rolled back, and whether the user wants it."""
    who = f"pid {session.pid} ({session.user}, {session.application or 'no application name'})"
    if verb == "cancel":
        question = f"Cancel the statement of {who}?"
        return await app.push_screen_wait(Confirm(question, before_cancel(session), verb="cancel it"))
    question = f"End the session of {who}?"
    return await app.push_screen_wait(TypedConfirm(question, str(session.pid), before_terminate(session)))


async def agreed_on_group(app: App[object], sessions: Sequence[Session], verb: str) -> bool:
    """Say how many stop, and what is rolled back; their number has to be typed."""
    what = "Cancel the statements of" if verb == "cancel" else "End"
    question = f"{what} {number_of(len(sessions), 'session')}?"
    return await app.push_screen_wait(TypedConfirm(question, str(len(sessions)), before_group(sessions, verb)))
