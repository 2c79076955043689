"""Looks at a running statement from a second connection: whom it waits for, how far it is, which locks it holds."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, TypeVar

from chatly_console.core.failure import Failure
from chatly_console.migrations.events import Blocker, Sight, TakenLock
from chatly_console.migrations.tracing import mode_words, with_times
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"
_T = TypeVar("_T")
LOOK_EVERY = 0.25
"""Seconds between two looks; a statement that is done before the first costs none."""


class Watcher:
    """Watches one server process, and tells what it sees."""

    def __init__(self, database: Database, pid: int, tell: Callable[[Sight], None]) -> None:
        self._database = database
        self._pid = pid
        self._tell = tell
        self._held: list[tuple[TakenLock, float]] = []
        self.blockers: tuple[Blocker, ...] = ()
        """Who was seen last to keep it waiting."""

    async def during(self, work: Awaitable[_T], statement: int = 0) -> _T:
        """Await `work` and watch meanwhile; `statement` is its number, for the locks that are seen."""
        self.blockers = ()
        looking = asyncio.create_task(self._look(statement))
        try:
            return await work
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    def locks(self) -> tuple[TakenLock, ...]:
        """The locks that were seen, each with its time; for what has no transaction of its own to ask."""
        return with_times(self._held)

    async def _look(self, statement: int) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                rows: Any = await self._database.records(load_sql(_PACKAGE, "watch"), self._pid, timeout=5.0)
            except Failure:
                continue
            self._note(rows[0], statement)
            self._tell(self._sight(rows[0]))

    def _note(self, row: Any, statement: int) -> None:
        known = {(lock.relation, lock.mode) for lock, _ in self._held}
        for one in row["locks"] or ():
            mode = mode_words(one["mode"])
            if (one["relation"], mode) not in known and one["kind"] in ("r", "p", "m"):
                self._held.append((TakenLock(one["relation"], mode, statement), monotonic()))

    def _sight(self, row: Any) -> Sight:
        blockers = tuple(
            Blocker(
                one["pid"], one["login"] or "", one["application"] or "", one["state"] or "",
                float(one["seconds"] or 0), one["query"] or "",
            )
            for one in row["blockers"] or ()
        )  # fmt: skip
        self.blockers = blockers or self.blockers
        waits = row["waits"]
        words = f"{mode_words(waits['mode'])} on {waits['relation']}" if waits else ""
        going = row["building"] or row["rewriting"] or row["vacuuming"] or row["copying"]
        if not going:
            return Sight(blockers, words)
        done, total = int(going["done"] or 0), int(going["total"] or 0)
        amount = f"{done:,} of {total:,} {going['unit']}" if total else ""
        return Sight(blockers, words, going["phase"] or "", min(1.0, done / total) if total else None, amount)
