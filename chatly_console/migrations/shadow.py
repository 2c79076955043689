"""A database for proofs: made empty beside the connected one, given what Supabase would give, and always removed.

Never copied from a database in use: CREATE DATABASE ... TEMPLATE would keep everybody from connecting to it meanwhile.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from chatly_console.core.failure import Failure
from chatly_console.core.quote import quote_identifier
from chatly_console.migrations.layouts import read_text
from chatly_console.migrations.limits import ends_of
from chatly_console.server.database import Database
from chatly_console.server.dedicated import Dedicated
from chatly_console.server.sql_files import load_sql

NAME = "chatly-console shadow"


class Shadow:
    """An empty database to prove migrations on; `database` is the connection to it as it is now."""

    def __init__(self, host: Database, folder: Path, *, bare: bool = False) -> None:
        self._host = host
        self._bare = bare
        self._folder = folder
        self._name = f"chatly_shadow_{os.getpid()}_{int(time.time())}"
        self._database: Database | None = None

    @property
    def database(self) -> Database:
        """The connected shadow."""
        assert self._database is not None
        return self._database

    async def make(self) -> None:
        """Make it anew, empty but for what Supabase's own schemas stand for. Raises `Failure`."""
        await self._leave()
        async with self._host.dedicated(NAME) as admin:
            await _sweep(admin)
            name = quote_identifier(self._name)
            await admin.run(f"drop database if exists {name} with (force)")
            try:
                await admin.run(f"create database {name} template template0")
            except Failure as failure:
                if failure.sqlstate == "42501":
                    failure.hint = (
                        "The login needs CREATEDB; or prove it elsewhere: --shadow embedded, or --shadow with the "
                        "connection string of a server for such things."
                    )
                raise
        await self._connect()
        await self._prepare()
        # The stand-in sets things for the whole database, which only a new connection sees.
        await self._leave()
        await self._connect()

    async def remove(self) -> None:
        """Drop it, whoever is still in it."""
        await self._leave()
        async with self._host.dedicated(NAME) as admin:
            await admin.run(f"drop database if exists {quote_identifier(self._name)} with (force)")

    async def _connect(self) -> None:
        opening = self._host.beside(self._name)
        self._database = await Database.connect(opening)

    async def _leave(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            await database.close()

    async def _prepare(self) -> None:
        """Run the folder's `local/*.sql`, which stand for what the host of the real database provides."""
        local = self._folder / "local"
        if self._bare or not local.is_dir():
            return
        async with self.database.dedicated(NAME) as session:
            await session.run("set client_min_messages = warning")
            for path in sorted(local.glob("*.sql")):
                try:
                    await session.run(await asyncio.to_thread(read_text, path))
                except Failure as failure:
                    failure.sentence = f"local/{path.name}: {failure.sentence}"
                    failure.hint = failure.hint or (
                        "It makes what Supabase has, and wants a superuser: --shadow embedded proves it on the "
                        "console's own server."
                    )
                    raise


@asynccontextmanager
async def shadow_of(
    host: Database, folder: Path, tell: Callable[[str], None], *, bare: bool = False
) -> AsyncIterator[Shadow]:
    """A shadow for the folder's migrations on the server of `host`; it is removed at the end, come what may. A `bare`
    one is not given what Supabase would give: a dump brings that along."""
    shadow = Shadow(host, folder, bare=bare)
    try:
        tell("making an empty database to prove it on")
        await shadow.make()
        yield shadow
    finally:
        await ends_of(shadow.remove())


async def _sweep(admin: Dedicated) -> None:
    """Remove what consoles that died have left."""
    rows: list[Any] = await admin.records(load_sql("chatly_console.migrations", "orphans"))
    for row in rows:
        try:
            await admin.run(f"drop database if exists {quote_identifier(row['name'])}")
        except Failure:
            continue  # somebody is in it again: it is not ours to judge
