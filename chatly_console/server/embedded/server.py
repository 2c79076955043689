"""Starts, shares and stops the embedded server; consoles that run at once share one.

Each console holds a shared lock on the users file. A detached keeper waits until nobody does, and stops the server.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.embedded import keeper
from chatly_console.server.embedded.binaries import Binaries, find_binaries
from chatly_console.server.embedded.cluster import (
    PORT,
    USER,
    check_version,
    make_cluster,
    socket_folder_of,
    start_postmaster,
)
from chatly_console.server.embedded.failures import in_words
from chatly_console.server.embedded.home import Home, find_home
from chatly_console.server.embedded.locks import START_SECONDS, Progress, is_held, starting, take_lock
from chatly_console.server.embedded.removal import remove_abandoned

_STOP_SECONDS = 30
_KEEPER_SECONDS = 20
_NO_KEEPER = "The process that watches over the embedded PostgreSQL did not start."


@dataclass
class EmbeddedServer:
    """A share in the running server: it lives at least as long as this is not released."""

    home: Home
    binaries: Binaries
    socket_dir: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = PORT
    user: str = USER
    _users_lock: int | None = None

    @property
    def data_dir(self) -> Path:
        """The folder that holds all of this server's files."""
        return self.home.path

    def dsn(self, database: str = "postgres") -> str:
        """A connection URL for `database` as the superuser, over the socket and without a password."""
        name = quote(database, safe="")
        return f"postgresql://{self.user}@/{name}?host={quote(str(self.socket_dir))}&port={self.port}"

    @property
    def pid(self) -> int | None:
        """The server's process id, or None if it does not run just now."""
        return keeper.postmaster_pid(str(self.home.data))

    def trouble(self) -> str:
        """That the server has ended, where it has."""
        return "" if self.pid is not None else "The embedded PostgreSQL has ended."

    async def mend(self) -> None:
        """Start it again."""
        await self.revive()

    async def revive(self, progress: Progress = lambda words: None) -> None:
        """Start the server again if it ended: killed, or on a full disk."""
        with in_words(self.home):
            async with starting(self.home.lock("start"), progress):
                await asyncio.to_thread(ensure_keeper, self.home)
                self.socket_dir = await _running(self.home, self.binaries, self.settings, progress)

    def release(self) -> None:
        """Give up this share; if it was the last one, the keeper stops the server."""
        lock, self._users_lock = self._users_lock, None
        if lock is None:
            return
        try:
            with contextlib.suppress(Failure, OSError):
                ensure_keeper(self.home)
        finally:
            os.close(lock)

    async def stop(self) -> None:
        """Give up this share and wait until the server has ended, unless somebody else still uses it."""
        self.release()
        users = self.home.lock("users")
        limit = time.monotonic() + _STOP_SECONDS
        while self.pid is not None and time.monotonic() < limit:
            if not is_held(users) and await _is_shared(users):
                return
            await asyncio.sleep(0.02)


async def start(
    data_dir: Path | None = None, progress: Progress = lambda words: None, *, settings: Mapping[str, str] | None = None
) -> EmbeddedServer:
    """A share in the server whose files are in `data_dir`, started first if it does not run.

    `progress` hears what is being done. `settings` are given to the server if it has to be started.
    """
    binaries = find_binaries()
    await remove_abandoned(progress)
    home = await asyncio.to_thread(find_home, data_dir)
    with in_words(home):
        home.prepare()
        binaries = await asyncio.to_thread(binaries.reachable_by, home.owner, home.path)
        async with starting(home.lock("start"), progress):
            users = await take_lock(
                home.lock("users"),
                shared=True,
                seconds=_STOP_SECONDS,
                waiting="Waiting for the server to stop",
                progress=progress,
            )
            try:
                await asyncio.to_thread(ensure_keeper, home)
                socket_dir = await _running(home, binaries, settings or {}, progress)
            except BaseException:
                os.close(users)
                raise
    return EmbeddedServer(home, binaries, socket_dir, settings or {}, _users_lock=users)


async def _running(home: Home, binaries: Binaries, settings: Mapping[str, str], progress: Progress) -> Path:
    """Make sure that the server runs; returns the folder of its socket. The start lock is held."""
    if not home.data.exists():
        progress("Preparing a new PostgreSQL")
        await make_cluster(home, binaries)
    check_version(home, binaries)
    if (folder := await _adopted(home, progress)) is not None:
        return folder
    progress("Starting PostgreSQL")
    return await start_postmaster(home, binaries, settings, progress)


async def _adopted(home: Home, progress: Progress) -> Path | None:
    """The socket folder of a server that runs already, once it takes connections; None if it ends meanwhile."""
    limit = time.monotonic() + START_SECONDS
    said = False
    while keeper.postmaster_pid(str(home.data)) is not None and time.monotonic() < limit:
        with contextlib.suppress(IndexError):
            folder = socket_folder_of(home)
            if await _takes_connections(folder):
                return folder
        if not said:
            progress("Waiting for the server, which is starting or recovering")
            said = True
        await asyncio.sleep(0.02)
    return None


async def _takes_connections(sockets: Path) -> bool:
    import asyncpg  # only here: a server that was just started says itself when it is ready

    try:
        connection = await asyncpg.connect(host=str(sockets), port=PORT, user=USER, database="postgres", timeout=5)
    except (asyncpg.CannotConnectNowError, OSError, asyncpg.InterfaceError):
        return False
    except asyncpg.PostgresError:
        return True
    connection.terminate()
    return True


def ensure_keeper(home: Home) -> None:
    """See to it that a keeper watches; it has its lock when this returns."""
    if is_held(home.lock("keeper")):
        return
    try:
        done = subprocess.run(
            [
                *(sys.executable or "python3", "-I", "-S", keeper.__file__),
                *(str(home.lock("users")), str(home.lock("keeper")), str(home.data), str(home.log)),
            ],
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=_KEEPER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Failure(_NO_KEEPER, FailureKind.TIMEOUT) from error
    if done.returncode != 0:
        raise Failure(_NO_KEEPER, FailureKind.LINK)


async def _is_shared(users: Path) -> bool:
    """Whether another console has a share in the server."""
    with contextlib.suppress(Failure):
        os.close(await take_lock(users, shared=False, seconds=0))
        return False
    return not is_held(users)
