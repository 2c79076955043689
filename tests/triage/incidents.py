"""Incidents made on a real server: sessions that hold, wait and idle, all gone when the block is left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg


class Incident:
    """Opens named sessions and lets their statements wait."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.pids: dict[str, int] = {}
        self.connections: dict[str, asyncpg.Connection[asyncpg.Record]] = {}
        self.waiting: list[asyncio.Task[object]] = []

    async def session(self, name: str, *statements: str) -> int:
        """Connect as application `name`, and run the statements."""
        connection = await asyncpg.connect(self.dsn, server_settings={"application_name": name})
        self.connections[name] = connection
        self.pids[name] = connection.get_server_pid()
        for statement in statements:
            await connection.execute(statement)
        return self.pids[name]

    async def wait_on(self, name: str, statement: str) -> int:
        """A session whose statement waits for a lock; returns once the server says that it waits."""
        pid = await self.session(name)
        task = asyncio.create_task(self.connections[name].execute(statement))
        self.waiting.append(task)
        observer = self.connections["observer"]
        async with asyncio.timeout(30):
            while not await observer.fetchval(
                "select exists(select from pg_locks where pid = $1 and not granted)", pid
            ):
                await asyncio.sleep(0.01)
        return pid

    async def close(self) -> None:
        """End everything."""
        for connection in self.connections.values():
            connection.terminate()
        await asyncio.gather(*self.waiting, return_exceptions=True)


@asynccontextmanager
async def incident(dsn: str) -> AsyncIterator[Incident]:
    """An incident to fill."""
    made = Incident(dsn)
    await made.session("observer")
    try:
        yield made
    finally:
        await made.close()


async def let_count(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Have the server count what this session has done so far, so that others see it."""
    if connection.get_server_version() >= (15, 0):
        await connection.execute("select pg_stat_force_next_flush()")
    else:  # counts are sent, and read again, each half a second
        for _ in range(2):
            await connection.execute("select pg_sleep(0.6)")


async def make_lock_chain(made: Incident) -> None:
    """Two roots: an idle transaction with a queued ALTER and its readers behind it, and an advisory pair."""
    await made.connections["observer"].execute(
        "create table if not exists messages (id int primary key, body text);"
        "insert into messages values (1, 'a'), (2, 'b') on conflict do nothing"
    )
    await made.session("app", "begin", "update messages set body = 'x' where id = 1")
    await made.wait_on("migrator", "alter table messages add column read_at timestamptz")
    await made.wait_on("reader-1", "select * from messages")
    await made.wait_on("reader-2", "select count(*) from messages")
    await made.session("holder", "select pg_advisory_lock(77, 5)")
    await made.wait_on("seeker", "select pg_advisory_lock(77, 5)")
