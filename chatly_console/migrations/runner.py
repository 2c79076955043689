"""Runs migrations: one console at a time, each file whole or up to a place that the log names, all of it told."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.values import Notice
from chatly_console.migrations.events import (
    Event,
    FileBegan,
    FileFailed,
    FileSkipped,
    Heard,
    QueueWaits,
    Retrying,
    Task,
    Watched,
)
from chatly_console.migrations.history import Attempt, History
from chatly_console.migrations.limits import ends_of
from chatly_console.migrations.outside import run_outside
from chatly_console.migrations.place import place_of
from chatly_console.migrations.record import Log, make_tables
from chatly_console.migrations.running import Running
from chatly_console.migrations.service import read_history
from chatly_console.migrations.steps import refuse
from chatly_console.migrations.transaction import run_in_transaction
from chatly_console.migrations.turn import TURN_LIMIT, refuse_target, take_turn
from chatly_console.migrations.watching import Watcher
from chatly_console.server.database import Database
from chatly_console.server.dedicated import Dedicated

NAME = "chatly-console migrate"
FIRST_PAUSE = 0.5
"""Seconds before the first new attempt at a lock; each further pause is twice as long, give or take a quarter."""
LONGEST_PAUSE = 20.0
_NO_LOCK = ("55P03", "40P01")
"""A lock was not to be had in time; a deadlock. In both cases the same file may go through in a moment."""
_AS_NEW = (
    "set session authorization default; reset role; reset all; "
    "select pg_catalog.set_config('synchronous_commit', 'on', false) "
    "where pg_catalog.current_setting('synchronous_commit') = 'off'"
)
"""What a file has set for the session does not reach the next one. And what the log says must outlive a crash of the
server: with asynchronous commits it could name a state that is half a second old."""


class Runner:
    """Applies and rolls back. `tell` hears every event; `pause` waits between attempts (tests wait less)."""

    def __init__(
        self,
        database: Database,
        tell: Callable[[Event], None],
        *,
        turn_limit: float = TURN_LIMIT,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._tell = tell
        self._turn_limit = turn_limit
        self._pause = pause

    async def run(self, tasks: Sequence[Task]) -> None:
        """Run the tasks one after the other; the first that fails ends it. Raises `Failure`.

        A cancelled run stops at once: what is in a transaction is rolled back, what is not is named by the log.
        """
        refuse_target(self._database)
        for task in tasks:
            refuse(task.script)
        async with self.turn() as session:
            for task in tasks:
                await self.one(session, task)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Dedicated]:
        """A session that has the turn, with history and log in place: for `one`."""
        async with self._database.dedicated(NAME, on_notice=self._hear) as session:
            await take_turn(session, lambda holder: self._tell(QueueWaits(holder)), limit=self._turn_limit)
            await make_tables(session)
            yield session

    async def one(self, session: Dedicated, task: Task) -> None:
        """Run one task on a session that has the turn. Raises `Failure`."""
        await session.run(_AS_NEW)
        history = await read_history(session, [task.file])
        skipped = _already(history, task)
        if skipped:
            self._tell(FileSkipped(task, skipped))
            return
        attempt = history.open_attempt(task.file.version)
        for number in range(1, task.script.directives.retries + 2):
            if await self._attempt(session, task, attempt, number):
                return
            await session.run(_AS_NEW)
            attempt = (await read_history(session)).open_attempt(task.file.version)

    async def _attempt(self, session: Dedicated, task: Task, attempt: Attempt | None, number: int) -> bool:
        """Run it once. False where a lock was not to be had, after a pause, while there are attempts left."""
        resumes = attempt is not None and attempt.entry.direction == task.way and not task.script.in_transaction
        done = attempt.done if resumes and attempt is not None else 0
        watcher = Watcher(self._database, session.pid, lambda sight: self._tell(Watched(task, sight)))
        running = Running(task, session, watcher, Log(session, self._database), self._tell, number)
        self._tell(FileBegan(task, done, number))
        try:
            if task.script.in_transaction:
                await run_in_transaction(running)
            else:
                await run_outside(running, done, attempt.known if resumes and attempt is not None else {})
        except asyncio.CancelledError:
            await ends_of(self._stopped(running))
            raise
        except Failure as failure:
            await self._failed(running, failure)
            if failure.sqlstate not in _NO_LOCK or number > task.script.directives.retries:
                raise
            await self._wait(running, failure)
            return False
        return True

    async def _stopped(self, running: Running) -> None:
        await running.log.write_apart(running.task, "cancelled", statement_no=running.reached)

    async def _failed(self, running: Running, failure: Failure) -> None:
        task, number = running.task, running.statement
        await running.log.write_apart(
            task,
            "failed",
            statement_no=running.statement,
            sqlstate=failure.sqlstate or None,
            error=failure.sentence,
            duration_ms=(monotonic() - running.began) * 1000,
        )
        place = place_of(task.script, number - 1, failure) if 0 < number <= len(task.script.statements) else None
        if failure.kind is FailureKind.LINK and running.committing:
            kept = "whether it was kept is not known until the server answers: look at the state then"
        elif task.script.in_transaction:
            kept = "nothing of it was kept"
        else:
            kept = f"{running.reached} of {len(task.script.statements)} statements are done; it can go on from there"
        self._tell(FileFailed(task, failure, place, kept, running.watcher.blockers))

    async def _wait(self, running: Running, failure: Failure) -> None:
        attempts = running.task.script.directives.retries + 1
        seconds = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (running.attempt - 1)) * random.uniform(0.75, 1.25)  # noqa: S311
        self._tell(Retrying(running.task, running.attempt, attempts, seconds, failure, running.watcher.blockers))
        await self._pause(seconds)

    def _hear(self, notice: Notice) -> None:
        self._tell(Heard(notice))


def _already(history: History, task: Task) -> str:
    """Why nothing is to be done for this task; empty where something is."""
    version = task.file.version
    attempt = history.open_attempt(version)
    applied = version in history.versions
    if task.way == "up" and applied and not (attempt is not None and attempt.is_partway):
        last = history.last_done(version)
        return f"applied meanwhile by {last.client or last.login}" if last is not None else "applied meanwhile"
    if task.way == "down" and not applied and not (attempt is not None and attempt.is_partway):
        return "not applied any more"
    return ""
