"""Runs what the editor was asked to run: one statement after the other, with the questions that each needs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from chatly_console.core.classify import Classification
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.query.decision import Circumstances, Decision, decide
from chatly_console.query.file_copy import Copied
from chatly_console.query.place import Place
from chatly_console.query.record import Record
from chatly_console.query.run import Phase, status
from chatly_console.query.service import IDLE_LIMIT, StatementRun
from chatly_console.query.titles import title_of
from chatly_console.query.transaction_words import Control, changed_rows, changed_words, control_of
from chatly_console.query.ui.asking import CommitQuestion, ask, may_cancel
from chatly_console.query.ui.held_transaction import HeldTransaction, Joined
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.parameter_asking import ParameterAsking
from chatly_console.query.ui.questions import Questions
from chatly_console.query.ui.results import ResultView
from chatly_console.shell.messages import LockWrites, RanAs, Say

_SOON = 0.3
"""Seconds after which a run takes the place of what the message line said of the one before."""
_HELD_ONLY_THEN = ("SET", "SET SESSION", "SET LOCAL", "RESET", "PREPARE")
"""Each statement has a transaction of its own, and a clean session."""
REFUSED_WRITE = "25006"
"""What the server says where a function in a statement that only reads, by its words, writes."""


class Runner:
    """Belongs to the pane; its coroutines run in the pane's workers."""

    def __init__(self, pane: PaneFace, record: Record, parameters: ParameterAsking) -> None:
        self.pane = pane
        self.session = pane.session
        self._record = record
        self.parameters = parameters
        self.questions = Questions(pane)
        self.held = HeldTransaction(pane.session, record)
        self.at_work: StatementRun | None = None
        self._turn = asyncio.Lock()
        self._is_asking = False
        self.cancelled = 0
        """How often the user has cancelled."""

    @property
    def is_working(self) -> bool:
        """Whether a statement is under way."""
        return self.at_work is not None and self.at_work.state.is_working

    @property
    def is_busy(self) -> bool:
        """Whether a statement or a script is under way, or waits for an answer."""
        return self._turn.locked()

    async def run_all(self, places: Sequence[Place]) -> bool:
        """Run these statements until one of them does not succeed; returns whether all did."""
        return await self.in_turn(places, partial(self._run_places, places))

    async def in_turn(self, places: Sequence[Place], doing: Callable[[], Awaitable[bool]]) -> bool:
        """Run what `doing` runs, which begins at these places, once it may and nothing else is under way."""
        if self._is_asking:  # a key that is held down is pressed again and again
            self.pane.say("A run waits for an answer already; this one was not sent.", failed=True)
            return False
        self._is_asking = True
        try:
            if not await self.questions.may_mix(places) or not await self._may_begin():
                return False
        finally:
            self._is_asking = False
        asked = self.cancelled
        async with self._turn:
            return asked == self.cancelled and await doing()

    def drop_waiting(self) -> None:
        """What waits for its turn is not sent any more: whoever cancels wants to see an end."""
        self.cancelled += 1

    async def _run_places(self, places: Sequence[Place]) -> bool:
        for number, place in enumerate(places, 1):
            if not await self._run_place(place):
                if left := len(places) - number:
                    self.pane.say(f"Statement {number} did not succeed; {left} more were not sent.", failed=True)
                return False
        return True

    async def _may_begin(self) -> bool:
        running = self.at_work
        if running is None or not running.state.is_working:
            return True
        if not await may_cancel(self.pane.app, self.pane.editing.editor):
            return False
        running.cancel()
        await running.settled()
        return True

    async def _run_place(self, place: Place) -> bool:
        """Run one statement; returns whether the next one may follow."""
        try:
            self.held.check()
            control = control_of(place.sql)
            if control is not None:
                return await self._control(control)
            decision = await asyncio.to_thread(decide, place.sql, self.circumstances())
            given = await self.parameters.ask(place.sql)
            if given is None or not await self.questions.agreed(decision):
                self.pane.say("Not sent.")
                return False
        except Failure as failure:
            await self.refused(failure, place)
            return False
        statement, values = given
        place = replace(place, original=statement.original)
        return await self._run_decided(place, statement.sql, values, decision)

    async def load(self, place: Place, sql: str, copied: Copied) -> bool:
        """Send a file to the server by COPY; its commit is asked for. Returns whether it was kept."""
        try:
            self.held.check()
            decision = await asyncio.to_thread(decide, sql, self.circumstances())
        except Failure as failure:
            await self.refused(failure, place)
            return False
        return await self._run_decided(place, sql, (), decision, copied)

    async def _run_decided(
        self, place: Place, sql: str, values: tuple[str | None, ...], decision: Decision, copied: Copied | None = None
    ) -> bool:
        own = decision.asks_after and self.held.current is None
        if own:
            try:
                await self.held.begin()
            except Failure as failure:
                await self.refused(failure, place)
                return False
        mode = decision.mode
        if self.held.current is not None and mode is Mode.ROLLED_BACK:
            mode = Mode.COMMITTED  # as far as the transaction is, and that one is not
        run = self.new_run(Request(sql, values, self.session.identity, mode), copied)
        done = await self.run(run, place, title_of(decision.found, place.sql))
        if run.state.failure is not None and run.state.failure.sqlstate == REFUSED_WRITE and not own:
            again = await self.questions.may_write(decision.found, self.circumstances())
            return again is not None and await self._run_decided(place, sql, values, again, copied)
        if not own or self.held.current is None:
            if done and decision.found.verb in _HELD_ONLY_THEN and self.held.current is None:
                self.pane.say("That held for this statement alone: alt+t first, or alt+a runs the buffer as one.")
            return done
        if not done:
            await self.end(commit=False, quietly=True)
            return False
        changed = changed_rows(run.state.tag)
        if changed == 0:
            await self.end(commit=True, quietly=True)
            self.pane.say(status(run.state))
            return True
        return await self.ask_to_commit(changed_words(run.state.tag, changed, decision.found))

    async def send(self, run: StatementRun, sql: str) -> None:
        """Run it to its end, with its entries in the history and the transaction."""
        await self.held.make_room()
        self.at_work = run
        number = await self._record.started(run, sql, profile=self.session.profile.name)
        if run.transaction is not None:
            self.held.joined.append(Joined(run, number))
        run.start()
        await run.settled()
        await self._record.ended(number, run)
        self._tell_frame(run)

    def new_run(self, request: Request, copied: Copied | None = None) -> StatementRun:
        """A run that joins the open transaction, if there is one; raises Failure where nothing is connected."""
        database = self.session.database
        if database is None:
            raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
        joins = self.held.current if request.mode is not Mode.OUTSIDE else None
        self.pane.wake()
        return StatementRun(
            database, request, on_change=self.pane.run_changed, transaction=joins, copied=copied,
            idle_limit=self.session.profile.cursor_idle_timeout or IDLE_LIMIT,
        )  # fmt: skip

    async def run(
        self, run: StatementRun, place: Place, title: str, *,
        came_from: ResultView | None = None, into: ResultView | None = None,
    ) -> bool:  # fmt: skip
        """Run it to its first page or its end, in a tab."""
        self.at_work = run
        self.pane.begins()
        if into is not None:
            await into.take(run)
        else:
            view = await self.pane.results.open(run, place, title)
            view.came_from = came_from
        self.pane.run_changed(run)
        say = partial(self.pane.post_message, Say(f"Running: {title}", "note"))
        later = asyncio.get_running_loop().call_later(_SOON, say)
        try:
            await self.send(run, place.sql)
        finally:
            later.cancel()
        shown = self.pane.results.view_of(run)
        self.pane.ended(run, shown.place if shown is not None and shown.place is not None else place)
        self.pane.say(status(run.state), failed=run.state.phase is Phase.FAILED)
        return run.state.phase in (Phase.DONE, Phase.OPEN) and not run.state.too_late

    def _tell_frame(self, run: StatementRun) -> None:
        """What the bars show of it: how firmly an impersonation held, and that unlocked writes are locked again."""
        if run.state.strength:
            self.pane.post_message(RanAs(run.state.strength))
        if run.request.mode in (Mode.COMMITTED, Mode.OUTSIDE) and run.transaction is None and self.session.unlocked:
            self.pane.post_message(LockWrites())

    def circumstances(self) -> Circumstances:
        """What bears on the decision about a statement just now."""
        session = self.session
        if session.database is None:
            raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
        return Circumstances(
            read_only=session.is_read_only, impersonating=session.is_impersonating, armed=session.keeps_changes,
            in_transaction=self.held.current is not None, database=session.database.facts.database,
        )  # fmt: skip

    # Transactions

    async def ask_to_commit(self, question: str) -> bool:
        """Ask whether what is open is to be kept; returns whether it is, or stays open."""
        transaction = self.held.current
        if transaction is None:
            return False
        answer = await ask(self.pane.app, self.pane.editing.editor, CommitQuestion(question))
        if self.held.current is not transaction:
            return False
        if answer == "hold":
            self.pane.say("The transaction stays open: alt+c commits, alt+r rolls back.")
            return True
        return await self.end(commit=answer == "commit") and answer == "commit"

    async def _control(self, control: Control) -> bool:
        if control.verb == "begin":
            return await self.begin(control)
        return await self.end(commit=control.verb == "commit")

    async def begin(self, control: Control) -> bool:
        """Begin an explicit transaction."""
        if self.held.current is not None:
            self.pane.say("A transaction is open already; alt+c commits it, alt+r rolls it back.", failed=True)
            return False
        try:
            await self.held.begin(control.isolation)
        except Failure as failure:
            self.pane.fail(failure)
            return False
        self.pane.wake()
        self.pane.show_mode()
        self.pane.say("A transaction is open: every statement joins it until alt+c commits or alt+r rolls back.")
        return True

    async def end(self, *, commit: bool, quietly: bool = False) -> bool:
        """Commit or roll back what is open."""
        if self.held.current is None:
            self.pane.say("No transaction is open.", failed=True)
            return False
        changed = self.held.changed
        say = partial(self.pane.post_message, Say("Committing… ctrl+g cancels.", "note"))
        later = asyncio.get_running_loop().call_later(_SOON, say)
        try:
            fate = await self.held.end(commit=commit)
        except Failure as failure:
            self.pane.fail(failure)
            return False
        finally:
            later.cancel()
            self.pane.show_mode()
            if self.session.unlocked:
                self.pane.post_message(LockWrites())
        if not quietly:
            rows = (
                f", {changed:,} {'row' if changed == 1 else 'rows'} changed" if changed and fate == "committed" else ""
            )
            late = "The cancel came too late. " if commit and self.held.cancelled_too_late else ""
            self.pane.say(f"{late}{fate[:1].upper()}{fate[1:]}{rows}.")
        return True

    async def notice_loss(self) -> None:
        """Say so where the open transaction was lost with its connection."""
        transaction = self.held.current
        if transaction is not None and not transaction.is_open and not self.is_working:
            await self.held.end(commit=False)
            self.pane.show_mode()
            self.pane.say("The transaction was lost with its connection; nothing of it was kept.", failed=True)

    async def refused(self, failure: Failure, place: Place) -> None:
        """Show why a statement was not sent."""
        await self.pane.results.open_failure(failure, place, title_of(Classification(""), place.sql))
        self.pane.say(failure.sentence, failed=True)
