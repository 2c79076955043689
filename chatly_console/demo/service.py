"""Builds the Chatly database of the demo: the stand-in for Supabase, the migrations, the data.

It is built under another name and renamed at the end, so a database called `chatly` is always a whole one, and a build
that was interrupted is begun afresh.
"""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from chatly_console.core.quote import quote_literal
from chatly_console.demo.fingerprint import PREFIX, fingerprint, out_of_date
from chatly_console.demo.rows import Batch
from chatly_console.migrations.events import FileBegan, Task
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.runner import Runner
from chatly_console.resources import data_folder
from chatly_console.server.database import Database
from chatly_console.server.errors import failure_of
from chatly_console.server.pool import Opening
from chatly_console.server.sql_files import load_sql

DATABASE = "chatly"
BUILDING = "chatly_building"

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done, from 0 to 1."""

_CONNECT_SECONDS = 10
_STATEMENT_SECONDS = 300
_BUILD_LOCK = 4_213_771_905
"""The advisory lock of whoever builds: a second console waits instead of building over the first."""


@dataclass(frozen=True, slots=True)
class _Server:
    """Where the databases are; the superuser is whoever logs in without a password over the socket."""

    host: str
    port: int
    user: str

    @property
    def arguments(self) -> dict[str, Any]:
        """The driver's arguments, without a database."""
        # A build that is cut short is begun afresh, so nothing of it has to be on the disk at once.
        settings = {"application_name": "chatly-console build", "synchronous_commit": "off"}
        return {"host": self.host, "port": self.port, "user": self.user, "server_settings": settings}

    @contextlib.asynccontextmanager
    async def connect(self, database: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """A connection that is closed at the end, also after an error."""
        connection = await asyncpg.connect(
            **self.arguments,
            database=database,
            timeout=_CONNECT_SECONDS,
            command_timeout=_STATEMENT_SECONDS,
        )
        try:
            yield connection
        finally:
            await connection.close(timeout=_CONNECT_SECONDS)


async def build_database(
    host: str,
    port: int = 5432,
    database: str = DATABASE,
    *,
    user: str = "postgres",
    scale: int = 1,
    progress: Progress = lambda doing, share: None,
) -> str:
    """Build `database` on the server behind the socket folder `host`, unless it is there already.

    Returns what is out of date in one that was there, in a sentence; it is left as it is.
    """
    server = _Server(host, port, user)
    async with server.connect("postgres") as admin:
        await admin.execute(f"select pg_advisory_lock({_BUILD_LOCK})")
        if await admin.fetchval("select exists (select from pg_database where datname = $1)", database):
            built = await admin.fetchrow(load_sql("chatly_console.demo", "built_from"), database)
            return out_of_date(built["comment"], built["days"]) if built is not None else ""
        progress("Creating the database", 0)
        await admin.execute(f'drop database if exists "{BUILDING}" with (force)')
        await admin.execute(f'create database "{BUILDING}"')
        async with server.connect(BUILDING) as connection:
            await prepare(connection, progress=progress)
        # A new connection sees the search path that the stand-in set for the database.
        await migrate({**server.arguments, "database": BUILDING}, progress=progress)
        async with server.connect(BUILDING) as connection:
            await load(connection, scale=scale, progress=progress)
        await admin.execute(f'comment on database "{BUILDING}" is {quote_literal(PREFIX + fingerprint())}')
        await admin.execute(f'alter database "{BUILDING}" rename to {_quoted(database)}')
        return ""


async def drop_database(host: str, port: int = 5432, database: str = DATABASE, *, user: str = "postgres") -> None:
    """Remove the database with all that is in it, so that the next build begins afresh."""
    async with _Server(host, port, user).connect("postgres") as admin:
        await admin.execute(f"select pg_advisory_lock({_BUILD_LOCK})")
        await admin.execute(f"drop database if exists {_quoted(database)} with (force)")


async def prepare(
    connection: "asyncpg.Connection[asyncpg.Record]", *, progress: Progress = lambda doing, share: None
) -> None:
    """Give a plain PostgreSQL what a Supabase project has."""
    for path in _sql_files(data_folder("database") / "local"):
        progress(f"Preparing: {path.stem}", 0)
        await connection.execute(path.read_text(encoding="utf-8"))


async def migrate(arguments: Mapping[str, Any], *, progress: Progress = lambda doing, share: None) -> None:
    """Apply Chatly's migrations to the database that the driver's arguments name, as the Migrations pane does: each
    whole or not at all, recorded as the Supabase CLI does, with the log beside. Raises `Failure`."""
    tasks = [Task(file, "up") for file in read_folder(data_folder("database")).files]

    def tell(event: object) -> None:
        if isinstance(event, FileBegan):
            progress(f"Migrating: {event.task.file.name}", tasks.index(event.task) / len(tasks))

    database = await Database.connect(Opening(arguments, pool_size=2))
    try:
        await Runner(database, tell).run(tasks)
    finally:
        await database.close()


async def load(
    connection: "asyncpg.Connection[asyncpg.Record]",
    *,
    scale: int = 1,
    now: datetime | None = None,
    progress: Progress = lambda doing, share: None,
) -> None:
    """Fill an empty Chatly database by COPY; indexes are built after the rows, which is several times faster.

    Foreign keys are not checked row by row meanwhile (that needs a superuser): the rows are made with their parents,
    and a test proves every key. A load that fails leaves the tables half full and without indexes: throw them away.
    """
    from chatly_console.demo.seed import batches, row_count  # with numpy: a demo that is built needs neither

    await connection.execute(
        "set session_replication_role = replica; set synchronous_commit = off; "
        "set maintenance_work_mem = '256MB'; set client_min_messages = warning"
    )
    try:
        indexes = await connection.fetch(load_sql("chatly_console.demo", "indexes_built_last"))
        for index in indexes:
            await connection.execute(index["removal"])
        stream = batches(data_folder("database") / "seed", scale=scale, now=now or datetime.now(UTC))
        await _copy_all(connection, stream, row_count(scale), progress)
        for place, index in enumerate(indexes):
            progress(f"Indexing: {index['table']}", place / len(indexes))
            await connection.execute(index["definition"])
            if index["comment"] is not None:
                await connection.execute(index["comment"])
        progress("Gathering statistics", 0)
        await connection.execute("vacuum (analyze)")
    finally:
        if not connection.is_closed():
            await connection.execute("reset all")


async def fill(arguments: Mapping[str, Any]) -> None:
    """Load the data into an empty Chatly database, given as the driver's arguments. Raises `Failure`."""
    try:
        connection = await asyncpg.connect(**{**arguments, "timeout": _CONNECT_SECONDS})
        try:
            await load(connection)
        finally:
            await connection.close(timeout=_CONNECT_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        failure = failure_of(error)
        failure.sentence = f"Chatly's data cannot be loaded: {failure.sentence}"
        raise failure from error


async def _copy_all(
    connection: "asyncpg.Connection[asyncpg.Record]", stream: Iterator[Batch], expected: int, progress: Progress
) -> None:
    """Copy batch after batch; the next is made in a thread while the server takes in the last."""
    done = 0
    upcoming = asyncio.create_task(asyncio.to_thread(next, stream, None))
    try:
        while (batch := await upcoming) is not None:
            upcoming = asyncio.create_task(asyncio.to_thread(next, stream, None))
            target = batch.target
            progress(f"Loading: {target.phase}", min(1.0, done / expected))
            await connection.copy_to_table(
                target.table,
                schema_name=target.schema,
                columns=target.columns,
                source=io.BytesIO(batch.data),
                format="binary" if target.binary else "text",
            )
            done += batch.rows
    finally:
        upcoming.cancel()


def _sql_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sql"))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
