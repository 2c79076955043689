"""The transaction that stays open over several statements: begun, joined, and ended by the user."""

import asyncio
from dataclasses import dataclass

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.query.record import Record
from chatly_console.query.run import Phase
from chatly_console.query.service import StatementRun
from chatly_console.query.transaction_words import changed_rows
from chatly_console.server.transaction import Transaction
from chatly_console.shell.session import Session


@dataclass
class Joined:
    """A run that is in the transaction, and its number in the history."""

    run: StatementRun
    number: int


class HeldTransaction:
    """At most one explicit transaction; what runs in it is told what became of it."""

    def __init__(self, session: Session, record: Record) -> None:
        self._session = session
        self._record = record
        self.current: Transaction | None = None
        self.joined: list[Joined] = []
        self.cancelled_too_late = False
        """Whether the last commit came about although it was cancelled."""
        self._commits: set[asyncio.Task[None]] = set()

    @property
    def is_committing(self) -> bool:
        """Whether a commit is under way: what was deferred to it, or a standby, may take its time."""
        return bool(self._commits)

    def cancel_commit(self) -> bool:
        """Ask the server to stop the commit that is under way; whether it did is said at its end."""
        return sum(commit.cancel() for commit in self._commits) > 0

    @property
    def seconds(self) -> float | None:
        """How long it has been open; None where there is none."""
        return self.current.seconds if self.current is not None else None

    async def begin(self, isolation: str = "", *, of_script: bool = False, reads: bool = False) -> Transaction:
        """Begin one as the session's identity, in the mode that it may have; one `of_script` may commit as it goes.

        One that only `reads` is read-only, so that it also runs on a standby.
        """
        session = self._session
        database = session.database
        if database is None:
            raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
        mode = Mode.READ_ONLY if session.is_read_only else Mode.COMMITTED
        if session.is_impersonating and not session.keeps_changes:
            mode = Mode.ROLLED_BACK
        mode = Mode.READ_ONLY if reads else mode
        transaction = database.transaction(Request("", identity=session.identity, mode=mode), of_script=of_script)
        await transaction.begin(isolation)
        self.current, self.joined = transaction, []
        return transaction

    def check(self) -> None:
        """Raise Failure where a statement of this session must not join."""
        if self.current is not None and self.current.identity != self._session.identity:
            whom = self.current.identity.describe() or "the login"
            raise Failure(
                f"A transaction as {whom} is open, and this would run as somebody else.",
                FailureKind.REFUSED,
                hint="Commit it (alt+c) or roll it back (alt+r) first.",
            )

    async def make_room(self) -> None:
        """Close the cursor of the statement before: one at a time."""
        for joined in self.joined:
            if joined.run.state.phase is Phase.OPEN:
                await joined.run.close()

    @property
    def changed(self) -> int:
        """How many rows were changed so far, by the server's tags."""
        runs = [joined.run for joined in self.joined if joined.run.request.mode is not Mode.READ_ONLY]
        return sum(run.state.changed or changed_rows(run.state.tag) or 0 for run in runs)

    async def end(self, *, commit: bool) -> str:
        """Commit or roll back; returns the word for what became of it. Raises Failure where a commit did not happen."""
        transaction, joined = self.current, self.joined
        assert transaction is not None
        await self.make_room()
        self.current, self.joined = None, []
        fate = "rolled back"
        try:
            if commit and transaction.mode is Mode.COMMITTED:
                await self._commit(transaction)
                fate = "committed"
            else:
                await transaction.roll_back()
        except Failure as failure:
            lost = failure.kind in (FailureKind.LINK, FailureKind.TIMEOUT) and "unknown" in failure.sentence
            fate = "whether it was kept is not known" if lost else "rolled back"
            raise
        finally:
            for one in joined:
                if one.run.state.phase is Phase.DONE and one.run.request.mode is not Mode.READ_ONLY:
                    one.run.tell_fate(fate)
                    await self._record.ended(one.number, one.run)
        return fate

    async def _commit(self, transaction: Transaction) -> None:
        commit = asyncio.create_task(transaction.commit())
        self._commits.add(commit)
        self.cancelled_too_late = False
        try:
            await commit
        except asyncio.CancelledError:
            if not transaction.was_kept:
                raise Failure("The commit was cancelled; nothing was kept.", FailureKind.CANCELLED) from None
            self.cancelled_too_late = True
        finally:
            self._commits.discard(commit)
