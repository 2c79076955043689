"""Changes what the history says without running anything: marks, and the first state of an old database.

All of it is written to the log, under the same lock as a run.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Literal

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.migrations.files import MigrationFile
from chatly_console.migrations.record import Log, forget, make_tables, record_applied
from chatly_console.migrations.runner import NAME
from chatly_console.migrations.status import Migration, State
from chatly_console.migrations.turn import refuse_target, take_turn
from chatly_console.server.database import Database
from chatly_console.server.dedicated import Dedicated

Mark = Literal["applied", "reverted"]


async def mark(database: Database, migrations: Sequence[Migration], what: Mark) -> None:
    """Say that these are applied (as their files are now), or that they are not; nothing of them runs."""
    async with _session(database) as session:
        log = Log(session, database)
        for migration in migrations:
            entry = migration.entry
            await session.run("begin")
            if what == "applied":
                if migration.file is None:
                    raise Failure(f"No file of {migration.version} is here, so it is not known what it is.")
                await record_applied(session, migration.file, again=True)
                await log.write_about(migration.file, "repair", "done", detail={"marked": what})
            else:
                layout = migration.file.layout if migration.file else entry.kept_by if entry else "chatly"
                await forget(session, migration.version, layout, migration.file)
                await log.write_mark(migration.version, migration.name, "repair", {"marked": what})
            await session.run("commit")


async def baseline(database: Database, files: Sequence[MigrationFile]) -> None:
    """Take these for what the database has already: it was built by other means. Only where no history is kept."""
    async with _session(database) as session:
        log = Log(session, database)
        await session.run("begin")
        for file in files:
            await record_applied(session, file, again=False)
            await log.write_about(file, "baseline", "done")
        await session.run("commit")


async def resume_at(database: Database, migration: Migration, statement: int) -> None:
    """Say at which statement (from 1) a file that failed partway is to go on."""
    if migration.state is not State.PARTWAY or migration.attempt is None or migration.file is None:
        raise Failure(f"{migration.version} {migration.name} did not fail partway.", FailureKind.USAGE)
    way = migration.attempt.entry.direction
    script = migration.file.down if way == "down" else migration.file.up
    count = len(script.statements) if script is not None else 0
    if not 1 <= statement <= count + 1:
        raise Failure(f"It has {count} statements: --at is 1 to {count + 1}.", FailureKind.USAGE)
    async with _session(database) as session:
        await Log(session, database).write_about(
            migration.file,
            way,
            "step",
            in_transaction=False,
            statement_no=statement - 1,
            statement_count=count,
            detail={"next": 0, "repaired": True},
        )


@asynccontextmanager
async def _session(database: Database) -> AsyncIterator[Dedicated]:
    """A session that has the turn."""
    refuse_target(database)
    async with database.dedicated(NAME) as session:
        await take_turn(session, lambda holder: None)
        await make_tables(session)
        yield session
