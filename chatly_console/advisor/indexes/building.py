"""Builds an index for good: CREATE INDEX CONCURRENTLY on a connection of its own, with its progress, and no remains.

That of a partitioned table is built on each partition in turn, and then put together (see `partitions`).

Whatever ends the build early (an error, a cancel, a lost link that comes back), what it has made by then is dropped.
Where this program is killed the server ends the build within seconds by itself, because it looks whether anybody is
still there; what is left is then named by the checks and by the note that was made before (see `notebook`), and the
next build of the same index drops it, or goes on with it.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.partitions import PartIndex, build_sql, joining_sql, part_indexes, remains_of
from chatly_console.advisor.indexes.table_facts import read_named
from chatly_console.advisor.indexes.twins import equal_index
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
JOIN_LIMIT = "2s"
"""How long writers of a partitioned table may have to queue behind the moment in which its index is put together."""
_JOIN_TRIES = 10
_NOTICES_A_DEAD_CONSOLE = "set client_connection_check_interval to '2s'"
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True)
class Building:
    """How far a build is: the server's own name of the phase, the part that is done, and whom it waits for."""

    phase: str
    share: float | None = None
    amount: str = ""
    waits_for: str = ""
    part: str = ""
    """Which partition it is at; empty for a table without."""

    @property
    def words(self) -> str:
        """In one line."""
        share = "" if self.share is None else f"{self.share:.0%}"
        waits = f"waits for {self.waits_for}" if self.waits_for else ""
        phase = self.phase.removeprefix("building index: ")
        return "  ".join(filter(None, (share, self.part, phase, self.amount, waits)))


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
    foreign = next((one.qualified for one in table.partitions if one.is_foreign), "")
    refusals = (
        (gate["in_recovery"], "This server is a standby: an index is built on its primary."),
        (not gate["is_ours"], f"{table.qualified} belongs to somebody else."),
        (gate["kind"] == "p" and not table.partitions, f"{table.qualified} has no partitions to build it on."),
        (bool(foreign), f"The partition {foreign} is a foreign table, which takes no index."),
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
        f"{_what_happens(candidate)}{remains} ^g cancels, and leaves nothing.\nIt is taken back by: {candidate.undo};"
    )


def _what_happens(candidate: Candidate) -> str:
    table = candidate.table
    meanwhile = f"Readers and writers of the {table.megabytes:,.0f} MB go on meanwhile"
    if not table.is_partitioned:
        return (
            f"{candidate.sql()};\n\n{meanwhile}; it takes SHARE UPDATE EXCLUSIVE and waits for transactions that are"
            " older."
        )
    count = sum(one.is_leaf for one in table.partitions)
    return (
        f"create index {candidate.name} on {candidate.on};\n\nIt is built concurrently on each of the {count}"
        f" partitions, one after the other. {meanwhile}. Then the parts are put together in one transaction of the"
        f" catalogue alone, for which writers wait a moment, {JOIN_LIMIT} at most."
    )


async def build_index(database: Database, candidate: Candidate, tell: Tell = lambda building: None) -> Built:
    """Build the index; raises `Failure`, or is cancelled, and then nothing of it is left."""
    await may_build(database, candidate)
    async with database.dedicated(APPLICATION) as session:
        await _drop_remains(session, candidate, keep_valid=True)
        await _end_with_the_console(session)
        began = time.monotonic()
        try:
            if candidate.table.is_partitioned:
                await _build_parts(database, session, candidate, tell)
            else:
                await _watched(database, session, candidate.sql(), tell)
        except (Failure, asyncio.CancelledError):
            await in_any_case(_clean(database, session, candidate))
            raise
        seconds = time.monotonic() - began
        if candidate.has_expression:
            await session.run(f"analyze {candidate.table.qualified}")
    state = await _state(database, candidate)
    if state is None or not state["valid"]:
        raise Failure(f"{candidate.qualified_name} came out invalid.", FailureKind.SQL)
    return Built(seconds, float(state["megabytes"]))


