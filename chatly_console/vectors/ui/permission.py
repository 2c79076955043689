"""Whether an index may be tried on this server: never where writes are locked, and on production only after a yes."""

from __future__ import annotations

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.shell.dialogs import Confirm, TypedConfirm
from chatly_console.vectors.advice import Trial
from chatly_console.vectors.candidates import Candidate
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.scratch import MOST_ROWS
from chatly_console.vectors.ui.workbench import Workbench


async def may_build(pane: Workbench) -> bool:
    """Whether the user agrees; raises `Failure` (REFUSED) where the connection is read-only."""
    _refuse_read_only(pane, "building it on a copy")
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


async def may_build_on_table(pane: Workbench, column: VectorColumn, candidate: Candidate, known: Trial | None) -> bool:
    """Whether the user agrees to an index on the table itself; raises `Failure` (REFUSED) where it is read-only.

    `known` is the trial of the same index on the copy: it tells what to expect.
    """
    _refuse_read_only(pane, "building it")
    text = f"Build {candidate.words} on {column.title.rpartition('.')[0]} itself, and remove it again?"
    rows = pane.advice.rows if pane.advice is not None else 0
    expected = ""
    if known is not None and rows and not known.failure:
        factor = max(1.0, column.rows / rows)
        expected = (
            f"About {known.size * factor / 1_048_576:,.1f} MB and {known.build_seconds * 2 * factor:,.1f} s, going by "
            "the copy. "
        )
    detail = (
        f"{expected}It is built concurrently: nobody waits for a lock, but it takes processor time, memory and disk, "
        "waits for old transactions, and each write keeps it up while it stands. It is measured, and removed whatever "
        "happens; what a console that died has left, the next trial removes."
    )
    database = pane.database.facts.database
    agreed: bool = await pane.app.push_screen_wait(
        TypedConfirm(text, database, detail)
        if pane.session.is_production
        else Confirm(text, detail, verb="build it", grave=True)
    )
    return agreed


def _refuse_read_only(pane: Workbench, how: str) -> None:
    if pane.session.is_read_only:
        raise Failure(
            f"This connection is read-only, and an index is tried by {how}.",
            FailureKind.REFUSED,
            hint="Unlock writes (ctrl+p) if that is what you want: nothing of it stays. Or use another database.",
        )
