"""Makes the one pool, and its connections ready for use."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from chatly_console.server.facts import ServerFacts, behind_pooler, read_facts, shares_sessions
from chatly_console.server.text_connection import TextConnection

CONNECT_LIMIT = 10.0
SPARE = 1
"""Connections beyond the pool's size that panes use: the watch must get through when all others are busy."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How to connect: asyncpg's arguments (host, user, ssl ...), the pool's size, and what is known beforehand.

    `boundary` holds the arguments by which the impersonation login connects, None where there is none to try.
    `transaction_pooler` None means: find out.
    """

    arguments: Mapping[str, Any]
    pool_size: int = 8
    transaction_pooler: bool | None = None
    boundary: Mapping[str, Any] | None = None
    acquire_limit: float = CONNECT_LIMIT
    settings: Mapping[str, str] = field(default_factory=dict)
    """Server settings for every transaction: what a pooler would drop at the start of a session, and limits."""


class Alarm:
    """Rings when a connection of the pool ends by itself; whoever watches the server listens."""

    def __init__(self) -> None:
        self.listener: Callable[[], None] | None = None

    def ring(self, _connection: object = None) -> None:
        """A connection has ended."""
        if self.listener is not None:
            self.listener()


async def make_pool(opening: Opening, alarm: Alarm) -> "asyncpg.Pool[asyncpg.Record]":
    """The pool of this console; connections are made when they are first needed."""

    async def set_up(connection: Any) -> None:
        prepare_connection(connection)
        connection.add_termination_listener(alarm.ring)

    arguments: dict[str, Any] = {"timeout": CONNECT_LIMIT, **opening.arguments}
    return await asyncpg.create_pool(
        **arguments,
        min_size=0,
        max_size=opening.pool_size + SPARE,
        max_inactive_connection_lifetime=300.0,
        statement_cache_size=0,
        connection_class=TextConnection,
        init=set_up,
    )


def prepare_connection(connection: Any) -> None:
    """Give a fresh connection the text codecs, and let the system notice a peer that is gone."""
    connection.register_text_codecs()
    link = connection._transport.get_extra_info("socket")
    if link is not None and link.family in (socket.AF_INET, socket.AF_INET6):
        link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


async def look_around(pool: Any, opening: Opening) -> ServerFacts:
    """Ask what the server is, and whether a pooler stands before it."""
    async with pool.acquire() as first:
        shared = opening.transaction_pooler
        if shared is None:
            shared = False
            if await behind_pooler(first._con, CONNECT_LIMIT):
                async with pool.acquire() as second:
                    shared = await shares_sessions(first._con, second._con, CONNECT_LIMIT)
        return await read_facts(first._con, transaction_pooler=shared, timeout=CONNECT_LIMIT)
