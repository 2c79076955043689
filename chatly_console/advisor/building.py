"""Builds an index for good: CREATE INDEX CONCURRENTLY on a connection of its own, with its progress, and no remains.

Whatever ends the build early (an error, a cancel, a lost link that comes back), the invalid index that the server then
leaves is dropped. Where this program is killed the server ends the build within seconds by itself, because it looks
whether anybody is still there; the invalid index is then found by the check `invalid_index`, and dropped by the next
build of the same name.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatly_console.advisor.candidate import Candidate
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier
from chatly_console.server.database import Database
from chatly_console.server.dedicated import Dedicated
from chatly_console.server.lease import in_any_case
from chatly_console.server.sql_files import load_sql

APPLICATION = "chatly-console: index build"
LOOK_EVERY = 0.25
"""Seconds between two looks at the progress."""
_ROOM = "chatly_console.advisor"
CLEAN_LIMIT = 5.0
"""Seconds that a cancelled build waits for what holds the table before it leaves the removal to `remove_remains`."""
_NOTICES_A_DEAD_CONSOLE = "set client_connection_check_interval to '2s'"


@dataclass(frozen=True, slots=True)
class Building:
    """How far a build is: the server's own name of the phase, the part that is done, and whom it waits for."""

    phase: str
    share: float | None = None
    amount: str = ""
    waits_for: str = ""

    @property
    def words(self) -> str:
        """In one line."""
        share = "" if self.share is None else f"{self.share:.0%}"
        waits = f"waits for {self.waits_for}" if self.waits_for else ""
        return "   ".join(filter(None, (self.phase, share, self.amount, waits)))


@dataclass(frozen=True, slots=True)
class Built:
    """An index that is there now."""

    seconds: float
    megabytes: float


Tell = Callable[[Building], None]


async def may_build(database: Database, candidate: Candidate) -> str:
    """What the user should know before agreeing; raises `Failure` where it cannot be built here."""
    table = candidate.table
    found: Any = await database.records(load_sql("chatly_console.explain", "table_gate"), table.qualified)
    state = await _state(database, candidate)
    if not found:
        raise Failure(f"{table.qualified} is not there.", FailureKind.SQL)
    gate = found[0]
    refusals = (
        (gate["in_recovery"], "This server is a standby: an index is built on its primary."),
        (not gate["is_ours"], f"{table.qualified} belongs to somebody else."),
        (gate["kind"] == "p", f"{table.qualified} is partitioned: build it on each partition."),
        (database.facts.transaction_pooler, "A transaction pooler keeps no session, which the build needs."),
        (state is not None and state["valid"], f"There is an index {candidate.qualified_name} already."),
        (state is not None and state["building"], f"{candidate.qualified_name} is being built just now."),
    )
    for refused, why in refusals:
        if refused:
            raise Failure(why, FailureKind.REFUSED, hint="m writes it as a migration.")
    dropped = state is not None and candidate.broken is None
    remains = " The invalid index of this name is dropped first." if dropped else ""
    return (
        f"{candidate.sql()};\n\nReaders and writers of the {table.megabytes:,.0f} MB go on meanwhile; it takes SHARE"
        f" UPDATE EXCLUSIVE and waits for transactions that are older.{remains} ^g cancels, and leaves nothing.\n"
        f"It is taken back by: {candidate.undo};"
    )


async def build_index(database: Database, candidate: Candidate, tell: Tell = lambda building: None) -> Built:
    """Build the index; raises `Failure`, or is cancelled, and then nothing of it is left."""
    await may_build(database, candidate)
    async with database.dedicated(APPLICATION) as session:
        await _drop_remains(session, candidate)
        await _end_with_the_console(session)
        began = time.monotonic()
        looking = asyncio.create_task(_look(database, session.pid, tell))
        try:
            await session.run(candidate.sql())
        except (Failure, asyncio.CancelledError):
            await in_any_case(_clean(database, session, candidate))
            raise
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        seconds = time.monotonic() - began
        if candidate.has_expression:
            await session.run(f"analyze {candidate.table.qualified}")
    state = await _state(database, candidate)
    if state is None or not state["valid"]:
        raise Failure(f"{candidate.qualified_name} came out invalid.", FailureKind.SQL)
    return Built(seconds, float(state["megabytes"]))


async def is_left(database: Database, candidate: Candidate) -> bool:
    """Whether an invalid index of a build that was cut off stands about."""
    for name in candidate.remains:
        rows: Any = await database.records(load_sql(_ROOM, "index_state"), name)
        if rows and not rows[0]["valid"]:
            return True
    return False


async def remove_remains(database: Database, candidate: Candidate) -> None:
    """Drop the invalid index of a build that was cut off, however long a transaction that holds its table may take."""
    async with database.dedicated(APPLICATION) as session:
        await _end_with_the_console(session)
        await _drop_remains(session, candidate)


async def _end_with_the_console(session: Dedicated) -> None:
    try:
        await session.run(f"{_NOTICES_A_DEAD_CONSOLE}; set lock_timeout to 0; set statement_timeout to 0")
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        # a server whose system cannot tell: there the build of a console that was killed goes on to its end
        await session.run("set lock_timeout to 0; set statement_timeout to 0")


async def _drop_remains(session: Dedicated, candidate: Candidate) -> None:
    for name in candidate.remains:
        rows: Any = await session.records(load_sql(_ROOM, "index_state"), name)
        if rows and not rows[0]["valid"] and not rows[0]["building"]:
            await session.run(f"drop index concurrently if exists {name}")


async def _clean(database: Database, session: Dedicated, candidate: Candidate) -> None:
    """Drop the invalid index; over another connection where this one is gone."""
    try:
        async with asyncio.timeout(CLEAN_LIMIT):
            try:
                await _drop_remains(session, candidate)
            except Failure:
                async with database.dedicated(APPLICATION) as other:
                    await _drop_remains(other, candidate)
    except (Failure, TimeoutError):
        return  # a transaction holds the table, or the server is gone: `is_left` tells


async def _state(database: Database, candidate: Candidate) -> Any:
    rows = await database.records(load_sql(_ROOM, "index_state"), candidate.qualified_name)
    return rows[0] if rows else None


async def _look(database: Database, pid: int, tell: Tell) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            rows: Any = await database.records(load_sql(_ROOM, "index_build"), pid, timeout=5.0)
        except Failure:
            continue
        if rows:
            tell(building_of(rows[0]))


def building_of(row: Any) -> Building:
    """A row of the server's own view of the build as what is told of it."""
    done, total = row["done"] or 0.0, row["total"] or 0.0
    held = [f"pid {one['pid']} ({quote_identifier(one['login'] or '?')}, {one['state'] or 'at work'})"
            for one in row["waits_for"] or ()]  # fmt: skip
    words = f"{done:,.0f} of {total:,.0f} {row['unit']}" if total else ""
    return Building(row["phase"], min(1.0, done / total) if total else None, words, ", ".join(held))