async def _watched(database: Database, session: Dedicated, sql: str, tell: Tell) -> None:
    looking = asyncio.create_task(_look(database, session.pid, tell))
    try:
        await session.run(sql)
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _build_parts(database: Database, session: Dedicated, candidate: Candidate, tell: Tell) -> None:
    indexes = part_indexes(candidate, await _equal_ones(database, candidate))
    leaves = [one for one in indexes if one.partition.is_leaf]
    for number, one in enumerate(leaves, 1):
        part = f"partition {number} of {len(leaves)}, {one.partition.name}"
        tell(Building("is there already" if one.is_there else "begins", part=part))
        if not one.is_there:

            def told(at: Building, part: str = part) -> None:
                tell(replace(at, part=part))

            await _watched(database, session, build_sql(candidate, one), told)
    tell(Building("putting the parts together"))
    await _join(session, candidate, indexes, tell)


async def _equal_ones(database: Database, candidate: Candidate) -> dict[str, str]:
    """The indexes of partitions that need not be built, also those of a build that was cut off."""
    names = [f"{one.schema}.{one.name}" for one in candidate.table.partitions if one.is_leaf]
    tables = await read_named(database, names)
    found = {table.qualified: equal_index(replace(candidate, table=table)) for table in tables}
    return {name: index.name for name, index in found.items() if index is not None}


async def _join(session: Dedicated, candidate: Candidate, indexes: list[PartIndex], tell: Tell) -> None:
    """In one transaction; where somebody holds the table for long, writers are let past before the next try."""
    script = "; ".join(
        ["begin", f"set local lock_timeout to '{JOIN_LIMIT}'", *joining_sql(candidate, indexes), "commit"]
    )
    for left in reversed(range(_JOIN_TRIES)):
        try:
            await session.run(script)
            return
        except Failure as failure:
            await session.run("rollback")
            if failure.sqlstate != _LOCK_NOT_AVAILABLE or not left:
                raise
        tell(Building("putting the parts together", waits_for=f"a transaction that holds {candidate.table.name}"))
        await asyncio.sleep(LOOK_EVERY)


async def is_left(database: Database, candidate: Candidate) -> bool:
    """Whether anything of a build that was cut off stands about."""
    for name in remains_of(candidate):
        rows: Any = await database.records(load_sql(_ROOM, "index_state"), name)
        if rows and _is_remains(candidate, rows[0]):
            return True
    return False


async def remove_remains(database: Database, candidate: Candidate) -> None:
    """Drop what a build that was cut off has left, however long a transaction that holds its table may take."""
    async with database.dedicated(APPLICATION) as session:
        await _end_with_the_console(session)
        await _drop_remains(session, candidate)


def _is_remains(candidate: Candidate, state: Any) -> bool:
    """An index that is invalid, or the one of a partition that belongs to no whole."""
    return not state["valid"] or (candidate.table.is_partitioned and not state["attached"])


async def _end_with_the_console(session: Dedicated) -> None:
    try:
        await session.run(f"{_NOTICES_A_DEAD_CONSOLE}; set lock_timeout to 0; set statement_timeout to 0")
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        # a server whose system cannot tell: there the build of a console that was killed goes on to its end
        await session.run("set lock_timeout to 0; set statement_timeout to 0")


async def _drop_remains(session: Dedicated, candidate: Candidate, *, keep_valid: bool = False) -> None:
    """Drop what is left of an earlier build; with `keep_valid` not what the next one can go on with."""
    for name in remains_of(candidate):
        rows: Any = await session.records(load_sql(_ROOM, "index_state"), name)
        if not rows or rows[0]["building"] or not _is_remains(candidate, rows[0]):
            continue
        if not (keep_valid and rows[0]["valid"]):
            whole = candidate.table.is_partitioned and name == candidate.qualified_name
            await session.run(f"drop index {'' if whole else 'concurrently '}if exists {name}")


async def _clean(database: Database, session: Dedicated, candidate: Candidate) -> None:
    """Drop what has been made; over another connection where this one is gone."""
    try:
        async with asyncio.timeout(CLEAN_LIMIT):
            try:
                await session.run("rollback")
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
