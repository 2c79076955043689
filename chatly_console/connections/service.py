"""What is asked of a server about itself: its other databases, whether it answers, and what `doctor` wants to know."""

import json
import time
from collections.abc import Iterable

from chatly_console.connections.checks import Check
from chatly_console.connections.choose import open_asking
from chatly_console.connections.extensions import extension_checks, required_extensions
from chatly_console.core.values import Record
from chatly_console.server.database import Database
from chatly_console.server.profiles import Profile
from chatly_console.server.secrets import Ask
from chatly_console.server.sql_files import load_sql

OLDEST, NEWEST = 14, 18


async def server_checks(profile: Profile, database: Database) -> list[Check]:
    """How the connected server stands."""
    room = "chatly_console.connections"
    extensions = await database.records(load_sql(room, "extensions"), json.dumps(list(required_extensions())))
    rights = await database.records(load_sql(room, "rights"))
    return [
        _version(database),
        _tls(profile, database),
        _pooler(profile, database),
        *_rights(rights[0], database),
        *extension_checks(extensions),
    ]


def _version(database: Database) -> Check:
    facts = database.facts
    words = f"PostgreSQL {facts.version}, database {facts.database}{', a standby' if facts.standby else ''}"
    if OLDEST <= facts.major <= NEWEST:
        return Check("server", "ok", words)
    return Check("server", "warn", words, f"the console is made for PostgreSQL {OLDEST} to {NEWEST}")


def _tls(profile: Profile, database: Database) -> Check:
    mode = profile.target.tls.mode.value
    if database.facts.tls:
        return Check("tls", "ok", f"in use ({mode})")
    if profile.target.is_local:
        return Check("tls", "ok", "not in use: the server is on this machine")
    if database.facts.transaction_pooler or profile.target.pooler in ("session", "transaction"):
        return Check("tls", "ok", f"{mode}, as far as the pooler")
    return Check("tls", "warn", "the connection is not encrypted", "set sslmode=require or verify-full")


def _pooler(profile: Profile, database: Database) -> Check:
    if database.facts.transaction_pooler:
        return Check("pooler", "ok", "transaction pooler: settings are made in each transaction")
    if profile.target.pooler == "session":
        return Check("pooler", "ok", "session pooler")
    return Check("pooler", "ok", "none in the way, or one that keeps sessions")


def _rights(rights: Record, database: Database) -> Iterable[Check]:
    facts = database.facts
    power = "superuser" if facts.superuser else "bypasses row level security" if facts.bypasses_rls else "ordinary"
    yield Check("login", "ok", f"{facts.user}: {power}")
    missing = [role for role in ("anon", "authenticated") if rights[role] is None]
    barred = [role for role in ("anon", "authenticated") if rights[role] is False]
    if missing:
        words = f"no role {' and no role '.join(missing)}: run-as works with the roles that there are"
        yield Check("run as", "warn", words, "not a Supabase database; Chatly's migrations bring stand-ins")
    elif barred:
        mend = f"grant {', '.join(barred)} to the login"
        yield Check("run as", "warn", f"the login may not become {' or '.join(barred)}", mend)
    else:
        yield Check("run as", "ok", "the login may become anon and authenticated")
    if rights["impersonation_login"]:
        yield Check("boundary", "ok", "chatly_imp is there")
    else:
        words = "no login chatly_imp: impersonation is advisory"
        yield Check("boundary", "warn", words, "chatly-console rls setup")


async def other_databases(database: Database) -> list[tuple[str, str]]:
    """The databases of the same server that the login may enter, each with its comment."""
    rows = await database.records(load_sql("chatly_console.connections", "databases"), timeout=5.0)
    return [(str(row["name"]), str(row["comment"])) for row in rows]


async def try_profile(profile: Profile, ask: Ask | None = None) -> str:
    """Connect, and say in a line what answered; raises Failure where nothing does."""
    started = time.monotonic()
    database = await open_asking(profile, ask=ask)
    try:
        facts = database.facts
        words = [
            f"PostgreSQL {facts.version}",
            f"database {facts.database} as {facts.user}",
            "TLS" if facts.tls else "no TLS",
            *(["transaction pooler"] if facts.transaction_pooler else []),
            *(["standby"] if facts.standby else []),
            *(["superuser"] if facts.superuser else []),
            f"{(time.monotonic() - started) * 1000:.0f} ms",
        ]
    finally:
        await database.close()
    return ", ".join(words)
