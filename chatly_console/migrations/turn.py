"""One console at a time: a session lock that is asked for again and again, and who may migrate at all.

Asking again, not waiting: a waiting lock holds a snapshot, for which a CREATE INDEX CONCURRENTLY of the other
console would wait in turn, and the server would kill one of the two.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.database import Database
from chatly_console.server.dedicated import Dedicated
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"
TURN_KEY = 7_310_021_408_119_203_577
"""The advisory lock of whoever migrates a database."""
ASK_EVERY = 0.25
TURN_LIMIT = 120.0
"""Seconds to wait for another console to end."""

POOLER_PORTS = {6543: 5432}
"""Supabase's transaction pooler, and the port of the same host that keeps sessions."""


def refuse_target(database: Database) -> None:
    """Raise `Failure` where migrations cannot be run, with what to use instead."""
    facts = database.facts
    if facts.transaction_pooler:
        raise Failure(
            "Migrations do not run through a transaction pooler: it keeps neither the lock nor the session.",
            FailureKind.REFUSED,
            hint=f"Connect directly: {direct_string(database)}",
        )
    if facts.standby:
        raise Failure("This is a standby: migrations run on its primary.", FailureKind.REFUSED)


def direct_string(database: Database) -> str:
    """The connection string that goes past the pooler, as far as it can be told from here; without the password."""
    arguments = database.opening.arguments
    hosts, ports = arguments.get("host") or [""], arguments.get("port") or [5432]
    host = hosts[0] if isinstance(hosts, list) else str(hosts)
    port = ports[0] if isinstance(ports, list) else int(ports)
    user, name = str(arguments.get("user") or ""), str(arguments.get("database") or "")
    if host.endswith(".pooler.supabase.com") and "." in user:
        role, _, project = user.partition(".")
        return f"postgresql://{role}@db.{project}.supabase.co:5432/{name}"
    if ".supabase." in host or port in POOLER_PORTS:
        return f"postgresql://{user}@{host}:{POOLER_PORTS.get(port, 5432)}/{name}"
    return f"postgresql://{user}@THE-SERVER:5432/{name} (the server itself or a session pooler, not {host}:{port})"


async def take_turn(
    session: Dedicated,
    waits: Callable[[str], None],
    *,
    limit: float = TURN_LIMIT,
    clock: Callable[[], float] = monotonic,
) -> None:
    """Take the lock of this database, or raise `Failure` once `limit` seconds have passed; it ends with the session."""
    until = clock() + limit
    told = ""
    while True:
        got: Any = await session.records(load_sql(_PACKAGE, "try_lock"), TURN_KEY)
        if got[0]["got"]:
            return
        holder = await _holder(session)
        if holder != told:
            waits(holder)
            told = holder
        if clock() > until:
            raise Failure(
                f"Another console is migrating this database: {holder}.",
                FailureKind.TIMEOUT,
                hint="Nothing was run here. Try again once it has ended.",
            )
        await asyncio.sleep(ASK_EVERY)


async def _holder(session: Dedicated) -> str:
    rows: list[Any] = await session.records(load_sql(_PACKAGE, "lock_holder"), TURN_KEY)
    if not rows:
        return "it has just ended"
    row = rows[0]
    return f"pid {row['pid']} ({row['login']}, {row['application']}), connected for {row['seconds']:.0f} s"
