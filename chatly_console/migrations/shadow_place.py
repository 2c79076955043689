"""On which server the shadow is made: the connected one, the console's own, or another that is named."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server import embedded
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.pool import Opening
from chatly_console.server.sql_files import load_sql

AUTO, SAME, EMBEDDED = "auto", "same", "embedded"


@asynccontextmanager
async def shadow_host(
    database: Database,
    wanted: str = AUTO,
    *,
    production: bool = False,
    tell: Callable[[str], None] = lambda words: None,
) -> AsyncIterator[Database]:
    """The server for a shadow of `database`: `same`, `embedded`, a connection string, or what fits (`auto`).

    Production never gets a shadow of its own accord. A Supabase project gets none either: its own schemas cannot be
    made there once more. Raises `Failure`.
    """
    place = await _choose(database, wanted, production=production)
    if place == SAME:
        yield database
        return
    if place == EMBEDDED:
        tell("starting the console's own server")
        server = await embedded.start(None, progress=tell)
        try:
            async with _connected(server.dsn("postgres")) as host:
                yield host
        finally:
            server.release()
        return
    async with _connected(place) as host:
        yield host


async def _choose(database: Database, wanted: str, *, production: bool) -> str:
    if wanted == SAME and production:
        raise Failure(
            "A shadow is not made on production.",
            FailureKind.REFUSED,
            hint="Use --shadow embedded, or a server for it.",
        )
    if wanted != AUTO:
        return wanted
    rows: list[Any] = await database.records(load_sql("chatly_console.migrations", "is_supabase"))
    facts = database.facts
    refused = not rows[0]["may_create"] or facts.transaction_pooler or facts.standby
    unfit = production or rows[0]["supabase"] or refused
    return EMBEDDED if unfit else SAME


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Database]:
    arguments: dict[str, Any] = {**connect_arguments(parse_dsn(dsn))}
    del arguments["statement_cache_size"]
    database = await Database.connect(Opening(arguments, pool_size=3))
    try:
        yield database
    finally:
        await database.close()
