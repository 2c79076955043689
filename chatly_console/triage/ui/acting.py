"""What the pane does with a line: shows its details, takes its statement elsewhere, signals to its session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure
from chatly_console.shell.messages import (
    AdviseIndex,
    ExplainStatement,
    OpenStatement,
    Report,
    RoomRequest,
    Say,
)
from chatly_console.triage.service import signal
from chatly_console.triage.signals import no_cancel_because
from chatly_console.triage.ui.asking import agreed
from chatly_console.triage.ui.detail_screen import DetailScreen
from chatly_console.triage.ui.views import Detail

if TYPE_CHECKING:
    from chatly_console.triage.ui.pane import TriagePane


_WISHES: dict[str, Callable[[str], RoomRequest]] = {
    "explain": ExplainStatement,
    "index": AdviseIndex,
    "query": OpenStatement,
}


async def open_details(pane: TriagePane, detail: Detail | None) -> None:
    """Show everything about a line, and take its statement where the user wants it."""
    if detail is None:
        return
    wish = await pane.app.push_screen_wait(DetailScreen(detail.title, detail.facts, detail.sql))
    if wish in _WISHES:
        pane.post_message(_WISHES[wish](detail.sql))


async def act(pane: TriagePane, verb: str, folder: Path) -> None:
    """Cancel the statement, or end the session, of the line that the cursor is on."""
    session = pane.watching.session(pane.table.cursor_key)
    if session is None:
        pane.post_message(Say("There is no session on this line.", "warning"))
        return
    if verb == "cancel" and no_cancel_because(session):
        pane.post_message(Say(no_cancel_because(session), "warning"))
        return
    if not await agreed(pane.app, session, verb):
        return
    database, rights = pane.session.database, pane.watching.rights
    if database is None or rights is None:
        return
    try:
        outcome = await signal(database, session, verb, rights, folder / "triage-actions.jsonl")
    except Failure as failure:
        pane.post_message(Report(failure))
    else:
        pane.post_message(Say(outcome, "done"))
        if pane.watching.recorder is not None:
            pane.watching.recorder.note(f"{verb} {session.pid}: {outcome}")
    pane.look_now()
