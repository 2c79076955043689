"""The connection that triage keeps to itself, so that a server which takes no further client is still watched.

It is opened with the first look and stays open while the server is connected. Where it cannot be had (a pooler that
shares sessions, a server that was full before anybody looked), the pool's connections are asked instead.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.values import Record
from chatly_console.server.database import Database
from chatly_console.server.dedicated import Dedicated
from chatly_console.server.facts import ServerFacts
from chatly_console.triage.activity import MARK

_RETRY = 30.0
"""Seconds until it is tried again to open it where the server was full."""
_SETTINGS = "set default_transaction_read_only to on; set jit to off"


class Source(Protocol):
    """Whoever answers a statement of ours: a `Database`, or the kept connection before it."""

    facts: ServerFacts

    async def records(
        self, sql: str, *arguments: object, timeout: float = 30.0, lock_timeout: float = 2.0
    ) -> list[Record]:
        """The rows of a statement that only reads, within these limits (in seconds); raises Failure."""


class KeptConnection:
    """Asks on the one connection, each statement a transaction of its own; one question at a time."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self.facts = database.facts
        self._database = database
        self._clock = clock
        self._session: Dedicated | None = None
        self._limits: tuple[float, float] | None = None
        self._not_before = 0.0
        self._turn = asyncio.Lock()
        database.close_with(self.close)

    @property
    def is_kept(self) -> bool:
        """Whether the connection is there."""
        return self._session is not None

    async def records(
        self, sql: str, *arguments: object, timeout: float = 30.0, lock_timeout: float = 2.0
    ) -> list[Record]:
        """Ask on the kept connection, or on one of the pool's where there is none."""
        async with self._turn:
            session = await self._open()
            if session is not None:
                try:
                    await self._limit(session, timeout, lock_timeout)
                    return await session.repeated(sql, *arguments, timeout=timeout + 1)
                except Failure as failure:
                    if not failure.sqlstate or failure.kind is FailureKind.LINK:
                        await self._drop()
                    raise
        return await self._database.records(sql, *arguments, timeout=timeout, lock_timeout=lock_timeout)

    async def _open(self) -> Dedicated | None:
        if self._session is not None and not self._session.is_open:
            await self._drop()  # the server has ended it meanwhile: nothing was sent by it that could be lost
        if self._session is not None or self._clock() < self._not_before:
            return self._session
        settings = self._database.opening.arguments.get("server_settings") or {}
        session = self._database.dedicated(f"{settings.get('application_name', 'chatly-console')}{MARK}")
        try:
            await session.__aenter__()
            await session.run(_SETTINGS, timeout=5.0)
        except Failure as failure:
            if failure.kind not in (FailureKind.REFUSED, FailureKind.FULL, FailureKind.LOGIN):
                raise
            self._not_before = self._clock() + _RETRY
            return None
        self._session, self._limits = session, None
        return session

    async def _limit(self, session: Dedicated, timeout: float, lock_timeout: float) -> None:
        """Let the server itself end what takes too long; said again only where the limits are others."""
        if self._limits != (timeout, lock_timeout):
            self._limits = None
            statement, lock = round(timeout * 1000), round(lock_timeout * 1000)
            await session.run(f"set statement_timeout to {statement}; set lock_timeout to {lock}", timeout=5.0)
            self._limits = (timeout, lock_timeout)

    async def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.__aexit__(None, None, None)

    async def close(self) -> None:
        """Give the connection up."""
        await self._drop()
