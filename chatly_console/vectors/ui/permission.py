"""Whether an index may be tried on this server: never where writes are locked, and on production only after a yes."""

from __future__ import annotations

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.shell.dialogs import Confirm
from chatly_console.vectors.scratch import MOST_ROWS
from chatly_console.vectors.ui.workbench import Workbench


async def may_build(pane: Workbench) -> bool:
    """Whether the user agrees; raises `Failure` (REFUSED) where the connection is read-only."""
    if pane.session.is_read_only:
        raise Failure(
            "This connection is read-only, and an index is tried by building it on a copy.",
            FailureKind.REFUSED,
            hint="Unlock writes (ctrl+p) if that is what you want: all of it is rolled back. Or use another database.",
        )
    if not pane.session.is_production:
        return True
    question = Confirm(
        "Try indexes on a production server?",
        f"Up to {MOST_ROWS:,} rows are copied and indexes are built on the copy, in a transaction that is rolled back. "
        "Nobody waits for a lock, but it takes processor time, memory and disk for some minutes, and delays vacuum.",
        verb="try them",
        grave=True,
    )
    agreed: bool = await pane.app.push_screen_wait(question)
    return agreed
