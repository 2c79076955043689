"""What the user is asked before a statement is sent."""

import asyncio
from collections.abc import Callable

from textual.app import App

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Request
from chatly_console.query.decision import Circumstances, decide
from chatly_console.query.service import StatementRun
from chatly_console.shell.dialogs import Confirm
from chatly_console.shell.session import Session


async def may_begin(app: App[object], running: StatementRun | None) -> bool:
    """Whether another statement may be sent: while one is at work the user is asked, and it is cancelled first."""
    if running is None or not running.state.is_working:
        return True
    if not await app.push_screen_wait(Confirm("A statement is still running.", "Cancel it and run this one?")):
        return False
    running.cancel()
    await running.settled()
    return True


async def prepared(
    app: App[object], session: Session, sql: str, on_change: Callable[[StatementRun], None]
) -> StatementRun | None:
    """The run for a statement, in the mode that it needs and the user agrees to; None where he does not.

    Raises Failure where the console will not run it.
    """
    database, identity = session.database, session.identity
    if database is None:
        raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
    circumstances = Circumstances(
        read_only=session.is_read_only, impersonating=session.is_impersonating, database=database.facts.database
    )
    decision = await asyncio.to_thread(decide, sql, circumstances)
    if decision.question:
        question = Confirm(decision.question, decision.detail, verb="run it", grave=decision.is_destructive)
        if not await app.push_screen_wait(question):
            return None
    return StatementRun(database, Request(sql, identity=identity, mode=decision.mode), on_change=on_change)
